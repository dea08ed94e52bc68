package postgres

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// TestVerifyFull: the server's certificate is checked, and its name.
func TestVerifyFull(t *testing.T) {
	server := pgtest.StartServer(t)
	db := server.Database(t)
	root := server.TLS(t)
	s := open(t, edit(t, db, func(u *url.URL) { u.RawQuery = "sslmode=verify-full&sslrootcert=" + url.QueryEscape(root) }))
	var safe bool
	if err := s.pool.QueryRow(ctx, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").Scan(&safe); err != nil || !safe {
		t.Errorf("the connection is not TLS: %v", err)
	}
	_, err := Open(ctx, edit(t, db, func(u *url.URL) {
		u.RawQuery = "sslmode=verify-full&sslrootcert=" + url.QueryEscape(root)
		u.Host = fmt.Sprintf("localhost:%d", server.Port())
	}), Options{})
	says(t, err, nil, "no safe connection", "sslrootcert")
	other := pgtest.StartServer(t).TLS(t)
	_, err = Open(ctx, edit(t, db, func(u *url.URL) { u.RawQuery = "sslmode=verify-full&sslrootcert=" + url.QueryEscape(other) }), Options{})
	says(t, err, nil, "no safe connection")
}

// TestPasswordFiles: the password comes from .pgpass or a service file.
func TestPasswordFiles(t *testing.T) {
	db := pgtest.URL(t)
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	pass, service := filepath.Join(dir, "pgpass"), filepath.Join(dir, "services")
	for path, text := range map[string]string{
		pass:    fmt.Sprintf("%s:%s:*:%s:%s\n", u.Hostname(), u.Port(), pgtest.User, `ge\:heim/@1`),
		service: fmt.Sprintf("[fleet]\nhost=%s\nport=%s\nuser=%s\ndbname=%s\npassword=%s\n", u.Hostname(), u.Port(), pgtest.User, u.Path[1:], pgtest.Password),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PGPASSFILE", pass)
	open(t, edit(t, db, func(u *url.URL) { u.User = url.User(pgtest.User) }))
	t.Setenv("PGPASSFILE", filepath.Join(dir, "none"))
	t.Setenv("PGSERVICEFILE", service)
	s := open(t, "postgres://?service=fleet")
	if s.Info().Name != u.Path[1:] {
		t.Errorf("info %+v", s.Info())
	}
}

// TestPasswordIsNowhere: a password that is looked up is asked for once, by the
// address, and is in no log of the server and no list of processes.
func TestPasswordIsNowhere(t *testing.T) {
	server := pgtest.StartServer(t)
	db := server.Database(t)
	pgtest.Exec(t, db, "ALTER SYSTEM SET log_statement = 'all'", "ALTER SYSTEM SET log_connections = on", "SELECT pg_reload_conf()")
	bare := edit(t, db, func(u *url.URL) { u.User = url.User(pgtest.User) })
	var asked []string
	s, err := Open(ctx, bare, Options{Password: func(_ context.Context, address string) (string, error) {
		asked = append(asked, address)
		return pgtest.Password, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	write(t, s, store.Replace, steps(cpu, base, minute, 1000))
	consistent(t, s)
	if want := strings.TrimPrefix(s.where.String(), "postgres://"); len(asked) != 1 || asked[0] != want {
		t.Errorf("asked for %q, want %q once", asked, want)
	}
	if address, err := Address(bare); err != nil || address != asked[0] {
		t.Errorf("the address is %q, %v", address, err)
	}
	log := server.Log(t)
	if !strings.Contains(log, "server_metrics_fact") {
		t.Error("the server logged nothing")
	}
	log += server.CommandLines(t) + strings.Join(os.Args, " ")
	for _, secret := range []string{pgtest.Password, url.QueryEscape(pgtest.Password)} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the server's log or a command line", secret)
		}
	}
}
