package charts

import (
	"math"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// pen draws on any canvas of gonum/plot in the figure's own coordinates:
// device-independent pixels from the upper left corner. One of them is one
// unit of length of the canvas.
type pen struct {
	c    vg.Canvas
	h    float64
	path vg.Path
}

// aligner is a canvas that can anchor a text itself, so that it stays aligned
// when the reader's font differs: 0 start, 0.5 middle, 1 end.
type aligner interface {
	FillAligned(f font.Face, pt vg.Point, anchor float64, text string)
}

func (p *pen) pt(x, y float64) vg.Point { return vg.Point{X: vg.Length(x), Y: vg.Length(p.h - y)} }

func (p *pen) rect(x0, y0, x1, y1 float64, k *ink) {
	p.c.SetColor(k)
	p.path = append(p.path[:0],
		vg.PathComp{Type: vg.MoveComp, Pos: p.pt(x0, y0)}, vg.PathComp{Type: vg.LineComp, Pos: p.pt(x1, y0)},
		vg.PathComp{Type: vg.LineComp, Pos: p.pt(x1, y1)}, vg.PathComp{Type: vg.LineComp, Pos: p.pt(x0, y1)},
		vg.PathComp{Type: vg.CloseComp})
	p.c.Fill(p.path)
}

// stroke is a line's width and dashes.
type stroke struct {
	width float64
	dash  []vg.Length
}

var (
	hairline  = stroke{width: 1}
	dotted    = stroke{width: 1, dash: []vg.Length{2, 3}}
	limitLine = stroke{width: 1.2, dash: []vg.Length{6, 4}}
)

func (p *pen) set(s stroke, k *ink) {
	p.c.SetColor(k)
	p.c.SetLineWidth(vg.Length(s.width))
	p.c.SetLineDash(s.dash, 0)
}

func (p *pen) line(x0, y0, x1, y1 float64, s stroke, k *ink) {
	p.set(s, k)
	p.path = append(p.path[:0], vg.PathComp{Type: vg.MoveComp, Pos: p.pt(x0, y0)}, vg.PathComp{Type: vg.LineComp, Pos: p.pt(x1, y1)})
	p.c.Stroke(p.path)
}

// rounded makes the path of a rectangle with round corners.
func (p *pen) rounded(x0, y0, x1, y1, r float64) vg.Path {
	p.path = p.path[:0]
	p.path.Move(p.pt(x0+r, y1))
	for _, c := range [4][3]float64{{x1 - r, y1 - r, -90}, {x1 - r, y0 + r, 0}, {x0 + r, y0 + r, 90}, {x0 + r, y1 - r, 180}} {
		p.path.Arc(p.pt(c[0], c[1]), vg.Length(r), c[2]*math.Pi/180, math.Pi/2)
	}
	p.path.Close()
	return p.path
}

func (p *pen) fillRounded(x0, y0, x1, y1, r float64, k *ink) {
	p.c.SetColor(k)
	p.c.Fill(p.rounded(x0, y0, x1, y1, r))
}

func (p *pen) strokeRounded(x0, y0, x1, y1, r float64, s stroke, k *ink) {
	p.set(s, k)
	p.c.Stroke(p.rounded(x0, y0, x1, y1, r))
}

func (p *pen) circle(x, y, r float64) vg.Path {
	p.path = p.path[:0]
	p.path.Move(p.pt(x+r, y))
	p.path.Arc(p.pt(x, y), vg.Length(r), 0, 2*math.Pi)
	p.path.Close()
	return p.path
}

func (p *pen) dot(x, y, r float64, k *ink) {
	p.c.SetColor(k)
	p.c.Fill(p.circle(x, y, r))
}

func (p *pen) ring(x, y, r, width float64, k *ink) {
	p.set(stroke{width: width}, k)
	p.c.Stroke(p.circle(x, y, r))
}

// text draws with the middle of the digits at y; anchor 0 starts at x, 0.5
// centres there, 1 ends there.
func (p *pen) text(x, y, anchor float64, s style, k *ink, text string) {
	if text == "" {
		return
	}
	p.c.SetColor(k)
	base := y + 0.357*s.size // half the height of a digit
	if a, ok := p.c.(aligner); ok {
		a.FillAligned(s.vg(), p.pt(x, base), anchor, text)
		return
	}
	p.c.FillString(s.vg(), p.pt(x-anchor*s.width(text), base), text)
}
