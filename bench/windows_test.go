//go:build bench

package bench

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// window is what a forecast may know, and what came.
type window struct {
	group, name   string
	start         int64
	known, actual []float64
}

type windowSet struct {
	name     string
	step     time.Duration
	season   int // of MASE's scale
	horizons []int
	windows  []window
}

func dataDir(t *testing.T) string {
	t.Helper()
	dir := cmp.Or(os.Getenv("AIOPS_ACCURACY_DATA"), "../../shared/data")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no data: name the folder in AIOPS_ACCURACY_DATA (%v)", err)
	}
	return dir
}

// readColumn reads a column of numbers; rows without one are left out.
func readColumn(t *testing.T, file string, column int) []float64 {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(bufio.NewReader(f)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var out []float64
	for _, r := range rows[1:] {
		if v, err := strconv.ParseFloat(r[column], 64); err == nil {
			out = append(out, v)
		}
	}
	return out
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	out, err := filepath.Glob(pattern)
	if err != nil || len(out) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return out
}

// start of the windows' times: a Monday, as the files' own times are not read.
var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

func (s *windowSet) add(group, name string, y []float64, from, origin int) {
	h := s.horizons[len(s.horizons)-1]
	s.windows = append(s.windows, window{group, fmt.Sprintf("%s@%d", name, origin), start + int64(from)*s.step.Microseconds(), y[from:origin], y[origin : origin+h]})
}

// serverSet is the nine series of server/ from five origins each, 24 hours of
// 5-minute steps ahead, knowing all that came before.
func serverSet(t *testing.T, dir string) windowSet {
	s := windowSet{name: "server, 5 min", step: 5 * time.Minute, season: 288, horizons: []int{48, 288}}
	for _, f := range files(t, dir+"/server/*_*.csv") {
		y := readColumn(t, f, 1)
		n := float64(len(y))
		for k := range 5 {
			s.add(filepath.Base(f), filepath.Base(f), y, 0, int(math.Round(n/2+float64(k)*(n-288-n/2)/4)))
		}
	}
	return s
}

// fineSet is other 5-minute series, on which settings were chosen: counts of
// messages, made metrics, and metrics of six servers.
func fineSet(t *testing.T, dir string) windowSet {
	s := windowSet{name: "other, 5 min (development)", step: 5 * time.Minute, season: 288, horizons: []int{48, 288}}
	for _, f := range append(files(t, dir+"/nab/realTweets/*.csv"), files(t, dir+"/nab/art*/*.csv")...) {
		y := readColumn(t, f, 1)
		y = y[max(0, len(y)-8000):]
		for k := range 6 {
			s.add(filepath.Base(filepath.Dir(f)), filepath.Base(f), y, 0, len(y)/2+k*(len(y)-288-len(y)/2)/5)
		}
	}
	for _, f := range files(t, dir+"/asd/*.csv") {
		for c := 1; c <= 19; c++ {
			y := readColumn(t, f, c)
			y = y[len(y)-4500:]
			for k := range 2 {
				if o := len(y)/2 + 77*c%500 + k*800; o+288 <= len(y) {
					s.add(filepath.Base(f), filepath.Base(f)+" "+strconv.Itoa(c), y, 0, o)
				}
			}
		}
	}
	return s
}

// hourlySet is hourly series and hourly sums of finer ones, 48 hours ahead.
func hourlySet(t *testing.T, dir string) windowSet {
	s := windowSet{name: "hourly (development)", step: time.Hour, season: 24, horizons: []int{48}}
	every := func(group, name string, y []float64, length, distance int) {
		for end := len(y) - 48; end >= length; end -= distance {
			s.add(group, name, y, end-length, end)
		}
	}
	every("taxi", "taxi", sums(readColumn(t, dir+"/nab/realKnownCause/nyc_taxi.csv", 1), 2), 720, 250)
	every("temperature", "temperature", readColumn(t, dir+"/nab/realKnownCause/ambient_temperature_system_failure.csv", 1), 720, 700)
	for _, f := range files(t, dir+"/mscloud/*/*.csv") {
		y := readColumn(t, f, 1)
		switch {
		case strings.Contains(f, "api-01"):
			every("shop", "api", y, 720, 300)
		case strings.Contains(f, "middle-tier"):
			every("latency", filepath.Base(f), y, 672, 120)
		case len(y) < 1300:
			every("cloud", filepath.Base(f), y, 552, 120)
		}
	}
	for _, f := range files(t, dir+"/nab/realTweets/*.csv") {
		every("messages", filepath.Base(f), sums(readColumn(t, f, 1), 12), 720, 150)
	}
	for _, f := range files(t, dir+"/asd/*.csv") {
		for c := 1; c <= 19; c++ {
			every("servers", filepath.Base(f)+" "+strconv.Itoa(c), sums(readColumn(t, f, c), 12), 900, 2000)
		}
	}
	return s
}

func sums(y []float64, k int) []float64 {
	out := make([]float64, len(y)/k)
	for i := range out {
		for j := range k {
			out[i] += y[i*k+j]
		}
	}
	return out
}

// write puts a set's windows into a file that peers can read (bench/peers.py).
func (s windowSet) write(t *testing.T, dir string) {
	f, err := os.Create(filepath.Join(dir, strings.Fields(s.name)[0]+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "group,window,part,step,value")
	for _, x := range s.windows {
		for i, v := range x.known {
			fmt.Fprintf(w, "%s,%s,known,%d,%v\n", x.group, strings.ReplaceAll(x.name, ",", " "), i, v)
		}
		for i, v := range x.actual {
			fmt.Fprintf(w, "%s,%s,actual,%d,%v\n", x.group, strings.ReplaceAll(x.name, ",", " "), i, v)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
