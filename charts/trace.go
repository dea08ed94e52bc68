package charts

import (
	"aiops/metric"
)

// vertex is a point of a drawn line, or a pixel column that stands for many
// points: it enters at y0, leaves at y1 and reaches from top to bottom between.
type vertex struct {
	x, y0, y1   float64
	top, bottom float64
	column      bool
	start       bool // a new stretch begins: no line from the vertex before
}

// trace is a series brought down to what the pixels can show. Every extreme
// stays visible; the cost is that of the pixels, not of the points.
type trace struct {
	vertices []vertex
	gaps     []metric.Range // breaks that are wide enough to be seen
}

// exactUpTo is how many points of a pixel column are drawn one by one; where
// there are many lines, none from the density on where nobody sees a difference.
const (
	exactUpTo = 2
	manyLines = 8
	denseFrom = 0.6 // points a column
)

// tracer turns points into vertices for one panel.
type tracer struct {
	*trace
	data   *metric.Pyramid
	layout Layout
	panel  PanelLayout
	shift  int64 // added to the data's times
	prev   int   // index of the last point that was added; -1: none
	exact  int   // see exactUpTo
}

// build makes the trace of one of so many lines. density is pixel columns per
// device-independent pixel. Buffers of an earlier trace are used again.
func (t *trace) build(l Line, layout Layout, panel PanelLayout, density float64, lines int) {
	t.vertices, t.gaps = t.vertices[:0], t.gaps[:0]
	if l.Data == nil || l.Data.Len() == 0 {
		return
	}
	b := tracer{trace: t, data: l.Data, layout: layout, panel: panel, shift: l.Shift + l.Data.Step/2, prev: -1, exact: exactUpTo}
	r := layout.Range.Shift(-b.shift)
	i, j := r.Indexes(b.data.Times)
	if i > 0 {
		b.point(i - 1)
	}
	columns := int((panel.X1-panel.X0)*density + 0.5)
	if columns < 1 {
		t.vertices = t.vertices[:0]
		return
	}
	if lines > manyLines && float64(j-i) > denseFrom*float64(columns) {
		b.exact = 0
	}
	if j-i <= b.exact*columns {
		for ; i < j; i++ {
			b.point(i)
		}
	} else {
		b.columns(i, j, r, columns, density)
	}
	if j < b.data.Len() {
		b.point(j)
	}
	t.cutEnds(panel.X0, panel.X1)
}

// columns adds the points i..j-1 of the range by pixel columns.
func (b *tracer) columns(i, j int, r metric.Range, columns int, density float64) {
	width := float64(r.Len()) / float64(columns)
	guess := (j - i) / columns
	for c := 0; c < columns && i < j; c++ {
		until := r.From + int64(float64(c+1)*width)
		k := j
		if c < columns-1 {
			k = min(b.data.Seek(i, i+guess, until), j)
		}
		if k > i {
			guess = k - i
		}
		if k-i > b.exact {
			b.column(i, k, b.panel.X0+(float64(c)+0.5)/density)
			i = k
		}
		for ; i < k; i++ {
			b.point(i)
		}
	}
}

func (b *tracer) column(i, j int, x float64) {
	lo, hi := b.data.Extremes(i, j)
	y0, y1 := b.y(b.data.Mean[i]), b.y(b.data.Mean[j-1])
	b.add(i, vertex{x: x, y0: y0, y1: y1, top: b.y(hi), bottom: b.y(lo), column: true})
	b.prev = j - 1
}

func (b *tracer) point(i int) {
	y := b.y(b.data.Mean[i])
	v := vertex{x: b.layout.X(b.data.Times[i] + b.shift), y0: y, y1: y, top: y, bottom: y}
	if b.data.Step > 0 && b.data.Min[i] != b.data.Max[i] {
		v.top, v.bottom, v.column = b.y(b.data.Max[i]), b.y(b.data.Min[i]), true
	}
	b.add(i, v)
	b.prev = i
}

// add appends a vertex that begins with point i, after a break if there is a gap before it.
func (b *tracer) add(i int, v vertex) {
	v.start = b.prev < 0
	if gap := b.data.Gap; b.prev >= 0 && gap > 0 {
		if from, to := b.data.Times[b.prev], b.data.Times[i]; to-from > gap {
			v.start = true
			b.gap(metric.Range{From: from + b.data.Step + b.shift - b.data.Step/2, To: to + b.shift - b.data.Step/2})
		}
	}
	b.vertices = append(b.vertices, v)
}

func (b *tracer) gap(g metric.Range) {
	if b.layout.X(g.To)-b.layout.X(g.From) >= 3 {
		b.gaps = append(b.gaps, g)
	}
}

// far keeps coordinates where canvases can still compute with them.
const far = 30_000

func (b *tracer) y(v float64) float64 {
	y := b.panel.Y(v)
	if !(y > -far) { // also what is not a number
		return -far
	}
	return min(y, far)
}

// cutEnds moves the first and last vertex onto the plot's edges where they lie
// outside, along the line to their neighbour.
func (t *trace) cutEnds(x0, x1 float64) {
	n := len(t.vertices)
	if n == 0 {
		return
	}
	if n > 1 && !t.vertices[1].start {
		a, b := t.vertices[0], t.vertices[1]
		if a.x < x0 {
			t.vertices[0] = between(a, b, x0, a.y1, b.y0)
			t.vertices[0].start = true
		}
	} else if t.vertices[0].x < x0 {
		t.vertices = t.vertices[1:]
		n--
		if n > 0 {
			t.vertices[0].start = true
		}
	}
	if n == 0 {
		return
	}
	last := t.vertices[n-1]
	if last.x <= x1 {
		return
	}
	if n == 1 || last.start {
		t.vertices = t.vertices[:n-1]
		return
	}
	a := t.vertices[n-2]
	t.vertices[n-1] = between(a, last, x1, a.y1, last.y0)
}

// between is the vertex at x on the line from (a.x, ya) to (b.x, yb).
func between(a, b vertex, x, ya, yb float64) vertex {
	y := ya + (yb-ya)*(x-a.x)/(b.x-a.x)
	return vertex{x: x, y0: y, y1: y, top: y, bottom: y}
}
