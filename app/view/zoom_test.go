package view

import (
	"math"
	"testing"
	"time"

	"aiops/charts"
	"aiops/metric"
)

var themes = []charts.Theme{charts.Dark, charts.Light}

func TestZoomKeepsThePointer(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, small(t), clock, AllTimes)
	v := f.Visible()
	for _, share := range []float64{0, 0.25, 0.5, 1} {
		f.ResetZoom()
		at := v.From + int64(share*float64(v.Len()))
		for range 10 {
			f.ZoomTime(at, 0.8)
		}
		got := f.Visible()
		if where := float64(at-got.From) / float64(got.Len()); math.Abs(where-share) > 1e-3 {
			t.Errorf("the pointer's time went from %.2f to %.4f", share, where)
		}
		if want := float64(v.Len()) * math.Pow(0.8, 10); math.Abs(float64(got.Len())/want-1) > 1e-6 {
			t.Errorf("length %d, want %.0f", got.Len(), want)
		}
	}
}

func TestZoomLimits(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, small(t), clock, AllTimes)
	data := f.Base()
	for range 200 {
		f.ZoomTime(data.From+data.Len()/3, 0.5)
	}
	if got := f.Visible().Len(); got != 4*300e6 {
		t.Errorf("shortest %s, want four points", Duration(got))
	}
	for range 300 {
		f.PanBy(0.9)
		f.ZoomTime(f.Visible().To, 1.3)
	}
	if got := f.Visible(); float64(got.Len()) > 1.11*float64(data.Len()) || got.Intersect(data) != data {
		t.Errorf("zoomed out to %v over data of %v", got, data)
	}
	f.ResetZoom()
	f.ZoomTime(data.From, 0.01)
	length := f.Visible().Len()
	for range 500 {
		f.PanBy(-0.7)
	}
	if got := f.Visible(); got.From < data.From-length/10 || got.Len() != length {
		t.Errorf("panned to %v, data start at %d", got, data.From)
	}
	for range 500 {
		f.PanBy(0.7)
	}
	if got := f.Visible(); got.To > data.To+length/10 || got.Len() != length {
		t.Errorf("panned to %v, data end at %d", got, data.To)
	}
	before := f.Visible()
	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		f.ZoomTime(data.From, bad)
	}
	if f.Visible() != before {
		t.Error("a senseless factor zooms")
	}
}

// Points a microsecond apart: still a millisecond stays visible.
func TestZoomShortest(t *testing.T) {
	clock, _ := newClock(t)
	s := &fake{}
	s.put(dbCPU, grid(at(t, "2026-11-23 10:00"), time.Microsecond, 5000), ramp(0, 5000))
	f := open(t, s, clock, AllTimes)
	for range 100 {
		f.ZoomTime(f.Base().From+2000, 0.5)
	}
	if got := f.Visible().Len(); got != 1000 {
		t.Errorf("%d µs", got)
	}
}

func TestHistory(t *testing.T) {
	clock, hand := newClock(t)
	f := open(t, small(t), clock, AllTimes)
	all := f.Visible()
	if f.CanBack() || f.CanForward() || f.Zoomed() {
		t.Fatal("history before the first zoom")
	}
	for range 6 { // a burst
		f.ZoomTime(all.From, 0.8)
		hand.add(50 * time.Millisecond)
	}
	wheeled := f.Visible()
	f.PanBy(0.2)
	panned := f.Visible()
	hand.add(2 * time.Second)
	f.PanBy(0.2)
	later := f.Visible()
	box := metric.Range{From: all.From + 50*hour, To: all.From + 80*hour}
	f.ZoomBox(box, 0, &Interval{30, 50})
	for i, want := range []metric.Range{later, panned, wheeled, all} {
		f.Back()
		if f.Visible() != want {
			t.Fatalf("back %d: %v, want %v", i+1, f.Visible(), want)
		}
		if len(f.State().Zoom.Values) != 0 {
			t.Fatal("the box's values are still there")
		}
	}
	if f.CanBack() {
		t.Error("more history than there was")
	}
	for range 4 {
		f.Forward()
	}
	if f.Visible() != box || f.State().Zoom.Values["unit:%"] != (Interval{30, 50}) || f.CanForward() {
		t.Errorf("forward: %v %v", f.Visible(), f.State().Zoom)
	}
	f.Back()
	f.SetPreset(Last7Days) // a new way: the box is forgotten
	if f.CanForward() || f.Zoomed() || f.Visible().Len() != 7*24*hour {
		t.Error("choosing a range keeps the zoom")
	}
	f.Back()
	if f.Visible() != later || f.State().Span.Preset != AllTimes {
		t.Errorf("back from the preset: %v", f.Visible())
	}
	f.ResetZoom()
	if f.Visible() != all || f.Zoomed() {
		t.Error("reset")
	}
}

func TestZoomValues(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, small(t), clock, AllTimes)
	f.ZoomValues(1, charts.PanelLayout{Lo: 0, Hi: 100}, 25, 0.5)
	fig := f.Figure(charts.Dark)
	if p := fig.Panels[1]; p.Lo != 12.5 || p.Hi != 62.5 {
		t.Errorf("panel 1: %g..%g, want 12.5..62.5", p.Lo, p.Hi)
	}
	if p := fig.Panels[0]; p.Hi > p.Lo {
		t.Error("the other panel is zoomed too")
	}
	if f.Visible() != f.Base() || !f.Zoomed() {
		t.Error("the times are zoomed too")
	}
	for range 2000 {
		f.ZoomValues(1, axis(f, 1), 25, 0.5)
	}
	if p := f.Figure(charts.Dark).Panels[1]; !(p.Hi > p.Lo) {
		t.Errorf("zoomed to %g..%g", p.Lo, p.Hi)
	}
	for range 5000 {
		f.ZoomValues(1, axis(f, 1), 25, 2)
	}
	if p := f.Figure(charts.Dark).Panels[1]; math.IsInf(p.Hi-p.Lo, 0) {
		t.Errorf("zoomed to %g..%g", p.Lo, p.Hi)
	}
	f.ZoomValues(9, charts.PanelLayout{Lo: 0, Hi: 1}, 0, 0.5) // no such panel
	f.ResetZoom()
	if p := f.Figure(charts.Dark).Panels[1]; p.Hi > p.Lo {
		t.Error("reset keeps the values")
	}
}

func axis(f *Fact, panel int) charts.PanelLayout {
	p := f.Figure(charts.Dark).Panels[panel]
	return charts.PanelLayout{Lo: p.Lo, Hi: p.Hi}
}

func TestCustomRange(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, small(t), clock, Last24Hours)
	f.ZoomTime(f.Visible().From, 0.5)
	r := metric.Range{From: at(t, "2026-11-01 00:00"), To: at(t, "2026-11-02 00:00")}
	f.SetCustom(metric.Range{From: r.To, To: r.From}) // the wrong way round
	f.SetCustom(r)
	if f.Visible() != r || f.Base() != r || f.Zoomed() || f.State().Span.Preset != Custom {
		t.Errorf("shows %v", f.Visible())
	}
	f.DragWindow(r.Shift(hour))
	f.DragWindow(r.Shift(2 * hour))
	f.Back()
	if f.Visible() != r {
		t.Error("one drag is more than one step of the history")
	}
	f.ShowRange(metric.Range{})
	if f.Visible() != r {
		t.Error("an empty range is shown")
	}
}
