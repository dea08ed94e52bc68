package charts

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/vector"
	"gonum.org/v1/plot/vg"
)

// raster is a canvas of gonum/plot that draws on an RGBA image, made to be
// fast: plain rectangles and upright lines are written directly, strokes
// through a mask, other fills bounded to their box, letters from a cache.
type raster struct {
	img    *image.RGBA
	height float64 // in units of length
	state  rasterState
	stack  []rasterState
	mask   mask
	layer  layer // of a crowded panel
	layers bool  // strokes of traces go into the layer
	fill   vector.Rasterizer
	points []point // of the path at hand, flattened
	parts  []int   // where its subpaths end
	spans  [][2]float64
	src    image.Uniform
}

type point struct{ x, y float64 }

type rasterState struct {
	color  color.NRGBA
	width  float64
	dash   []vg.Length
	offset float64
	// the transform from canvas lengths to pixels
	a, b, c, d, e, f float64
}

// begin makes the canvas draw on the image, one unit of length being scale pixels.
func (r *raster) begin(img *image.RGBA, height, scale float64) {
	r.img, r.height, r.stack = img, height, r.stack[:0]
	r.state = rasterState{width: 1, color: color.NRGBA{A: 255}, a: scale, d: -scale,
		e: float64(img.Rect.Min.X), f: height*scale + float64(img.Rect.Min.Y)}
}

// apply turns a point of the canvas into pixels.
func (s *rasterState) apply(p vg.Point) point {
	x, y := float64(p.X), float64(p.Y)
	return point{s.a*x + s.c*y + s.e, s.b*x + s.d*y + s.f}
}

// zoom is how many pixels a unit of length is.
func (s *rasterState) zoom() float64 { return math.Sqrt(math.Abs(s.a*s.d - s.b*s.c)) }

func (r *raster) SetLineWidth(w vg.Length) { r.state.width = float64(w) }

func (r *raster) SetLineDash(dash []vg.Length, offset vg.Length) {
	r.state.dash, r.state.offset = dash, float64(offset)
}

func (r *raster) SetColor(c color.Color) {
	switch k := c.(type) {
	case nil:
		r.state.color = color.NRGBA{A: 255}
	case *ink:
		r.state.color = k.NRGBA
	default:
		r.state.color = color.NRGBAModel.Convert(c).(color.NRGBA)
	}
}

func (r *raster) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	s := &r.state
	s.a, s.b, s.c, s.d = s.a*cos+s.c*sin, s.b*cos+s.d*sin, s.c*cos-s.a*sin, s.d*cos-s.b*sin
}

func (r *raster) Translate(p vg.Point) {
	t := r.state.apply(p)
	r.state.e, r.state.f = t.x, t.y
}

func (r *raster) Scale(x, y float64) {
	s := &r.state
	s.a, s.b, s.c, s.d = s.a*x, s.b*x, s.c*y, s.d*y
}

func (r *raster) Push() { r.stack = append(r.stack, r.state) }

func (r *raster) Pop() {
	if n := len(r.stack); n > 0 {
		r.state, r.stack = r.stack[n-1], r.stack[:n-1]
	}
}

// flatten turns the path into straight pieces in pixels.
func (r *raster) flatten(path vg.Path) {
	r.points, r.parts = r.points[:0], r.parts[:0]
	first := 0
	end := func() {
		if len(r.points) > first {
			r.parts = append(r.parts, len(r.points))
		}
		first = len(r.points)
	}
	for i := range path {
		comp := &path[i]
		switch comp.Type {
		case vg.MoveComp:
			end()
			r.points = append(r.points, r.state.apply(comp.Pos))
		case vg.LineComp:
			r.points = append(r.points, r.state.apply(comp.Pos))
		case vg.ArcComp:
			r.arc(comp)
		case vg.CurveComp:
			r.curve(comp, len(r.points) > first)
		case vg.CloseComp:
			if len(r.points) > first {
				r.points = append(r.points, r.points[first])
			}
		}
	}
	end()
}

func (r *raster) arc(c *vg.PathComp) {
	n := 2 + int(math.Abs(c.Angle)*math.Sqrt(float64(c.Radius)*r.state.zoom())*1.5)
	for i := 0; i <= n; i++ {
		sin, cos := math.Sincos(c.Start + c.Angle*float64(i)/float64(n))
		r.points = append(r.points, r.state.apply(vg.Point{X: c.Pos.X + c.Radius*vg.Length(cos), Y: c.Pos.Y + c.Radius*vg.Length(sin)}))
	}
}

