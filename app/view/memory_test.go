package view

import (
	"testing"

	"aiops/metric"
	"aiops/store/memory"
)

// Files that are looked at live in store/memory: they are drawn from its own columns.
func TestMemoryIsNotCopied(t *testing.T) {
	clock, _ := newClock(t)
	db := memory.New("files")
	n := 3 * wholeBelow
	values := wave(0, 100, 1000, n)
	db.Put(metric.Series{Key: dbCPU, Times: grid(at(t, "2026-11-23 00:00"), 1e9, n), Values: values})
	catalog, err := db.Catalog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := NewFact(DefaultState(), clock)
	f.SetCatalog(catalog)
	f.Select(dbCPU)
	read(t, f, db)
	if d := f.Scene().Series[0].Data; d != db.Pyramid(dbCPU) || &d.Mean[0] != &values[0] {
		t.Error("the columns were copied")
	}
}
