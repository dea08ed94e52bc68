package view

import (
	"fmt"
	"strings"
	"testing"

	"aiops/charts"
	"aiops/metric"
)

func keysOf(text string) []Drawn {
	var out []Drawn
	for i, f := range strings.Fields(text) {
		vm, m, _ := strings.Cut(f, ":")
		data := metric.NewPyramid(metric.Series{Times: []int64{1, 2}, Values: []float64{1, 2}}.Envelope())
		out = append(out, Drawn{Key: metric.Key{VM: vm, Metric: m}, Slot: i, Data: data})
	}
	return out
}

func TestGroups(t *testing.T) {
	for _, tc := range []struct {
		arrange Arrangement
		series  string
		want    string
	}{
		{AutoArrange, "a:cpu b:cpu", "unit:% '' a,b"},
		{AutoArrange, "a:cpu", "unit:% 'a cpu' a"},
		{AutoArrange, "a:cpu a:disk_used_percent", "unit:% 'a' cpu,disk_used_percent"},
		{AutoArrange, "a:cpu b:disk_used_percent", "unit:% '' a cpu,b disk_used_percent"},
		{AutoArrange, "a:cpu b:cpu a:latency", "unit:% 'cpu' a,b; unit:ms 'a latency' a"},
		{AutoArrange, "a:temperature b:temperature a:load", "metric:temperature 'temperature' a,b; metric:load 'a load' a"},
		{PerUnit, "a:cpu b:latency b:cpu", "unit:% 'cpu' a,b; unit:ms 'b latency' b"},
		{PerVM, "a:cpu b:cpu a:latency a:disk_used_percent", "vm:a:% 'a' cpu,disk_used_percent; vm:b:% 'b cpu' b; vm:a:ms 'a latency' a"},
		{PerSeries, "a:cpu b:cpu", "series:a cpu 'a cpu' a; series:b cpu 'b cpu' b"},
		{AutoArrange, "", ""},
	} {
		var got []string
		for _, g := range Groups(tc.arrange, keysOf(tc.series)) {
			got = append(got, fmt.Sprintf("%s '%s' %s", g.ID, g.Title, strings.Join(g.Names, ",")))
		}
		if text := strings.Join(got, "; "); text != tc.want {
			t.Errorf("%s %s:\ngot  %s\nwant %s", tc.arrange, tc.series, text, tc.want)
		}
	}
}

func TestFigureCompared(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, pictureTwo(t), clock, Last24Hours)
	f.SetCustom(metric.Range{From: at(t, "2026-11-23 08:30"), To: at(t, "2026-11-23 14:30")})
	if p := f.Figure(charts.Light).Panels[0]; !p.NoLegend || len(p.Lines) != 1 || p.Title != "db-01 cpu" {
		t.Errorf("a single line: %+v", p)
	}
	f.SetCompare(Compare{Kind: PreviousWeek})
	for _, p := range f.Figure(charts.Light).Panels {
		if p.NoLegend || len(p.Lines) != 2 || p.Lines[1].Style != charts.Compared || p.Lines[1].Name != "Mon 16 Nov" || p.Lines[0].Name != "today" {
			t.Errorf("panel %s: %+v", p.Title, p.Lines)
		}
		if p.Lines[1].Shift != 7*24*hour || p.Lines[0].Slot != p.Lines[1].Slot {
			t.Errorf("compared line %+v", p.Lines[1])
		}
	}
	if f.CompareText() != "Mon 16 Nov, same time of day" {
		t.Error(f.CompareText())
	}
	f.SetCompare(Compare{Kind: PreviousWeek}) // once more: off
	if f.State().Compare.Kind != NoCompare || f.CompareText() != "" {
		t.Error("still compared")
	}
}

// Over a clock change the compared line has parts, each over its own times.
func TestFigureComparedOverClockChange(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, small(t), clock, AllTimes)
	f.SetCustom(metric.Range{From: at(t, "2026-10-25 00:00"), To: at(t, "2026-10-26 00:00")})
	f.SetCompare(Compare{Kind: PreviousDay})
	p := f.Figure(charts.Dark).Panels[0]
	if len(p.Lines) != 3 || p.Lines[1].Shift != 24*hour || p.Lines[2].Shift != 25*hour || p.Lines[2].Name != "" {
		t.Fatalf("lines %+v", p.Lines)
	}
	if a, b := p.Lines[1].Data.Len(), p.Lines[2].Data.Len(); a != 3*12 || b != 22*12 {
		t.Errorf("parts of %d and %d points, want 3 and 22 hours of 12", a, b)
	}
}

func TestVMFigures(t *testing.T) {
	clock, _ := newClock(t)
	s := Scene{Clock: clock, Range: metric.Range{From: 0, To: 10}, Series: keysOf("a:cpu b:cpu a:latency b:disk_used_percent")}
	s.Annotations = []metric.Annotation{{VM: "a", From: 3, To: 3, Text: "only a"}, {From: 4, To: 4, Text: "all"}}
	s.Thresholds.Set(Threshold{Metric: "cpu", VM: "b", Value: 50})
	figs := s.VMFigures(charts.Light)
	if len(figs) != 2 || figs[0].VM != "a" || len(figs[0].Keys) != 2 || len(figs[0].Figure.Panels) != 2 || len(figs[1].Figure.Panels) != 1 {
		t.Fatalf("figures %+v", figs)
	}
	if a, b := figs[0].Figure, figs[1].Figure; len(a.Flags) != 2 || len(b.Flags) != 1 || len(a.Panels[0].Thresholds) != 0 || len(b.Panels[0].Thresholds) != 1 {
		t.Error("annotations or thresholds of another VM")
	}
	if slot := figs[1].Figure.Panels[0].Lines[0].Slot; slot != 0 {
		t.Errorf("b's first line has slot %d", slot)
	}
	one := s.SeriesFigure(metric.Key{VM: "a", Metric: "latency"}, charts.Light)
	if len(one.Panels) != 1 || one.Panels[0].Unit != metric.Milliseconds || one.Panels[0].Title != "" || one.Panels[0].Lines[0].Slot != 0 {
		t.Errorf("one series: %+v", one.Panels)
	}
}

func TestOverview(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, big(t), clock, Last24Hours)
	o := f.Overview(charts.Dark)
	if !o.Bare || o.Range.Len() < 10*24*hour || len(o.Panels) != 1 || o.Panels[0].Lines[0].Data.Points() != 10*24*3600 {
		t.Errorf("overview of %s with %+v", Duration(o.Range.Len()), o.Panels)
	}
	f.Clear()
	if o := f.Overview(charts.Dark); len(o.Panels) != 0 {
		t.Error("an overview of nothing")
	}
}

func TestDraw(t *testing.T) {
	e := metric.Series{Key: dbCPU, Times: grid(0, 60e9, 9), Values: ramp(0, 9)}.Envelope()
	got := Draw([]metric.Envelope{e, e})
	if len(got) != 2 || got[1].Slot != 1 || got[0].Step != 60e6 || got[0].Key != dbCPU {
		t.Errorf("%+v", got)
	}
}
