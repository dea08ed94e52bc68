package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

// owned is a database whose owner is no superuser but may make roles, with two VMs in it.
func owned(t *testing.T) (s *postgres.Store, base string) {
	t.Helper()
	super := pgtest.URL(t)
	u, err := url.Parse(super)
	if err != nil {
		t.Fatal(err)
	}
	db := strings.TrimPrefix(u.Path, "/")
	owner := "owner_" + db
	pgtest.Exec(t, super, `CREATE ROLE `+owner+` LOGIN CREATEROLE PASSWORD 'x'`, `ALTER DATABASE `+db+` OWNER TO `+owner)
	for _, g := range []string{"aiops_viewer", "aiops_analyst", "aiops_admin"} { // they are the server's, which tests share
		pgtest.Exec(t, super, `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '`+g+`') THEN CREATE ROLE `+g+`; END IF; END $$`, `GRANT `+g+` TO `+owner+` WITH ADMIN OPTION`)
	}
	u.User = url.UserPassword(owner, "x")
	if s, err = postgres.Open(t.Context(), u.String(), postgres.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	write(t, s, "web-01", "db-01")
	return s, u.String()
}

func write(t *testing.T, s store.Store, vms ...string) {
	t.Helper()
	if err := tryWrite(t.Context(), s, vms...); err != nil {
		t.Fatal(err)
	}
}

func tryWrite(ctx context.Context, s store.Store, vms ...string) error {
	tx, err := s.Begin(ctx, store.Origin{Source: "test"})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, vm := range vms {
		points := metric.Series{Key: metric.Key{VM: vm, Metric: "cpu"}, Times: []int64{1e15, 1e15 + 6e7}, Values: []float64{1, 2}}
		if _, err := tx.Write(ctx, points, store.Replace); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func writeMany(ctx context.Context, s store.Store, vm string, n int) error {
	tx, err := s.Begin(ctx, store.Origin{Source: "test"})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	points := metric.Series{Key: metric.Key{VM: vm, Metric: "cpu"}}
	for i := range n {
		points.Times, points.Values = append(points.Times, int64(2e15)/2+int64(i+n)*6e7), append(points.Values, 1)
	}
	if _, err := tx.Write(ctx, points, store.Replace); err != nil {
		return err
	}
	return tx.Commit()
}

// as is the address for a login.
func as(t *testing.T, base string, l postgres.Login) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(l.User, l.Password)
	return u.String()
}

func request(role string) postgres.LoginRequest {
	return postgres.LoginRequest{Subject: "id-of-" + role, Person: role, Device: "laptop", Role: role, Hold: time.Hour, Address: "127.0.0.1"}
}

func TestLoginsMayWhatTheirRoleMay(t *testing.T) {
	s, base := owned(t)
	for range 2 { // again is the same
		if err := s.PrepareLogins(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	for role, may := range map[string]string{"viewer": "r", "analyst": "rw", "admin": "rwd"} {
		l, err := s.MakeLogin(t.Context(), request(role))
		if err != nil {
			t.Fatal(err)
		}
		mine, err := postgres.Open(t.Context(), as(t, base, l), postgres.Options{ReadOnly: role == "viewer"})
		if err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		catalog, err := mine.Catalog(t.Context())
		if err != nil || len(catalog) != 2 {
			t.Errorf("a %s reads %v, %v", role, catalog, err)
		}
		if err := tryWrite(t.Context(), mine, "web-01"); (err == nil) != strings.Contains(may, "w") {
			t.Errorf("a %s writes: %v", role, err)
		}
		_, err = mine.PutAnnotation(t.Context(), metric.Annotation{From: 1e15, To: 1e15, Kind: "note", Text: "x"})
		if (err == nil) != strings.Contains(may, "w") {
			t.Errorf("a %s annotates: %v", role, err)
		}
		if err := mine.Close(); err != nil {
			t.Error(err)
		}
		for statement, allowed := range map[string]bool{
			`DELETE FROM server_metrics_fact WHERE false`:                                   strings.Contains(may, "d"),
			`INSERT INTO server_metrics_fact SELECT * FROM server_metrics_fact WHERE false`: strings.Contains(may, "w"),
			`DROP TABLE server_metrics_fact`:                                                false,
			`CREATE TABLE public.x ()`:                                                      false,
			`SELECT * FROM aiops.logins`:                                                    false,
			`CREATE ROLE x`:                                                                 false,
			`ALTER ROLE aiops_admin LOGIN`:                                                  false,
			`GRANT aiops_admin TO ` + l.User:                                                false,
		} {
			conn := pgtest.Connect(t, as(t, base, l))
			_, err := conn.Exec(t.Context(), `BEGIN; `+statement+`; ROLLBACK`, pgx.QueryExecModeSimpleProtocol)
			if (err == nil) != allowed {
				t.Errorf("a %s: %s: %v", role, statement, err)
			}
			conn.Close(t.Context())
		}
	}
}

func TestLoginsEnd(t *testing.T) {
	s, base := owned(t)
	if err := s.PrepareLogins(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	first, err := s.MakeLogin(t.Context(), request("admin"))
	if err != nil {
		t.Fatal(err)
	}
	r := request("admin")
	r.Role = "viewer" // it was taken away meanwhile
	r.Hold = 2 * time.Second
	second, err := s.MakeLogin(t.Context(), r)
	if err != nil || second.User != first.User || second.Password == first.Password {
		t.Fatalf("one a person and device: %v, %v", second.User == first.User, err)
	}
	if _, err := pgx.Connect(t.Context(), as(t, base, first)); !isCode(err, "28P01") {
		t.Errorf("the old password: %v", err)
	}
	conn := pgtest.Connect(t, as(t, base, second))
	if _, err := conn.Exec(t.Context(), `DELETE FROM server_metrics_fact WHERE false`); !isCode(err, "42501") {
		t.Errorf("as a viewer now: %v", err)
	}
	other := request("viewer")
	other.Device = "desktop"
	kept, err := s.MakeLogin(t.Context(), other)
	if err != nil || kept.User == second.User {
		t.Fatal(err)
	}
	if dropped, err := s.DropLogins(t.Context()); err != nil || len(dropped) != 0 {
		t.Errorf("none has expired: %v, %v", dropped, err)
	}
	time.Sleep(2100 * time.Millisecond)
	if _, err := pgx.Connect(t.Context(), as(t, base, second)); !isCode(err, "28P01") {
		t.Errorf("after its end: %v", err)
	}
	dropped, err := s.DropLogins(t.Context())
	if err != nil || len(dropped) != 1 || dropped[0].Device != "laptop" {
		t.Errorf("%v, %v", dropped, err)
	}
	if _, err := conn.Exec(t.Context(), `SELECT 1`); err == nil {
		t.Error("the open connection goes on")
	}
	pgtest.Connect(t, as(t, base, kept)).Close(t.Context())
	if err := s.EndLogins(t.Context(), "id-of-viewer"); err != nil {
		t.Error(err)
	}
	byHand, err := s.MakeLogin(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	pgtest.Exec(t, base, `DROP ROLE `+byHand.User)
	if err := s.EndLogins(t.Context(), "id-of-viewer"); err != nil {
		t.Errorf("dropped by hand: %v", err)
	}
	if _, err := pgx.Connect(t.Context(), as(t, base, kept)); err == nil {
		t.Error("a login whose person was signed out still holds")
	}
}

func TestLoginsSeeTheirTeamsVMs(t *testing.T) {
	s, base := owned(t)
	if err := s.PrepareLogins(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	for want, patterns := range map[string][]string{"db-01 web-01": nil, "web-01": {"web-*"}, "db-01": {"x", "db-0?"}, "": {}, " ": {"we_-01", "%"}} {
		r := request("viewer")
		r.VMs = patterns
		l, err := s.MakeLogin(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		mine, err := postgres.Open(t.Context(), as(t, base, l), postgres.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		catalog, err := mine.Catalog(t.Context())
		var got []string
		for _, c := range catalog {
			got = append(got, c.VM)
		}
		if err != nil || !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%v sees %v, %v", patterns, got, err)
		}
		conn := pgtest.Connect(t, as(t, base, l))
		for _, table := range []string{"server_metrics_fact", "aiops.series"} {
			var vms []string
			if err := conn.QueryRow(t.Context(), `SELECT coalesce(array_agg(DISTINCT vm ORDER BY vm), '{}') FROM `+table).Scan(&vms); err != nil || !slices.Equal(vms, strings.Fields(want)) {
				t.Errorf("%v sees %v in %s, %v", patterns, vms, table, err)
			}
		}
		conn.Close(t.Context())
		mine.Close()
	}
	r := request("analyst")
	r.VMs = []string{"web-*"}
	l, err := s.MakeLogin(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := postgres.Open(t.Context(), as(t, base, l), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	for _, n := range []int{10, 2000} {
		if err := writeMany(t.Context(), mine, "web-01", n); err != nil {
			t.Errorf("%d points of one's own team's VM: %v", n, err)
		}
		if err := writeMany(t.Context(), mine, "db-01", n); err == nil {
			t.Errorf("%d points of another team's VM are taken", n)
		}
	}
	write(t, s, "web-02") // the service itself sees and writes everything
	if catalog, err := s.Catalog(t.Context()); err != nil || len(catalog) != 3 {
		t.Errorf("%v, %v", catalog, err)
	}
	if err := s.PrepareLogins(t.Context(), false); err != nil {
		t.Fatal(err)
	}
}

// A window goes on while its logins are renewed: each new connection asks for the present one.
func TestLoginsAreRenewed(t *testing.T) {
	s, base := owned(t)
	if err := s.PrepareLogins(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	asked := 0
	mine, err := postgres.Open(t.Context(), base, postgres.Options{ReadOnly: true, Login: func(ctx context.Context) (string, string, error) {
		asked++
		l, err := s.MakeLogin(ctx, request("viewer"))
		return l.User, l.Password, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	for range 3 {
		pgtest.Exec(t, as(t, base, postgres.Login{User: pgtest.User, Password: pgtest.Password}),
			`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'aiops_login_%' AND datname = current_database()`)
		if catalog, err := mine.Catalog(t.Context()); err != nil || len(catalog) != 2 {
			t.Errorf("%v, %v", catalog, err)
		}
	}
	if asked < 2 {
		t.Errorf("asked %d times", asked)
	}
	away := errors.New("the service is away")
	_, err = postgres.Open(t.Context(), base, postgres.Options{Login: func(context.Context) (string, string, error) { return "", "", away }})
	if !errors.Is(err, away) {
		t.Errorf("why there is no login is not lost: %v", err)
	}
}

// The server's log has no password, also when it logs every statement.
func TestLoginsAreNotLogged(t *testing.T) {
	server := pgtest.StartServer(t)
	pgtest.Exec(t, server.URL("postgres"), `ALTER SYSTEM SET log_statement = 'all'`, `SELECT pg_reload_conf()`)
	time.Sleep(200 * time.Millisecond)
	s, err := postgres.Open(t.Context(), server.Database(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.PrepareLogins(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	l, err := s.MakeLogin(t.Context(), request("viewer"))
	if err != nil {
		t.Fatal(err)
	}
	log := server.Log(t)
	if !strings.Contains(log, l.User) {
		t.Fatal("the log does not tell of the login, so that it proves nothing")
	}
	if strings.Contains(log, l.Password) {
		t.Error("the log has the password")
	}
}

func isCode(err error, code string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == code
}

// What holds is listed, with the connections that are open.
func TestLoginsHeld(t *testing.T) {
	s, base := owned(t)
	if err := s.PrepareLogins(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	l, err := s.MakeLogin(t.Context(), postgres.LoginRequest{Subject: "u-1", Person: "Mia", Device: "laptop", Role: "viewer", Teams: []string{"web"}, Address: "192.0.2.1", Hold: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(l.User, l.Password)
	conn, err := pgx.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	held, err := s.LoginsHeld(t.Context())
	if err != nil || len(held) != 1 || held[0].Person != "Mia" || held[0].Device != "laptop" || held[0].Connections != 1 || !held[0].Expires.Equal(l.Expires) || held[0].Teams[0] != "web" {
		t.Errorf("%+v, %v", held, err)
	}
	if err := s.EndLogins(t.Context(), "u-1"); err != nil {
		t.Fatal(err)
	}
	if held, err := s.LoginsHeld(t.Context()); err != nil || len(held) != 0 {
		t.Errorf("after their end: %+v, %v", held, err)
	}
}
