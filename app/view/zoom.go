package view

import (
	"maps"
	"math"
	"time"

	"aiops/charts"
	"aiops/metric"
)

// viewpoint is an entry of the zoom history.
type viewpoint struct {
	span TimeChoice
	zoom Zoom
}

// gesture is what changed the view; a burst of the same one is one entry of the history.
type gesture int

const (
	noGesture gesture = iota
	wheelTime
	wheelValues
	panning
	single // never joined with the one before
)

// burst is the longest pause inside a burst of gestures.
const burst = 800 * time.Millisecond

// Base is the chosen range, all of which is visible after a reset.
func (f *Fact) Base() metric.Range { return f.base }

// RangeNote says where a relative range ends when that is not now; empty otherwise.
func (f *Fact) RangeNote() string { return f.baseNote }

// Visible is the range that is shown.
func (f *Fact) Visible() metric.Range {
	if f.state.Zoom.Range.Empty() {
		return f.base
	}
	return f.state.Zoom.Range
}

// Zoomed reports whether there is a zoom to reset.
func (f *Fact) Zoomed() bool {
	return !f.state.Zoom.Range.Empty() || len(f.state.Zoom.Values) > 0
}

// rebase works out the chosen range afresh.
func (f *Fact) rebase() { f.base, f.baseNote = f.state.Span.Resolve(f.extent(), f.clock) }

// SetPreset chooses a preset and ends the zoom.
func (f *Fact) SetPreset(p Preset) {
	f.moved(single)
	f.state.Span.Preset = p
	if p == Custom && f.state.Span.Custom.Empty() {
		f.state.Span.Custom = f.base
	}
	f.state.Zoom = Zoom{}
	f.rebase()
}

// SetCustom chooses a range of the user's own and ends the zoom.
func (f *Fact) SetCustom(r metric.Range) {
	if r.Empty() {
		return
	}
	f.moved(single)
	f.state.Span = TimeChoice{Preset: Custom, Custom: r}
	f.state.Zoom = Zoom{}
	f.rebase()
}

// ZoomTime changes the length of the visible range by a factor (below 1 zooms
// in) and keeps a time where it is.
func (f *Fact) ZoomTime(at int64, factor float64) {
	if !(factor > 0) || math.IsInf(factor, 0) {
		return
	}
	v := f.Visible()
	share := min(1, max(0, float64(at-v.From)/float64(v.Len())))
	length := float64(v.Len()) * factor
	length = min(max(length, float64(f.shortest())), float64(f.bounds(int64(min(length, 1<<60))).Len()))
	from := v.From + int64(share*(float64(v.Len())-length))
	f.show(metric.Range{From: from, To: from + int64(length)}, wheelTime)
}

// Pan moves the visible range by micros, as far as there is something to see.
func (f *Fact) Pan(micros int64) { f.show(f.Visible().Shift(micros), panning) }

// PanBy moves the visible range by a share of its length.
func (f *Fact) PanBy(share float64) { f.Pan(int64(share * float64(f.Visible().Len()))) }

// ShowRange makes a range visible, as a box or the overview's window does.
func (f *Fact) ShowRange(r metric.Range) {
	if !r.Empty() {
		f.show(r, single)
	}
}

// DragWindow makes a range visible while the overview's window is dragged: all of it is one step of the history.
func (f *Fact) DragWindow(r metric.Range) {
	if !r.Empty() {
		f.show(r, panning)
	}
}

// ZoomBox shows a box: its times, and its values on one panel when values is not nil.
func (f *Fact) ZoomBox(r metric.Range, panel int, values *Interval) {
	if r.Empty() {
		return
	}
	r = f.clamp(r)
	if values != nil && !(values.Hi > values.Lo) {
		values = nil
	}
	if r == f.Visible() && values == nil {
		return
	}
	f.moved(single)
	f.setRange(r)
	if values != nil {
		f.setValues(panel, *values)
	}
}

