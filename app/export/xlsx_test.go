package export

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"aiops/metric"
)

func openBook(t *testing.T, path string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestXLSXReopens(t *testing.T) {
	dir, r := export(t, fleet(), options("xlsx"))
	f := openBook(t, filepath.Join(dir, "data.xlsx"))
	if got, want := f.GetSheetList(), []string{"Summary", "api-01", "cache-01", "db-01", "edge-01"}; !slices.Equal(got, want) {
		t.Fatalf("sheets %v, want %v", got, want)
	}
	rows := must(f.GetRows("db-01", excelize.Options{RawCellValue: true}))
	if !slices.Equal(rows[0], []string{"timestamp", "cpu", "latency_ms", "memory"}) || len(rows) != 1442 {
		t.Fatalf("%d rows under %v", len(rows), rows[0])
	}
	want := fleet().series[6] // db-01 cpu
	for i, row := range rows[1:] {
		days := must(strconv.ParseFloat(row[0], 64))
		at := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).UnixMicro() + int64(math.Round(days*86_400e6))
		if v := must(strconv.ParseFloat(row[1], 64)); math.Abs(v-want.Values[i]) > 1e-13*math.Abs(v) || max(at-want.Times[i], want.Times[i]-at) > 10 { // Excel keeps 15 digits
			t.Fatalf("row %d: %v at %d, want %v at %d", i, v, at, want.Values[i], want.Times[i])
		}
	}
	if shown := must(f.GetCellValue("db-01", "A2")); shown != "2026-11-22 14:00:00" {
		t.Errorf("a time is shown as %q", shown)
	}
	summary := must(f.GetRows("Summary"))
	if len(summary) != 11 || summary[1][0] != "api-01" || summary[1][3] != "1441" || r.Points != 10*1441-23 {
		t.Errorf("summary %v, %d points", summary, r.Points)
	}
}

// Series whose times do not meet stand in rows of their own.
func TestXLSXKeepsTimesApart(t *testing.T) {
	a := metric.Series{Key: metric.Key{VM: "v", Metric: "a"}, Times: []int64{1e15, 1e15 + 2e6}, Values: []float64{1, 2}}
	b := metric.Series{Key: metric.Key{VM: "v", Metric: "b"}, Times: []int64{1e15 + 1e6, 1e15 + 2e6}, Values: []float64{3, 4}}
	dir, _ := export(t, &fake{series: []metric.Series{a, b}}, options("xlsx"))
	rows := must(openBook(t, filepath.Join(dir, "data.xlsx")).GetRows("v", excelize.Options{RawCellValue: true}))
	var got []string
	for _, r := range rows[1:] {
		got = append(got, fmt.Sprint(r[1:]))
	}
	if want := []string{"[1]", "[ 3]", "[2 4]"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestXLSXGoesOnInAnotherSheet(t *testing.T) {
	st := fleet()
	sel := must(pick(t.Context(), st, options()))
	sel.VMs = sel.VMs[3:] // edge-01: 1,418 points
	s := must(newStage(t.TempDir()))
	defer s.discard()
	wb := &workbook{job: &job{opt: options(), selection: sel, store: st, stage: s}, names: newSheetNames(), rows: 1000, file: excelize.NewFile()}
	if err := wb.fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := wb.file.GetSheetList(), []string{"Summary", "edge-01", "edge-01 (2)"}; !slices.Equal(got, want) {
		t.Fatalf("sheets %v", got)
	}
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := wb.file.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	f := openBook(t, path)
	one, two := must(f.GetRows("edge-01")), must(f.GetRows("edge-01 (2)"))
	if len(one) != 1000 || len(two) != 1+1418-999 || two[0][0] != "timestamp" {
		t.Errorf("%d and %d rows", len(one), len(two))
	}
}
