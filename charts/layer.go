package charts

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
)

// layer collects the lines of a crowded panel from the front one to the back
// one, so that nothing is painted that other lines hide; of dense lines that is
// nearly everything. It is column-major, as a dense line is upright runs.
type layer struct {
	box    image.Rectangle // on the image, in its pixels
	h      int
	pix    []uint32   // as in image.RGBA, little-endian; all zero between uses
	lo, hi []int32    // rows lo..hi-1 of each column hold something
	solid  [][2]int32 // a run of opaque rows of each column
}

// reset makes the layer cover the box.
func (l *layer) reset(box image.Rectangle) {
	l.box, l.h = box, box.Dy()
	w := box.Dx()
	if n := w * l.h; cap(l.pix) < n {
		l.pix = make([]uint32, n)
	} else {
		l.pix = l.pix[:n]
	}
	if cap(l.lo) < w {
		l.lo, l.hi, l.solid = make([]int32, w), make([]int32, w), make([][2]int32, w)
	}
	l.lo, l.hi, l.solid = l.lo[:w], l.hi[:w], l.solid[:w]
	for i := range l.lo {
		l.lo[i], l.hi[i], l.solid[i] = int32(l.h), 0, [2]int32{}
	}
}

// packed is an opaque colour as a pixel.
func packed(c color.NRGBA) uint32 {
	return uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | 255<<24
}

// part is k/255 of a pixel, two channels at a time.
func part(p, k uint32) uint32 {
	const pair, half = 0xff00ff, 0x800080
	a, b := p&pair*k+half, p>>8&pair*k+half
	return (a+a>>8&pair)>>8&pair | (b+b>>8&pair)&^pair
}

// under puts a colour below what a pixel holds, cover being 0..255.
func under(p, c, cover uint32) uint32 {
	return p + part(c, uint32(by255(cover*(255-p>>24))))
}

// span puts an upright run of column x below what is there, fractions included.
func (l *layer) span(x int, y0, y1 float64, c uint32) {
	off := float64(l.box.Min.Y)
	y0, y1 = max(y0-off, 0), min(y1-off, float64(l.h))
	if y1 <= y0 {
		return
	}
	a, b := int(y0), int(math.Ceil(y1))
	col := l.pix[x*l.h : (x+1)*l.h]
	l.lo[x], l.hi[x] = min(l.lo[x], int32(a)), max(l.hi[x], int32(b))
	edge := func(i int, cover float64) {
		if p := col[i]; p>>24 != 255 {
			col[i] = under(p, c, uint32(cover*255+0.5))
		}
	}
	if b-a == 1 {
		edge(a, y1-y0)
		return
	}
	edge(a, float64(a+1)-y0)
	edge(b-1, y1-float64(b-1))
	l.fill(x, col, a+1, b-1, c)
}

// fill puts opaque rows below what is there.
func (l *layer) fill(x int, col []uint32, a, b int, c uint32) {
	if a >= b {
		return
	}
	s := &l.solid[x]
	from, to := int(s[0]), int(s[1])
	fillBelow(col[a:max(a, min(b, from))], c)
	fillBelow(col[min(b, max(a, to)):b], c)
	switch {
	case a <= to && b >= from: // they touch
		*s = [2]int32{int32(min(a, from)), int32(max(b, to))}
	case b-a > to-from:
		*s = [2]int32{int32(a), int32(b)}
	}
}

func fillBelow(col []uint32, c uint32) {
	for i, p := range col {
		if p == 0 {
			col[i] = c
		} else if p>>24 != 255 {
			col[i] = under(p, c, 255)
		}
	}
}

// add puts what a mask of the same box covers below what is there, and makes
// the mask empty again.
func (l *layer) add(m *mask, c color.NRGBA) {
	colour := packed(c)
	for x := range m.lo {
		lo, hi := int(m.lo[x]), int(m.hi[x])
		if lo >= hi {
			continue
		}
		m.lo[x], m.hi[x] = int32(m.h), 0
		l.lo[x], l.hi[x] = min(l.lo[x], int32(lo)), max(l.hi[x], int32(hi))
		cover, col := m.pix[x*m.h+lo:x*m.h+hi], l.pix[x*l.h+lo:x*l.h+hi]
		for i, k := range cover {
			if p := col[i]; k != 0 && p>>24 != 255 {
				col[i] = under(p, colour, uint32(by255(uint32(k)*uint32(c.A))))
			}
		}
		clear(cover)
	}
}

// layerBlock is how many columns are turned into rows at a time: a cache line of the image.
const layerBlock = 16

// paint puts the layer on the image and makes it empty again.
func (l *layer) paint(img *image.RGBA) {
	for from := 0; from < len(l.lo); from += layerBlock {
		to := min(from+layerBlock, len(l.lo))
		lo, hi := int32(l.h), int32(0)
		for x := from; x < to; x++ {
			lo, hi = min(lo, l.lo[x]), max(hi, l.hi[x])
		}
		for y := int(lo); y < int(hi); y++ {
			row := img.Pix[img.PixOffset(l.box.Min.X+from, l.box.Min.Y+y):][:4*(to-from)]
			for at := from*l.h + y; len(row) > 0; row, at = row[4:], at+l.h {
				if p := l.pix[at]; p>>24 == 255 {
					binary.LittleEndian.PutUint32(row, p)
				} else if p != 0 {
					below := binary.LittleEndian.Uint32(row)
					binary.LittleEndian.PutUint32(row, p+part(below, 255-p>>24))
				}
			}
		}
		for x := from; lo < hi && x < to; x++ {
			clear(l.pix[x*l.h+int(lo) : x*l.h+int(hi)])
		}
	}
}
