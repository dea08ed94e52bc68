package postgres

import (
	"fmt"
	"testing"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// settled counts how often something is taken in until nothing is left.
func settled(t *testing.T, s *Store, most int) (n int) {
	t.Helper()
	for more := true; more && n < most; n++ {
		var err error
		if more, err = s.settleSome(ctx); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestManyRowsOfOthers: rows that others put in are taken in by slices of time,
// whether the notes are about their VMs or about everything. A program that
// ends in between leaves the rest to the next one, and lists are right all along.
func TestManyRowsOfOthers(t *testing.T) {
	for _, c := range []struct{ name, note string }{
		{"noted by VM", `SELECT 1`},
		{"noted as all", `INSERT INTO aiops.changes VALUES (NULL, '-infinity', 'infinity')`},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := migrated(t)
			first, next := open(t, url), open(t, url)
			pgtest.Exec(t, url, `INSERT INTO server_metrics_fact (vm, "timestamp", metric, value)
				SELECT 'vm' || v, '2025-01-01'::timestamptz + i * interval '1 minute', 'cpu', i % 7 FROM generate_series(0, 4999) i, generate_series(0, 3) v`, c.note)
			first.slice, next.slice = 4000, 4000
			if n := settled(t, first, 2); n != 2 {
				t.Fatalf("all was taken in after %d steps", n)
			}
			var wide, left int
			conn := pgtest.Connect(t, url)
			defer conn.Close(ctx)
			if err := conn.QueryRow(ctx, `SELECT count(*) FILTER (WHERE vm IS NULL), count(*) FROM aiops.changes`).Scan(&wide, &left); err != nil || wide != 1 {
				t.Errorf("%d notes of all VMs, %d notes: %v", wide, left, err)
			}
			halfway := open(t, url) // it looks without taking in
			if all, err := halfway.counts(); err != nil || fmt.Sprint(all) != "[5000 5000 5000 5000]" {
				t.Errorf("halfway: %v, %v", all, err)
			}
			pgtest.Exec(t, url, `UPDATE server_metrics_fact SET value = 99 WHERE vm = 'vm1' AND "timestamp" = '2025-01-01 10:00+00'`)
			if n := settled(t, next, 1000); n < 4 || n > 50 {
				t.Errorf("%d steps", n)
			}
			consistent(t, next)
			write(t, next, store.Replace, metric.Series{Key: cpu, Times: []int64{base}, Values: []float64{1}})
			consistent(t, next)
		})
	}
}

// counts are the points of each series as a list shows them while not all is taken in.
func (s *Store) counts() (out []int64, err error) {
	conn, err := s.begin(ctx, snapshot)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	all, err := s.all(ctx, conn.Conn())
	for _, sr := range all {
		out = append(out, sr.Count)
	}
	_, _ = conn.Exec(ctx, "ROLLBACK")
	return out, err
}
