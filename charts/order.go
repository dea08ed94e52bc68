package charts

// order is the panel's lines from the back to the front: the compared and
// expected ones, then the others, each in the panel's order.
func (n *panelPlan) order() []*Line {
	order := make([]*Line, 0, len(n.Lines))
	for pass := range 2 {
		for i := range n.Lines {
			l := &n.Lines[i]
			if below := l.Style == Compared || l.Style == Expected; below == (pass == 0) {
				order = append(order, l)
			}
		}
	}
	return order
}

// lines draws the panel's lines and then the gaps' notes.
func (d *drawing) lines(n *panelPlan) {
	d.notes = d.notes[:0]
	order := n.order()
	if r, ok := d.c.(*raster); ok && len(order) > manyLines {
		d.crowded(n, r, order)
	} else {
		for _, l := range order {
			d.build(d.trace, n, l)
			d.stroke(n, l)
			d.noteGaps(l, false)
		}
	}
	d.gapNotes(n)
}