func (r *raster) curve(c *vg.PathComp, inside bool) {
	end := r.state.apply(c.Pos)
	if !inside || len(c.Control) == 0 {
		r.points = append(r.points, end)
		return
	}
	from, c1 := r.points[len(r.points)-1], r.state.apply(c.Control[0])
	const n = 16
	for i := 1; i <= n; i++ {
		t := float64(i) / n
		u := 1 - t
		if len(c.Control) == 1 {
			r.points = append(r.points, point{u*u*from.x + 2*u*t*c1.x + t*t*end.x, u*u*from.y + 2*u*t*c1.y + t*t*end.y})
			continue
		}
		c2 := r.state.apply(c.Control[1])
		r.points = append(r.points, point{
			u*u*u*from.x + 3*u*u*t*c1.x + 3*u*t*t*c2.x + t*t*t*end.x,
			u*u*u*from.y + 3*u*u*t*c1.y + 3*u*t*t*c2.y + t*t*t*end.y})
	}
}

// bounds is the box of the flattened path, grown and cut to the image.
func (r *raster) bounds(grow float64) image.Rectangle {
	if len(r.points) == 0 {
		return image.Rectangle{}
	}
	lo, hi := r.points[0], r.points[0]
	for _, p := range r.points[1:] {
		lo.x, lo.y = min(lo.x, p.x), min(lo.y, p.y)
		hi.x, hi.y = max(hi.x, p.x), max(hi.y, p.y)
	}
	clamp := func(v float64) int { return int(min(max(v, -1e6), 1e6)) }
	return image.Rect(clamp(math.Floor(lo.x-grow)), clamp(math.Floor(lo.y-grow)),
		clamp(math.Ceil(hi.x+grow)), clamp(math.Ceil(hi.y+grow))).Intersect(r.img.Rect)
}

// Fill fills the path.
func (r *raster) Fill(path vg.Path) {
	r.flatten(path)
	if box, ok := r.upright(); ok {
		r.rect(box)
		return
	}
	box := r.bounds(1)
	if box.Empty() {
		return
	}
	r.fill.Reset(box.Dx(), box.Dy())
	from := 0
	for _, end := range r.parts {
		for i, p := range r.points[from:end] {
			x, y := float32(p.x-float64(box.Min.X)), float32(p.y-float64(box.Min.Y))
			if i == 0 {
				r.fill.MoveTo(x, y)
			} else {
				r.fill.LineTo(x, y)
			}
		}
		r.fill.ClosePath()
		from = end
	}
	r.src.C = r.state.color
	r.fill.DrawOp = draw.Over
	r.fill.Draw(r.img, box, &r.src, image.Point{})
}

// upright reports whether the flattened path is a rectangle with upright
// sides, and which pixels it is nearest to.
func (r *raster) upright() (image.Rectangle, bool) {
	p := r.points
	if len(r.parts) != 1 || len(p) != 5 || p[0] != p[4] {
		return image.Rectangle{}, false
	}
	across := p[0].y == p[1].y && p[1].x == p[2].x && p[2].y == p[3].y && p[3].x == p[0].x
	along := p[0].x == p[1].x && p[1].y == p[2].y && p[2].x == p[3].x && p[3].y == p[0].y
	if !across && !along {
		return image.Rectangle{}, false
	}
	round := func(v float64) int { return int(math.Round(min(max(v, -1e6), 1e6))) }
	return image.Rect(round(p[0].x), round(p[0].y), round(p[2].x), round(p[2].y)), true
}

// rect fills pixels with the current colour.
func (r *raster) rect(box image.Rectangle) {
	box = box.Intersect(r.img.Rect)
	if box.Empty() {
		return
	}
	c := r.state.color
	if c.A < 255 {
		r.src.C = c
		draw.Draw(r.img, box, &r.src, image.Point{}, draw.Over)
		return
	}
	first := r.img.Pix[r.img.PixOffset(box.Min.X, box.Min.Y):][:4*box.Dx()]
	for i := 0; i < len(first); i += 4 {
		first[i], first[i+1], first[i+2], first[i+3] = c.R, c.G, c.B, 255
	}
	for y := box.Min.Y + 1; y < box.Max.Y; y++ {
		copy(r.img.Pix[r.img.PixOffset(box.Min.X, y):], first)
	}
}

// DrawImage draws the image, scaled to fit the rectangle.
func (r *raster) DrawImage(rect vg.Rectangle, img image.Image) {
	a, b := r.state.apply(rect.Min), r.state.apply(rect.Max)
	box := image.Rect(int(math.Round(a.x)), int(math.Round(a.y)), int(math.Round(b.x)), int(math.Round(b.y)))
	draw.BiLinear.Scale(r.img, box, img, img.Bounds(), draw.Over, nil)
}
