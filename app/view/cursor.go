package view

import (
	"aiops/metric"
)

// Cursors are the two cursors' times.
type Cursors struct {
	On   bool
	A, B int64 // 0: not placed
	UseB bool  // the arrow keys move B rather than A
}

// Range is the time between the cursors, empty unless both are placed.
func (c Cursors) Range() metric.Range {
	if c.A == 0 || c.B == 0 {
		return metric.Range{}
	}
	return metric.Range{From: min(c.A, c.B), To: max(c.A, c.B)}
}

// Cursors are where the cursors are.
func (f *Fact) Cursors() Cursors {
	c := f.cursors
	c.On = f.state.Tool == CursorsTool
	return c
}

// SetTool chooses what dragging does. Two cursors that are not placed yet stand
// at a third and two thirds of the visible range.
func (f *Fact) SetTool(t Tool) {
	f.state.Tool = t
	if t == CursorsTool && f.cursors.A == 0 && f.cursors.B == 0 {
		v := f.Visible()
		f.PlaceCursor(false, v.From+v.Len()/3)
		f.PlaceCursor(true, v.From+2*v.Len()/3)
		f.cursors.UseB = false
	}
}

// PlaceCursor puts cursor A or B on the point nearest to a time.
func (f *Fact) PlaceCursor(b bool, t int64) {
	v := f.Visible()
	t = f.Scene().snap(min(max(t, v.From), v.To-1))
	f.cursors.UseB = b
	if b {
		f.cursors.B = t
	} else {
		f.cursors.A = t
	}
}

// TakeCursor makes the arrow keys move cursor A or B.
func (f *Fact) TakeCursor(b bool) { f.cursors.UseB = b }

// StepCursor moves the taken cursor by n points (below 0: to earlier ones).
func (f *Fact) StepCursor(n int) {
	at := &f.cursors.A
	if f.cursors.UseB {
		at = &f.cursors.B
	}
	s := f.Scene()
	for range max(n, -n) {
		*at = s.next(*at, n > 0)
	}
}

// snap is the time of the visible point nearest to t.
func (s Scene) snap(t int64) int64 {
	best, found := t, false
	for _, d := range s.Series {
		if d.Data == nil || d.Data.Len() == 0 {
			continue
		}
		i, j := visible(d.Data.Envelope, s.Range)
		if i == j {
			continue
		}
		k := closest(d.Data.Times[i:j], t)
		if !found || abs(k-t) < abs(best-t) {
			best, found = k, true
		}
	}
	return best
}

// next is the nearest visible point's time after (or before) t, t if there is none.
func (s Scene) next(t int64, later bool) int64 {
	best := t
	for _, d := range s.Series {
		if d.Data == nil {
			continue
		}
		i, j := visible(d.Data.Envelope, s.Range)
		k, ok := neighbour(d.Data.Times[i:j], t, later)
		if ok && (best == t || abs(k-t) < abs(best-t)) {
			best = k
		}
	}
	return best
}
