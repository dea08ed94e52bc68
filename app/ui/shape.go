package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// plate is a rectangle in theme colours.
type plate struct {
	widget.BaseWidget
	fill, stroke fyne.ThemeColorName
	paint        color.Color // fills instead of fill
	width        float32     // of the stroke
	radius       float32
	min          fyne.Size
	rect         *canvas.Rectangle
}

func newPlate(fill, stroke fyne.ThemeColorName, radius float32) *plate {
	p := &plate{fill: fill, stroke: stroke, radius: radius, width: 1}
	p.ExtendBaseWidget(p)
	return p
}

// rule is a line of one pixel: give it a height or a width by the layout.
func rule() *plate {
	p := newPlate(colorBorder, colorNone, 0)
	p.min = fyne.NewSize(1, 1)
	return p
}

// swatch is the small square in a series colour.
func swatch(c color.Color) *plate {
	p := newPlate(colorNone, colorNone, 2)
	p.paint, p.min = c, fyne.NewSize(10, 10)
	return p
}

func (p *plate) MinSize() fyne.Size { return p.min }

// Set changes the colours.
func (p *plate) Set(fill, stroke fyne.ThemeColorName) {
	if p.fill != fill || p.stroke != stroke {
		p.fill, p.stroke = fill, stroke
		p.Refresh()
	}
}

func (p *plate) Refresh() {
	if p.rect != nil {
		p.apply()
		p.rect.Refresh()
	}
}

func (p *plate) apply() {
	p.rect.FillColor = p.paint
	if p.paint == nil {
		p.rect.FillColor = ink(p.fill)
	}
	p.rect.StrokeColor, p.rect.StrokeWidth, p.rect.CornerRadius = ink(p.stroke), p.width, p.radius
	if p.stroke == colorNone {
		p.rect.StrokeWidth = 0
	}
}

func (p *plate) CreateRenderer() fyne.WidgetRenderer {
	p.rect = &canvas.Rectangle{}
	p.apply()
	return widget.NewSimpleRenderer(p.rect)
}

// card is a surface with a border around its content.
func card(content fyne.CanvasObject) *fyne.Container {
	return container.NewStack(newSlab(colorSurface, 6), content)
}

// keycap shows a key's name as on a keyboard.
func keycap(key string) *fyne.Container {
	return container.NewStack(newPlate(colorRaised, colorBorder, 3), pad(caption(key), 1, 5, 1, 5))
}
