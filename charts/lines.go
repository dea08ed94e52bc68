package charts

import (
	"math"

	"gonum.org/v1/plot/vg"

	"aiops/metric"
)

// strokeTrace draws the trace at hand inside the panel.
func (d *drawing) strokeTrace(n *panelPlan, s stroke, k *ink) {
	d.set(s, k)
	if r, ok := d.c.(*raster); ok {
		r.traceLine(d.trace, n.X0, n.Y0, n.X1, n.Y1)
		return
	}
	d.path = d.path[:0]
	var at point // the path's end; NaN: none
	at.x = math.NaN()
	vertices := d.trace.vertices
	for i := range vertices {
		v := &vertices[i]
		if v.start {
			at.x = math.NaN()
			if !v.column && (i+1 == len(vertices) || vertices[i+1].start) {
				if v.y0 >= n.Y0-1 && v.y0 <= n.Y1+1 {
					defer d.dot(v.x, v.y0, max(s.width*0.75, 1.2), k) // after the line, as it needs the path
				}
				continue
			}
		}
		if !v.column {
			at = d.lineTo(n, at, point{v.x, v.y0})
			continue
		}
		a, b := v.top, v.bottom // the nearer one first
		if math.Abs(at.y-b) < math.Abs(at.y-a) {
			a, b = b, a
		}
		at = d.lineTo(n, at, point{v.x, a})
		at = d.lineTo(n, at, point{v.x, b})
	}
	if len(d.path) > 0 {
		d.c.Stroke(d.path)
	}
}

// lineTo adds the part of the line from a to b that lies within the panel's height.
func (d *drawing) lineTo(n *panelPlan, a, b point) point {
	if math.IsNaN(a.x) {
		if b.y >= n.Y0-1 && b.y <= n.Y1+1 {
			d.path = append(d.path, vg.PathComp{Type: vg.MoveComp, Pos: d.pt(b.x, b.y)})
		}
		return b
	}
	p, q, ok := cut(a, b, n.Y0-1, n.Y1+1)
	if !ok {
		return b
	}
	if p != a || len(d.path) == 0 {
		d.path = append(d.path, vg.PathComp{Type: vg.MoveComp, Pos: d.pt(p.x, p.y)})
	}
	d.path = append(d.path, vg.PathComp{Type: vg.LineComp, Pos: d.pt(q.x, q.y)})
	return b
}

// cut is the part of the line from a to b between two heights.
func cut(a, b point, y0, y1 float64) (p, q point, ok bool) {
	if max(a.y, b.y) < y0 || min(a.y, b.y) > y1 {
		return a, b, false
	}
	at := func(y float64) point { return point{a.x + (b.x-a.x)*(y-a.y)/(b.y-a.y), y} }
	inside := func(p point) point {
		switch {
		case p.y < y0:
			return at(y0)
		case p.y > y1:
			return at(y1)
		}
		return p
	}
	return inside(a), inside(b), true
}

// bandInk is a band's colour.
func (d *drawing) bandInk(b *Band) *ink {
	if b.Strong {
		return d.ink.band50[slotColor(b.Slot)]
	}
	return d.ink.band80[slotColor(b.Slot)]
}

// bands fills the bands, wide ones first as they come, so that the strong one
// lies on top.
func (d *drawing) bands(n *panelPlan) {
	for pass := range 2 {
		for i := range n.Bands {
			if b := &n.Bands[i]; b.Strong == (pass == 1) {
				d.band(n, b)
			}
		}
	}
}

// band fills one band, brought down to one pair of points a pixel column.
func (d *drawing) band(n *panelPlan, b *Band) {
	count := min(len(b.Times), len(b.Lower), len(b.Upper))
	i, j := d.Range.Indexes(b.Times[:count])
	i, j = max(i-1, 0), min(j+1, count)
	var edge []vertex
	column := math.Inf(-1)
	for ; i < j; i++ {
		if !b.finite(i) {
			d.fillBand(n, b, edge)
			edge, column = edge[:0], math.Inf(-1)
			continue
		}
		v := vertex{x: d.X(b.Times[i]), top: n.Y(b.Upper[i]), bottom: n.Y(b.Lower[i])}
		if c := math.Floor(v.x * d.density); c == column {
			last := &edge[len(edge)-1]
			last.top, last.bottom = min(last.top, v.top), max(last.bottom, v.bottom)
			continue
		} else {
			column = c
		}
		edge = append(edge, v)
	}
	d.fillBand(n, b, edge)
}

