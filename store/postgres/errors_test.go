package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// says checks an error's sentence and that it holds no password.
func says(t *testing.T, err error, kind error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one that says %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("no %q in %q", w, err)
		}
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("%q is not %v", err, kind)
	}
	for _, secret := range []string{pgtest.Password, url.QueryEscape(pgtest.Password), "geheim", "ge:heim"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q holds a password", err)
		}
	}
}

func edit(t *testing.T, from string, f func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	f(u)
	return u.String()
}

func TestCannotConnect(t *testing.T) {
	good := pgtest.URL(t)
	for name, c := range map[string]struct {
		change func(*url.URL)
		kind   error
		words  []string
	}{
		"wrong password": {func(u *url.URL) { u.User = url.UserPassword(pgtest.User, "geheim2") }, nil, []string{"does not let aiops in", "PGPASSWORD", ".pgpass"}},
		"no password":    {func(u *url.URL) { u.User = url.User(pgtest.User) }, nil, []string{"PGPASSWORD"}},
		"no database":    {func(u *url.URL) { u.Path = "/nowhere" }, store.ErrNotFound, []string{`no database "nowhere"`, "createdb nowhere"}},
		"server away":    {func(u *url.URL) { u.Host = "127.0.0.1:1" }, store.ErrAway, []string{"no Postgres answers at 127.0.0.1:1"}},
		"no TLS there":   {func(u *url.URL) { u.RawQuery = "sslmode=verify-full" }, nil, []string{"sslmode"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(ctx, edit(t, good, c.change), Options{})
			says(t, err, c.kind, c.words...)
		})
	}
}

func TestBadAddresses(t *testing.T) {
	for _, bad := range []string{
		"postgres://aiops:ge heim@host/db", "postgres://aiops:geheim@host:port/db", "postgres://aiops:geheim@host/db?sslmode=perhaps",
		"postgres://aiops:geheim%zz@host/db", "postgres://aiops:ge/heim@host/db", "postgres://aiops:geheim@host/db?pool_max_conns=many",
		"postgres://aiops:geheim@[::1/db", "postgres://aiops:geheim@host/db?connect_timeout=x", "postgres://aiops:geheim@host/db?target_session_attrs=x",
	} {
		short, cancel := context.WithTimeout(ctx, 2*time.Second)
		_, err := Open(short, bad, Options{})
		cancel()
		says(t, err, nil)
	}
}

func TestInfoHasNoSecret(t *testing.T) {
	s := open(t, migrated(t))
	info := s.Info()
	if info.Kind != "Postgres" || !strings.HasPrefix(info.Path, "postgres://aiops@127.0.0.1:") || strings.Contains(info.Path, "heim") || !strings.HasSuffix(info.Path, "/"+info.Name) {
		t.Errorf("info %+v", info)
	}
}

// The sentences for what a test cannot easily bring about on a server.
func TestExplain(t *testing.T) {
	s := &Store{where: place{user: "ann", host: "db", database: "fleet", port: 5432}}
	for code, want := range map[string]string{
		"53100": "disk of db:5432 is full", "53300": "no connection left", "53200": "out of memory", "40P01": "Try again", "57P03": "starting",
		"57P01": "broke", "22021": "characters", "42P10": "CREATE UNIQUE INDEX", "55P03": "lock",
	} {
		says(t, s.convert(ctx, "save points", &pgconn.PgError{Code: code}), nil, "save points", want)
	}
}

func TestOutOfConnections(t *testing.T) {
	server := pgtest.StartServer(t)
	db := server.Database(t)
	pgtest.Exec(t, db, "CREATE ROLE guest LOGIN PASSWORD 'x' CONNECTION LIMIT 1")
	guest := edit(t, db, func(u *url.URL) { u.User = url.UserPassword("guest", "x") })
	taken := pgtest.Connect(t, guest)
	defer taken.Close(ctx)
	_, err := Open(ctx, guest, Options{ReadOnly: true})
	says(t, err, store.ErrAway, "no connection left")
}

