package charts

import (
	"image"
	"math"
)

// traceLine draws a trace inside the clip box, given in canvas units from the
// upper left corner. Columns that stand for many points are filled directly.
func (r *raster) traceLine(t *trace, x0, y0, x1, y1 float64) {
	zoom := r.state.zoom()
	half := r.state.width * zoom / 2
	ox, oy := float64(r.img.Rect.Min.X), float64(r.img.Rect.Min.Y)
	box := r.plot(x0, y0, x1, y1, half)
	if box.Empty() || len(t.vertices) == 0 {
		return
	}
	if r.layers {
		box = r.layer.box
	}
	r.mask.reset(box)
	r.clearSpans(box.Dx())
	d := r.dasher()
	lastColumn, columns := -1, false
	for i := range t.vertices {
		v := &t.vertices[i]
		x := v.x*zoom + ox
		c := int(math.Floor(x)) - box.Min.X
		if v.start {
			d.begin()
		}
		if v.column && d.on {
			r.cover(c, v.top*zoom+oy, v.bottom*zoom+oy)
			columns = true
		}
		switch {
		case v.start:
			if i+1 == len(t.vertices) || t.vertices[i+1].start { // alone between gaps
				m := max(half*1.5, half+0.5)
				r.mask.capsule(x, v.y0*zoom+oy, x, v.y0*zoom+oy, m)
			}
		case v.column && lastColumn >= 0 && c-lastColumn == 1:
			if d.on {
				from, to := t.vertices[i-1].y1*zoom+oy, v.y0*zoom+oy
				mid := (from + to) / 2
				r.cover(lastColumn, min(from, mid), max(from, mid))
				r.cover(c, min(to, mid), max(to, mid))
			}
			d.advance(min(1, d.left))
		default:
			u := &t.vertices[i-1]
			d.segment(&r.mask, point{u.x*zoom + ox, u.y1*zoom + oy}, point{x, v.y0*zoom + oy}, half)
		}
		lastColumn = -1
		if v.column {
			lastColumn = c
		}
	}
	if columns {
		r.paintSpans(half)
	}
	if r.layers {
		r.layer.add(&r.mask, r.state.color)
		return
	}
	r.mask.blend(r.img, r.state.color)
}

// plot is the pixels of a box given in canvas units from the upper left corner, grown by some.
func (r *raster) plot(x0, y0, x1, y1, grow float64) image.Rectangle {
	zoom, ox, oy := r.state.zoom(), float64(r.img.Rect.Min.X), float64(r.img.Rect.Min.Y)
	return image.Rect(int(math.Floor(x0*zoom+ox-grow)), int(math.Floor(y0*zoom+oy-grow)),
		int(math.Ceil(x1*zoom+ox+grow)), int(math.Ceil(y1*zoom+oy+grow))).Intersect(r.img.Rect)
}

// beginLayer lets traces from now on go below the ones before, in a layer of
// its own; endLayer puts them on the image.
func (r *raster) beginLayer(x0, y0, x1, y1 float64) {
	r.layers = true
	r.layer.reset(r.plot(x0, y0, x1, y1, r.state.zoom()))
}

func (r *raster) endLayer() {
	r.layers = false
	r.layer.paint(r.img)
}

func (r *raster) clearSpans(n int) {
	if cap(r.spans) < n {
		r.spans = make([][2]float64, n)
	}
	r.spans = r.spans[:n]
	for i := range r.spans {
		r.spans[i] = [2]float64{math.Inf(1), math.Inf(-1)}
	}
}

// cover lets column c reach from top to bottom.
func (r *raster) cover(c int, top, bottom float64) {
	if c >= 0 && c < len(r.spans) {
		s := &r.spans[c]
		s[0], s[1] = min(s[0], top), max(s[1], bottom)
	}
}

// faintest is the coverage beside a column that is not worth blending.
const faintest = 0.2

// spanBlock is how many columns are filled together where all of them are covered.
const spanBlock = 8

// paintCore covers the columns from..to-1. What all of them share is written to
// the image at once, as in dense data that is nearly everything.
func (r *raster) paintCore(from, to int, half float64) {
	a, b := -math.MaxFloat64, math.MaxFloat64
	for _, s := range r.spans[from:to] {
		a, b = max(a, s[0]), min(b, s[1])
	}
	box := r.mask.box
	a, b = max(math.Ceil(a), float64(box.Min.Y)), min(math.Floor(b), float64(box.Max.Y))
	cover := min(1, 2*half)
	core := a < b && cover == 1 && r.state.color.A == 255
	if core {
		r.rect(image.Rect(box.Min.X+from, int(a), box.Min.X+to, int(b)))
	}
	for c := from; c < to; c++ {
		s := r.spans[c]
		switch {
		case s[0] > s[1]:
		case core:
			r.mask.span(box.Min.X+c, s[0]-half, a, cover)
			r.mask.span(box.Min.X+c, b, s[1]+half, cover)
		default:
			r.mask.span(box.Min.X+c, s[0]-half, s[1]+half, cover)
		}
	}
}

// paintSpans covers the columns, each as wide as the line is: what sticks out
// of a neighbour covers a part of it as well.
func (r *raster) paintSpans(half float64) {
	beside := half - 0.5
	if beside < faintest {
		beside = 0
	}
	for from := 0; from < len(r.spans) && !r.layers; from += spanBlock {
		r.paintCore(from, min(from+spanBlock, len(r.spans)), half)
	}
	colour := packed(r.state.color)
	for c, s := range r.spans {
		if s[0] > s[1] {
			continue
		}
		top, bottom := s[0]-half, s[1]+half
		if r.layers {
			r.layer.span(c, top, bottom, colour)
		}
		for d := 1; float64(d-1) < beside; d++ {
			cover := min(1, beside-float64(d-1))
			for _, n := range [2]int{c - d, c + d} {
				if n < 0 || n >= len(r.spans) {
					continue
				}
				x, o := r.mask.box.Min.X+n, r.spans[n]
				if o[0] > o[1] || d > 1 {
					r.mask.span(x, top, bottom, cover)
					continue
				}
				r.mask.span(x, top, min(bottom, o[0]), cover)
				r.mask.span(x, max(top, o[1]), bottom, cover)
			}
		}
	}
}
