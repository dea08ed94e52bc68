package charts

import (
	"fmt"
	"slices"
)

// flagBox is a flag's label above the plot.
type flagBox struct {
	at     float64 // x of its line
	x0, x1 float64
	row    int
	text   string
	now    bool
}

const (
	flagPad    = 6.0
	widestFlag = 180.0
)

func (p *plan) visibleFlags() []Flag {
	out := make([]Flag, 0, len(p.fig.Flags))
	for _, f := range p.fig.Flags {
		if f.Time >= p.Range.From && f.Time <= p.Range.To {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b Flag) int {
		switch {
		case a.Time < b.Time:
			return -1
		case a.Time > b.Time:
			return 1
		}
		return 0
	})
	return out
}

// guessFlagRows is how many rows of flags to leave room for, before the plot's
// edges are known: they are taken to be as wide as usual.
func (p *plan) guessFlagRows() int {
	if len(p.fig.Flags) == 0 {
		return 0
	}
	q := *p
	q.flagRows = 2
	q.Panels = []PanelLayout{{X0: 56, X1: p.Size.W - marginRight}}
	q.placeFlags()
	rows := 1
	for _, b := range q.flags {
		rows = max(rows, b.row+1)
	}
	return rows
}

// placeFlags puts the flags' labels into the rows that there are: to the right
// of their line, to the left where the next flag would be covered, one row up
// where both collide. What has no place is counted ("+3").
func (p *plan) placeFlags() {
	p.flags = nil
	if p.flagRows == 0 {
		return
	}
	left, right := p.Panels[0].X0, p.Panels[0].X1
	ends := make([]float64, p.flagRows) // how far each row is taken
	for i := range ends {
		ends[i] = left - flagPad
	}
	if n := p.fig.Now; n != 0 && n >= p.Range.From && n <= p.Range.To {
		p.placeNow(n, left, right)
	}
	flags := p.visibleFlags()
	hidden := 0
	for i, f := range flags {
		x := p.X(f.Time)
		text := flagText.fit(f.Text, widestFlag-2*flagPad)
		next := right + flagPad
		if i+1 < len(flags) {
			next = p.X(flags[i+1].Time)
		}
		w := flagText.width(text) + 2*flagPad
		if !p.placeFlag(flagBox{at: x, text: text}, w, next, right, ends) {
			hidden++
		}
	}
	if hidden > 0 {
		p.countHidden(hidden, right, ends)
	}
}

// placeFlag tries the places of a label in turn.
func (p *plan) placeFlag(b flagBox, w, next, right float64, ends []float64) bool {
	try := func(row int, x0 float64, covers bool) bool {
		x1 := x0 + w
		if x0 < ends[row] || x0 < 2 || x1 > right+marginRight-2 || covers && x1 > next || p.onNow(row, x0, x1) {
			return false
		}
		b.x0, b.x1, b.row = x0, x1, row
		ends[row] = x1 + 4
		p.flags = append(p.flags, b)
		return true
	}
	for row := range ends {
		if try(row, b.at, true) || try(row, b.at-w, false) {
			return true
		}
	}
	return try(len(ends)-1, b.at, false)
}

// onNow reports whether a label would lie on the tag of the present.
func (p *plan) onNow(row int, x0, x1 float64) bool {
	for _, b := range p.flags {
		if b.now && row == b.row && x0 < b.x1+4 && x1 > b.x0-4 {
			return true
		}
	}
	return false
}

func (p *plan) placeNow(now int64, left, right float64) {
	b := flagBox{at: p.X(now), now: true, text: p.fig.NowText}
	if b.text == "" {
		b.text = "Now, " + p.date(now)
	}
	w := flagBold.width(b.text) + 2*flagPad
	b.x0 = min(max(b.at-w/2, left), right-w)
	b.x1 = b.x0 + w
	p.flags = append(p.flags, b)
}

// countHidden adds a label with the number of flags that had no place, giving
// up the last ones until there is room.
func (p *plan) countHidden(n int, right float64, ends []float64) {
	row := len(ends) - 1
	for {
		text := fmt.Sprintf("+%d", n)
		w := flagText.width(text) + 2*flagPad
		if ends[row]+w <= right+marginRight-2 && !p.onNow(row, ends[row], ends[row]+w) {
			p.flags = append(p.flags, flagBox{at: -1, x0: ends[row], x1: ends[row] + w, row: row, text: text})
			return
		}
		last := -1
		for i, b := range p.flags {
			if b.row == row && !b.now {
				last = i
			}
		}
		if last < 0 {
			return
		}
		ends[row] = p.flags[last].x0
		p.flags = slices.Delete(p.flags, last, last+1)
		n++
	}
}

// flags draws the dotted lines through all panels and the labels above them.
func (d *drawing) flagLines() {
	for _, f := range d.visibleFlags() {
		x, k := snap(d.X(f.Time)), d.ink.faint
		if f.Change {
			k = d.ink.warn
		}
		for i := range d.panels {
			d.line(x, d.panels[i].Y0, x, d.panels[i].Y1, dotted, k)
		}
	}
	if n := d.fig.Now; n != 0 && n >= d.Range.From && n <= d.Range.To {
		x := snap(d.X(n))
		for i := range d.panels {
			d.line(x, d.panels[i].Y0, x, d.panels[i].Y1, hairline, d.ink.text)
		}
	}
}

func (d *drawing) flagBoxes() {
	foot := d.flagTop + float64(d.flagRows)*flagRow
	for _, b := range d.flags {
		y0 := foot - float64(b.row+1)*flagRow + 0.5
		y1 := y0 + flagHeight
		x0, x1 := snap(b.x0), snap(b.x1)
		s, k := flagText, d.ink.text
		if b.now {
			d.line(snap(b.at), y1, snap(b.at), foot, hairline, d.ink.text)
			d.fillRounded(x0, y0, x1, y1, 2, d.ink.text)
			s, k = flagBold, d.ink.surface
		} else {
			if b.at >= 0 {
				d.line(snap(b.at), y1, snap(b.at), foot, dotted, d.ink.faint)
			}
			d.fillRounded(x0, y0, x1, y1, 2, d.ink.raised)
			d.strokeRounded(x0, y0, x1, y1, 2, hairline, d.ink.faint)
		}
		d.text(x0+flagPad-0.5, (y0+y1)/2, 0, s, k, b.text)
	}
}
