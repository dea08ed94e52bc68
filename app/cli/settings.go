package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"aiops/app/config"
)

// settingsFile is the configuration file as it stands behind flags and environment.
type settingsFile struct {
	path string
	all  config.File
	used map[string]config.Setting // those that no flag and no variable goes before
}

func readSettings(args, names []string) (f settingsFile, err error) {
	f = settingsFile{path: config.DefaultFile(), used: map[string]config.Setting{}}
	named := cmp.Or(configFlag(args), os.Getenv("AIOPS_CONFIG"))
	if named != "" {
		f.path = named
	}
	f.all, err = config.Read(f.path, named != "", names)
	return f, err
}

// configFlag finds --config before the flags are parsed, as the file supplies
// the other flags' values.
func configFlag(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			return v
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// settingNames are the flags that the configuration file may set: those of every
// command, and those of the service.
func settingNames(c *commands) []string {
	return append([]string{"db", "db-read", "models", "time-zone", "log-level", "log-format", "offline", "oidc-client-id"}, fieldNames(reflect.TypeOf(c.Serve))...)
}

func fieldNames(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous {
			names = append(names, fieldNames(f.Type)...)
		} else {
			names = append(names, f.Tag.Get("name"))
		}
	}
	return names
}

// resolve gives a flag the file's value.
func (f settingsFile) resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil // it goes before the file
		}
	}
	for _, name := range append([]string{flag.Name}, flag.Aliases...) {
		s, ok := f.all[name]
		if !ok {
			continue
		}
		f.used[flag.Name] = s
		if s.List && !flag.IsSlice() {
			return nil, errors.New("it is one value, not a list")
		}
		return s.Value, nil
	}
	return nil, nil
}

// where tells of an error of a flag that its value stands in the file, and on which line.
func (f settingsFile) where(err error) error {
	if err == nil {
		return nil
	}
	var all []error
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSuffix(line, "\n")
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "--"), " ")
		if s, ok := f.used[strings.TrimSuffix(name, ":")]; ok && strings.HasPrefix(line, "--") {
			line += fmt.Sprintf(" (%s, line %d)", f.path, s.Line)
		}
		all = append(all, errors.New(line))
	}
	return errors.Join(all...)
}
