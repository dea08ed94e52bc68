package ui

import (
	"embed"
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

//go:embed icons/*.svg
var iconFiles embed.FS

// iconResource is an icon with its strokes in a colour. The name carries the
// colour because Fyne caches pictures by name.
func iconResource(name string, c color.Color) fyne.Resource {
	data, err := iconFiles.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil
	}
	r, g, b, _ := c.RGBA()
	hex := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	svg := strings.ReplaceAll(string(data), "#000000", hex)
	return fyne.NewStaticResource(name+hex+".svg", []byte(svg))
}

// BrandIcon is the program's sign.
func BrandIcon() fyne.Resource { return iconResource("brand", color.Black) }

// icon shows one of the window's own icons in a theme colour.
type icon struct {
	widget.BaseWidget
	name string
	ink  fyne.ThemeColorName
	size float32
	img  *canvas.Image
}

func newIcon(name string, ink fyne.ThemeColorName) *icon {
	i := &icon{name: name, ink: ink, size: 16}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes what is shown.
func (i *icon) Set(name string, ink fyne.ThemeColorName) {
	if i.name == name && i.ink == ink {
		return
	}
	i.name, i.ink = name, ink
	i.Refresh()
}

func (i *icon) MinSize() fyne.Size { return fyne.NewSize(i.size, i.size) }

func (i *icon) Refresh() {
	if i.img != nil {
		i.paint()
		i.img.Refresh()
	}
}

func (i *icon) paint() {
	i.img.Resource = nil
	if i.name != "" {
		i.img.Resource = iconResource(i.name, ink(i.ink))
	}
}

func (i *icon) CreateRenderer() fyne.WidgetRenderer {
	i.img = &canvas.Image{FillMode: canvas.ImageFillContain}
	i.paint()
	return widget.NewSimpleRenderer(i.img)
}
