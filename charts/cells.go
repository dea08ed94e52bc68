package charts

import (
	"image/color"
	"math"
	"sort"
)

// Cells are coloured cells in rows; the rows' names stand in the place of a
// value axis. The first row is the upper one.
type Cells struct {
	Rows     []Row
	Colors   Ramp
	Pitch    float64 // height of a row; 0: the rows share the panel's height
	NoteHead string  // above the notes
	Key      bool    // what the colours mean stands in the heading's row, at the right
}

// Row is one row of cells.
type Row struct {
	Name     string
	Note     string // at the right of the row
	Strong   bool   // the note is important
	Selected bool
	Cells    []Cell // by time
}

// Cell is a coloured rectangle. NaN is no data: an outline with a diagonal.
type Cell struct {
	From, To int64
	Value    float64
	Text     string // inside, where it has room
}

// Ramp decides the colour of a cell's value.
type Ramp int

// The ramps.
const (
	ScoreRamp  Ramp = iota // classes of an anomaly score
	HeatRamp               // 0..1, one hue
	SignedRamp             // -1..1, two hues
)

// Bar is an upright bar from 0 to a value.
type Bar struct {
	From, To int64
	Value    float64
	Slot     int
	Alarm    bool // in the critical colour
}

// scoreFrom is where each class of scores begins.
var scoreFrom = [6]float64{0, 0.25, 0.5, 0.65, 0.8, 0.92}

// ScoreClass is the class of an anomaly score, 0 to 5.
func ScoreClass(v float64) int {
	return max(0, sort.Search(len(scoreFrom), func(i int) bool { return scoreFrom[i] > v })-1)
}

// cellInk is the colour of a value.
func (d *drawing) cellInk(r Ramp, v float64) *ink {
	step := func(v float64) int { return min(max(int(v*6), 0), 5) }
	switch {
	case r == ScoreRamp:
		return d.ink.score[ScoreClass(v)]
	case r == SignedRamp && v < 0:
		return d.ink.minus[step(-v)]
	}
	return d.ink.plus[step(v)]
}

// wordsOn is the colour of words that are read best on another one.
func (d *drawing) wordsOn(k *ink) *ink {
	if contrast(k.NRGBA, d.ink.text.NRGBA) >= contrast(k.NRGBA, d.ink.surface.NRGBA) {
		return d.ink.text
	}
	return d.ink.surface
}

// contrast of two colours as WCAG has it.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// cellAxis is an axis of names.
func cellAxis(c *Cells) valueAxis {
	n := len(c.Rows)
	a := valueAxis{lo: 0, hi: float64(max(n, 1))}
	for i, r := range c.Rows {
		a.ticks = append(a.ticks, float64(n-i)-0.5)
		a.labels = append(a.labels, axisText.fit(r.Name, longestName))
	}
	return a
}

const (
	longestName = 130.0 // width of a row's name
	noteWidth   = 44.0
	noteRow     = 16.0
)

// noted reports whether a row has a note.
func (c *Cells) noted() bool {
	for _, r := range c.Rows {
		if r.Note != "" {
			return true
		}
	}
	return false
}

// cells draws the panel's rows.
func (d *drawing) cells(n *panelPlan) {
	c := n.Cells
	if c == nil {
		return
	}
	pitch := (n.Y1 - n.Y0) / float64(max(1, len(c.Rows)))
	room := min(2, pitch/8)
	if c.Pitch == 0 { // a grid
		room = 0.5
	}
	for i := range c.Rows {
		r := &c.Rows[i]
		y0, y1 := math.Round(n.Y0+float64(i)*pitch+room), math.Round(n.Y0+float64(i+1)*pitch-room)
		if r.Selected {
			d.fillRounded(4, y0-2, d.Size.W-4, y1+2, 3, d.ink.sel)
		}
		d.cellRow(n, r, y0, y1)
		d.rowWords(n, r, (y0+y1)/2)
	}
	if c.NoteHead != "" {
		d.text(d.Size.W-marginRight, n.Y0-noteRow/2, 1, axisText, d.ink.muted, c.NoteHead)
	}
}

