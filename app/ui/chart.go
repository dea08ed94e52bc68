package ui

import (
	"image"
	"log/slog"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"aiops/charts"
)

// picture shows a Figure: drawn in the background at the exact size in pixels,
// swapped when ready. While a frame is being drawn newer figures wait, and of
// those only the last is drawn, so a gesture never lags behind.
type picture struct {
	widget.BaseWidget
	run    *runner
	image  *canvas.Image
	over   *fyne.Container // overlays, above the image
	figure *charts.Figure  // to be shown
	// patience is how long the UI thread may wait for a frame: most are drawn
	// sooner and reach the screen a tick earlier than by way of the queue.
	patience time.Duration
	stale    bool // figure or size is newer than what is drawn
	busy     bool
	frames   int // drawn so far
	// spare is the frame before the one shown: the next one is drawn into it, as
	// fresh memory costs more than its pixels.
	spare *image.RGBA
	// layout of the frame that is shown, and whether there is one.
	layout  charts.Layout
	drawn   bool
	onDrawn func()
	min     fyne.Size
}

// setUp makes the parts; what embeds a picture calls it first.
func (p *picture) setUp(run *runner) {
	p.run, p.min = run, fyne.NewSize(40, 20)
	p.image = &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScaleFastest}
	p.over = container.NewWithoutLayout()
}

// Draw draws a figure as soon as possible.
func (p *picture) Draw(f charts.Figure) {
	p.figure, p.stale = &f, true
	p.kick()
}

// Blank shows nothing.
func (p *picture) Blank() {
	p.figure, p.stale, p.drawn = nil, false, false
	p.image.Image = nil
	p.image.Refresh()
}

func (p *picture) MinSize() fyne.Size { return p.min }

func (p *picture) Resize(s fyne.Size) {
	if s == p.Size() {
		return
	}
	p.BaseWidget.Resize(s)
	p.image.Resize(s)
	p.over.Resize(s)
	p.stale = p.figure != nil
	p.kick()
}

// kick draws the newest figure unless a frame is being drawn.
func (p *picture) kick() {
	c := fyne.CurrentApp().Driver().CanvasForObject(p.over)
	if p.busy || !p.stale || p.Size().Width < 2 || p.Size().Height < 2 {
		return
	}
	scale := 1.0
	if c != nil {
		scale = float64(c.Scale())
	}
	p.busy, p.stale = true, false
	f, s, spare := *p.figure, p.Size(), p.spare
	p.spare = nil
	size := charts.Size{W: pixels(s.Width, scale), H: pixels(s.Height, scale)}
	p.run.within(p.patience, func() func() {
		began := time.Now()
		img, layout := drawInto(spare, f, size, scale), f.Layout(size)
		slog.Debug("figure drawn", "took", time.Since(began), "width", size.W)
		return func() { p.show(img, layout) }
	})
}

// drawInto draws a figure into an image that has its size, or else into a new one.
func drawInto(img *image.RGBA, f charts.Figure, size charts.Size, scale float64) *image.RGBA {
	if w, h := size.Pixels(scale); img == nil || img.Rect != image.Rect(0, 0, w, h) {
		return f.RGBA(size, scale)
	}
	f.DrawInto(img, size, scale)
	return img
}

// show swaps in a frame that has been drawn.
func (p *picture) show(img *image.RGBA, layout charts.Layout) {
	p.busy = false
	if p.figure != nil {
		p.spare, _ = p.image.Image.(*image.RGBA)
		p.image.Image, p.layout, p.drawn = img, layout, true
		p.frames++
		p.image.Refresh()
		if p.onDrawn != nil {
			p.onDrawn()
		}
	}
	p.kick()
}

// pixels is a length that is a whole number of pixels at a scale, as Fyne
// itself rounds it: any other size would be re-sampled.
func pixels(v float32, scale float64) float64 {
	return math.Round(float64(v)*scale) / scale
}

func (p *picture) CreateRenderer() fyne.WidgetRenderer {
	return &objectsRenderer{min: p.min, objects: []fyne.CanvasObject{p.image, p.over}, layout: func(s fyne.Size) {
		p.image.Resize(s)
		p.over.Resize(s)
		p.kick()
	}}
}
