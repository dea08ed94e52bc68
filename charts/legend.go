package charts

import "fmt"

// legendItem is an entry of a legend or the heading before it; x is its
// distance from the plot's left edge.
type legendItem struct {
	x, y   float64
	text   string
	slot   int
	swatch bool // a square in the series colour
	band   *Band
	line   *Line // a piece of the line as it is drawn
	title  bool
	muted  bool
}

// legend is the row or rows above a plot.
type legend struct {
	items []legendItem
	rows  int
}

const (
	swatchSize  = 10.0
	sampleWidth = 18.0
	legendGap   = 16.0
	titleGap    = 14.0
	mostEntries = 8 // from here on entries wrap to rows of their own
	mostRows    = 3
)

// newLegend places the panel's heading and legend within the width.
func newLegend(p *Panel, width float64) legend {
	var g legend
	x := 0.0
	if p.Title != "" {
		it := legendItem{title: true, slot: -1}
		if slot, same := p.oneSlot(); same {
			it.slot, it.swatch = slot, true
		}
		it.text = headingText.fit(p.Title, width-swatchSize-6)
		x = it.width() + titleGap
		g.items = append(g.items, it)
	}
	entries := p.entries()
	if p.NoLegend {
		entries = nil
	}
	row := 0
	for i, it := range entries {
		it.text = legendText.fit(it.text, min(260, width-swatchSize-6))
		w := it.width()
		if x > 0 && x+w > width {
			if row+1 >= mostRows {
				g.more(len(entries)-i, width, row)
				row = mostRows - 1
				break
			}
			row, x = row+1, 0
		}
		it.x, it.y = x, float64(row)*legendRow
		g.items = append(g.items, it)
		x += w + legendGap
	}
	if len(g.items) > 0 {
		g.rows = row + 1
	}
	return g
}

// more replaces what does not fit by its number.
func (g *legend) more(n int, width float64, row int) {
	for len(g.items) > 0 {
		text := fmt.Sprintf("+%d more", n)
		last := g.items[len(g.items)-1]
		x := last.x + last.width() + legendGap
		if x+legendText.width(text) <= width || last.title || last.y < float64(row)*legendRow {
			g.items = append(g.items, legendItem{x: x, y: float64(row) * legendRow, text: text, muted: true, slot: -1})
			return
		}
		g.items = g.items[:len(g.items)-1]
		n++
	}
}

// entries are the legend's entries: lines with a name of their own, bands with a name.
func (p *Panel) entries() (out []legendItem) {
	_, same := p.oneSlot()
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Name == "" || l.Name == p.Title {
			continue
		}
		it := legendItem{text: l.Name, slot: l.Slot}
		if (p.Title != "" || p.LegendRight) && same || l.Style != Solid || l.Slot >= 8 {
			it.line = l
		} else {
			it.swatch = true
		}
		it.muted = (p.Title != "" || p.LegendRight) && same
		out = append(out, it)
	}
	for i := range p.Bands {
		if b := &p.Bands[i]; b.Name != "" {
			out = append(out, legendItem{text: b.Name, slot: b.Slot, band: b, muted: true})
		}
	}
	return out
}

// oneSlot reports whether all lines have the same colour, and which.
func (p *Panel) oneSlot() (slot int, same bool) {
	for i, l := range p.Lines {
		if i > 0 && l.Slot != slot {
			return 0, false
		}
		slot = l.Slot
	}
	return slot, len(p.Lines) > 0
}

func (it *legendItem) style() style {
	if it.title {
		return headingText
	}
	return legendText
}

// lead is the width of what stands before the text.
func (it *legendItem) lead() float64 {
	switch {
	case it.line != nil:
		return sampleWidth + 5
	case it.swatch || it.band != nil:
		return swatchSize + 6
	}
	return 0
}

func (it *legendItem) width() float64 { return it.lead() + it.style().width(it.text) }

// shift is how far a legend at the right is from the left.
func (n *panelPlan) shift() float64 {
	items := n.legend.items
	if !n.LegendRight || n.legend.rows != 1 || len(items) == 0 {
		return 0
	}
	last := items[len(items)-1]
	return max(0, n.X1-n.X0-last.x-last.width())
}

func (d *drawing) legend(n *panelPlan) {
	shift := n.shift()
	for i := range n.legend.items {
		it := &n.legend.items[i]
		x, y := n.X0+it.x, n.top+it.y+legendRow/2
		if n.Cells != nil {
			x = marginLeft + it.x
		}
		if !it.title {
			x += shift
		}
		switch {
		case it.line != nil:
			k, s := d.lineLook(it.line, 1)
			s.width = max(s.width, 1.5)
			d.line(x, y, x+sampleWidth, y, s, k)
		case it.band != nil:
			d.fillRounded(x, y-swatchSize/2, x+swatchSize, y+swatchSize/2, 2, d.bandInk(it.band))
		case it.swatch:
			d.fillRounded(x, y-swatchSize/2, x+swatchSize, y+swatchSize/2, 2, d.ink.lines[slotColor(it.slot)])
		}
		k := d.ink.text
		if it.muted {
			k = d.ink.muted
		}
		d.text(x+it.lead(), y, 0, it.style(), k, it.text)
	}
}
