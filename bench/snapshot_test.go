//go:build bench

package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/cache"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
	"aiops/store/snapshot"
)

// BenchmarkSnapshot takes a snapshot of a Postgres on localhost: 100 series,
// ten metrics of ten VMs, a minute apart; AIOPS_BENCH_POINTS says how many points
// there are (2 million). The goal is 500,000 points/s and 24 bytes a point.
// "settled" is taking in the rows, which others wrote; "pull" is a first pull of all of them into a local copy, "again" one after
// nothing changed.
func BenchmarkSnapshot(b *testing.B) {
	ctx := context.Background()
	points := 2_000_000
	if n, err := strconv.Atoi(os.Getenv("AIOPS_BENCH_POINTS")); err == nil {
		points = n
	}
	url := pgtest.URL(b)
	migrate(b, url)
	pgtest.Exec(b, url, "ALTER TABLE server_metrics_fact DISABLE TRIGGER USER",
		fmt.Sprintf(`INSERT INTO server_metrics_fact (vm, "timestamp", metric, value)
			SELECT 'web-0' || v, '2025-01-01'::timestamptz + i * interval '1 minute', 'metric' || m, (round((50 + 40 * sin(i / 700.0 + m) + random() * 9)::numeric, 2))
			FROM generate_series(0, %d) i, generate_series(0, 9) v, generate_series(0, 9) m`, points/100-1),
		"ALTER TABLE server_metrics_fact ENABLE TRIGGER USER", `INSERT INTO aiops.changes VALUES (NULL, '-infinity', 'infinity')`, "VACUUM ANALYZE server_metrics_fact")
	s, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	began := time.Now()
	if _, err := s.Catalog(ctx); err != nil {
		b.Fatal(err)
	}
	settled := time.Since(began)
	var rep snapshot.Report
	var took, pull, again time.Duration
	for b.Loop() {
		rep, err = snapshot.Write(ctx, s, filepath.Join(b.TempDir(), "s.db"), snapshot.Options{Force: true})
		if err != nil || rep.Points != int64(points/100*100) {
			b.Fatal(rep, err)
		}
		took += rep.Took
		first, second := pullTwice(b, url)
		pull, again = pull+first, again+second
	}
	b.ReportMetric(float64(rep.Points)/settled.Seconds(), "settled-points/s")
	b.ReportMetric(float64(rep.Points)*float64(b.N)/pull.Seconds(), "pull-points/s")
	b.ReportMetric(again.Seconds()/float64(b.N), "again-s")
	b.ReportMetric(float64(rep.Points)*float64(b.N)/took.Seconds(), "points/s")
	b.ReportMetric(float64(rep.Bytes)/float64(rep.Points), "bytes/point")
}

// pullTwice pulls all points into a new copy, and again.
func pullTwice(b *testing.B, url string) (first, second time.Duration) {
	b.Helper()
	ctx := context.Background()
	s, err := cache.Open(ctx, cache.Options{Path: filepath.Join(b.TempDir(), "copy.db"), Quiet: true, Remote: func(ctx context.Context) (store.Store, error) {
		return postgres.Open(ctx, url, postgres.Options{})
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for _, took := range []*time.Duration{&first, &second} {
		began := time.Now()
		if _, err := s.Pull(ctx, nil, metric.Range{}, nil); err != nil {
			b.Fatal(err)
		}
		*took = time.Since(began)
	}
	return first, second
}