// A role that may only read opens the database, reads, and is told what it may not.
func TestRights(t *testing.T) {
	db := pgtest.URL(t)
	name := fmt.Sprintf("reader%d", time.Now().UnixNano())
	guest := edit(t, db, func(u *url.URL) { u.User = url.UserPassword(name, "x") })
	t.Cleanup(func() { pgtest.Exec(t, db, "DROP OWNED BY "+name, "DROP ROLE "+name) })
	pgtest.Exec(t, db, "CREATE ROLE "+name+" LOGIN PASSWORD 'x'", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	_, err := Open(ctx, guest, Options{})
	says(t, err, store.ErrReadOnly, "no right", "owner")
	owner := open(t, db)
	pgtest.Exec(t, db, "SELECT FROM public.server_metrics_fact") // although schema aiops is the user's first
	write(t, owner, store.Replace, steps(cpu, base, minute, 3000))
	pgtest.Exec(t, db, "GRANT SELECT ON server_metrics_fact TO "+name)
	s := open(t, guest)
	if all, err := s.Catalog(ctx); err != nil || len(all) != 1 || all[0].Count != 3000 {
		t.Errorf("catalog %+v, %v", all, err)
	}
	consistent(t, s)
	_, err = s.Begin(ctx, store.Origin{})
	says(t, err, store.ErrReadOnly)
	if left, err := s.Interrupted(ctx); err != nil || left != nil {
		t.Error(left, err)
	}
	pgtest.Exec(t, db, "GRANT USAGE ON SCHEMA aiops TO "+name, "GRANT SELECT ON ALL TABLES IN SCHEMA aiops TO "+name,
		"UPDATE server_metrics_fact SET value = 9 WHERE timestamp < '2025-06-01 05:00Z'")
	consistent(t, open(t, guest)) // changes are noted that it may not take in
}

func TestReadOnly(t *testing.T) {
	db := pgtest.URL(t)
	_, err := Open(ctx, db, Options{ReadOnly: true})
	says(t, err, store.ErrNotFound, "aiops db migrate")
	open(t, db)
	s, err := Open(ctx, db, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.Begin(ctx, store.Origin{})
	says(t, err, store.ErrReadOnly)
	_, err = s.PutAnnotation(ctx, metric.Annotation{Text: "x"})
	says(t, err, store.ErrReadOnly)
}

func TestFutureTimes(t *testing.T) {
	s := open(t, migrated(t))
	tx, err := s.Begin(ctx, store.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Write(ctx, steps(cpu, time.Now().Add(time.Hour).UnixMicro(), minute, 3), store.Replace)
	says(t, err, store.ErrEarly, "lies in the future of the clock of", "Nothing of this is stored")
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
}

// TestCancelReachesTheServer: the server stops working on what nobody waits for.
func TestCancelReachesTheServer(t *testing.T) {
	db := migrated(t)
	s := open(t, db)
	write(t, s, store.Replace, steps(cpu, base, minute, 10))
	watcher := pgtest.Connect(t, db)
	defer watcher.Close(ctx)
	if _, err := watcher.Exec(ctx, "BEGIN; LOCK TABLE server_metrics_fact IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := store.Points(short, s, cpu, metric.Range{})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Second {
		t.Errorf("it took %v: %v", time.Since(began), err)
	}
	for range 40 {
		var n int
		if err := watcher.QueryRow(ctx, "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Error("the server still waits for the lock")
}

func TestStatementTimeout(t *testing.T) {
	db := pgtest.URL(t)
	s := open(t, edit(t, db, func(u *url.URL) { u.RawQuery = "statement_timeout=150&pool_max_conns=3" }))
	if _, _, most := s.Connections(); most != 3 {
		t.Errorf("the pool has room for %d", most)
	}
	blocker := pgtest.Connect(t, db)
	defer blocker.Close(ctx)
	if _, err := blocker.Exec(ctx, "BEGIN; LOCK TABLE server_metrics_fact IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	_, err := store.Points(ctx, s, cpu, metric.Range{})
	says(t, err, nil, "took too long", "statement_timeout")
	says(t, s.convert(ctx, "read", &pgconn.PgError{Code: "57014", Message: "canceling statement due to user request"}), nil, "somebody stopped this")
}

func TestNewerAndStrangeDatabases(t *testing.T) {
	db := pgtest.URL(t)
	open(t, db)
	pgtest.Exec(t, db, "INSERT INTO aiops.migrations VALUES (99)")
	_, err := Open(ctx, db, Options{})
	says(t, err, store.ErrNewer, "format 99")
	for _, table := range []string{"(vm text, at timestamptz, metric text, value numeric)", "(vm text, timestamp text, metric text, value numeric)", "(vm text, timestamp timestamptz, metric text, value text)"} {
		db := pgtest.URL(t)
		pgtest.Exec(t, db, "CREATE TABLE server_metrics_fact "+table)
		_, err := Open(ctx, db, Options{})
		says(t, err, store.ErrForeign)
	}
	db = pgtest.URL(t)
	pgtest.Exec(t, db, "CREATE TABLE server_metrics_fact (vm text, timestamp timestamptz, metric text, value numeric)")
	_, err = open(t, db).Begin(ctx, store.Origin{})
	says(t, err, store.ErrForeign, "CREATE UNIQUE INDEX")
}
