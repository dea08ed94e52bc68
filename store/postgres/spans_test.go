package postgres

import (
	"slices"
	"testing"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

func TestSpans(t *testing.T) {
	s := spans{}
	s.add("a", []int64{base + minute, base + 90*minute, base + 30*24*hour, base + 31*24*hour, base + 90*24*hour + 1})
	s.add("a", []int64{base - 5*hour})
	s.add("b", []int64{-1})
	if got, want := joined(s["a"]), []metric.Range{{From: base - 5*hour, To: base + 2*hour}, {From: base + 30*24*hour, To: base + 31*24*hour + hour},
		{From: base + 90*24*hour, To: base + 90*24*hour + hour}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := joined(s["b"]); !slices.Equal(got, []metric.Range{{From: -hour, To: 0}}) {
		t.Errorf("got %v", got)
	}
	for i := range int64(12_000) {
		s.add("c", []int64{base + i*minute})
	}
	if n := len(s["c"]); n > 10_000 {
		t.Errorf("%d ranges are kept", n)
	}
}

// Points far apart, late and new ones, ours and others', are taken in.
func TestSparseWrites(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	write(t, s, store.Replace, steps(cpu, base, 5*minute, 20_000))
	for i := range int64(5) {
		write(t, s, store.Replace, metric.Series{Key: cpu, Times: []int64{base + i*9*24*hour + 7, base + 200*24*hour + i}, Values: []float64{-1, 2}})
	}
	consistent(t, s)
	pgtest.Exec(t, url, "UPDATE server_metrics_fact SET value = 77 WHERE value = -1",
		"INSERT INTO server_metrics_fact (vm, timestamp, metric, value) SELECT 'web-01', timestamptz '2020-01-01' + i * interval '40 days', 'cpu', i FROM generate_series(1, 20) i")
	consistent(t, s)
}
