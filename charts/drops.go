package charts

import (
	"math"

	"aiops/metric"
)

// drops draws the moments at which a limit is reached: lines to the foot with
// what they are, and dots on the limit.
func (d *drawing) drops(n *panelPlan) {
	if d.fig.Bare {
		return
	}
	ends := n.X0 // how far the foot is taken by labels
	for i := range n.Drops {
		o := &n.Drops[i]
		if o.Time < d.Range.From || o.Time > d.Range.To || !n.shows(o.Value) || d.hidden(n, o) {
			continue
		}
		x, y := d.X(o.Time), n.Y(o.Value)
		s, k, st, r := dashedThin, d.ink.muted, flagText, 3.0
		if o.Strong {
			s, k, st, r = hairline, d.ink.text, flagBold, 4.5
		}
		d.line(snap(x), y, snap(x), n.Y1, s, k)
		d.dot(x, y, r+1, d.ink.surface)
		d.dot(x, y, r, d.ink.crit)
		d.dropLabel(n, o, i, x, st, k, &ends)
	}
}

// hidden reports whether a strong drop stands where this one does.
func (d *drawing) hidden(n *panelPlan, o *Drop) bool {
	for i := range n.Drops {
		if s := &n.Drops[i]; s.Strong && !o.Strong && math.Abs(d.X(s.Time)-d.X(o.Time)) < 5 {
			return true
		}
	}
	return false
}

// dropLabel writes a label beside the line's foot, on the side that has room.
func (d *drawing) dropLabel(n *panelPlan, o *Drop, i int, x float64, s style, k *ink, ends *float64) {
	w := s.width(o.Label)
	next := n.X1
	for j := range n.Drops[i+1:] {
		if later := &n.Drops[i+1+j]; later.Time <= d.Range.To && !d.hidden(n, later) {
			next = d.X(later.Time)
			break
		}
	}
	if i == 0 && len(n.Drops) > 1 && x-5-w >= *ends {
		d.text(x-5, n.Y1-9, 1, s, k, o.Label)
		*ends = x
		return
	}
	if x+5+w <= next-2 && x >= *ends {
		d.text(x+5, n.Y1-9, 0, s, k, o.Label)
		*ends = x + 5 + w
	} else if x-5-w >= *ends {
		d.text(x-5, n.Y1-9, 1, s, k, o.Label)
		*ends = x
	}
}

var dashedThin = stroke{width: 1, dash: dashCompared}

const (
	calloutPad  = 10.0
	calloutLine = 14.0
)

// callouts draws the panel's boxes.
func (d *drawing) callouts(n *panelPlan) {
	for i := range n.Notes {
		c := &n.Notes[i]
		if !c.Free && (c.Time < d.Range.From || c.Time > d.Range.To) {
			continue
		}
		w, h := d.calloutSize(c)
		if w > n.X1-n.X0-16 || h > n.Y1-n.Y0-16 {
			continue
		}
		at, y := n.X0, n.Y0
		if !c.Free {
			at, y = d.X(c.Time), min(max(n.Y(c.Value), n.Y0), n.Y1)
		}
		b := d.calloutPlace(n, c, at, y, w, h)
		d.calloutBox(c, b, at, y, w, h)
	}
}

func (d *drawing) calloutSize(c *Callout) (w, h float64) {
	w, h = legendBold.width(c.Head), calloutLine
	if c.Text != "" {
		w, h = max(w, axisText.width(c.Text)), h+calloutLine
	}
	return w + 2*calloutPad, h + 9
}

// calloutPlace is the upper left corner of the best place that nothing is in;
// if there is none, of the first place.
func (d *drawing) calloutPlace(n *panelPlan, c *Callout, at, y, w, h float64) point {
	places := pointPlaces(n, at, y, w, h)
	if c.Free {
		places = freePlaces(n, n.Y(c.Value), w, h)
	}
	for _, p := range places {
		if p.x >= n.X0+4 && p.x+w <= n.X1-2 && p.y >= n.Y0+2 && p.y+h <= n.Y1-2 && d.clear(n, p.x, p.y, p.x+w, p.y+h) {
			return p
		}
	}
	return point{min(max(places[0].x, n.X0+4), n.X1-w-4), min(max(places[0].y, n.Y0+4), n.Y1-h-4)}
}

// pointPlaces are places for a box that explains a point, the nearest first:
// to its left, to its right, across it, further and further above and below.
func pointPlaces(n *panelPlan, at, y, w, h float64) (out []point) {
	for d := 8.0; d < n.Y1-n.Y0; d += 6 {
		for _, x := range []float64{at - w - 14, at + 14, at - w/2} {
			out = append(out, point{x, y - h - d}, point{x, y + d})
		}
	}
	return out
}

// freePlaces are places for a box that leads to no point: near the limit that
// it speaks of, from the right to the left, then at the foot.
func freePlaces(n *panelPlan, limit, w, h float64) (out []point) {
	for _, y := range []float64{limit - h - 8, limit + 8, n.Y0 + 8, n.Y1 - h - 8} {
		for i := range 9 {
			out = append(out, point{n.X1 - w - 8 - float64(i)/10*(n.X1-n.X0-w-16), y})
		}
	}
	return out
}

// clear reports whether neither lines nor bands, limits or flags are in a box.
func (d *drawing) clear(n *panelPlan, x0, y0, x1, y1 float64) bool {
	if !d.free(n, x0, y0, x1, y1) {
		return false
	}
	for _, t := range n.Thresholds {
		if y := n.Y(t.Value); y > y0-2 && y < y1 {
			return false
		}
	}
	for _, b := range d.limits {
		if x0 < b.x1+4 && x1 > b.x0-4 && y0 < b.y1 && y1 > b.y0 {
			return false
		}
	}
	if now := d.fig.Now; now != 0 && d.X(now) > x0-2 && d.X(now) < x1+2 {
		return false
	}
	for _, o := range n.Drops {
		if x, y := d.X(o.Time), n.Y(o.Value); x > x0-4 && x < x1+4 && y > y0-4 && y < y1+4 {
			return false
		}
	}
	r := metric.Range{From: d.Time(x0), To: d.Time(x1)}
	for i := range n.Bands {
		b := &n.Bands[i]
		from, to := r.Indexes(b.Times)
		for k := from; k < to; k++ {
			if b.finite(k) && n.Y(b.Upper[k]) <= y1 && n.Y(b.Lower[k]) >= y0 {
				return false
			}
		}
	}
	return true
}

func (d *drawing) calloutBox(c *Callout, b point, at, y, w, h float64) {
	if !c.Free { // to the nearest edge of the box
		x, foot := min(max(at, b.x+6), b.x+w-6), b.y+h
		if b.y > y {
			foot = b.y
		}
		d.line(x, foot, at, y, hairline, d.ink.muted)
		d.dot(at, y, 4.5, d.ink.crit)
	}
	d.fillRounded(b.x, b.y, b.x+w, b.y+h, 4, d.ink.raised)
	d.strokeRounded(snap(b.x), snap(b.y), snap(b.x+w)-1, snap(b.y+h)-1, 4, hairline, d.ink.border)
	d.text(b.x+calloutPad, b.y+5+calloutLine/2, 0, legendBold, d.ink.text, c.Head)
	if c.Text != "" {
		d.text(b.x+calloutPad, b.y+5+calloutLine*1.5, 0, axisText, d.ink.muted, c.Text)
	}
}
