package cli

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"

	"aiops/app/keyring"
	"aiops/store/postgres/pgtest"
)

// withInput runs the program with something on standard input.
func withInput(t *testing.T, in string, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), Env{Args: args, In: strings.NewReader(in), Out: &o, Err: &e, Version: "1.2.3", Now: func() time.Time { return clock }})
	return o.String(), e.String(), code
}

// TestPasswordOfTheKeyring: what was typed once opens the database from then on.
func TestPasswordOfTheKeyring(t *testing.T) {
	keyring.InMemory()
	t.Setenv("AIOPS_HOME", t.TempDir())
	full := pgtest.URL(t)
	u, err := url.Parse(full)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(pgtest.User)
	db := u.String()
	address := pgtest.User + "@" + u.Host + u.Path
	for _, c := range []struct {
		in   string
		args []string
		code int
		want string
	}{
		{"", []string{"--db", db, "db", "status"}, 1, "aiops db password"},
		{"", []string{"--db", db, "db", "password"}, 2, "there is no password"},
		{pgtest.Password + "\n", []string{"--db", db, "db", "password"}, 0, "The keyring holds the password of " + address},
		{"", []string{"--db", db, "db", "migrate"}, 0, "up to date"},
		{"", []string{"--db", db, "list"}, 0, "is empty"},
		{"wrong\n", []string{"--db", db, "db", "password"}, 0, address},
		{"", []string{"--db", full, "list"}, 0, "is empty"}, // the address comes first
		{"", []string{"--db", db, "list"}, 1, "does not let aiops in"},
		{"", []string{"--db", db, "db", "password", "--delete"}, 0, "no longer holds"},
		{"", []string{"--db", db, "db", "password", "--delete"}, 1, "holds no such secret"},
		{"", []string{"--db", "sqlite:x.db", "db", "password"}, 2, "is about Postgres"},
	} {
		out, errs, code := withInput(t, c.in, c.args...)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%v: exit code %d, no %q in:\n%s%s", c.args, code, c.want, out, errs)
		}
		if strings.Contains(out+errs, "heim") {
			t.Errorf("%v: the password is in:\n%s%s", c.args, out, errs)
		}
	}
}

// TestReplicaFlag: --db-read, AIOPS_DB_READ, and what cannot be one.
func TestReplicaFlag(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	db := pgtest.URL(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--db", db, "--db-read", db, "db", "migrate"}, 0, "not read, as it is no standby"},
		{[]string{"--db", db, "--db-read", "postgres://aiops:geheim@127.0.0.1:1/x", "db", "status"}, 0, "replica postgres://aiops@127.0.0.1:1/x: not read: ask the replica: no Postgres answers"},
		{[]string{"--db", db, "--db-read", "postgres://aiops:geheim@127.0.0.1:1/x", "list"}, 0, "is empty"},
		{[]string{"--db", db, "--db-read", "postgres://aiops:ge heim@h/x", "list"}, 1, "--db-read"},
		{[]string{"--db", "sqlite:x.db", "--db-read", db, "list"}, 2, "--db-read names a standby"},
	} {
		out, errs, code := aiops(t, c.args...)
		if code != c.code || !strings.Contains(out+errs, c.want) || strings.Contains(out+errs, "heim") {
			t.Errorf("%v: exit code %d, no %q (or a password) in:\n%s%s", c.args, code, c.want, out, errs)
		}
	}
	t.Setenv("AIOPS_DB_READ", db)
	if out, errs, code := aiops(t, "--db", db, "db", "status"); code != 0 || !strings.Contains(out, "no standby") {
		t.Errorf("with AIOPS_DB_READ: %s%s", out, errs)
	}
}

// TestPartitionsAndRetention goes through the commands.
func TestPartitionsAndRetention(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	db := pgtest.URL(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"db", "migrate", "--partition", "week"}, 2, "only month"},
		{[]string{"db", "migrate"}, 0, "up to date"},
		{[]string{"db", "retention", "--keep", "13mo"}, 1, "--partition month"},
		{[]string{"db", "migrate", "--distribute"}, 1, "neither Citus nor TimescaleDB"},
		{[]string{"db", "migrate", "--partition", "month"}, 0, "Exchanging"},
		{[]string{"db", "status"}, 0, "by the month"},
		{[]string{"import", file(t, "old.csv", "timestamp,vm,metric,value\n2024-01-05 00:00:00,a,cpu,1\n2024-03-05 00:00:00,a,cpu,2\n2026-11-01 00:00:00,a,cpu,3\n")}, 0, "3 stored"},
		{[]string{"db", "retention", "--keep", "soon"}, 2, "13mo, 2y or 90d"},
		{[]string{"db", "retention", "--keep", "13mo"}, 0, "server_metrics_fact_2024_01: 2024-01-01 to 2024-02-01"},
		{[]string{"list"}, 0, "3 points"},
		{[]string{"db", "retention", "--keep", "13mo", "--drop"}, 0, "dropped server_metrics_fact_2024_03"},
		{[]string{"list"}, 0, "1 points"},
		{[]string{"db", "retention", "--keep", "13mo", "--drop"}, 0, "0 partitions"},
	} {
		out, errs, code := aiops(t, append([]string{"--db", db}, c.args...)...)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%v: exit code %d, no %q in:\n%s%s", c.args, code, c.want, out, errs)
		}
	}
}
