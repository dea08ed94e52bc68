//go:build unix

package prophet

import (
	"syscall"
	"testing"
	"time"
)

var benched = []struct {
	name    string
	history History
	after   int
}{
	{"daily=2905", madeUp(2905, 24*time.Hour, 365.25, 7), 365},
	{"5min=22119", benchSeries(22119), 288},
}

// reportCPU reports the processor time of the process, with what the garbage
// collector takes, beside the elapsed time, which other programs lengthen.
func reportCPU(b *testing.B) func() {
	b.ReportAllocs()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	return func() { b.ReportMetric(float64((used()-start).Microseconds())/1e3/float64(b.N), "cpu-ms/op") }
}

func BenchmarkFit(b *testing.B) {
	for _, c := range benched {
		b.Run(c.name, func(b *testing.B) {
			defer reportCPU(b)()
			for b.Loop() {
				if _, err := Fit(c.history, Default()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPredict predicts the history and what comes after it, as Prophet's
// usual call does, with its 1000 samples.
func BenchmarkPredict(b *testing.B) {
	for _, c := range benched {
		m, err := Fit(c.history, Default())
		if err != nil {
			b.Fatal(err)
		}
		f := ahead(c.history, c.after)
		b.Run(c.name, func(b *testing.B) {
			defer reportCPU(b)()
			for b.Loop() {
				if _, err := m.Predict(f, nil, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