// ZoomValues zooms the value axis of one panel, which now is as axis says, at a value.
func (f *Fact) ZoomValues(panel int, axis charts.PanelLayout, at, factor float64) {
	if !(factor > 0) || !(axis.Hi > axis.Lo) {
		return
	}
	lo, hi := at-(at-axis.Lo)*factor, at+(axis.Hi-at)*factor
	if hi-lo <= 1e-9*max(math.Abs(lo), math.Abs(hi)) || math.IsInf(hi-lo, 0) {
		return
	}
	f.moved(wheelValues)
	f.setValues(panel, Interval{lo, hi})
}

func (f *Fact) setValues(panel int, v Interval) {
	groups := f.Scene().Groups()
	if panel < 0 || panel >= len(groups) {
		return
	}
	values := maps.Clone(f.state.Zoom.Values)
	if values == nil {
		values = map[string]Interval{}
	}
	values[groups[panel].ID] = v
	f.state.Zoom.Values = values
}

// ResetZoom shows the chosen range again.
func (f *Fact) ResetZoom() {
	if f.Zoomed() {
		f.moved(single)
		f.state.Zoom = Zoom{}
	}
}

// CanBack reports whether the history has an earlier view.
func (f *Fact) CanBack() bool { return len(f.past) > 0 }

// CanForward reports whether the history has a later view.
func (f *Fact) CanForward() bool { return len(f.future) > 0 }

// Back shows the view before.
func (f *Fact) Back() { f.travel(&f.past, &f.future) }

// Forward shows the view that Back left.
func (f *Fact) Forward() { f.travel(&f.future, &f.past) }

func (f *Fact) travel(from, to *[]viewpoint) {
	n := len(*from)
	if n == 0 {
		return
	}
	*to = append(*to, f.viewpoint())
	v := (*from)[n-1]
	*from = (*from)[:n-1]
	f.state.Span, f.state.Zoom = v.span, v.zoom
	f.lastGesture = noGesture
	f.rebase()
}

func (f *Fact) viewpoint() viewpoint { return viewpoint{f.state.Span, f.state.Zoom} }

// show zooms to a range within the limits.
func (f *Fact) show(r metric.Range, g gesture) {
	r = f.clamp(r)
	if r == f.Visible() {
		return
	}
	f.moved(g)
	f.setRange(r)
}

func (f *Fact) setRange(r metric.Range) {
	f.state.Zoom.Range = r
	if r == f.base {
		f.state.Zoom.Range = metric.Range{}
	}
}

// moved writes the present view into the history, unless a burst goes on.
func (f *Fact) moved(g gesture) {
	now := f.clock.Now()
	joined := g != single && g == f.lastGesture && now.Sub(f.lastMoved) < burst
	f.lastGesture, f.lastMoved = g, now
	if joined {
		return
	}
	f.past = append(f.past, f.viewpoint())
	if len(f.past) > 100 {
		f.past = f.past[1:]
	}
	f.future = nil
}

// shortest is the length below which there is nothing to see.
func (f *Fact) shortest() int64 { return max(1000, 4*f.step()) }

// bounds is what can be shown: the points and the chosen range, and a little
// more when the visible part is length long.
func (f *Fact) bounds(length int64) metric.Range {
	r := f.extent().Union(f.base)
	return expand(r, min(length, r.Len())/20)
}

// clamp keeps a range inside the limits, its length if possible.
func (f *Fact) clamp(r metric.Range) metric.Range {
	if lack := f.shortest() - r.Len(); lack > 0 {
		r.From -= lack / 2
		r.To = r.From + f.shortest()
	}
	b := f.bounds(r.Len())
	switch {
	case r.Len() >= b.Len():
		return b
	case r.From < b.From:
		return r.Shift(b.From - r.From)
	case r.To > b.To:
		return r.Shift(b.To - r.To)
	}
	return r
}
