package ingest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

// sink is a store that forgets everything, so that only ingest is measured.
type sink struct {
	store.Store
	store.Tx
}

func (s sink) Begin(context.Context, store.Origin) (store.Tx, error) { return s, nil }
func (sink) Write(_ context.Context, s metric.Series, _ store.OnConflict) (store.Written, error) {
	return store.Written{Stored: int64(s.Len())}, nil
}
func (sink) Commit() error   { return nil }
func (sink) Rollback() error { return nil }

// pairsFile is a file of two columns as a logger writes it.
func pairsFile(b *testing.B, rows int) string {
	return benchFile(b, func(w *bufio.Writer) {
		fmt.Fprintln(w, "timestamp,value")
		var buf []byte
		for i := range rows {
			buf = strconv.AppendInt(buf[:0], int64(1700000000+i), 10)
			buf = append(buf, ',')
			buf = strconv.AppendFloat(buf, float64((i*7919)%100000)/1000, 'f', 3, 64)
			_, _ = w.Write(append(buf, '\n'))
		}
	})
}

// longFile has four columns and eight series, time by time.
func longFile(b *testing.B, rows int) string {
	return benchFile(b, func(w *bufio.Writer) {
		fmt.Fprintln(w, "vm,timestamp,metric,value")
		start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range rows {
			vm, name := i%4, [2]string{"cpu", "memory"}[i/4%2]
			at := start.Add(time.Duration(i/8) * time.Minute).Format("2006-01-02 15:04:05")
			fmt.Fprintf(w, "web-%02d,%s,%s,%.2f\n", vm, at, name, float64(i*31%9000)/100)
		}
	})
}

func benchFile(b *testing.B, write func(*bufio.Writer)) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "bench.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	write(w)
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkLoad reads two columns into memory.
func BenchmarkLoad(b *testing.B) {
	for _, rows := range []int{1e6, 1e7} {
		b.Run(fmt.Sprintf("rows=%.0e", float64(rows)), func(b *testing.B) {
			path := pairsFile(b, rows)
			measure(b, rows, func() (Report, error) {
				_, r, err := Load(b.Context(), path, Options{})
				return r, err
			})
		})
	}
}

// BenchmarkImport reads the long form up to where the database takes over.
func BenchmarkImport(b *testing.B) {
	const rows = 1_000_000
	path := longFile(b, rows)
	measure(b, rows, func() (Report, error) { return Import(b.Context(), sink{}, path, Options{}) })
}

func measure(b *testing.B, rows int, run func() (Report, error)) {
	start := cpuSeconds()
	for b.Loop() {
		r, err := run()
		if err != nil || r.Rows != int64(rows) {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric((cpuSeconds()-start)/float64(b.N), "cpu-s/op")
}
