package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	cases := []struct {
		name, text string
		want       string // of "db"
		errHas     string
	}{
		{name: "text", text: `db = "sqlite:/x.db"`, want: "sqlite:/x.db"},
		{name: "number and comment", text: "# mine\ndb = 5\n", want: "5"},
		{name: "list", text: `db = ["a", "b"]`, want: "a,b"},
		{name: "unknown", text: "db = 1\n\n \"bd\" = 'x'", errHas: `, line 3: unknown setting "bd"; known are db, log-level`},
		{name: "all that is wrong", text: "bd = 1\nlog-level = [1]", errHas: `, line 2: setting "log-level" must be`},
		{name: "syntax", text: "db = ", errHas: "line 1"},
		{name: "table", text: "# x\n[db]\nx = 1", errHas: `, line 2: setting "db" must be a text`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.toml")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := Read(path, true, []string{"db", "log-level"})
			if c.errHas != "" {
				if err == nil || !strings.Contains(err.Error(), c.errHas) || !strings.Contains(err.Error(), path) {
					t.Fatalf("error %v does not name the file and %q", err, c.errHas)
				}
				return
			}
			if err != nil || got["db"].Value != c.want {
				t.Fatalf("got %v, %v", got, err)
			}
		})
	}
}

func TestReadAbsent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.toml")
	if f, err := Read(path, false, nil); f != nil || err != nil {
		t.Fatalf("an absent default file is no error, got %v %v", f, err)
	}
	if _, err := Read(path, true, nil); err == nil {
		t.Fatal("an absent file that was named must be an error")
	}
}

func TestPlaces(t *testing.T) {
	home := t.TempDir()
	t.Setenv("AIOPS_HOME", home)
	db, err := DefaultDB()
	if err != nil || db != "sqlite:"+filepath.Join(home, "metrics.db") {
		t.Fatalf("got %q, %v", db, err)
	}
	t.Setenv("AIOPS_HOME", "")
	t.Setenv("XDG_DATA_HOME", home)
	if d, err := DataDir(); err != nil || d != filepath.Join(home, dirName) {
		t.Fatalf("got %q, %v", d, err)
	}
}
