// Package pgtest starts Postgres for tests: a real server of their own, in a
// folder of its own, that ends with the test program however that ends.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

var ctx = context.Background()

// User and Password sign in on every server of this package.
const (
	User     = "aiops"
	Password = "ge:heim/@1"
)

var (
	once    sync.Once
	shared  *Server
	failed  error
	created atomic.Int64
)

// URL names a new, empty database on the server that all tests of the program
// share. Where no server can be had, the test is skipped; in CI it fails.
func URL(t testing.TB) string {
	t.Helper()
	if base := named(); base != "" {
		return create(t, base, "template0")
	}
	return server(t).Database(t)
}

// named is the running server that the tests are to use, if any.
func named() string {
	if base := os.Getenv("AIOPS_TEST_POSTGRES"); strings.Contains(base, "://") {
		return base
	}
	return ""
}

// server is the one that all tests of the program share.
func server(t testing.TB) *Server {
	t.Helper()
	once.Do(func() { shared, failed = start() })
	if failed != nil {
		absent(t, failed)
	}
	return shared
}

var (
	copying sync.Mutex
	models  = map[string]string{} // databases that others are copies of
)

// Copy is URL of a database that is filled already. It is filled once for each
// kind, and then copied, which is quicker than to migrate each one.
func Copy(t testing.TB, kind string, fill func(url string) error) string {
	t.Helper()
	if named() != "" { // nothing is left behind on others' servers
		u := URL(t)
		if err := fill(u); err != nil {
			t.Fatal(err)
		}
		return u
	}
	base := server(t).URL("postgres")
	copying.Lock()
	defer copying.Unlock()
	if models[kind] == "" {
		name := fmt.Sprintf("model%d", len(models))
		Exec(t, base, "CREATE DATABASE "+name+" TEMPLATE template0")
		if err := fill(server(t).URL(name)); err != nil {
			t.Fatal(err)
		}
		models[kind] = name
	}
	return create(t, base, models[kind])
}

func absent(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// Database makes a new, empty database on the server and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	return create(t, s.URL("postgres"), "template0")
}

func create(t testing.TB, base, like string) string {
	t.Helper()
	name := fmt.Sprintf("t%d_%d", os.Getpid(), created.Add(1))
	Exec(t, base, "CREATE DATABASE "+name+" TEMPLATE "+like)
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal("AIOPS_TEST_POSTGRES is not a URL")
	}
	u.Path = "/" + name
	t.Cleanup(func() {
		conn, err := pgx.Connect(ctx, base)
		if err != nil {
			return // the server is gone, and the database with it
		}
		defer conn.Close(ctx)
		_, _ = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return u.String()
}

// Exec runs statements as another program would.
func Exec(t testing.TB, url string, statements ...string) {
	t.Helper()
	conn := Connect(t, url)
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// Connect is another program's connection.
func Connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	soon, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(soon, url)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
