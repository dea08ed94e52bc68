package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// through opens a database behind a network that can be cut.
func through(t *testing.T) (*Store, *pgtest.Proxy) {
	t.Helper()
	server := pgtest.StartServer(t)
	db := server.Database(t)
	p := server.Proxy(t)
	return open(t, edit(t, db, func(u *url.URL) { u.Host = fmt.Sprintf("127.0.0.1:%d", p.Port()) })), p
}

// TestNetworkCut cuts the network at random points of imports: a file is
// wholly in or wholly out, and the store comes back by itself.
func TestNetworkCut(t *testing.T) {
	s, p := through(t)
	rnd := rand.New(rand.NewPCG(5, 6))
	var done []string
	for i := range 20 {
		name := fmt.Sprintf("file-%d.csv", i)
		result := make(chan error, 1)
		go func() { result <- importFile(s, name) }()
		time.Sleep(time.Duration(rnd.IntN(50)) * time.Millisecond)
		p.Cut()
		if i%5 == 0 {
			_, err := s.Catalog(ctx)
			says(t, err, store.ErrAway)
		}
		time.Sleep(time.Duration(rnd.IntN(20)) * time.Millisecond)
		p.Mend()
		if err := <-result; err == nil {
			done = append(done, name)
		} else {
			says(t, err, store.ErrAway)
		}
		whole(t, s, done)
		if err := importFile(s, name); err != nil {
			t.Fatal("the next write:", err)
		}
		done = append(done, name)
	}
	consistent(t, s)
	t.Logf("20 cuts, %d files, 0 rows lost", len(done))
}

// The answer to COMMIT gets lost: the journal tells that the write is stored.
func TestCommitUnanswered(t *testing.T) {
	s, p := through(t)
	for _, stored := range []bool{true, false} {
		tx, err := s.Begin(ctx, store.Origin{Source: "x.csv"})
		if err != nil {
			t.Fatal(err)
		}
		k := metric.Key{VM: fmt.Sprint(stored), Metric: "cpu"}
		if _, err := tx.Write(ctx, steps(k, base, minute, 100), store.Replace); err != nil {
			t.Fatal(err)
		}
		p.Trap("COMMIT;", stored)
		result := make(chan error, 1)
		go func() { result <- tx.Commit() }()
		soon(t, "the cut", p.IsCut)
		p.Mend()
		if err := <-result; stored && err != nil {
			t.Error("it is stored, and yet:", err)
		} else if !stored {
			says(t, err, store.ErrAway)
		}
		got, err := store.Points(ctx, s, k, metric.Range{})
		if stored && (err != nil || got.Len() != 100) || !stored && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("stored %v: %d points, %v", stored, got.Len(), err)
		}
	}
}

// A network that carries nothing and breaks nothing holds up nobody who cancels.
func TestSilentNetwork(t *testing.T) {
	s, p := through(t)
	p.Mute(true, true)
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := s.Catalog(short)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	p.Mend()
	if _, err := s.Catalog(ctx); err != nil {
		t.Error(err)
	}
}

// TestDiskFull: what does not fit is wholly out, and goes in when there is room.
func TestDiskFull(t *testing.T) {
	server := pgtest.StartServer(t)
	db := server.Database(t)
	dir, grow := server.SmallDisk(t, 10)
	pgtest.Exec(t, db, "CREATE TABLESPACE small LOCATION '"+dir+"'", "ALTER ROLE "+pgtest.User+" SET default_tablespace = small")
	s := open(t, db)
	write(t, s, store.Replace, steps(cpu, base, minute, 1000))
	many := steps(metric.Key{VM: "many", Metric: "cpu"}, base, second, 100_000)
	tx, err := s.Begin(ctx, store.Origin{Source: "many.csv"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Write(ctx, many, store.Replace)
	says(t, err, nil, "disk of 127.0.0.1", "is full", "nothing of this is stored")
	says(t, tx.Commit(), nil, "is full")
	consistent(t, s)
	if all, err := s.Catalog(ctx); err != nil || len(all) != 1 || all[0].Count != 1000 {
		t.Errorf("catalog %+v, %v", all, err)
	}
	grow(200)
	write(t, s, store.Replace, many)
	consistent(t, s)
}

// TestConnectionsComeBack: a server without a free connection is tried again by the next call.
func TestConnectionsComeBack(t *testing.T) {
	server := pgtest.StartServer(t)
	db := server.Database(t)
	pgtest.Exec(t, db, "CREATE ROLE guest LOGIN PASSWORD 'x' CONNECTION LIMIT 2 SUPERUSER", "ALTER ROLE guest NOSUPERUSER")
	open(t, db)
	pgtest.Exec(t, db, "GRANT USAGE ON SCHEMA aiops TO guest", "GRANT ALL ON ALL TABLES IN SCHEMA aiops TO guest", "GRANT ALL ON server_metrics_fact, server_metrics_predictions TO guest")
	guest := edit(t, db, func(u *url.URL) { u.User = url.UserPassword("guest", "x") })
	s := open(t, guest)
	tx, err := s.Begin(ctx, store.Origin{Source: "x"}) // one connection
	if err != nil {
		t.Fatal(err)
	}
	taken := pgtest.Connect(t, guest)
	_, err = s.Catalog(ctx)
	says(t, err, store.ErrAway, "no connection left", "pool_max_conns")
	taken.Close(ctx)
	soon(t, "a free connection", func() bool { _, err := s.Catalog(ctx); return err == nil })
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
}

// TestCloseUndoesAbandonedWrite: a write that nobody goes on with does not keep
// the program from ending, and is undone.
func TestCloseUndoesAbandonedWrite(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	tx, err := s.Begin(ctx, store.Origin{Source: "a.csv"})
	if err == nil {
		_, err = tx.Write(ctx, steps(cpu, base, minute, 10), store.Replace)
	}
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("Close hangs")
	}
	if err := tx.Commit(); !errors.Is(err, errDone) {
		t.Errorf("commit: %v", err)
	}
	again := open(t, url)
	if all, err := again.Catalog(ctx); err != nil || len(all) != 0 {
		t.Errorf("catalog %+v, %v", all, err)
	}
	if left, err := again.Interrupted(ctx); err != nil || len(left) != 0 {
		t.Errorf("journal %+v, %v", left, err)
	}
}