// rowWords writes a row's name and note.
func (d *drawing) rowWords(n *panelPlan, r *Row, y float64) {
	name, note, k := axisText, axisText, d.ink.muted
	if r.Selected {
		name = axisBold
	}
	if r.Strong {
		note, k = axisBold, d.ink.text
	}
	d.text(n.X0-axisGap, y, 1, name, d.ink.text, name.fit(r.Name, longestName))
	d.text(d.Size.W-marginRight, y, 1, note, k, r.Note)
}

// cellRow draws the cells of a row that are in sight.
func (d *drawing) cellRow(n *panelPlan, r *Row, y0, y1 float64) {
	first := sort.Search(len(r.Cells), func(i int) bool { return r.Cells[i].To > d.Range.From })
	for i := first; i < len(r.Cells) && r.Cells[i].From < d.Range.To; i++ {
		c := &r.Cells[i]
		x0, x1 := max(d.X(c.From), n.X0), min(d.X(c.To), n.X1)
		x0, x1 = math.Round(x0), math.Round(x1)
		if x1-x0 >= 4 {
			x1--
		}
		x1 = max(x1, x0+1)
		if math.IsNaN(c.Value) {
			d.noData(x0, y0, x1, y1)
			continue
		}
		k := d.cellInk(n.Cells.Colors, c.Value)
		d.rect(x0, y0, x1, y1, k)
		if c.Text != "" && axisText.width(c.Text)+4 <= x1-x0 && y1-y0 >= 12 {
			d.text((x0+x1)/2, (y0+y1)/2, 0.5, axisText, d.wordsOn(k), c.Text)
		}
	}
}

// noData is a faint outline with one diagonal.
func (d *drawing) noData(x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = snap(x0), snap(y0), snap(x1-1), snap(y1-1)
	for _, l := range [5][4]float64{{x0, y0, x1, y0}, {x0, y1, x1, y1}, {x0, y0, x0, y1}, {x1, y0, x1, y1}, {x0, y1, x1, y0}} {
		d.line(l[0], l[1], l[2], l[3], hairline, d.ink.faint)
	}
}

// cellKey tells what the classes of scores are, at the right of the heading's row.
func (d *drawing) cellKey(n *panelPlan) {
	if n.Cells == nil || !n.Cells.Key {
		return
	}
	words := [7]string{"below 0.25", "0.25", "0.50 anomaly", "0.65", "0.80", "0.92", "no data"}
	width := legendText.width("Score") + 10
	for _, w := range words {
		width += 14 + 5 + legendText.width(w) + 10
	}
	x, y := d.Size.W-marginRight-width+10, n.top+legendRow/2
	if n.legend.rows > 0 && x < n.X0 {
		return // it would run into the heading
	}
	d.text(x, y, 0, legendText, d.ink.muted, "Score")
	x += legendText.width("Score") + 10
	for i, w := range words {
		if i < len(d.ink.score) {
			d.rect(x, y-6, x+14, y+6, d.ink.score[i])
		} else {
			d.noData(x, y-6, x+14, y+6)
		}
		d.text(x+19, y, 0, legendText, d.ink.muted, w)
		x += 19 + legendText.width(w) + 10
	}
}

// bars draws the panel's bars.
func (d *drawing) bars(n *panelPlan) {
	for _, b := range n.Bars {
		x0, x1 := max(d.X(b.From), n.X0), min(d.X(b.To), n.X1)
		if x1 <= x0 || math.IsNaN(b.Value) {
			continue
		}
		if x1-x0 >= 4 {
			x1--
		}
		k := d.ink.lines[slotColor(b.Slot)]
		if b.Alarm {
			k = d.ink.crit
		}
		inside := func(v float64) float64 { return min(max(n.Y(v), n.Y0), n.Y1) }
		y0, y1 := inside(b.Value), inside(0)
		d.rect(x0, min(y0, y1), max(x1, x0+1), max(y0, y1), k)
	}
}
