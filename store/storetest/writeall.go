package storetest

import (
	"math"
	"testing"

	"aiops/metric"
	"aiops/store"
)

// testWriteAll: points of many series at once become what they become one series after the other.
func testWriteAll(t *testing.T, s store.Store) {
	other := metric.Key{VM: "web-09", Metric: "memory"}
	twice := line(other, base, 20)
	twice.Times, twice.Values = append(twice.Times, base), append(twice.Values, twice.Values[0]+1) // not in order, and replaced by itself
	all := func(on store.OnConflict, series ...metric.Series) []store.Written {
		tx := begin(t, s)
		w, err := store.WriteAll(ctx, tx, series, on)
		if err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := all(store.Replace, line(cpu, base, 100), twice)
	counts(t, w[0], 100, 0, 0)
	counts(t, w[1], 20, 0, 1)
	w = all(store.Replace, line(cpu, base, 100), line(other, base, 30))
	counts(t, w[0], 0, 100, 0)
	counts(t, w[1], 10, 19, 1)
	changed := line(cpu, base, 3)
	changed.Values[1] += 5
	w = all(store.Keep, changed, line(other, base, 31))
	counts(t, w[0], 0, 2, 0, store.Clash{Index: 1, Stored: 0.5})
	counts(t, w[1], 1, 30, 0)
	same(t, read(t, s, cpu, metric.Range{}), line(cpu, base, 100))
	same(t, read(t, s, other, metric.Range{}), line(other, base, 31))
	if got := info(t, s, other); got.Count != 31 {
		t.Errorf("catalog %+v", got)
	}
	tx := begin(t, s)
	bad := line(cpu, base, 1)
	bad.Values[0] = math.NaN()
	if _, err := store.WriteAll(ctx, tx, []metric.Series{line(other, base+1000*minute, 5), bad}, store.Replace); err == nil {
		t.Error("a value that is not a number was taken")
	}
	if err := tx.Commit(); err == nil {
		t.Error("a write that failed was committed")
	}
	same(t, read(t, s, other, metric.Range{}), line(other, base, 31))
}
