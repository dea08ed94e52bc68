package export

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"aiops/metric"
)

func withForecast(formats ...string) Options {
	o := options(formats...)
	o.Ahead = Ahead{Span: 2 * time.Hour}
	return o
}

func TestReportForecasts(t *testing.T) {
	st := fleet()
	st.series = append(st.series, metric.Series{Key: metric.Key{VM: "new-01", Metric: "cpu"}, Times: st.series[0].Times[1440:], Values: []float64{5}})
	dir, _ := export(t, st, withForecast("html"))
	all, text := parsePage(t, dir)
	ids := map[string]bool{}
	links, figures := 0, 0
	for _, e := range all {
		ids[e.attrs["id"]] = true
		if strings.HasPrefix(e.attrs["aria-label"], "Forecast of ") {
			figures++
		}
	}
	for _, e := range all {
		if to, ok := strings.CutPrefix(e.attrs["href"], "#"); ok && strings.HasPrefix(to, "forecast-") {
			links++
			if !ids[to] {
				t.Errorf("the table links to %s, which is not there", to)
			}
		}
	}
	if !ids["outlook"] || links != 10 || figures != 10 {
		t.Errorf("outlook %v, %d links, %d figures; want 10 each", ids["outlook"], links, figures)
	}
	flat := strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "\u00a0", " ")
	for _, want := range []string{"Forecasts, 2 h ahead", "In 2 h", "80 % interval", "50 % by", "MASE Naive", "reached reached reached", "No forecast of new-01 cpu"} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is not in the report", want)
		}
	}
}

func TestReportWithoutForecast(t *testing.T) {
	dir, _ := export(t, fleet(), options("html", "csv"))
	_, text := parsePage(t, dir)
	if strings.Contains(text, "Forecasts") || slices.Contains(entries(t, dir), "forecast.csv") {
		t.Error("a report that was not asked to look ahead must not")
	}
}

func TestForecastTables(t *testing.T) {
	dir, r := export(t, fleet(), withForecast("csv", "xlsx", "svg"))
	lines := strings.Split(strings.TrimSpace(string(must(os.ReadFile(filepath.Join(dir, "forecast.csv"))))), "\n")
	if len(lines) < 1+9*120 || lines[0] != "vm,metric,timestamp,value_predicted,lower_bound,upper_bound" || !strings.HasPrefix(lines[1], "api-01,cpu,2026-11-23T14:01:00Z,") {
		t.Errorf("%d lines: %q, %q", len(lines), lines[0], lines[1])
	}
	f := must(excelize.OpenFile(filepath.Join(dir, "data.xlsx")))
	defer f.Close()
	rows := must(f.GetRows("Forecast"))
	if len(rows) != len(lines) || rows[1][0] != "api-01" || rows[1][6] != "0.8" {
		t.Errorf("%d rows in the sheet, %d lines in the CSV", len(rows), len(lines))
	}
	if !slices.Contains(r.Files, "charts/db-01 cpu forecast.svg") {
		t.Errorf("files %v", r.Files)
	}
}

func TestCancelledForecastLeavesNothing(t *testing.T) {
	for _, at := range []float64{0.05, 0.3, 0.6} {
		parent := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		o := withForecast("html", "csv", "xlsx")
		o.Progress = func(done, total int64, _ string) {
			if float64(done) >= at*float64(total) {
				cancel()
			}
		}
		if _, err := Write(ctx, fleet(), filepath.Join(parent, "new"), o); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at %v: %v", at, err)
		}
		if left := entries(t, parent); len(left) > 0 {
			t.Errorf("cancelled at %v it left %v", at, left)
		}
	}
}

// A report of an earlier range must not know what came after it.
func TestForecastKnowsNothingLater(t *testing.T) {
	st := fleet()
	o := withForecast("csv")
	cut := dayEnd.Add(-6 * time.Hour).UnixMicro()
	o.Range = metric.Range{From: metric.All.From, To: cut}
	dir, _ := export(t, st, o)
	whole := string(must(os.ReadFile(filepath.Join(dir, "forecast.csv"))))
	for i, s := range st.series {
		j, _ := slices.BinarySearch(s.Times, cut)
		st.series[i].Times, st.series[i].Values = s.Times[:j], s.Values[:j]
	}
	dir, _ = export(t, st, withForecast("csv"))
	if cutOff := string(must(os.ReadFile(filepath.Join(dir, "forecast.csv")))); cutOff != whole {
		t.Error("points after the range change the forecast")
	}
}
