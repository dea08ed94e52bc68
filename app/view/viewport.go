package view

import (
	"maps"
	"math"
	"time"

	"aiops/charts"
	"aiops/metric"
)

// viewport is the visible part of a page's chart and the history of it.
type viewport struct {
	state       *State
	zoom        *Zoom // in the state
	clock       Clock
	page        sight
	past        []viewpoint
	future      []viewpoint
	lastGesture gesture
	lastMoved   time.Time
}

// sight is what a viewport has to know of its page.
type sight interface {
	Base() metric.Range   // all of it is visible after a reset
	extent() metric.Range // of the points
	shortest() int64      // the length below which there is nothing to see
	panelID(i int) string // empty: there is no such panel
	rebase()              // the time choice has changed
}

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

// Visible is the range that is shown.
func (p *viewport) Visible() metric.Range {
	if p.zoom.Range.Empty() {
		return p.page.Base()
	}
	return p.zoom.Range
}

// Zoomed reports whether there is a zoom to reset.
func (p *viewport) Zoomed() bool {
	return !p.zoom.Range.Empty() || len(p.zoom.Values) > 0
}

// ZoomTime changes the length of the visible range by a factor (below 1 zooms
// in) and keeps a time where it is.
func (p *viewport) ZoomTime(at int64, factor float64) {
	if !(factor > 0) || math.IsInf(factor, 0) {
		return
	}
	v := p.Visible()
	share := min(1, max(0, float64(at-v.From)/float64(v.Len())))
	length := float64(v.Len()) * factor
	length = min(max(length, float64(p.page.shortest())), float64(p.bounds(int64(min(length, 1<<60))).Len()))
	from := v.From + int64(share*(float64(v.Len())-length))
	p.show(metric.Range{From: from, To: from + int64(length)}, wheelTime)
}

// Pan moves the visible range by micros, as far as there is something to see.
func (p *viewport) Pan(micros int64) { p.show(p.Visible().Shift(micros), panning) }

// PanBy moves the visible range by a share of its length.
func (p *viewport) PanBy(share float64) { p.Pan(int64(share * float64(p.Visible().Len()))) }

// ShowRange makes a range visible, as a box or the overview's window does.
func (p *viewport) ShowRange(r metric.Range) {
	if !r.Empty() {
		p.show(r, single)
	}
}

// DragWindow makes a range visible while the overview's window is dragged: all of it is one step of the history.
func (p *viewport) DragWindow(r metric.Range) {
	if !r.Empty() {
		p.show(r, panning)
	}
}

// ZoomBox shows a box: its times, and its values on one panel when values is not nil.
func (p *viewport) ZoomBox(r metric.Range, panel int, values *Interval) {
	if r.Empty() {
		return
	}
	r = p.clamp(r)
	if values != nil && !(values.Hi > values.Lo) {
		values = nil
	}
	if r == p.Visible() && values == nil {
		return
	}
	p.moved(single)
	p.setRange(r)
	if values != nil {
		p.setValues(panel, *values)
	}
}

// ZoomValues zooms the value axis of one panel, which now is as axis says, at a value.
func (p *viewport) ZoomValues(panel int, axis charts.PanelLayout, at, factor float64) {
	if !(factor > 0) || !(axis.Hi > axis.Lo) {
		return
	}
	lo, hi := at-(at-axis.Lo)*factor, at+(axis.Hi-at)*factor
	if hi-lo <= 1e-9*max(math.Abs(lo), math.Abs(hi)) || math.IsInf(hi-lo, 0) {
		return
	}
	p.moved(wheelValues)
	p.setValues(panel, Interval{lo, hi})
}

func (p *viewport) setValues(panel int, v Interval) {
	id := p.page.panelID(panel)
	if id == "" {
		return
	}
	values := maps.Clone(p.zoom.Values)
	if values == nil {
		values = map[string]Interval{}
	}
	values[id] = v
	p.zoom.Values = values
}

// ResetZoom shows the chosen range again.
func (p *viewport) ResetZoom() {
	if p.Zoomed() {
		p.moved(single)
		*p.zoom = Zoom{}
	}
}

// CanBack reports whether the history has an earlier view.
func (p *viewport) CanBack() bool { return len(p.past) > 0 }

// CanForward reports whether the history has a later view.
func (p *viewport) CanForward() bool { return len(p.future) > 0 }

// Back shows the view before.
func (p *viewport) Back() { p.travel(&p.past, &p.future) }

// Forward shows the view that Back left.
func (p *viewport) Forward() { p.travel(&p.future, &p.past) }

func (p *viewport) travel(from, to *[]viewpoint) {
	n := len(*from)
	if n == 0 {
		return
	}
	*to = append(*to, p.viewpoint())
	v := (*from)[n-1]
	*from = (*from)[:n-1]
	p.state.Span, *p.zoom = v.span, v.zoom
	p.lastGesture = noGesture
	p.page.rebase()
}

func (p *viewport) viewpoint() viewpoint { return viewpoint{p.state.Span, *p.zoom} }

// show zooms to a range within the limits.
func (p *viewport) show(r metric.Range, g gesture) {
	r = p.clamp(r)
	if r == p.Visible() {
		return
	}
	p.moved(g)
	p.setRange(r)
}

func (p *viewport) setRange(r metric.Range) {
	p.zoom.Range = r
	if r == p.page.Base() {
		p.zoom.Range = metric.Range{}
	}
}

// moved writes the present view into the history, unless a burst goes on.
func (p *viewport) moved(g gesture) {
	now := p.clock.Now()
	joined := g != single && g == p.lastGesture && now.Sub(p.lastMoved) < burst
	p.lastGesture, p.lastMoved = g, now
	if joined {
		return
	}
	p.past = append(p.past, p.viewpoint())
	if len(p.past) > 100 {
		p.past = p.past[1:]
	}
	p.future = nil
}

// bounds is what can be shown: the points and the chosen range, and a little
// more when the visible part is length long.
func (p *viewport) bounds(length int64) metric.Range {
	r := p.page.extent().Union(p.page.Base())
	return expand(r, min(length, r.Len())/20)
}

// clamp keeps a range inside the limits, its length if possible.
func (p *viewport) clamp(r metric.Range) metric.Range {
	if lack := p.page.shortest() - r.Len(); lack > 0 {
		r.From -= lack / 2
		r.To = r.From + p.page.shortest()
	}
	b := p.bounds(r.Len())
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
