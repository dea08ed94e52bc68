package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
)

// checkBox is the picture of a tri-state box, filled with a series colour
// when ticked. What a click means is up to its row.
type checkBox struct {
	widget.BaseWidget
	state view.Box
	fill  color.Color
	rect  *canvas.Rectangle
	mark  *canvas.Image
}

func newCheckBox() *checkBox {
	c := &checkBox{}
	c.ExtendBaseWidget(c)
	return c
}

// Set changes state and colour; a nil colour is the accent.
func (c *checkBox) Set(state view.Box, fill color.Color) {
	if c.state != state || c.fill != fill {
		c.state, c.fill = state, fill
		c.Refresh()
	}
}

func (c *checkBox) MinSize() fyne.Size { return fyne.NewSquareSize(14) }

func (c *checkBox) Refresh() {
	if c.rect != nil {
		c.paint()
		c.rect.Refresh()
		c.mark.Refresh()
	}
}

func (c *checkBox) paint() {
	fill := c.fill
	if fill == nil {
		fill = ink(colorAccent)
	}
	c.rect.CornerRadius, c.rect.StrokeWidth = 3, 1.5
	c.rect.FillColor, c.rect.StrokeColor = color.Transparent, ink(colorFaint)
	c.mark.Resource = nil
	switch c.state {
	case view.Ticked:
		c.rect.FillColor, c.rect.StrokeColor = fill, fill
		c.mark.Resource = iconResource("tick", contrast(fill))
	case view.Partly:
		c.rect.StrokeColor = ink(colorAccent)
		c.mark.Resource = iconResource("dash", ink(colorAccent))
	}
	c.mark.Hidden = c.mark.Resource == nil
}

// contrast is black or white, whichever is easier to see on a colour.
func contrast(c color.Color) color.Color {
	r, g, b, _ := c.RGBA()
	if (299*r+587*g+114*b)/1000 > 0x9000 {
		return color.NRGBA{R: 0x10, G: 0x14, B: 0x18, A: 255}
	}
	return color.White
}

func (c *checkBox) CreateRenderer() fyne.WidgetRenderer {
	c.rect = &canvas.Rectangle{}
	c.mark = &canvas.Image{FillMode: canvas.ImageFillContain}
	c.paint()
	return widget.NewSimpleRenderer(&fyne.Container{Layout: insets{}, Objects: []fyne.CanvasObject{c.rect, c.mark}})
}

// tickBox is a box with words that is ticked or not. It takes the focus.
type tickBox struct {
	button
	box *checkBox
	on  bool
}

func newTickBox(words string, on bool) *tickBox {
	t := &tickBox{box: newCheckBox(), on: on}
	t.kind, t.Label, t.height, t.size, t.lead, t.self = kindTool, words, 28, sizeBody, 18, t
	t.box.fill = ink(theme.ColorNamePrimary)
	t.OnTapped = func() { t.Set(!t.on) }
	t.Set(on)
	t.ExtendBaseWidget(t)
	return t
}

// Set ticks the box or not.
func (t *tickBox) Set(on bool) {
	t.on = on
	state := view.Unticked
	if on {
		state = view.Ticked
	}
	t.box.Set(state, t.box.fill)
}

func (t *tickBox) CreateRenderer() fyne.WidgetRenderer {
	t.button.CreateRenderer()
	return &tickRenderer{buttonRenderer{&t.button}, t.box}
}

type tickRenderer struct {
	buttonRenderer
	box *checkBox
}

func (r *tickRenderer) Layout(s fyne.Size) {
	r.buttonRenderer.Layout(s)
	r.box.Move(fyne.NewPos(6, (s.Height-14)/2))
	r.box.Resize(fyne.NewSquareSize(14))
}

func (r *tickRenderer) Refresh() {
	r.b.Refresh()
	r.box.Refresh()
}

func (r *tickRenderer) Objects() []fyne.CanvasObject {
	return append(r.buttonRenderer.Objects(), r.box)
}