func (d *drawing) fillBand(n *panelPlan, b *Band, edge []vertex) {
	if len(edge) < 2 {
		return
	}
	cutBand(edge, n.X0, n.X1)
	inside := func(y float64) float64 { return min(max(y, n.Y0), n.Y1) }
	d.path = d.path[:0]
	for i, v := range edge {
		comp := vg.PathComp{Type: vg.LineComp, Pos: d.pt(v.x, inside(v.top))}
		if i == 0 {
			comp.Type = vg.MoveComp
		}
		d.path = append(d.path, comp)
	}
	for i := len(edge) - 1; i >= 0; i-- {
		d.path = append(d.path, vg.PathComp{Type: vg.LineComp, Pos: d.pt(edge[i].x, inside(edge[i].bottom))})
	}
	d.path = append(d.path, vg.PathComp{Type: vg.CloseComp})
	d.c.SetColor(d.bandInk(b))
	d.c.Fill(d.path)
}

// cutBand moves what lies beyond the plot's sides onto them.
func cutBand(edge []vertex, x0, x1 float64) {
	for i := range edge {
		v := &edge[i]
		x := min(max(v.x, x0), x1)
		if x == v.x {
			continue
		}
		o := &edge[max(i-1, 0)]
		if v.x < x0 {
			o = &edge[min(i+1, len(edge)-1)]
		}
		if o.x != v.x {
			f := (x - v.x) / (o.x - v.x)
			v.top, v.bottom = v.top+(o.top-v.top)*f, v.bottom+(o.bottom-v.bottom)*f
		}
		v.x = x
	}
}

func (n *panelPlan) shows(v float64) bool { return v >= n.PanelLayout.Lo && v <= n.PanelLayout.Hi }

func (d *drawing) thresholdLine(n *panelPlan, t *Threshold) {
	if n.shows(t.Value) {
		y := snap(n.Y(t.Value))
		d.line(n.X0, y, n.X1, y, limitLine, d.ink.crit)
	}
}

// thresholdLabel writes a limit's label on the side where no data are in its
// way; where there is no such place, on a ground of its own.
func (d *drawing) thresholdLabel(n *panelPlan, t *Threshold) {
	if d.fig.Bare || !n.shows(t.Value) {
		return
	}
	label := t.Label
	if label == "" {
		label = "Threshold " + n.Unit.Limit(t.Value)
	}
	label = flagText.fit(label, n.X1-n.X0-8)
	w := flagText.width(label)
	y := n.Y(t.Value)
	above, below := y-8, y+9
	left, right := n.X0+4, n.X1-4-w
	best := point{left, above}
	if above-7 < n.Y0 {
		best.y = below
	}
	for _, p := range [4]point{{left, above}, {right, above}, {left, below}, {right, below}} {
		if p.y-7 >= n.Y0 && p.y+7 <= n.Y1 && d.free(n, p.x, p.y-7, p.x+w, p.y+7) {
			d.text(p.x, p.y, 0, flagText, d.ink.crit, label)
			d.limits = append(d.limits, box{p.x, p.y - 7, p.x + w, p.y + 7})
			return
		}
	}
	d.fillRounded(best.x-3, best.y-7, best.x+w+3, best.y+7, 2, d.ink.surface)
	d.text(best.x, best.y, 0, flagText, d.ink.crit, label)
	d.limits = append(d.limits, box{best.x, best.y - 7, best.x + w, best.y + 7})
}

// free reports whether no line passes through the box.
func (d *drawing) free(n *panelPlan, x0, y0, x1, y1 float64) bool {
	r := metric.Range{From: d.Time(x0), To: d.Time(x1)}
	for i := range n.Lines {
		l := &n.Lines[i]
		if l.Data == nil {
			continue
		}
		lo, hi, ok := l.Data.ExtremesIn(r.Shift(-l.Shift - l.Data.Step/2))
		if ok && n.Y(hi) <= y1 && n.Y(lo) >= y0 {
			return false
		}
	}
	return true
}
