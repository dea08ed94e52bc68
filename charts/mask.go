package charts

import (
	"image"
	"image/color"
	"math"
)

// mask collects the coverage of a stroke, column by column, before it is
// blended in one go: what overlaps itself does not become darker.
type mask struct {
	box    image.Rectangle // on the image, in its pixels
	h      int
	pix    []uint8 // column-major; all zero between strokes
	lo, hi []int32 // dirty rows lo..hi-1 of each column
}

// reset makes the mask cover the box.
func (m *mask) reset(box image.Rectangle) {
	m.box, m.h = box, box.Dy()
	w := box.Dx()
	if n := w * m.h; cap(m.pix) < n {
		m.pix = make([]uint8, n)
	} else {
		m.pix = m.pix[:n]
	}
	if cap(m.lo) < w {
		m.lo, m.hi = make([]int32, w), make([]int32, w)
	}
	m.lo, m.hi = m.lo[:w], m.hi[:w]
	for i := range m.lo {
		m.lo[i], m.hi[i] = int32(m.h), 0
	}
}

// span covers column x from y0 to y1, fractions included.
func (m *mask) span(x int, y0, y1, coverage float64) {
	x -= m.box.Min.X
	if x < 0 || x >= len(m.lo) {
		return
	}
	off := float64(m.box.Min.Y)
	y0, y1 = max(y0-off, 0), min(y1-off, float64(m.h))
	if y1 <= y0 {
		return
	}
	a, b := int(y0), int(math.Ceil(y1))
	col := m.pix[x*m.h : (x+1)*m.h]
	m.lo[x], m.hi[x] = min(m.lo[x], int32(a)), max(m.hi[x], int32(b))
	put := func(i int, c float64) { col[i] = max(col[i], uint8(c*255+0.5)) }
	if b-a == 1 {
		put(a, (y1-y0)*coverage)
		return
	}
	put(a, (float64(a+1)-y0)*coverage)
	put(b-1, (y1-float64(b-1))*coverage)
	full := uint8(coverage*255 + 0.5)
	for i, c := range col[a+1 : b-1] {
		if c < full {
			col[a+1+i] = full
		}
	}
}

// capsule covers what is within r of the line from (x0, y0) to (x1, y1): a
// piece of a stroke with round ends.
func (m *mask) capsule(x0, y0, x1, y1, r float64) {
	ox, oy := float64(m.box.Min.X), float64(m.box.Min.Y)
	x0, y0, x1, y1 = x0-ox, y0-oy, x1-ox, y1-oy
	strength := 255.0
	if r < 0.5 { // thinner than a pixel: paler instead
		strength, r = 255*2*r, 0.5
	}
	reach := r + 0.5
	a, b := max(int(min(x0, x1)-reach), 0), min(int(max(x0, x1)+reach)+1, len(m.lo))
	top, bottom := min(y0, y1)-reach, max(y0, y1)+reach
	dx, dy := x1-x0, y1-y0
	length := math.Sqrt(dx*dx + dy*dy)
	if length > 0 {
		dx, dy = dx/length, dy/length
	}
	for x := a; x < b; x++ {
		px := float64(x) + 0.5 - x0
		lo, hi := top, bottom
		if c := math.Abs(dx); c > 0.05 { // only the rows near the line in this column
			at, half := y0+px*dy/dx, reach/c
			lo, hi = max(lo, at-half), min(hi, at+half)
		}
		i, j := max(int(lo), 0), min(int(hi)+1, m.h)
		if i >= j {
			continue
		}
		m.lo[x], m.hi[x] = min(m.lo[x], int32(i)), max(m.hi[x], int32(j))
		col := m.pix[x*m.h : (x+1)*m.h]
		py := float64(i) + 0.5 - y0
		along, across := px*dx+py*dy, py*dx-px*dy
		for y := i; y < j; y++ {
			d := math.Abs(across)
			if over := max(-along, along-length); over > 0 {
				d = math.Sqrt(over*over + across*across)
			}
			if c := min(reach-d, 1); c > 0 {
				col[y] = max(col[y], uint8(c*strength+0.5))
			}
			along, across = along+dy, across+dx
		}
	}
}

// blend paints what was covered and makes the mask empty again.
func (m *mask) blend(img *image.RGBA, c color.NRGBA) {
	r, g, b, a := uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A)
	for x := range m.lo {
		lo, hi := int(m.lo[x]), int(m.hi[x])
		if lo >= hi {
			continue
		}
		m.lo[x], m.hi[x] = int32(m.h), 0
		col := m.pix[x*m.h+lo : x*m.h+hi]
		at := img.PixOffset(m.box.Min.X+x, m.box.Min.Y+lo)
		for i, cover := range col {
			if cover == 0 {
				at += img.Stride
				continue
			}
			col[i] = 0
			p := img.Pix[at : at+4 : at+4]
			at += img.Stride
			if cover == 255 && a == 255 {
				p[0], p[1], p[2], p[3] = uint8(r), uint8(g), uint8(b), 255
				continue
			}
			over(p, r, g, b, uint32(cover)*a)
		}
	}
}

// over blends a colour with coverage 0..255*255 onto a premultiplied pixel.
func over(p []uint8, r, g, b, cover uint32) {
	const full = 255 * 255
	rest := full - cover
	p[0] = uint8((r*cover + uint32(p[0])*rest + full/2) / full)
	p[1] = uint8((g*cover + uint32(p[1])*rest + full/2) / full)
	p[2] = uint8((b*cover + uint32(p[2])*rest + full/2) / full)
	p[3] = uint8((255*cover + uint32(p[3])*rest + full/2) / full)
}
