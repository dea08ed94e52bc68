package app

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/app/config"
	"aiops/app/keyring"
	"aiops/store"
	"aiops/store/ingest"
	"aiops/store/postgres/pgtest"
)

func someSources(t *testing.T) *Sources {
	t.Helper()
	keyring.InMemory()
	dir := t.TempDir()
	return &Sources{Path: filepath.Join(dir, "sources.toml"), Local: Source{Name: LocalName, Address: "sqlite:" + filepath.Join(dir, "metrics.db")}, Now: time.Now}
}

func TestSourcesAreAddedChangedAndRemoved(t *testing.T) {
	s, ctx := someSources(t), t.Context()
	fleet := Source{Name: "fleet", Address: "postgres://ann@db.example.com:5432/fleet?sslmode=verify-full"}
	if err := s.Put(ctx, "", fleet, "geheim"); err != nil {
		t.Fatal(err)
	}
	if got, err := keyring.Get(ctx, passwordService, "ann@db.example.com:5432/fleet"); got != "geheim" || err != nil {
		t.Errorf("the keyring holds %q, %v", got, err)
	}
	all, err := s.List()
	if err != nil || len(all) != 2 || all[0] != s.Local || all[1] != fleet || !s.Fixed(all[0]) || s.Fixed(all[1]) {
		t.Errorf("the list is %+v, %v", all, err)
	}
	if s.Current() != s.Local {
		t.Errorf("at first the window opens %v", s.Current())
	}
	if err := s.Use(fleet); err != nil || s.Current() != fleet {
		t.Errorf("after the switch it opens %v, %v", s.Current(), err)
	}
	renamed := fleet
	renamed.Name = "servers"
	if err := s.Put(ctx, "fleet", renamed, ""); err != nil || s.Current() != renamed {
		t.Errorf("after the renaming it opens %v, %v", s.Current(), err)
	}
	if err := s.Put(ctx, "", Source{Name: LocalName, Address: "sqlite:/other.db"}, ""); err == nil {
		t.Error("a second source of the same name was taken")
	}
	if err := s.Remove(ctx, renamed); err != nil || s.Current() != s.Local {
		t.Errorf("after the removal it opens %v, %v", s.Current(), err)
	}
	if _, err := keyring.Get(ctx, passwordService, "ann@db.example.com:5432/fleet"); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("the password of a removed source: %v", err)
	}
	if err := s.Remove(ctx, renamed); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestAddressesComeApart(t *testing.T) {
	for _, db := range []string{"postgres://ann@db.example.com:5432/fleet?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem", "postgres://a%40b@h/db", "sqlite:/srv/a b.db"} {
		a, err := ParseAddress(db)
		if err != nil || a.String() != db || a.Check() != nil {
			t.Errorf("%s became %s, %v, %v", db, a, err, a.Check())
		}
	}
	a, err := ParseAddress("postgres://ann:geheim@h/db?password=geheim")
	if err != nil || strings.Contains(a.String(), "geheim") || a.With("x/y") != "postgres://ann:x%2Fy@h/db" {
		t.Errorf("%s, %s, %v", a, a.With("x/y"), err)
	}
	if _, err := ParseAddress("postgres://ann:ge heim%@h/db"); err == nil || strings.Contains(err.Error(), "heim") {
		t.Errorf("a broken address: %v", err)
	}
	for want, a := range map[string]Address{"file": {}, "server": {Postgres: true}, "user": {Postgres: true, Server: "h"}, "database": {Postgres: true, Server: "h", User: "u"}} {
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", a, err, want)
		}
	}
}

func TestSourceIsTested(t *testing.T) {
	ctx := t.Context()
	db := pgtest.URL(t)
	st, err := TestSource(ctx, db, time.Now)
	if err != nil || !st.Empty || !strings.HasPrefix(st.Server, "Postgres 1") {
		t.Errorf("an empty database: %+v, %v", st, err)
	}
	filled(t, ctx, db)
	st, err = TestSource(ctx, db, time.Now)
	if err != nil || st.Empty || st.Series == 0 || st.Latency <= 0 {
		t.Errorf("a database with series: %+v, %v", st, err)
	}
	wrong, _ := url.Parse(db)
	wrong.User = url.UserPassword(pgtest.User, "not this one")
	if _, err := TestSource(ctx, wrong.String(), time.Now); err == nil || !strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), "not this one") {
		t.Errorf("a wrong password: %v", err)
	}
	if _, err := TestSource(ctx, "sqlite:"+filepath.Join(t.TempDir(), "none.db"), time.Now); err == nil {
		t.Error("a file that is not there was found well")
	}
}

// A source's password comes from the keyring: neither the list nor an error holds it.
func TestSourceSignsInFromTheKeyring(t *testing.T) {
	s, ctx := someSources(t), t.Context()
	a, err := ParseAddress(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	fleet := Source{Name: "fleet", Address: a.String()}
	if err := s.Put(ctx, "", fleet, pgtest.Password); err != nil {
		t.Fatal(err)
	}
	st, err := s.Open(ctx, fleet)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(s.Path)
	if err != nil || strings.Contains(string(text), pgtest.Password) || strings.Contains(string(text), url.QueryEscape(pgtest.Password)) {
		t.Errorf("%v, the list is\n%s", err, text)
	}
	if err := s.Remove(ctx, fleet); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Test(ctx, fleet); err == nil || !strings.Contains(err.Error(), "password") {
		t.Errorf("without the password: %v", err)
	}
}

// A password that --db holds is used and not shown.
func TestNamedDatabaseHidesItsPassword(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	s, err := NewSources(pgtest.URL(t), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if config.HasPassword(s.Local.Address) || !strings.HasPrefix(s.Local.Name, "t") {
		t.Errorf("the source is %+v", s.Local)
	}
	if st, err := s.Test(t.Context(), s.Local); err != nil || !st.Empty {
		t.Errorf("%+v, %v", st, err)
	}
}

// filled puts made-up data into a database.
func filled(t *testing.T, ctx context.Context, db string) {
	t.Helper()
	st, err := OpenStore(ctx, db, false, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := ingest.Generate(ctx, st, ingest.GenerateOptions{VMs: 2, Days: 1, Step: time.Hour, Seed: 1, End: time.Now()}); err != nil {
		t.Fatal(err)
	}
}
