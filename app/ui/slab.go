package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// slab is a large plate. Where corners are round, painting costs three times as
// much for every pixel of a rectangle, which without a graphics card is half of
// a frame: so only the rim of a slab is painted that way, in narrow pieces that
// overlap, and a plain rectangle covers what they do not need.
type slab struct {
	widget.BaseWidget
	fill   fyne.ThemeColorName
	radius float32
	hollow bool // something opaque lies on it, two pixels from its edges
	sides  [2]*canvas.Rectangle
	caps   [2]*canvas.Rectangle // top and bottom, with the corners
	middle *canvas.Rectangle    // of a hollow one a column at the left
	right  *canvas.Rectangle    // of a hollow one a column at the right
}

func newSlab(fill fyne.ThemeColorName, radius float32) *slab {
	s := &slab{fill: fill, radius: radius, middle: canvas.NewRectangle(nil), right: canvas.NewRectangle(nil)}
	for i := range 2 {
		s.sides[i], s.caps[i] = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
		s.sides[i].StrokeWidth, s.caps[i].StrokeWidth = 1, 1
	}
	// The rim looks alike all around only if every piece is painted as one with
	// round corners: those inside are covered.
	s.sides[0].TopRightCornerRadius, s.sides[1].TopLeftCornerRadius = 1, 1
	s.caps[0].TopLeftCornerRadius, s.caps[0].TopRightCornerRadius = radius, radius
	s.caps[1].BottomLeftCornerRadius, s.caps[1].BottomRightCornerRadius = radius, radius
	s.ExtendBaseWidget(s)
	return s
}

// SetHollow says whether something opaque covers the slab but for its rim.
func (s *slab) SetHollow(on bool) {
	if s.hollow != on {
		s.hollow = on
		s.place(s.Size())
		s.Refresh()
	}
}

func (s *slab) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.sides[0], s.sides[1], s.caps[0], s.caps[1], s.middle, s.right}
}

func (s *slab) Refresh() {
	s.apply()
	for _, o := range s.objects() {
		o.Refresh()
	}
}

func (s *slab) apply() {
	for _, o := range s.objects() {
		o.(*canvas.Rectangle).FillColor, o.(*canvas.Rectangle).StrokeColor = ink(s.fill), ink(colorBorder)
	}
	s.right.Hidden = !s.hollow
}

const (
	slabSide = 6 // width of the sides
	slabRim  = 2 // how far the edge and what softens it reach inwards
)

// place puts the pieces on whole pixels, as a fraction would be rounded for
// each of them on its own.
func (s *slab) place(size fyne.Size) {
	scale := 1.0
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		scale = float64(c.Scale())
	}
	whole := func(v float32) float32 { return float32(pixels(v, scale)) }
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	w, h := whole(size.Width), whole(size.Height)
	pixel, side, inner, end := whole(1), whole(slabSide), whole(s.radius+slabRim), whole(s.radius+2*slabRim)
	high := max(0, h-2*inner)
	put(s.sides[0], 0, inner, side, high)
	put(s.sides[1], w-side, inner, side, high)
	put(s.caps[0], 0, 0, w, end)
	put(s.caps[1], 0, h-end, w, end)
	put(s.middle, pixel, inner, w-2*pixel, high)
	if s.hollow {
		put(s.middle, pixel, inner, side, high)
		put(s.right, w-pixel-side, inner, side, high)
	}
}

func (s *slab) CreateRenderer() fyne.WidgetRenderer {
	s.apply()
	return &objectsRenderer{objects: s.objects(), layout: s.place}
}
