//go:build bench

package bench

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

// BenchmarkPostgresImport imports one million rows into a fresh Postgres
// database with this program and with psql's \copy into the same table, in
// turns. "ratio" is our seconds over theirs: 1 or less is the goal. Most of
// them are the server's, for the table's indexes.
func BenchmarkPostgresImport(b *testing.B) {
	csv := filepath.Join(b.TempDir(), "long.csv")
	writeLong(b, csv, 1_000_000, true)
	var ours, theirs time.Duration
	for b.Loop() {
		url := pgtest.URL(b)
		migrate(b, url)
		began := time.Now()
		measure(b, exec.Command(program, "--db", url, "import", csv))
		ours += time.Since(began)
		url = pgtest.URL(b)
		migrate(b, url)
		began = time.Now()
		measure(b, exec.Command("psql", "-q", "-v", "ON_ERROR_STOP=1", url+"?options=-ctimezone%3DUTC", "-c",
			`\copy server_metrics_fact (vm, "timestamp", metric, value) from '`+csv+`' csv header`))
		theirs += time.Since(began)
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "aiops-s")
	b.ReportMetric(theirs.Seconds()/float64(b.N), "copy-s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ratio")
}

func migrate(b *testing.B, url string) {
	b.Helper()
	if _, err := postgres.Migrate(context.Background(), url, postgres.Options{}, false); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPostgresYear opens a year of a 1-minute metric, one of five of its
// VM, for a window 2,000 pixels wide, beside 2,000 stored points of it.
func BenchmarkPostgresYear(b *testing.B) {
	ctx := context.Background()
	s, err := postgres.Open(ctx, pgtest.URL(b), postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	tx, err := s.Begin(ctx, store.Origin{Source: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	year := metric.Series{}
	for i := range int64(525_600) {
		year.Times, year.Values = append(year.Times, start+i*60_000_000), append(year.Values, float64(i*7919%1000)/10)
	}
	for i := range 5 {
		year.Key = metric.Key{VM: "web-01", Metric: fmt.Sprint("metric", i)}
		if _, err := tx.Write(ctx, year, store.Replace); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]store.Query{
		"year":         {MaxPoints: 2000},
		"2000-points":  {Range: metric.Range{From: start, To: start + 2000*60_000_000}},
		"week-of-year": {MaxPoints: 2000, Range: metric.Range{From: start + 1000*60_000_000, To: start + 11_080*60_000_000}},
	} {
		q.Keys = []metric.Key{year.Key}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if all, err := store.Envelopes(ctx, s, q); err != nil || len(all) != 1 {
					b.Fatal(len(all), err)
				}
			}
		})
	}
}
