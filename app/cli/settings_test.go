package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"aiops/store/sqlite"
)

// samples are three values that a flag takes.
func samples(f *kong.Flag) [3]string {
	switch {
	case f.Enum != "":
		return [3]string(strings.SplitN(f.Enum, ",", 4)[:3])
	case f.IsBool():
		return [3]string{"true", "false", "true"}
	case f.Target.Type() == reflect.TypeFor[time.Duration]():
		return [3]string{"1m0s", "2m0s", "3m0s"}
	case f.Target.CanInt() || f.Target.CanFloat():
		return [3]string{"1", "2", "3"}
	}
	return [3]string{"/a", "/b", "/c"}
}

// Every setting of every command and of the service: a flag goes before the
// environment, and that before the file.
func TestSettingsGoBeforeEachOther(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	value := func(name string, args ...string) (string, *kong.Flag) {
		var c commands
		p, err := newParser(&c, Env{Out: io.Discard, Err: io.Discard}, func(int) {})
		if err != nil {
			t.Fatal(err)
		}
		k, err := p.Parse(append([]string{"serve"}, args...))
		if err != nil {
			t.Fatal(name, err)
		}
		all := slices.Concat(k.Model.Flags, k.Selected().Flags)
		i := slices.IndexFunc(all, func(f *kong.Flag) bool { return f.Name == name })
		if i < 0 {
			t.Fatalf("%s is no flag of aiops serve", name)
		}
		return strings.Trim(fmt.Sprint(all[i].Target.Interface()), "[]"), all[i]
	}
	var c commands
	for _, name := range settingNames(&c) {
		if name == "oidc-client-id" { // of login and of the window
			continue
		}
		_, f := value(name)
		env, want := "AIOPS_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_")), samples(f)
		if !slices.Contains(f.Envs, env) {
			t.Errorf("--%s is not read from %s", name, env)
			continue
		}
		if err := os.WriteFile(filepath.Join(os.Getenv("AIOPS_HOME"), "config.toml"), []byte(name+" = \""+want[0]+"\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, _ := value(name); got != want[0] {
			t.Errorf("%s in the file: %s, want %s", name, got, want[0])
		}
		if err := os.Setenv(env, want[1]); err != nil {
			t.Fatal(err)
		}
		if got, _ := value(name); got != want[1] {
			t.Errorf("%s: %s, want %s", env, got, want[1])
		}
		if got, _ := value(name, "--"+name+"="+want[2]); got != want[2] {
			t.Errorf("--%s: %s, want %s", name, got, want[2])
		}
		if err := os.Unsetenv(env); err != nil {
			t.Fatal(err)
		}
	}
}

// config check finds what is wrong with the service's settings, wherever they
// stand, and names the file and the line.
func TestConfigCheckOfTheService(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("AIOPS_HOME", dir)
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, "metrics.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config.toml")
	check := func(env ...string) (string, int) {
		for i := 0; i < len(env); i += 2 {
			t.Setenv(env[i], env[i+1])
		}
		var out bytes.Buffer
		code := Main(t.Context(), Env{Args: []string{"config", "check"}, Out: &out, Err: &out, Version: "test", Now: time.Now})
		return out.String(), code
	}
	if got, code := check(); code != 0 {
		t.Errorf("%d: %s", code, got)
	}
	for _, c := range []struct{ text, want string }{
		{"listen = '127.0.0.1:1'\nrate-read = 'lots'", `--rate-read: expected a float but got "lots" (string) (` + file + ", line 2)"},
		{"\n\ntimeout = '-5s'", "--timeout -5s: it must be longer than nothing, such as 30s (" + file + ", line 3)"},
		{"listen = ['127.0.0.1:1']", "--listen: it is one value, not a list (" + file + ", line 1)"},
		{"listen = '8000'", "--listen 8000: write HOST:PORT"},
		{"base-path = '/a b'\ntrace-share = 0", "line 1); --trace-share 0: write a share above 0"},
		{"otlp-endpoint = '127.0.0.1:4317'", "--otlp-endpoint 127.0.0.1:4317: write http://"},
		{"redis = 'x'", "--redis: the address of Redis is written as"},
		{"redis = 'redis://127.0.0.1:1/0'", "Redis\t127.0.0.1:1\twrong: "},
		{"redis = 'redis://127.0.0.1:1/0'\nredis-password-file = '/none'", "--redis-password-file: open /none: no such file or directory (" + file + ", line 2)"},
		{"cors-origin = ['https://a.example']", "--cors-origin need a sign-in"},
		{"oidc-roles = 'x'", "--oidc-roles: "},
		{"oidc-issuer = 'http://127.0.0.1:1/realms/x'", "sign-in\thttp://127.0.0.1:1/realms/x\twrong: "},
		{"rules = '/none.yaml'", "alert rules\t/none.yaml\twrong: "},
		{"listn = 1\n\nratew = 2", file + ", line 3: unknown setting \"ratew\""},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, code := check(); code != 1 || !strings.Contains(got, c.want) {
			t.Errorf("%q: %d, lacks %q: %s", c.text, code, c.want, got)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if got, code := check("AIOPS_LISTN", "x", "AIOPS_NOTHING_NEAR_THAT", "x"); code != 1 || !strings.Contains(got, "AIOPS_LISTN\twrong: there is no such variable; did you mean AIOPS_LISTEN?") || strings.Contains(got, "NOTHING") {
		t.Errorf("%d: %s", code, got)
	}
	if got, code := check("AIOPS_RATE_READ", "lots"); code != 1 || !strings.Contains(got, `AIOPS_RATE_READ="lots"`) {
		t.Errorf("%d: %s", code, got)
	}
}
