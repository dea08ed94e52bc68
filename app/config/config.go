// Package config knows where the program keeps its files and reads its
// configuration file.
package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

const dirName = "aiops-dashboard"

// DataDir is the user's directory for data: AIOPS_HOME, else the platform's.
func DataDir() (string, error) {
	if d := os.Getenv("AIOPS_HOME"); d != "" {
		return d, nil
	}
	if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, dirName), nil
	}
	switch runtime.GOOS {
	case "windows", "darwin":
		d, err := os.UserConfigDir()
		return filepath.Join(d, dirName), err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the data directory: %w (set AIOPS_HOME)", err)
	}
	return filepath.Join(home, ".local", "share", dirName), nil
}

// DefaultDB is the database that is used when none is named.
func DefaultDB() (string, error) {
	d, err := DataDir()
	return "sqlite:" + filepath.Join(d, "metrics.db"), err
}

// ModelsDir is where trained models are kept.
func ModelsDir() (string, error) {
	d, err := DataDir()
	return filepath.Join(d, "models"), err
}

// DetectorsDir is where the service keeps what its detectors have learnt of a database.
func DetectorsDir(kind, path string) (string, error) {
	d, err := DataDir()
	sum := sha256.Sum256([]byte(kind + "\x00" + path))
	return filepath.Join(d, "detectors", hex.EncodeToString(sum[:8])), err
}

// CacheDir is where local copies of databases are kept.
func CacheDir() (string, error) {
	d, err := DataDir()
	return filepath.Join(d, "copies"), err
}

// AlertsPath is the alert rules' file that is read when none is named.
func AlertsPath() (string, error) {
	d, err := DataDir()
	return filepath.Join(d, "alerts.yaml"), err
}

// StatePath is where the window keeps its state.
func StatePath() (string, error) {
	d, err := DataDir()
	return filepath.Join(d, "window.json"), err
}

// DefaultFile is the configuration file that is read when none is named.
func DefaultFile() string {
	if d := os.Getenv("AIOPS_HOME"); d != "" {
		return filepath.Join(d, "config.toml")
	}
	d, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(d, dirName, "config.toml")
}

// Setting is a line of a configuration file.
type Setting struct {
	Value string
	List  bool // it was several, which Value holds with commas between
	Line  int
}

// File is a configuration file's settings, by the names of the flags.
type File map[string]Setting

// Read reads a TOML file of `flag = value` lines; allowed are the names that
// the program knows. A file that is not there is empty unless it must be.
func Read(path string, must bool, allowed []string) (File, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !must {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	var raw map[string]any
	if err := toml.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("read the configuration %s: %w", path, err)
	}
	out := File{}
	var wrong []error
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		s, ok := settingOf(raw[key])
		s.Line = lineOf(string(text), key)
		switch {
		case !slices.Contains(allowed, key):
			wrong = append(wrong, fmt.Errorf("%s, line %d: unknown setting %q; known are %s", path, s.Line, key, strings.Join(allowed, ", ")))
		case !ok:
			wrong = append(wrong, fmt.Errorf("%s, line %d: setting %q must be a text, a number, true/false or a list of texts", path, s.Line, key))
		}
		out[key] = s
	}
	return out, errors.Join(wrong...)
}

// settingOf is a value as a flag would have it.
func settingOf(v any) (s Setting, ok bool) {
	switch v := v.(type) {
	case string, int64, float64, bool:
		return Setting{Value: fmt.Sprint(v)}, true
	case []any:
		var all []string
		for _, one := range v {
			text, ok := one.(string)
			if !ok {
				return s, false
			}
			all = append(all, text)
		}
		return Setting{Value: strings.Join(all, ","), List: true}, true
	}
	return s, false
}

// lineOf finds the line of a setting, or of the table of that name.
func lineOf(text, key string) int {
	name := regexp.QuoteMeta(key)
	at := regexp.MustCompile(`(?m)^[ \t]*(?:["']?` + name + `["']?[ \t]*[=.]|\[+[ \t]*["']?` + name + `["']?[ \t]*[\].])`).FindStringIndex(text)
	if at == nil {
		return 1 // it is written in a way that this program does not write
	}
	return 1 + strings.Count(text[:at[0]], "\n")
}
