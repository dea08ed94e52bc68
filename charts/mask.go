package charts

import (
	"encoding/binary"
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

// solid is a long stretch of full coverage.
const solid = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

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
	if full == 255 {
		for a++; a < b-1; { // copying is faster than a loop over bytes
			a += copy(col[a:b-1], solid)
		}
		return
	}
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
	} else {
		dx = 1
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
	opaque := uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | 255<<24
	for x := range m.lo {
		lo, hi := int(m.lo[x]), int(m.hi[x])
		if lo >= hi {
			continue
		}
		m.lo[x], m.hi[x] = int32(m.h), 0
		col := m.pix[x*m.h+lo : x*m.h+hi]
		at := img.PixOffset(m.box.Min.X+x, m.box.Min.Y+lo)
		for i := 0; i < len(col); i++ {
			for i+8 <= len(col) && binary.LittleEndian.Uint64(col[i:]) == 0 {
				i, at = i+8, at+8*img.Stride
			}
			if i == len(col) {
				break
			}
			switch cover := col[i]; {
			case cover == 0:
			case cover == 255 && c.A == 255:
				binary.LittleEndian.PutUint32(img.Pix[at:], opaque)
			default:
				over(img.Pix[at:], c, uint32(cover))
			}
			at += img.Stride
		}
		clear(col)
	}
}

// over blends a colour onto a premultiplied pixel, cover being 0..255.
func over(p []uint8, c color.NRGBA, cover uint32) {
	if c.A != 255 {
		cover = (cover*uint32(c.A) + 127) / 255
	}
	rest := 255 - cover
	p = p[:4:4]
	p[0] = by255(uint32(c.R)*cover + uint32(p[0])*rest)
	p[1] = by255(uint32(c.G)*cover + uint32(p[1])*rest)
	p[2] = by255(uint32(c.B)*cover + uint32(p[2])*rest)
	p[3] = by255(255*cover + uint32(p[3])*rest)
}

// by255 divides by 255 and rounds.
func by255(v uint32) uint8 { return uint8((v + 128) * 257 >> 16) }
