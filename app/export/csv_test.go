package export

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Numbers that are hard to write: the first five are the extremes of float64,
// 0.1+0.2 needs 17 digits, 1<<53+1 is where whole numbers end.
var hard = []float64{math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 0, math.Copysign(0, -1),
	0.1, 0.1 + 0.2, 1.0 / 3, 1 << 53, 1e15, 999999999999999, 1e-6, 9.999e-7, 1e21, -51.6, 100}

func TestCSVReadsBackExactly(t *testing.T) {
	nasty := "=cmd|' /C calc'!A1, \"x\"\nline"
	s := metric.Series{Key: metric.Key{VM: nasty, Metric: "m,1"}}
	start := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC).UnixMicro()
	for i, v := range hard {
		s.Times, s.Values = append(s.Times, start+int64(i)*1_000_003), append(s.Values, v)
	}
	dir, r := export(t, &fake{series: []metric.Series{s}}, options("csv"))
	rows := readCSV(t, filepath.Join(dir, r.Files[0]))
	if got := strings.Join(rows[0], ","); got != "vm,timestamp,metric,value" {
		t.Errorf("head %q", got)
	}
	if len(rows) != len(hard)+1 || r.Points != int64(len(hard)) || r.Series != 1 {
		t.Fatalf("%d rows, %d points, %d series", len(rows), r.Points, r.Series)
	}
	for i, row := range rows[1:] {
		at := must(time.Parse(time.RFC3339Nano, row[1]))
		v := must(strconv.ParseFloat(row[3], 64))
		if row[0] != nasty || row[2] != "m,1" || at.UnixMicro() != s.Times[i] || math.Float64bits(v) != math.Float64bits(hard[i]) {
			t.Errorf("row %d: %q for %v at %d", i, row, hard[i], s.Times[i])
		}
		if !strings.HasSuffix(row[1], "Z") {
			t.Errorf("time %q is not UTC", row[1])
		}
	}
}

func TestCSVHoldsTheRangeOnly(t *testing.T) {
	o := options("csv")
	o.Range = metric.NewRange(dayStart.Add(time.Hour), dayStart.Add(2*time.Hour))
	o.Metrics, o.VMs = []string{"cpu"}, []string{"api-01", "db-01"}
	dir, r := export(t, fleet(), o)
	if len(r.Files) != 2 || r.Points != 120 || r.Series != 2 {
		t.Fatalf("%+v", r)
	}
	rows := readCSV(t, filepath.Join(dir, r.Files[1]))
	if len(rows) != 61 || rows[1][0] != "db-01" || rows[1][1] != "2026-11-22T15:00:00Z" || rows[60][1] != "2026-11-22T15:59:00Z" {
		t.Errorf("%d rows, first %q, last %q", len(rows), rows[1], rows[len(rows)-1])
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	in := func(change func(*Options)) Options {
		o := options("csv")
		change(&o)
		return o
	}
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"vm":     {in(func(o *Options) { o.VMs = []string{"db1"} }), `no VM is called "db1"; near: db-01`},
		"metric": {in(func(o *Options) { o.Metrics = []string{"CPUs"} }), `no metric is called "CPUs"; near: cpu`},
		"other":  {in(func(o *Options) { o.VMs = []string{"?"} }), "there are api-01, cache-01, db-01, edge-01"},
		"both":   {in(func(o *Options) { o.VMs, o.Metrics = []string{"edge-01"}, []string{"memory"} }), "VM edge-01 has no metric memory"},
		"range":  {in(func(o *Options) { o.Range = metric.Range{From: 1, To: 2} }), "no points in this range; the data are from Sun 22 Nov 15:00"},
		"format": {in(func(o *Options) { o.Formats = []string{"doc"} }), `cannot export as "doc"; the formats are html, png`},
	} {
		_, err := Write(t.Context(), fleet(), t.TempDir(), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if name != "format" && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: not ErrNotFound: %v", name, err)
		}
	}
	if _, err := Write(t.Context(), &fake{}, t.TempDir(), options()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("empty database: %v", err)
	}
}

func TestTargetIsAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(file, []byte("keep me"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		_, err := Write(t.Context(), fleet(), dir, options("csv"))
		if err == nil || !strings.Contains(err.Error(), "is a file and not a folder") {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if b := must(os.ReadFile(file)); string(b) != "keep me" {
		t.Errorf("the file was changed: %q", b)
	}
}

// entries lists everything below a directory.
func entries(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if path != dir {
			out = append(out, must(filepath.Rel(dir, path)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
