package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// inBoth returns a database's URL on another server.
func inBoth(t *testing.T, db string, at *pgtest.Server) string {
	t.Helper()
	return edit(t, db, func(u *url.URL) { u.Host = fmt.Sprintf("127.0.0.1:%d", at.Port()) })
}

// reads reports whether the store's next read goes to the replica.
func reads(t *testing.T, s *Store) bool {
	t.Helper()
	conn := s.onReplica(ctx, snapshot)
	if conn == nil {
		return false
	}
	discard(conn)
	return true
}

// soon waits for something that comes by itself.
func soon(t *testing.T, what string, f func() bool) {
	t.Helper()
	for range 400 {
		if f() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("it did not come: ", what)
}

// wake ends the replica's rest.
func (r *replica) wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until, r.pause = time.Time{}, 0
}

// TestReplica: reads go to the standby when it has what this program wrote, and
// to the primary server when it has not, is paused, or is gone.
func TestReplica(t *testing.T) {
	primary := pgtest.StartServer(t)
	db := primary.Database(t)
	first := open(t, db)
	write(t, first, store.Replace, steps(cpu, base, minute, 3000))
	standby := primary.Standby(t)
	address, err := WithReplica(db, inBoth(t, db, standby))
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, address)
	soon(t, "a read from the standby", func() bool { return reads(t, s) })
	consistent(t, s)
	for i := range 20 { // each write is there in the next read, wherever that goes
		at := base + int64(4000+i)*minute
		write(t, s, store.Replace, metric.Series{Key: cpu, Times: []int64{at}, Values: []float64{1}})
		got, err := store.Points(ctx, s, cpu, metric.Range{From: at, To: at + 1})
		if err != nil || got.Len() != 1 {
			t.Fatalf("write %d is not read: %v", i, err)
		}
		id, err := s.PutAnnotation(ctx, metric.Annotation{Text: "x", From: base, To: base})
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.Annotations(ctx, metric.Range{})
		if err != nil || !slices.ContainsFunc(all, func(a metric.Annotation) bool { return a.ID == id }) {
			t.Fatalf("annotation %d is not read: %v", i, err)
		}
	}
	soon(t, "the standby to catch up", func() bool { return reads(t, s) })

	other := inBoth(t, db, standby)
	pgtest.Exec(t, other, "SELECT pg_wal_replay_pause()")
	soon(t, "the pause", func() bool {
		c := pgtest.Connect(t, other)
		defer c.Close(ctx)
		var state string
		return c.QueryRow(ctx, "SELECT pg_get_wal_replay_pause_state()").Scan(&state) == nil && state == "paused"
	})
	write(t, s, store.Replace, steps(cpu, base+9000*minute, minute, 100))
	if reads(t, s) {
		t.Error("a standby that has not replayed the write is read")
	}
	if got, err := store.Points(ctx, s, cpu, metric.Range{From: base + 9000*minute, To: base + 9100*minute}); err != nil || got.Len() != 100 {
		t.Errorf("%d points: %v", got.Len(), err)
	}
	pgtest.Exec(t, other, "SELECT pg_wal_replay_resume()")
	soon(t, "the standby to catch up", func() bool { return reads(t, s) })
	st, err := Look(ctx, address, Options{})
	if err != nil || st.Replica == nil || !st.Replica.Standby || st.Replica.Trouble != nil || st.Replica.Most != maxConns || strings.Contains(st.Replica.Where, "heim") {
		t.Errorf("status %+v, %v", st.Replica, err)
	}

	if err := standby.Kill(); err != nil {
		t.Fatal(err)
	}
	consistent(t, s)
	if st, err = Look(ctx, address, Options{}); err != nil || !errors.Is(st.Replica.Trouble, store.ErrAway) {
		t.Errorf("status %+v, %v", st.Replica, err)
	}
	if err := standby.Start(); err != nil {
		t.Fatal(err)
	}
	s.replica.wake()
	soon(t, "a read from the standby that is back", func() bool { return reads(t, s) })

	if err := primary.Kill(); err != nil { // what the standby has can still be looked at
		t.Fatal(err)
	}
	if got, err := store.Points(ctx, s, cpu, metric.Range{From: base, To: base + 100*minute}); err != nil || got.Len() != 100 {
		t.Errorf("%d points without the primary server: %v", got.Len(), err)
	}
	if _, err := s.Catalog(ctx); err != nil {
		t.Error(err)
	}
	_, err = s.Begin(ctx, store.Origin{Source: "x"})
	says(t, err, store.ErrAway, "no Postgres answers")
}

// TestPromoted: the primary server dies, the standby is promoted, and the open
// store goes on with it.
func TestPromoted(t *testing.T) {
	primary := pgtest.StartServer(t)
	db := primary.Database(t)
	both := edit(t, db, func(u *url.URL) { u.Host += "," })
	standbyless := open(t, db)
	write(t, standbyless, store.Replace, steps(cpu, base, minute, 1000))
	standby := primary.Standby(t)
	both = strings.Replace(both, ",", fmt.Sprintf(",127.0.0.1:%d", standby.Port()), 1)
	s := open(t, both)
	soon(t, "a read from the standby", func() bool { return reads(t, s) })
	write(t, s, store.Replace, steps(cpu, base+1000*minute, minute, 1000))
	soon(t, "the standby to catch up", func() bool { return reads(t, s) })
	consistent(t, s)
	tx, err := s.Begin(ctx, store.Origin{Source: "cut"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Write(ctx, steps(cpu, base+5000*minute, minute, 1000), store.Replace); err != nil {
		t.Fatal(err)
	}
	if err := primary.Kill(); err != nil {
		t.Fatal(err)
	}
	says(t, tx.Commit(), store.ErrAway)
	standby.Promote(t)
	s.replica.wake()
	write(t, s, store.Replace, steps(cpu, base+2000*minute, minute, 1000))
	consistent(t, s)
	got, err := store.Points(ctx, s, cpu, metric.Range{})
	if err != nil || got.Len() != 3000 {
		t.Errorf("%d points after the change, %v", got.Len(), err)
	}
	if left, err := s.Interrupted(ctx); err != nil || len(left) != 1 || left[0].Source != "cut" {
		t.Errorf("interrupted %+v, %v", left, err)
	}
}
