package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/charts"
)

// crosshair is a line through all panels with a dot on every line, its time on
// the date row and the values in a box beside it.
type crosshair struct {
	line  *canvas.Line
	dots  *fyne.Container
	tag   *fyne.Container
	time  *text
	box   *readout
	shown bool
	at    int64
}

func newCrosshair() *crosshair {
	c := &crosshair{line: canvas.NewLine(ink(colorText)), dots: container.NewWithoutLayout(), time: bold(newText("", sizeTable, colorSurface)), box: newReadout()}
	c.line.StrokeWidth = 1
	c.time.align = fyne.TextAlignCenter
	c.tag = container.NewStack(newPlate(colorText, colorNone, 3), pad(c.time, 0, 6, 0, 6))
	c.hide()
	return c
}

func (c *crosshair) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{c.line, c.dots, c.tag, c.box}
}

func (c *crosshair) hide() {
	c.shown = false
	for _, o := range c.objects() {
		o.Hide()
	}
}

// show puts the crosshair at a reading.
func (c *crosshair) show(l charts.Layout, r view.Reading) {
	first, last := l.Panels[0], l.Panels[len(l.Panels)-1]
	x := float32(l.X(r.Time))
	c.shown, c.at = true, r.Time
	c.line.StrokeColor = ink(colorText)
	c.line.Position1, c.line.Position2 = fyne.NewPos(x, float32(first.Y0)), fyne.NewPos(x, float32(last.Y1))
	c.line.Refresh()
	c.placeDots(l, r)
	c.time.Set(r.Tag)
	s := c.tag.MinSize()
	c.tag.Resize(s)
	c.tag.Move(fyne.NewPos(clampX(x-s.Width/2, s.Width, l), float32(l.DateRow)-s.Height/2))
	c.box.set(r)
	c.placeBox(l, r, x)
	for _, o := range c.objects() {
		o.Show()
	}
}

func clampX(x, w float32, l charts.Layout) float32 {
	return max(0, min(x, float32(l.Size.W)-w))
}

func (c *crosshair) placeDots(l charts.Layout, r view.Reading) {
	n := 0
	for _, v := range r.Rows {
		if v.Missing || v.Panel >= len(l.Panels) {
			continue
		}
		p := l.Panels[v.Panel]
		x, y := float32(l.X(v.Time)), float32(p.Y(v.Value))
		if float64(y) < p.Y0 || float64(y) > p.Y1 {
			continue
		}
		if n == len(c.dots.Objects) {
			c.dots.Objects = append(c.dots.Objects, &canvas.Circle{StrokeWidth: 1.5})
		}
		d := c.dots.Objects[n].(*canvas.Circle)
		d.FillColor, d.StrokeColor = seriesColor(v.Slot), ink(colorSurface)
		d.Resize(fyne.NewSquareSize(9))
		d.Move(fyne.NewPos(x-4.5, y-4.5))
		d.Show()
		n++
	}
	for _, o := range c.dots.Objects[n:] {
		o.Hide()
	}
	c.dots.Refresh()
}

// boxGap is the distance of the value box from the line.
const boxGap = 46

// placeBox keeps the box beside the line, on the side that has room, and away
// from the crossing where the panel allows.
func (c *crosshair) placeBox(l charts.Layout, r view.Reading, x float32) {
	s := c.box.MinSize()
	left := x + boxGap
	if left+s.Width > float32(l.Panels[0].X1) {
		left = x - boxGap - s.Width
	}
	if left < 0 {
		left = min(x+12, float32(l.Size.W)-s.Width)
	}
	top := float32(l.Panels[0].Y0) + 36
	c.box.Resize(s)
	c.box.Move(fyne.NewPos(left, max(0, min(top, float32(l.Size.H)-s.Height-4))))
}

// selectionBox is the rectangle of a box zoom.
type selectionBox struct {
	rect *canvas.Rectangle
}

func newSelectionBox() *selectionBox {
	b := &selectionBox{rect: canvas.NewRectangle(nil)}
	b.rect.StrokeWidth = 1
	b.rect.Hide()
	return b
}

func (b *selectionBox) show(p, q fyne.Position) {
	b.rect.FillColor, b.rect.StrokeColor = translucent(tokens().Accent, 0x28), ink(colorAccent)
	b.rect.Move(fyne.NewPos(min(p.X, q.X), min(p.Y, q.Y)))
	b.rect.Resize(fyne.NewSize(max(p.X, q.X)-min(p.X, q.X), max(p.Y, q.Y)-min(p.Y, q.Y)))
	b.rect.Show()
	b.rect.Refresh()
}

func (b *selectionBox) hide() { b.rect.Hide() }

func (b *selectionBox) corners() (from, to fyne.Position) {
	from = b.rect.Position()
	return from, from.AddXY(b.rect.Size().Width, b.rect.Size().Height)
}
