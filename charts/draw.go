package charts

import (
	"fmt"
	"math"
	"time"

	"gonum.org/v1/plot/vg"
)

// drawing is a figure on its way to a canvas.
type drawing struct {
	*plan
	pen
	ink     *inks
	density float64 // pixel columns per device-independent pixel
	trace   *trace
	ahead   []trace // of a crowded panel's lines
	notes   []gapNote
	limits  []box // labels of limits that were written
}

// box is a rectangle in device-independent pixels.
type box struct{ x0, y0, x1, y1 float64 }

// snap moves a coordinate to the middle of a pixel, where thin lines are crisp.
func snap(v float64) float64 { return math.Floor(v) + 0.5 }

func (d *drawing) draw() {
	if !d.fig.Bare {
		d.rect(0, 0, d.Size.W, d.Size.H, d.ink.surface)
	}
	d.spans()
	for i := range d.panels {
		d.bands(&d.panels[i])
	}
	if !d.fig.Bare {
		d.axes()
	} else {
		d.bareLimits()
	}
	for i := range d.panels {
		d.lines(&d.panels[i])
	}
	d.flagLines()
	for i := range d.panels {
		n := &d.panels[i]
		d.drops(n)
		d.marks(n)
		for j := range n.Thresholds {
			d.thresholdLabel(n, &n.Thresholds[j])
		}
	}
	if d.fig.Bare {
		return
	}
	d.spanLabels()
	for i := range d.panels {
		d.callouts(&d.panels[i])
	}
	d.flagBoxes()
	for i := range d.panels {
		d.legend(&d.panels[i])
	}
	d.timeLabels()
}

func (d *drawing) spans() {
	for _, s := range d.fig.Spans {
		r := s.Range.Intersect(d.Range)
		if r.Empty() {
			continue
		}
		k := d.ink.raised
		switch s.Kind {
		case SpanIncident:
			k = d.ink.critSoft
		case SpanSelected:
			k = d.ink.sel
		}
		x0, x1 := d.X(r.From), d.X(r.To)
		if x1-x0 < 1 {
			x1 = x0 + 1
		}
		for i := range d.panels {
			d.rect(x0, d.panels[i].Y0, x1, d.panels[i].Y1, k)
		}
	}
}

// spanLabels writes the spans' labels where they have room: a selection's at
// the foot of the first panel, others below its upper edge.
func (d *drawing) spanLabels() {
	n := &d.panels[0]
	for _, s := range d.fig.Spans {
		r := s.Range.Intersect(d.Range)
		if r.Empty() || s.Label == "" {
			continue
		}
		x0, x1 := d.X(r.From), d.X(r.To)
		st, k, y := flagText, d.ink.muted, n.Y0+10
		if s.Kind == SpanSelected {
			st, k, y = axisBold, d.ink.accent, n.Y1-12
		}
		if st.width(s.Label)+8 <= x1-x0 {
			d.text((x0+x1)/2, y, 0.5, st, k, s.Label)
		}
	}
}

// axes draws the grid, the value labels and the thresholds.
func (d *drawing) axes() {
	framed := len(d.panels) > 1
	for i := range d.panels {
		n := &d.panels[i]
		for _, t := range d.ticks {
			k := d.ink.grid
			if t.strong {
				k = d.ink.border
			}
			x := snap(d.X(t.at))
			d.line(x, n.Y0, x, n.Y1, hairline, k)
		}
		for j, v := range n.axis.ticks {
			y := n.Y(v)
			d.line(n.X0, snap(y), n.X1, snap(y), hairline, d.ink.grid)
			d.text(n.X0-axisGap, y+0.5, 1, axisText, d.ink.muted, n.axis.labels[j])
		}
		if framed {
			d.frame(n)
		}
		for j := range n.Thresholds {
			d.thresholdLine(n, &n.Thresholds[j])
		}
	}
	foot := d.panels[len(d.panels)-1].Y1
	for _, t := range d.ticks {
		d.line(snap(d.X(t.at)), foot+1, snap(d.X(t.at)), foot+5, hairline, d.ink.faint)
	}
}

// bareLimits draws the limits of a figure without axes.
func (d *drawing) bareLimits() {
	for i := range d.panels {
		n := &d.panels[i]
		for _, t := range n.Thresholds {
			if y := snap(n.Y(t.Value)); n.shows(t.Value) {
				d.line(n.X0, y, n.X1, y, dotted, d.ink.crit)
			}
		}
	}
}

// frame outlines a stacked panel.
func (d *drawing) frame(n *panelPlan) {
	x0, y0, x1, y1 := snap(n.X0), snap(n.Y0), snap(n.X1), snap(n.Y1)
	for _, l := range [4][4]float64{{x0, y0, x1, y0}, {x0, y1, x1, y1}, {x0, y0, x0, y1 + 1}, {x1, y0, x1, y1 + 1}} {
		d.line(l[0], l[1], l[2], l[3], hairline, d.ink.border)
	}
}

