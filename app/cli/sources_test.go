package cli

import (
	"strings"
	"testing"
)

func TestSources(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("AIOPS_HOME", dir)
	lab := "sqlite:" + dir + "/lab.db"
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"sources", 0, "* Local database"},
		{"sources add lab " + lab, 0, "lab is " + lab},
		{"sources add lab " + lab, 1, "already"},
		{"sources add lab " + lab + " --replace", 0, "lab is"},
		{"sources add fleet postgres://ann:geheim@h/fleet", 2, "leave the password out"},
		{"sources add fleet postgres://ann@/fleet", 2, "name the server"},
		{"--db lab generate --vms 2 --days 1", 0, ""},
		{"--db lab list", 0, " series, "},
		{"sources test lab", 0, "lab: SQLite, "},
		{"sources test", 0, "Local database: SQLite, empty"},
		{"sources test none", 1, "aiops sources list"},
		{"sources use lab", 0, ""},
		{"sources list", 0, "* lab"},
		{"sources remove lab", 0, ""},
		{"sources remove lab", 1, "no data source"},
	} {
		out, errs, code := aiops(t, strings.Fields(c.args)...)
		out += errs
		if code != c.code || !strings.Contains(out, c.says) || strings.Contains(out, "geheim") {
			t.Errorf("aiops %s: exit code %d, want %d and %q in:\n%s", c.args, code, c.code, c.says, out)
		}
	}
}
