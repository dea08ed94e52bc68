package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"aiops/store/postgres/pgtest"
)

// TestOffline takes a shared database along, works while its server is gone,
// and sends what was made when it is back.
func TestOffline(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	srv := pgtest.StartServer(t)
	db := srv.Database(t)
	says := func(code int, want string, args ...string) {
		t.Helper()
		out, errs, got := aiops(t, append([]string{"--db", db, "--time-zone", "UTC"}, args...)...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Errorf("%v: exit code %d, want %d and %q in:\n%s%s", args, got, code, want, out, errs)
		}
		if strings.Contains(out+errs, "heim") {
			t.Errorf("%v: the password is in:\n%s%s", args, out, errs)
		}
	}
	says(0, "3 stored", "import", file(t, "servers.csv", long))
	says(1, "there is no local copy of postgres://aiops@127.0.0.1", "--offline", "list")
	says(0, "3 points of 2 series came", "pull")
	says(0, "0 points of 0 series came", "pull", "--vm", "web-01")
	says(1, "web-1", "pull", "--vm", "web-1")
	snap := filepath.Join(t.TempDir(), "home.db")
	says(0, "3 points of 2 series", "snapshot", snap)
	if err := srv.Kill(); err != nil {
		t.Fatal(err)
	}
	says(1, "no Postgres answers", "list")
	says(0, "2 series, 3 points", "--offline", "list")
	says(1, "the copy stays as it is, from 2026-11-23 12:00:00", "pull")
	says(0, "1 stored", "--offline", "import", file(t, "more.csv", "vm,timestamp,metric,value\nweb-01,2026-11-22T11:00:00Z,cpu,50\nweb-01,2026-11-22T10:00:00Z,cpu,40\n"))
	says(0, "2 series, 4 points", "--offline", "list")
	says(0, "Silence -2", "--offline", "alerts", "silence", "add", "--vm", "web-*", "--for", "2h")
	says(0, "import of ", "push", "--list")
	says(1, "2 changes still wait", "push")
	if out, errs, code := aiops(t, "--db", snap, "list"); code != 0 || !strings.Contains(out, "a snapshot of postgres://aiops@127.0.0.1") {
		t.Errorf("the snapshot: %s%s", out, errs)
	}
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	pgtest.Exec(t, db, `UPDATE server_metrics_fact SET value = 99 WHERE "timestamp" = '2026-11-22T10:00:00Z' AND vm = 'web-01'`)
	says(0, "1 of 1 met others", "push")
	says(0, "there: 1 point, first web-01 cpu at 22 Nov 2026 10:00:00 UTC: 99", "push", "--list")
	says(1, "there is no clash 7", "push", "--ours", "7")
	says(2, "leave it out", "push", "--list", "--ours", "1")
	says(0, "All changes are sent", "push", "--theirs", "1")
	says(0, "2 series, 4 points", "list")
	says(0, "web-*", "alerts", "silence")
	says(0, "up to date", "pull")
	says(0, "2 series, 4 points", "--offline", "list")
	out, _, _ := aiops(t, "pull")
	_, errs, code := aiops(t, "--db", "x.db", "push")
	if wants(t, errs, "only a database on a server"); code != exitUsage || out != "" {
		t.Error(code, out)
	}
}
