//go:build bench && linux

package bench

import (
	"bufio"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const windowed = "../build/aiops"

// writeServers makes a file of one metric of so many servers, a noisy point a second.
func writeServers(b *testing.B, path string, servers, points int) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "vm,timestamp,metric,value")
	rnd := rand.New(rand.NewPCG(1, 2))
	for s := range servers {
		for i := range points {
			fmt.Fprintf(w, "vm-%02d,%d,cpu,%.2f\n", s, 1_700_000_000+i, 30+float64(s%10)*4+4*rnd.NormFloat64())
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// writeState makes the next window show that many of the servers in one chart.
func writeState(b *testing.B, dir string, servers int) {
	b.Helper()
	var keys []string
	for s := range servers {
		keys = append(keys, fmt.Sprintf(`{"vm":"vm-%02d","metric":"cpu","slot":%d}`, s, s))
	}
	state := fmt.Sprintf(`{"version":1,"theme":"dark","span":{"preset":"all"},"database":%q,"selection":[%s]}`,
		"SQLite:"+filepath.Join(dir, "metrics.db"), strings.Join(keys, ","))
	if err := os.WriteFile(filepath.Join(dir, "window.json"), []byte(state), 0o600); err != nil {
		b.Fatal(err)
	}
}

// spent is the CPU time that a process has used so far, to a hundredth of a second.
func spent(b *testing.B, pid int) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+2:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// BenchmarkZoomStep turns the wheel over the chart of the built window, under
// Xvfb with software rendering, and takes the time until its pixels change:
// "median-ms" and "worst-ms" of 24 steps, 12 in and 12 out, at rest before each
// of them. The goal is 44 ms. "cpu-ms" is what the window's process uses a step,
// all that follows it (tables, reading) included.
func BenchmarkZoomStep(b *testing.B) {
	for _, servers := range []int{1, 8, 50} {
		b.Run(fmt.Sprintf("series=%d", servers), func(b *testing.B) { zoomSteps(b, servers) })
	}
}

func zoomSteps(b *testing.B, servers int) {
	dir := b.TempDir()
	csv := filepath.Join(dir, "servers.csv")
	writeServers(b, csv, servers, 100_000)
	env := []string{"AIOPS_HOME=" + dir, "HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	load := exec.Command(windowed, "import", csv)
	load.Env = env
	if out, err := load.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	writeState(b, dir, servers)
	s := newScreen(b, env, "1440x900")
	program := exec.Command(windowed)
	program.Env = s.env
	s.start(program)

	plot := image.Rect(330, 150, 1400, 480)
	empty := s.look(plot, nil)
	s.change(plot, empty)
	s.settled(plot)
	s.do("mousemove 800 330")
	s.settled(plot)
	for b.Loop() {
		var took []time.Duration
		before := spent(b, program.Process.Pid)
		for i := range 24 {
			button := "4"
			if i >= 12 {
				button = "5"
			}
			now := s.settled(plot)
			time.Sleep(time.Duration(rand.IntN(17_000)) * time.Microsecond) // at any time between two ticks
			s.do("mousedown " + button)
			took = append(took, s.change(plot, now))
			s.do("mouseup " + button)
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[12].Microseconds())/1000, "median-ms")
		b.ReportMetric(float64(took[23].Microseconds())/1000, "worst-ms")
		b.ReportMetric(float64((spent(b, program.Process.Pid)-before).Milliseconds())/24, "cpu-ms")
	}
}
