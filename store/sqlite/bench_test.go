//go:build unix

package sqlite

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"aiops/metric"
	"aiops/store"
)

// fleet makes ten series of 100,000 points, a minute apart, two decimals.
func fleet() []metric.Series {
	rnd := rand.New(rand.NewPCG(8, 9))
	all := make([]metric.Series, 10)
	for i := range all {
		all[i] = steps(metric.Key{VM: fmt.Sprintf("web-%02d", i), Metric: "cpu"}, base, 60*second, 100_000)
		for j := range all[i].Values {
			all[i].Values[j] = math.Round(rnd.Float64()*10_000) / 100
		}
	}
	return all
}

// cpuSeconds is what the process has used so far, all threads.
func cpuSeconds() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return math.NaN()
	}
	return float64(r.Utime.Sec+r.Stime.Sec) + float64(r.Utime.Usec+r.Stime.Usec)/1e6
}

func writeFleet(b *testing.B, s *Store, all []metric.Series, part int) {
	b.Helper()
	tx, err := s.Begin(ctx, store.Origin{Source: "fleet.csv"})
	if err != nil {
		b.Fatal(err)
	}
	for _, one := range all {
		for i := 0; i < one.Len(); i += part {
			j := min(i+part, one.Len())
			if _, err := tx.Write(ctx, metric.Series{Key: one.Key, Times: one.Times[i:j], Values: one.Values[i:j]}, store.Replace); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkWrite stores a million points with their roll-ups in a new file:
// cpu-s is what that costs, B/point the size of the file.
func BenchmarkWrite(b *testing.B) {
	all := fleet()
	for _, c := range []struct {
		name  string
		part  int
		twice bool
	}{{"sorted", 8192, false}, {"again", 8192, true}} {
		b.Run(c.name, func(b *testing.B) {
			var cpu, size float64
			for i := range b.N {
				path := filepath.Join(b.TempDir(), fmt.Sprint(i, ".db"))
				began := cpuSeconds()
				s := open(b, path)
				writeFleet(b, s, all, c.part)
				if c.twice {
					began = cpuSeconds()
					writeFleet(b, s, all, c.part)
				}
				s.Close()
				cpu += cpuSeconds() - began
				info, err := os.Stat(path)
				if err != nil {
					b.Fatal(err)
				}
				size = float64(info.Size())
			}
			b.ReportMetric(cpu/float64(b.N), "cpu-s/op")
			b.ReportMetric(size/1e6, "B/point")
		})
	}
}

// BenchmarkRead reads a million points, and the same as roll-ups.
func BenchmarkRead(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "fleet.db"))
	writeFleet(b, s, fleet(), 8192)
	for _, limit := range []int{0, 2000} {
		b.Run(fmt.Sprint("limit=", limit), func(b *testing.B) {
			began := cpuSeconds()
			n := 0
			for range b.N {
				n = 0
				err := s.Read(ctx, store.Query{MaxPoints: limit}, func(e metric.Envelope) error { n += e.Len(); return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpuSeconds()-began)/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(n), "rows")
		})
	}
}
