package charts

import "slices"

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

// lines draws the panel's lines and then the gaps' notes. Many lines go into a
// layer, the one in front first.
func (d *drawing) lines(n *panelPlan) {
	d.notes = d.notes[:0]
	order := n.order()
	if r, ok := d.c.(*raster); ok && len(order) > manyLines {
		r.beginLayer(n.X0, n.Y0, n.X1, n.Y1)
		for _, l := range slices.Backward(order) {
			d.lineOf(n, l)
			d.noteGaps(l, true)
		}
		r.endLayer()
	} else {
		for _, l := range order {
			d.lineOf(n, l)
			d.noteGaps(l, false)
		}
	}
	d.gapNotes(n)
}

func (d *drawing) lineOf(n *panelPlan, l *Line) {
	d.trace.build(*l, d.Layout, n.PanelLayout, d.density, len(n.Lines))
	k, s := d.lineLook(l, len(n.Lines))
	d.strokeTrace(n, s, k)
}
