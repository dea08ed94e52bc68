// Package storetest is the conformance suite that every database of metrics passes.
package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

// Run checks every promise of store.Store. open returns an empty store that
// the suite may write to; the suite closes it.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, store.Store)
	}{
		{"empty", testEmpty},
		{"round trip", testRoundTrip},
		{"extreme values and times", testExtremes},
		{"order of keys", testKeyOrder},
		{"ranges", testRanges},
		{"catalog", testCatalog},
		{"duplicates inside a call", testInsideCall},
		{"duplicates of stored points", testAgainstStored},
		{"random writes", testRandomWrites},
		{"bad points", testBadPoints},
		{"limited points", testMaxPoints},
		{"rollback", testRollback},
		{"many series at once", testWriteAll},
		{"after the end", testAfterEnd},
		{"readers see the old state", testIsolation},
		{"one write at a time", testOneWriter},
		{"readers and writer together", testConcurrent},
		{"cancelled", testCancelled},
		{"stopped by the reader", testStopped},
		{"annotations", testAnnotations},
		{"annotations of a write", testAnnotate},
		{"predictions", testPredictions},
		{"predictions again", testPredictionsAgain},
		{"predictions of several series", testPredictionsOfMany},
		{"past predictions", testPastPredictions},
		{"bad predictions", testBadPredictions},
		{"transitions", testTransitions},
		{"bad transitions", testBadTransitions},
		{"silences", testSilences},
		{"journal", testJournal},
		{"close", testClose},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			defer s.Close()
			c.test(t, s)
		})
	}
}

var (
	ctx = context.Background()
	cpu = metric.Key{VM: "web-01", Metric: "cpu"}
)

const second, minute = int64(1_000_000), int64(60_000_000)

// base is 2025-06-01T00:00:00Z.
const base = 1_748_736_000 * second

// line makes n points a minute apart from the start on: 0, 0.5, 1, ...
func line(k metric.Key, start int64, n int) metric.Series {
	s := metric.Series{Key: k}
	for i := range n {
		s.Times = append(s.Times, start+int64(i)*minute)
		s.Values = append(s.Values, float64(i)/2)
	}
	return s
}

func series(k metric.Key, times []int64, values ...float64) metric.Series {
	return metric.Series{Key: k, Times: times, Values: values}
}

func begin(t *testing.T, s store.Store) store.Tx {
	t.Helper()
	tx, err := s.Begin(ctx, store.Origin{Source: "test.csv", Began: time.Now()})
	if err != nil {
		t.Fatal("begin:", err)
	}
	return tx
}

// write stores series in one write and sums up what became of them.
func write(t *testing.T, s store.Store, on store.OnConflict, all ...metric.Series) store.Written {
	t.Helper()
	tx := begin(t, s)
	var w store.Written
	for _, one := range all {
		part, err := tx.Write(ctx, one, on)
		if err != nil {
			t.Fatal("write:", err)
		}
		if n := part.Stored + part.Duplicates + part.Replaced + int64(len(part.Rejected)); n != int64(one.Len()) {
			t.Fatalf("%+v accounts for %d of %d points", part, n, one.Len())
		}
		w.Add(part)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal("commit:", err)
	}
	return w
}

func counts(t *testing.T, w store.Written, stored, duplicates, replaced int64, rejected ...store.Clash) {
	t.Helper()
	if w.Stored != stored || w.Duplicates != duplicates || w.Replaced != replaced || len(w.Rejected) != len(rejected) {
		t.Fatalf("written %+v, want %d stored, %d duplicates, %d replaced, %v rejected", w, stored, duplicates, replaced, rejected)
	}
	for i, r := range rejected {
		if w.Rejected[i] != r {
			t.Fatalf("rejected %+v, want %+v", w.Rejected, rejected)
		}
	}
}

// read returns a series' points; none when it is absent.
func read(t *testing.T, s store.Store, k metric.Key, r metric.Range) metric.Series {
	t.Helper()
	got, err := store.Points(ctx, s, k, r)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal("read:", err)
	}
	return got
}

func same(t *testing.T, got, want metric.Series) {
	t.Helper()
	if got.Len() != want.Len() {
		t.Fatalf("%s: %d points, want %d", want.Key, got.Len(), want.Len())
	}
	for i := range want.Times {
		if got.At(i) != want.At(i) {
			t.Fatalf("%s: point %d is %v, want %v", want.Key, i, got.At(i), want.At(i))
		}
	}
}

func info(t *testing.T, s store.Store, k metric.Key) store.SeriesInfo {
	t.Helper()
	all, err := s.Catalog(ctx)
	if err != nil {
		t.Fatal("catalog:", err)
	}
	for _, i := range all {
		if i.Key == k {
			return i
		}
	}
	return store.SeriesInfo{Key: k}
}