// lineLook is the colour and stroke of a line among so many others.
func (d *drawing) lineLook(l *Line, others int) (*ink, stroke) {
	k, s := d.ink.lines[slotColor(l.Slot)], stroke{width: 1.5}
	if others > 3 || d.fig.Bare {
		s.width = 1.3
	}
	switch {
	case l.Slot >= 16:
		s.dash = dashDotted
	case l.Slot >= 8:
		s.dash = dashLong
	}
	switch l.Style {
	case Compared:
		return d.ink.compared[slotColor(l.Slot)], stroke{width: 1.2, dash: dashCompared}
	case Predicted:
		s.dash = dashPredicted
	case Expected:
		return d.ink.muted, stroke{width: 1.2, dash: dashCompared}
	case Alarming:
		return d.ink.crit, stroke{width: 2}
	}
	return k, s
}

var (
	dashLong      = []vg.Length{6, 3}
	dashDotted    = []vg.Length{2, 2}
	dashCompared  = []vg.Length{4, 3}
	dashPredicted = []vg.Length{5, 3}
)

func (d *drawing) marks(n *panelPlan) {
	for _, m := range n.Marks {
		if m.Time < d.Range.From || m.Time > d.Range.To || !(m.Value >= n.PanelLayout.Lo && m.Value <= n.PanelLayout.Hi) {
			continue
		}
		x, y := d.X(m.Time), n.Y(m.Value)
		k := d.ink.lines[slotColor(m.Slot)]
		if m.Ring {
			k = d.ink.crit
			d.ring(x, y, 4.5, 1.5, k)
		} else {
			d.dot(x, y, 4.5, d.ink.surface)
			d.dot(x, y, 3.5, k)
		}
		if m.Label == "" || d.fig.Bare {
			continue
		}
		w := flagText.width(m.Label)
		if x+8+w <= n.X1 {
			d.text(x+8, y, 0, flagText, d.ink.text, m.Label)
		} else {
			d.text(x-8, y, 1, flagText, d.ink.text, m.Label)
		}
	}
}

// timeLabels writes both rows of the time axis. What would be cut by an edge or
// run into its neighbour is left out.
func (d *drawing) timeLabels() {
	foot := d.panels[len(d.panels)-1].Y1
	for _, l := range d.timeTexts() {
		y := foot + tickRow
		if l.second {
			y = foot + dateRow
		}
		s, k := axisText, d.ink.muted
		if l.strong {
			s, k = axisBold, d.ink.text
		}
		d.text(l.x, y, l.anchor, s, k, l.text)
	}
}

// timeText is a label of the time axis.
type timeText struct {
	x, anchor      float64
	text           string
	second, strong bool
}

func (l timeText) extent() (x0, x1 float64) {
	s := axisText
	if l.strong {
		s = axisBold
	}
	w := s.width(l.text)
	return l.x - l.anchor*w, l.x - l.anchor*w + w
}

// timeTexts places the labels of both rows.
func (p *plan) timeTexts() (out []timeText) {
	ends := [2]float64{math.Inf(-1), math.Inf(-1)}
	add := func(l timeText, row int) bool {
		x0, x1 := l.extent()
		if x0 < 2 || x1 > p.Size.W-2 || x0 < ends[row] {
			return false
		}
		ends[row] = x1 + 6
		out = append(out, l)
		return true
	}
	left := timeText{x: p.Panels[0].X0, text: p.leftLabel(), second: true}
	_, leftEnd := left.extent()
	for _, t := range p.ticks { // a date under a tick wins over the one at the edge
		if t.second == "" {
			continue
		}
		if x0, _ := (timeText{x: p.X(t.at), anchor: 0.5, text: t.second}).extent(); x0 < leftEnd+8 {
			left.text = ""
		}
		break
	}
	if left.text != "" {
		add(left, 1)
	}
	for _, t := range p.ticks {
		l := timeText{x: p.X(t.at), anchor: 0.5, text: t.label, strong: t.strong}
		if p.fig.Ticks != nil { // they may stand a little beside their place
			x0, x1 := l.extent()
			l.x += max(0, min(12, 2-x0)) - max(0, min(12, x1-p.Size.W+2))
		}
		add(l, 0)
		if t.second != "" {
			add(timeText{x: p.X(t.at), anchor: 0.5, text: t.second, second: true}, 1)
		}
	}
	return out
}

// leftLabel is what stands at the left edge of the second row.
func (p *plan) leftLabel() string {
	switch {
	case p.fig.Range.Empty() || p.fig.Ticks != nil:
		return ""
	case p.step.months >= 12:
		return ""
	case p.step.days > 0 || p.step.months > 0:
		return time.UnixMicro(p.Range.From).In(p.zone).Format("2006")
	}
	return p.date(p.Range.From)
}

// date tells a day; the year only if it is not the figure's own.
func (p *plan) date(at int64) string {
	t := time.UnixMicro(at).In(p.zone)
	if t.Year() == p.fig.ThisYear {
		return t.Format("Mon 2 Jan")
	}
	return t.Format("Mon 2 Jan 2006")
}

func formatGap(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		if m := int(d.Minutes()) % 60; m > 0 {
			return fmt.Sprintf("%d h %d min", int(d.Hours()), m)
		}
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	days := int(d.Hours()) / 24
	if h := int(d.Hours()) % 24; h > 0 && days < 14 {
		return fmt.Sprintf("%d days %d h", days, h)
	}
	return fmt.Sprintf("%d days", days)
}
