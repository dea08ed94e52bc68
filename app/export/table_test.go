package export

import (
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

// catalog makes VMs from "vm: metric metric".
func catalog(lines ...string) []vmSelection {
	var out []vmSelection
	for _, l := range lines {
		vm, metrics, _ := strings.Cut(l, ": ")
		v := vmSelection{Name: vm}
		for _, m := range strings.Fields(metrics) {
			v.Series = append(v.Series, store.SeriesInfo{Key: metric.Key{VM: vm, Metric: m}})
		}
		out = append(out, v)
	}
	return out
}

func TestColumnsFollowTheData(t *testing.T) {
	for name, c := range map[string]struct {
		vms         []vmSelection
		first, want string
	}{
		"servers":     {catalog("a: cpu disk_used latency memory net_in", "b: cpu disk_used latency memory"), "cpu", "cpu last|Mean|p95|Max|disk_used|memory|latency last|Max|net_in"},
		"wide":        {catalog("omi-1: m00 m01 m02 m03 m04 m05 m06"), "m00", "m00 last|Mean|p95|Max|m01|m02|m03|m04|m05"},
		"two columns": {catalog("file: value"), "value", "value last|Mean|p95|Max"},
		"mixed":       {catalog("a: x", "b: y", "c: z"), "", "Last|Mean|p95|Max"},
		"rare cpu":    {catalog("a: cpu v", "b: v", "c: v", "d: v"), "v", "v last|Mean|p95|Max"},
		"other cpu":   {catalog("a: cpu_usage zz", "b: cpu_usage zz"), "cpu_usage", "cpu_usage last|Mean|p95|Max|zz"},
	} {
		j := &job{opt: options(), selection: &selection{VMs: c.vms}, first: headline(c.vms)}
		cols, _ := j.columns(nil)
		var heads []string
		for _, col := range cols {
			heads = append(heads, col.head)
		}
		if got := strings.Join(heads, "|"); j.first != c.first || got != c.want {
			t.Errorf("%s: %q, %s; want %q, %s", name, j.first, got, c.first, c.want)
		}
	}
}

// One column has one unit, unless its values lie too far apart for that.
func TestColumnUnit(t *testing.T) {
	reports := func(values ...float64) (out []*vmReport) {
		for _, v := range values {
			out = append(out, &vmReport{Series: []*series{{Key: metric.Key{Metric: "net_in"}, Sum: metric.Summary{Last: v}}}})
		}
		return out
	}
	c := column{metric: "net_in", figure: last}
	for want, values := range map[string][]float64{
		"512.0\u00a0MiB/s": {512 << 20, 3 << 20},
		"512\u00a0MiB/s":   {512 << 20, 3},
	} {
		if got := format(c, reports(values...))(values[0]); got != want {
			t.Errorf("%v: %q, want %q", values, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	cet := time.FixedZone("CET", 3600)
	day := func(y, m, d, h int) time.Time { return time.Date(y, time.Month(m), d, h, 0, 0, 0, cet) }
	for want, r := range map[string]metric.Range{
		"22 – 23 November 2026":             metric.NewRange(day(2026, 11, 22, 14), day(2026, 11, 23, 14)),
		"23 November 2026":                  metric.NewRange(day(2026, 11, 23, 0), day(2026, 11, 24, 0)),
		"30 October – 2 November 2026":      metric.NewRange(day(2026, 10, 30, 5), day(2026, 11, 2, 5)),
		"28 December 2025 – 3 January 2026": metric.NewRange(day(2025, 12, 28, 5), day(2026, 1, 3, 5)),
	} {
		if got := dates(r, cet); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSparkStopsAtGaps(t *testing.T) {
	s := wave("v", "visits", 5, 3, time.Minute)
	i, j := len(s.Times)/3, len(s.Times)/2
	s.Times, s.Values = append(s.Times[:i:i], s.Times[j:]...), append(s.Values[:i:i], s.Values[j:]...)
	d := newSpark(&series{Unit: metric.None, Data: s.Envelope()}, s.Range()).draw()
	if n := strings.Count(d.Path, "M"); n != 2 {
		t.Errorf("%d runs in %s", n, d.Path)
	}
	sparse := wave("v", "visits", 5, 3, time.Hour) // fewer points than places
	d = newSpark(&series{Unit: metric.None, Data: sparse.Envelope()}, sparse.Range()).draw()
	if n := strings.Count(d.Path, "M"); n != 1 || strings.Contains(d.Path, "NaN") {
		t.Errorf("%d runs in %s", n, d.Path)
	}
}
