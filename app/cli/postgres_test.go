package cli

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"aiops/store/postgres/pgtest"
)

// TestPostgres goes through the commands on a shared database.
func TestPostgres(t *testing.T) {
	home := t.TempDir()
	t.Setenv("AIOPS_HOME", home)
	db := pgtest.URL(t)
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"list"}, 1, []string{"aiops db migrate"}},
		{[]string{"db", "status"}, 0, []string{"schema aiops: not there"}},
		{[]string{"db", "migrate"}, 0, []string{"format 4, up to date", "changes by others: noted", "connections: this program 1 of at most 8"}},
		{[]string{"list"}, 0, []string{"is empty"}},
		{[]string{"import", file(t, "servers.csv", long)}, 0, []string{"5 rows: 3 stored, 2 quarantined", filepath.Join(home, "t")}},
		{[]string{"import", file(t, "servers.csv", long)}, 0, []string{"0 stored, 3 duplicates"}},
		{[]string{"--time-zone", "UTC", "list"}, 0, []string{"2 series, 3 points", "2026-11-22 10:05:00", "postgres://aiops@127.0.0.1"}},
		{[]string{"generate", "--vms", "1", "--days", "3"}, 0, []string{"stored"}},
		{[]string{"forecast", "--horizon", "2h", "--model", "seasonal-naive"}, -1, []string{"are stored in postgres://aiops@"}},
		{[]string{"--export", filepath.Join(home, "report"), "--from", "24h"}, 0, []string{"index.html"}},
		{[]string{"db", "status"}, 0, []string{"Postgres 1", "server_metrics_fact: about"}},
	} {
		out, errs, code := aiops(t, append([]string{"--db", db}, c.args...)...)
		if code != c.code && c.code >= 0 {
			t.Errorf("%v: exit code %d: %s", c.args, code, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%v: no %q in:\n%s%s", c.args, want, out, errs)
			}
		}
		if strings.Contains(out+errs, "heim") {
			t.Errorf("%v: the password is in:\n%s%s", c.args, out, errs)
		}
	}
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(pgtest.User) // the password from the environment
	t.Setenv("PGPASSWORD", pgtest.Password)
	t.Setenv("AIOPS_DB", u.String())
	if out, errs, code := aiops(t, "list"); code != 0 || !strings.Contains(out, "series") {
		t.Errorf("with AIOPS_DB and PGPASSWORD: %s%s", out, errs)
	}
}

func TestDatabaseAddressIsNotPrinted(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	for _, db := range []string{"postgress://ann:geheim@host/db", "postgres://ann:ge heim@host/db", "mysql://ann:geheim@host/db", "postgres://ann:geheim@host:x/db"} {
		for _, args := range [][]string{{"list"}, {"db", "status"}, {"import", "x.csv"}} {
			out, errs, code := aiops(t, append([]string{"--db", db}, args...)...)
			if code == 0 || strings.Contains(out+errs, "heim") {
				t.Errorf("%s %v: exit code %d\n%s%s", db, args, code, out, errs)
			}
		}
	}
}
