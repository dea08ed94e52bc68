package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

func testRollback(t *testing.T, s store.Store) {
	write(t, s, store.Replace, line(cpu, base, 1000))
	before := info(t, s, cpu)
	tx := begin(t, s)
	other := metric.Key{VM: "web-09", Metric: "cpu"}
	for _, one := range []metric.Series{line(cpu, base-5*minute, 2000), line(other, base, 10)} {
		if _, err := tx.Write(ctx, one, store.Replace); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Annotate(ctx, metric.Annotation{From: base, To: base, Kind: metric.Note, Text: "gone"}); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	same(t, read(t, s, cpu, metric.Range{}), line(cpu, base, 1000))
	if got := info(t, s, cpu); got != before {
		t.Errorf("catalog %+v, was %+v", got, before)
	}
	if all, _ := s.Catalog(ctx); len(all) != 1 {
		t.Errorf("catalog %v", all)
	}
	if all, _ := s.Annotations(ctx, metric.Range{}); len(all) != 0 {
		t.Errorf("annotations %v", all)
	}
	counts(t, write(t, s, store.Replace, line(other, base, 10)), 10, 0, 0)
}

func testAfterEnd(t *testing.T, s store.Store) {
	tx := begin(t, s)
	if _, err := tx.Write(ctx, line(cpu, base, 3), store.Replace); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Error("rollback after commit:", err)
	}
	if _, err := tx.Write(ctx, line(cpu, base, 3), store.Replace); err == nil {
		t.Error("write after commit was taken")
	}
	if err := tx.Annotate(ctx, metric.Annotation{}); err == nil {
		t.Error("annotation after commit was taken")
	}
	if err := tx.Commit(); err == nil {
		t.Error("a second commit was taken")
	}
	same(t, read(t, s, cpu, metric.Range{}), line(cpu, base, 3))
}

func testIsolation(t *testing.T, s store.Store) {
	write(t, s, store.Replace, line(cpu, base, 100))
	tx := begin(t, s)
	defer tx.Rollback()
	changed := line(cpu, base-10*minute, 20_000)
	if _, err := tx.Write(ctx, changed, store.Replace); err != nil {
		t.Fatal(err)
	}
	same(t, read(t, s, cpu, metric.Range{}), line(cpu, base, 100))
	if got := info(t, s, cpu); got.Count != 100 {
		t.Errorf("catalog shows an open write: %+v", got)
	}
	// A read that began before the commit goes on with the old state.
	first := true
	err := s.Read(ctx, store.Query{}, func(e metric.Envelope) error {
		if first {
			if err := tx.Commit(); err != nil {
				return err
			}
		}
		first = false
		same(t, metric.Series{Key: e.Key, Times: e.Times, Values: e.Mean}, line(cpu, base, 100))
		return nil
	})
	if err != nil || first {
		t.Fatal(err)
	}
	same(t, read(t, s, cpu, metric.Range{}), changed)
}

func testOneWriter(t *testing.T, s store.Store) {
	tx := begin(t, s)
	short, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
	defer cancel()
	if _, err := s.Begin(short, store.Origin{Source: "b.csv"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second write did not wait: %v", err)
	}
	second := make(chan error)
	go func() {
		tx, err := s.Begin(ctx, store.Origin{Source: "b.csv"})
		if err == nil {
			_, err = tx.Write(ctx, line(cpu, base, 10), store.Keep)
			err = errors.Join(err, tx.Commit())
		}
		second <- err
	}()
	if _, err := tx.Write(ctx, line(cpu, base, 5), store.Keep); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Fatal("the write that waited:", err)
	}
	same(t, read(t, s, cpu, metric.Range{}), line(cpu, base, 10))
}

// testConcurrent: readers see whole writes only, each of which adds 500 points.
func testConcurrent(t *testing.T, s store.Store) {
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				all, err := store.Envelopes(ctx, s, store.Query{})
				if err != nil {
					t.Error(err)
					return
				}
				if len(all) > 0 && all[0].Len()%500 != 0 {
					t.Errorf("a reader saw %d points", all[0].Len())
				}
				if _, err := s.Catalog(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 8 {
		write(t, s, store.Replace, line(cpu, base+int64(i)*500*minute, 250), line(cpu, base+int64(i)*500*minute+250*minute, 250))
	}
	close(stop)
	wg.Wait()
	if n := info(t, s, cpu).Count; n != 4000 {
		t.Errorf("%d points after 8 writes", n)
	}
}

func testCancelled(t *testing.T, s store.Store) {
	write(t, s, store.Replace, line(cpu, base, 30_000), line(metric.Key{VM: "web-02", Metric: "cpu"}, base, 100))
	gone, cancel := context.WithCancel(ctx)
	calls := 0
	err := s.Read(gone, store.Query{}, func(metric.Envelope) error { calls++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("read went on for %d chunks: %v", calls, err)
	}
	if _, err := s.Catalog(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("catalog: %v", err)
	}
	if _, err := s.Begin(gone, store.Origin{}); !errors.Is(err, context.Canceled) {
		t.Errorf("begin: %v", err)
	}
	if _, err := s.Annotations(gone, metric.Range{}); !errors.Is(err, context.Canceled) {
		t.Errorf("annotations: %v", err)
	}
	tx := begin(t, s)
	if _, err := tx.Write(gone, line(cpu, base, 30_001), store.Replace); !errors.Is(err, context.Canceled) {
		t.Errorf("write: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
	if n := info(t, s, cpu).Count; n != 30_000 {
		t.Errorf("%d points after a cancelled write", n)
	}
}

func testStopped(t *testing.T, s store.Store) {
	write(t, s, store.Replace, line(cpu, base, 30_000))
	enough := errors.New("enough")
	if err := s.Read(ctx, store.Query{}, func(metric.Envelope) error { return enough }); err != enough {
		t.Errorf("the reader's own error came back as %v", err)
	}
	same(t, read(t, s, cpu, metric.Range{}), line(cpu, base, 30_000))
}

func testJournal(t *testing.T, s store.Store) {
	write(t, s, store.Replace, line(cpu, base, 3))
	tx := begin(t, s)
	if all, err := s.Interrupted(ctx); err != nil || len(all) != 0 {
		t.Errorf("an open write counts as interrupted: %v, %v", all, err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Interrupted(ctx); err != nil || len(all) != 0 {
		t.Errorf("interrupted %v, %v", all, err)
	}
}

func testClose(t *testing.T, s store.Store) {
	write(t, s, store.Replace, line(cpu, base, 3))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error("a second close:", err)
	}
	if _, err := s.Catalog(ctx); err == nil {
		t.Error("a closed store lists series")
	}
	if _, err := s.Begin(ctx, store.Origin{}); err == nil {
		t.Error("a closed store takes writes")
	}
}
