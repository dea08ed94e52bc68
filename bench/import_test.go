//go:build bench

package bench

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// cost is what a process used.
type cost struct {
	cpu    time.Duration
	memory int64 // peak resident bytes
}

func measure(b *testing.B, cmd *exec.Cmd) cost {
	b.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), usage.Maxrss << 10}
}

// writeLong makes a file in long form: 5-minute points of five metrics,
// ordered by time as a collector writes them, or by series as an export does.
func writeLong(b *testing.B, path string, rows int, byTime bool) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "vm,timestamp,metric,value")
	metrics := []string{"cpu", "memory", "latency", "requests", "disk_used"}
	const vms = 20
	series := vms * len(metrics)
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	row := func(series, t int) {
		at := start.Add(time.Duration(t) * 5 * time.Minute).Format("2006-01-02 15:04:05")
		v := 50 + 20*math.Sin(float64(t)/288*2*math.Pi) + float64((t*7919+series*104729)%1000)/100
		fmt.Fprintf(w, "web-%02d,%s,%s,%.3f\n", series/len(metrics), at, metrics[series%len(metrics)], v)
	}
	for i := range rows {
		if byTime {
			row(i%series, i/series)
		} else {
			row(i/(rows/series), i%(rows/series))
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkImport imports one million rows into a fresh database with this
// program and with sqlite3's own .import into a table with a unique key on the
// same columns, in turns. "ratio" is our CPU seconds over theirs: 1 or less is the goal.
func BenchmarkImport(b *testing.B) {
	for _, order := range []string{"time", "series"} {
		b.Run("rows=1e6/order="+order, func(b *testing.B) {
			dir := b.TempDir()
			csv := filepath.Join(dir, "long.csv")
			writeLong(b, csv, 1_000_000, order == "time")
			var ours, theirs time.Duration
			for i := 0; b.Loop(); i++ {
				db := filepath.Join(dir, fmt.Sprintf("ours%d.db", i))
				ours += measure(b, exec.Command(program, "--db", "sqlite:"+db, "import", csv)).cpu
				peer := filepath.Join(dir, fmt.Sprintf("peer%d.db", i))
				theirs += measure(b, exec.Command("sqlite3", peer,
					"create table m(vm text, timestamp text, metric text, value real, unique(vm, timestamp, metric))",
					".mode csv", ".import --skip 1 "+csv+" m")).cpu
			}
			b.ReportMetric(ours.Seconds()/float64(b.N), "aiops-cpu-s")
			b.ReportMetric(theirs.Seconds()/float64(b.N), "sqlite3-cpu-s")
			b.ReportMetric(ours.Seconds()/theirs.Seconds(), "ratio")
		})
	}
}

// BenchmarkImportMemory imports ten million rows; the goal is a peak under 500 MB.
func BenchmarkImportMemory(b *testing.B) {
	dir := b.TempDir()
	csv := filepath.Join(dir, "long.csv")
	writeLong(b, csv, 10_000_000, true)
	var peak int64
	for i := 0; b.Loop(); i++ {
		db := filepath.Join(dir, fmt.Sprintf("%d.db", i))
		peak = max(peak, measure(b, exec.Command(program, "--db", "sqlite:"+db, "import", csv)).memory)
	}
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
}
