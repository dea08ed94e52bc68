package postgres

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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

// TestPlans: a series' range comes from its index alone and a year's roll-ups from theirs.
func TestPlans(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	write(t, s, store.Replace, fourVMs()...)
	pgtest.Exec(t, url, "VACUUM ANALYZE")
	c := pgtest.Connect(t, url)
	defer c.Close(ctx)
	points, _ := s.layout.facts.points()
	from := metric.Time(base).UTC()
	for _, q := range []struct {
		text, index string
		args        []any
	}{
		{points, "Index Only Scan using idx_server_metrics_fact_series", []any{"b", "cpu", from, from.Add(time.Hour)}},
		{points, "Index Only Scan using idx_server_metrics_fact_series", []any{"b", "cpu", from, from.Add(30 * 24 * time.Hour)}},
		{`SELECT min(min) FROM aiops.rollups WHERE series_id = 3 AND hour >= $1 AND hour < $2`, "rollups_pkey", []any{from, from.Add(5 * time.Hour)}},
	} {
		rows, err := c.Query(ctx, "EXPLAIN "+q.text, q.args...)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if plan := strings.Join(lines, "\n"); err != nil || !strings.Contains(plan, q.index) {
			t.Errorf("%s\nis answered without %s:\n%s\n%v", q.text, q.index, plan, err)
		}
	}
}

func fourVMs() (all []metric.Series) {
	for i := range 4 {
		all = append(all, steps(metric.Key{VM: string(rune('a' + i)), Metric: "cpu"}, base, minute, 20_000))
	}
	return all
}

// TestWriteReadsLittle: a write looks at the roll-ups of its own hours only,
// however many there are.
func TestWriteReadsLittle(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	write(t, s, store.Replace, fourVMs()...)
	wholly := func() (n int64) {
		c := pgtest.Connect(t, url)
		defer c.Close(ctx)
		if err := c.QueryRow(ctx, "SELECT seq_scan FROM pg_stat_user_tables WHERE relid = 'aiops.rollups'::regclass").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ended := func() { // a connection tells what it did at its end
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, url)
	}
	ended()
	before := wholly()
	write(t, s, store.Replace, steps(cpu, base, minute, 10), steps(metric.Key{VM: "b", Metric: "cpu"}, base+20_000*minute, minute, 10))
	ended()
	if n := wholly(); n != before {
		t.Errorf("the roll-ups were read as a whole %d times", n-before)
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

// TestManyNewSeries: a first write of many series at one time does not look for each of them among all rows of that time.
func TestManyNewSeries(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	var all []metric.Series
	for i := range 3000 {
		all = append(all, steps(metric.Key{VM: fmt.Sprintf("vm-%04d", i), Metric: "cpu"}, base, minute, 1))
	}
	for _, part := range [][]metric.Series{all[:1000], all[1000:]} {
		tx, err := s.Begin(ctx, store.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.WriteAll(ctx, tx, part, store.Replace); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	consistent(t, s)
	if err := s.Close(); err != nil { // a connection tells what it did at its end
		t.Fatal(err)
	}
	c := pgtest.Connect(t, url)
	defer c.Close(ctx)
	var read int64
	if err := c.QueryRow(ctx, "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'idx_server_metrics_fact_timestamp'").Scan(&read); err != nil || read > 30_000 {
		t.Errorf("%d entries of the index on the time were read, %v", read, err)
	}
}
