//go:build bench

package bench

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aiops/store/postgres/pgtest"
)

// BenchmarkServeSaturated lets 8 clients read 10,000 points as fast as they are
// answered, by a service on one core: it tells whether the service or the
// database is the bound. 200 is both cores of a machine of two.
func BenchmarkServeSaturated(b *testing.B) {
	const clients, long = 8, 10 * time.Second
	url := pgtest.URL(b)
	fillServed(b, url)
	s := startService(b, url, "--no-watch")
	l := newLoader(b, s)
	var reads atomic.Int64
	for b.Loop() {
		own, db := cpuOf(b, s.pid), treeCPU(b, s.postgres)
		end := time.Now().Add(long)
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				for time.Now().Before(end) {
					l.ask("GET", "/api/v1/metrics?vm=web-01&metric=cpu&days=7&limit=10000", nil, 200)
					reads.Add(1)
				}
			})
		}
		all.Wait()
		b.ReportMetric((cpuOf(b, s.pid)-own)/10/long.Seconds(), "cpu-%")
		b.ReportMetric((treeCPU(b, s.postgres)-db)/10/long.Seconds(), "db-%")
	}
	b.ReportMetric(float64(reads.Load())/float64(b.N)/long.Seconds(), "reads/s")
}
