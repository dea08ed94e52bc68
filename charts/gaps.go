package charts

import (
	"slices"
	"time"

	"aiops/metric"
)

// gapNote is the bar at the foot of a panel where a series has no data.
type gapNote struct {
	metric.Range
	name string
	slot int
}

// mostNotes bounds the bars of a panel; more of them say nothing.
const mostNotes = 60

// noteGaps takes the gaps of the trace at hand down, before or after those of other lines.
func (d *drawing) noteGaps(l *Line, before bool) {
	if l.GapNote == "" || d.fig.Bare {
		return
	}
	at := len(d.notes)
	if before {
		at = 0
	}
	for _, g := range d.trace.gaps {
		if at < mostNotes {
			d.notes = slices.Insert(d.notes, at, gapNote{g, l.GapNote, l.Slot})
			at++
		}
	}
	d.notes = d.notes[:min(len(d.notes), mostNotes)]
}

const (
	gapBarHeight = 4.0
	gapRow       = 14.0
	mostGapRows  = 3
)

// gapNotes draws the bars, each with its label where there is room for one:
// rows grow upwards, and what finds no place there is left out.
func (d *drawing) gapNotes(n *panelPlan) {
	var ends [mostGapRows]float64
	for i := range ends {
		ends[i] = n.X0
	}
	rows := min(mostGapRows, max(1, int((n.Y1-n.Y0)/60)))
	for _, g := range d.notes {
		x0, x1 := max(d.X(g.From), n.X0), min(d.X(g.To), n.X1)
		if x1 <= x0 {
			continue
		}
		text := g.name + ": no data for " + formatGap(time.Duration(g.To-g.From)*time.Microsecond)
		w := axisText.width(text)
		row, at := d.gapPlace(n, ends[:rows], x0, x1, w)
		if row < 0 {
			continue // the line itself shows it
		}
		y := n.Y1 - 7 - float64(row)*gapRow
		d.fillRounded(x0, y-gapBarHeight/2, max(x1, x0+3), y+gapBarHeight/2, min(2, (x1-x0)/2), d.ink.lines[slotColor(g.slot)])
		ends[row] = max(ends[row], x1+6)
		if at >= 0 {
			d.fillRounded(at-3, y-7, at+w+3, y+7, 2, d.ink.surface) // so that lines do not run through it
			d.text(at, y, 0, axisText, d.ink.muted, text)
			ends[row] = max(ends[row], at+w+8)
		}
	}
}

// gapPlace finds a row for a bar and a place for its label, -1 for none: right
// of the bar, or left of it at the plot's edge.
func (d *drawing) gapPlace(n *panelPlan, ends []float64, x0, x1, w float64) (row int, label float64) {
	for row, end := range ends {
		switch {
		case x0 < end:
		case x1+6+w <= n.X1:
			return row, x1 + 6
		case x0-6-w >= end:
			return row, x0 - 6 - w
		}
	}
	for row, end := range ends {
		if x0 >= end {
			return row, -1
		}
	}
	return -1, -1
}
