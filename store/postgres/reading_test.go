package postgres

import (
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// TestWideRanges: whatever the width of a range and the distance of the points,
// about as many buckets come back as were asked for, and they are the points'.
func TestWideRanges(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	fine, coarse := metric.Key{VM: "a", Metric: "fine"}, metric.Key{VM: "a", Metric: "coarse"}
	decades := steps(coarse, base-20_000*24*hour, 24*hour, 20_000) // 55 years
	write(t, s, store.Replace, steps(fine, base, second/4, 20_000), steps(cpu, base, minute, 30_000), decades)
	for _, k := range []metric.Key{fine, cpu, coarse} {
		points, err := store.Envelopes(ctx, s, store.Query{Keys: []metric.Key{k}})
		if err != nil {
			t.Fatal(err)
		}
		for _, limit := range []int{10, 100, 1000, 4000} {
			got, err := store.Envelopes(ctx, s, store.Query{Keys: []metric.Key{k}, MaxPoints: limit})
			if err != nil || len(got) != 1 || got[0].Step == 0 {
				t.Fatalf("%v, %d: %d answers, %v", k, limit, len(got), err)
			}
			if n := got[0].Len(); n < limit/4 || n > 2*limit && got[0].Step < metric.Micros(lengths[len(lengths)-1]) {
				t.Errorf("%v: %d buckets where %d were asked for", k, n, limit)
			}
			sameBuckets(t, got[0], points[0])
		}
	}
	part := metric.Range{From: base + 10*minute + 7*second, To: base + 60*minute + second}
	got, err := store.Envelopes(ctx, s, store.Query{Keys: []metric.Key{fine}, MaxPoints: 50, Range: part})
	if err != nil || len(got) != 1 || got[0].Step == 0 || got[0].Times[0] > part.From || got[0].Len() > 100 {
		t.Errorf("part of it: %+v, %v", got, err)
	}
	few, err := store.Envelopes(ctx, s, store.Query{Keys: []metric.Key{cpu}, MaxPoints: 50, Range: part})
	if err != nil || len(few) != 1 || few[0].Step != 0 || few[0].Len() != 50 {
		t.Errorf("a short part: %+v, %v", few, err)
	}
}

// TestPlans: a series' range and a year's roll-ups come from their indexes.
func TestPlans(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	var all []metric.Series
	for i := range 4 {
		all = append(all, steps(metric.Key{VM: string(rune('a' + i)), Metric: "cpu"}, base, minute, 20_000))
	}
	write(t, s, store.Replace, all...)
	pgtest.Exec(t, url, "ANALYZE")
	c := pgtest.Connect(t, url)
	defer c.Close(ctx)
	for query, index := range map[string]string{
		`SELECT "timestamp", value::float8 FROM server_metrics_fact WHERE vm = 'b' AND metric = 'cpu' AND "timestamp" >= '2025-06-01' AND "timestamp" < '2025-06-01 01:00' AND ` + finite + ` ORDER BY "timestamp"`: "idx_vm_timestamp_metric",
		`SELECT min(min) FROM aiops.rollups WHERE series_id = 3 AND hour >= '2025-06-01' AND hour < '2025-06-01 05:00'`:                                                                                             "rollups_pkey",
	} {
		rows, err := c.Query(ctx, "EXPLAIN "+query)
		if err != nil {
			t.Fatal(err)
		}
		plan := ""
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan += line + "\n"
		}
		if !strings.Contains(plan, index) {
			t.Errorf("%s\nis answered without %s:\n%s", query, index, plan)
		}
	}
}

// A restarted server is used again by the next call, also when all of the
// pool's connections are dead and none of them was idle for long.
func TestRestart(t *testing.T) {
	server := pgtest.StartServer(t)
	s := open(t, server.Database(t))
	write(t, s, store.Replace, steps(cpu, base, minute, 10))
	held := make(chan struct{})
	for range 4 { // fill the pool
		go func() {
			_ = s.Read(ctx, store.Query{}, func(metric.Envelope) error { time.Sleep(100 * time.Millisecond); return nil })
			held <- struct{}{}
		}()
	}
	for range 4 {
		<-held
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Catalog(ctx)
	says(t, err, store.ErrAway, "127.0.0.1")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	for _, call := range []func() error{
		func() error { _, err := s.Catalog(ctx); return err },
		func() error { _, err := s.PutAnnotation(ctx, metric.Annotation{Text: "x"}); return err },
		func() error { _, err := store.Points(ctx, s, cpu, metric.Range{}); return err },
	} {
		if err := call(); err != nil {
			t.Error(err)
		}
	}
}
