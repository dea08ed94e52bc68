package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var clock = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// aiops runs the program in process as a fresh user.
func aiops(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), Env{Args: args, Out: &o, Err: &e, Version: "1.2.3", Now: func() time.Time { return clock }})
	return o.String(), e.String(), code
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const long = `vm,timestamp,metric,value
web-01,2026-11-22T10:00:00Z,cpu,41.5
web-01,2026-11-22T10:05:00Z,cpu,42.5
web-01,2026-11-22T10:10:00Z,cpu,oops
web-01,2027-11-22T10:15:00Z,cpu,43
db-01,2026-11-22T10:00:00Z,memory,70
`

func TestImportSaysWhatBecameOfEachRow(t *testing.T) {
	home := t.TempDir()
	t.Setenv("AIOPS_HOME", home)
	csv := file(t, "servers.csv", long)
	out, errs, code := aiops(t, "import", csv)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, want := range []string{"5 rows: 3 stored, 2 quarantined", "line 4", "line 5", "metrics.quarantine.csv", "long form"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	quarantined, err := os.ReadFile(filepath.Join(home, "metrics.quarantine.csv"))
	if err != nil || strings.Count(string(quarantined), "servers.csv") != 2 {
		t.Errorf("quarantine file: %v\n%s", err, quarantined)
	}
	if out, _, _ = aiops(t, "import", csv); !strings.Contains(out, "0 stored, 3 duplicates, 2 quarantined") {
		t.Errorf("second import:\n%s", out)
	}
	if out, _, _ = aiops(t, "--time-zone", "UTC", "list"); !strings.Contains(out, "2 series, 3 points") || !strings.Contains(out, "2026-11-22 10:05:00") {
		t.Errorf("list:\n%s", out)
	}
}

func TestImportModes(t *testing.T) {
	first, second := "vm,timestamp,metric,value\na,2026-11-22 10:00:00,cpu,1\n", "vm,timestamp,metric,value\na,2026-11-22 10:00:00,cpu,2\n"
	for _, c := range []struct{ mode, summary, value string }{
		{"replace", "1 duplicates (1 with another value, replaced)", "2.0"},
		{"keep", "0 stored, 1 quarantined", "1.0"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Setenv("AIOPS_HOME", t.TempDir())
			aiops(t, "import", file(t, "1.csv", first))
			out, errs, code := aiops(t, "import", "--on-conflict", c.mode, file(t, "2.csv", second))
			if code != 0 || !strings.Contains(out, c.summary) {
				t.Errorf("exit code %d, want %q in:\n%s%s", code, c.summary, out, errs)
			}
			if out, _, _ := aiops(t, "list"); !strings.Contains(out, c.value) {
				t.Errorf("want the value %s in:\n%s", c.value, out)
			}
		})
	}
}

// --vm is for files that name no VM: it must not throw the VMs of others together.
func TestVMDoesNotOverrideAColumn(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	out, errs, code := aiops(t, "import", "--vm", "x", "--metric", "y", file(t, "servers.csv", long))
	if code != 0 || !strings.Contains(out, "note: --vm is not used") || !strings.Contains(out, "note: --metric is not used") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if _, _, code := aiops(t, "import", "--vm", "x", "--metric", "y", file(t, "two.csv", "timestamp,value\n2026-11-22 10:00:00,1\n")); code != 0 {
		t.Errorf("exit code %d", code)
	}
	out, _, _ = aiops(t, "list")
	for _, want := range []string{"web-01  cpu", "db-01   memory", "x       y"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

func TestStrictStoresNothing(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	_, errs, code := aiops(t, "import", "--strict", file(t, "servers.csv", long))
	if code != exitFailed || !strings.Contains(errs, "line 4") || !strings.Contains(errs, "nothing of the file") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if out, _, _ := aiops(t, "list"); !strings.Contains(out, "empty") {
		t.Errorf("list after a strict import that stopped:\n%s", out)
	}
}

func TestOneBadFileDoesNotKeepTheOthersOut(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	out, errs, code := aiops(t, "import", "none.csv", file(t, "servers.csv", long))
	if code != exitFailed || !strings.Contains(errs, "none.csv") || !strings.Contains(out, "3 stored") {
		t.Errorf("exit code %d\n%s\n%s", code, out, errs)
	}
}

func TestExportRange(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	csv := file(t, "servers.csv", long)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{nil, exitOK, "2 series, 3 points"},
		{[]string{"--vm", "web-01"}, exitOK, "1 series, 2 points"},
		{[]string{"--from", "1m"}, exitOK, "1 points"},
		{[]string{"--from", "2026-11-22 10:01", "--to", "2026-11-22T10:06:00Z", "--time-zone", "UTC"}, exitOK, "1 points"},
		{[]string{"--from", "soon"}, exitUsage, "is not a time"},
		{[]string{"--from", "2026-11-23", "--to", "2026-11-22"}, exitUsage, "not before"},
		{[]string{"--vm", "web-1"}, exitFailed, "web-01"},
		{[]string{"--format", "gif"}, exitFailed, "gif"},
		{[]string{"--forecast", "1h"}, exitOK, "2 series"},
		{[]string{"--analysis"}, exitOK, "2 series"},
		{[]string{"--forecast", "soon"}, exitUsage, "how far ahead"},
	} {
		dir := filepath.Join(t.TempDir(), "report")
		out, errs, code := aiops(t, append([]string{csv, "--export", dir}, c.args...)...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%v: exit code %d, want %d and %q in:\n%s%s", c.args, code, c.code, c.says, out, errs)
		}
		_, err := os.Stat(filepath.Join(dir, "index.html"))
		if (err == nil) != (c.code == exitOK) {
			t.Errorf("%v: index.html: %v", c.args, err)
		}
	}
}

func TestConfigurationFile(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	db := filepath.Join(t.TempDir(), "other.db")
	conf := file(t, "config.toml", "db = 'sqlite:"+db+"'\n")
	if _, errs, code := aiops(t, "--config", conf, "import", file(t, "a.csv", long)); code != 0 {
		t.Fatal(errs)
	}
	if _, err := os.Stat(db); err != nil {
		t.Errorf("the configured database is not used: %v", err)
	}
	if _, errs, code := aiops(t, "--config", file(t, "config.toml", "bd = 'x'"), "list"); code == 0 || !strings.Contains(errs, `unknown setting "bd"`) {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

func TestCancelled(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var e bytes.Buffer
	code := Main(ctx, Env{Args: []string{"generate", "--days", "1"}, Out: &e, Err: &e, Now: time.Now})
	if code != exitInterrupted {
		t.Errorf("exit code %d: %s", code, e.String())
	}
}

func TestMisuse(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--exprt", "x"}, `did you mean "--export"`},
		{[]string{"imprt"}, `did you mean the command "import"`},
		{[]string{"--vm", "x"}, "--export DIR"},
		{[]string{"generate", "--vms", "0"}, "at least 1"},
		{[]string{"--time-zone", "Mars/Base", "list"}, "Europe/Berlin"},
	} {
		if out, errs, code := aiops(t, c.args...); code != exitUsage || !strings.Contains(errs, c.says) {
			t.Errorf("%v: exit code %d, want %d and %q in:\n%s%s", c.args, code, exitUsage, c.says, out, errs)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"import", "import", 0}, {"imprt", "import", 1}, {"lits", "list", 2}, {"", "list", 4}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
