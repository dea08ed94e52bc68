package charts

import (
	"bufio"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"sync"

	"gonum.org/v1/plot/vg"
)

// Renderer draws figures and keeps its buffers from one to the next. It serves
// one goroutine at a time; the methods of Figure borrow one from a pool.
type Renderer struct {
	raster raster
	trace  trace
	ahead  []trace
	path   vg.Path
	notes  []gapNote
	inks   *inks
}

var renderers = sync.Pool{New: func() any { return new(Renderer) }}

// Layout computes where the figure's parts go without drawing it.
func (f Figure) Layout(size Size) Layout { return newPlan(&f, size).Layout }

// Pixels is the size in pixels of a picture of that size and scale.
func (s Size) Pixels(scale float64) (w, h int) {
	px := func(v float64) int { return max(1, int(math.Round(min(max(v*scale, 1), 32768)))) }
	return px(s.W), px(s.H)
}

// RGBA draws the figure at a scale (pixels per device-independent pixel).
func (f Figure) RGBA(size Size, scale float64) *image.RGBA {
	w, h := size.Pixels(scale)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	f.DrawInto(img, size, scale)
	return img
}

// DrawInto draws the figure into an image that is there already, from its upper
// left corner. The image should have size.Pixels(scale) pixels. A bare figure
// has a transparent background.
func (f Figure) DrawInto(img *image.RGBA, size Size, scale float64) {
	r := renderers.Get().(*Renderer)
	r.Draw(f, img, size, scale)
	renderers.Put(r)
}

// Draw is DrawInto with the renderer's own buffers.
func (r *Renderer) Draw(f Figure, img *image.RGBA, size Size, scale float64) {
	if img == nil || img.Rect.Empty() || !(scale > 0) {
		return
	}
	if f.Bare {
		clear(img.Pix)
	}
	r.raster.begin(img, size.H, scale)
	r.drawOn(&r.raster, &f, size, scale)
	r.raster.img = nil
}

// drawOn draws on any canvas.
func (r *Renderer) drawOn(c vg.Canvas, f *Figure, size Size, density float64) {
	if r.inks == nil || r.inks.theme != f.Theme {
		r.inks = newInks(f.Theme)
	}
	d := drawing{plan: newPlan(f, size), pen: pen{c: c, h: size.H, path: r.path}, ink: r.inks,
		density: density, trace: &r.trace, ahead: r.ahead, notes: r.notes}
	d.draw()
	r.path, r.notes, r.ahead = d.path, d.notes, d.ahead
}

// WritePNG writes the picture that RGBA draws.
func (f Figure) WritePNG(w io.Writer, size Size, scale float64) error {
	if err := png.Encode(w, f.RGBA(size, scale)); err != nil {
		return fmt.Errorf("write PNG: %w", err)
	}
	return nil
}

// SVGOptions says how a figure is written as SVG.
type SVGOptions struct {
	// CSSVariables writes colours as var(--surface,#ffffff) ..., so that the
	// page around it decides between light and dark (see Theme.CSS).
	CSSVariables bool
	// Inline leaves out the XML declaration, for an SVG inside an HTML page.
	Inline bool
	// Title is read out by screen readers and shown as a tooltip.
	Title string
}

// WriteSVG writes the figure as a self-contained SVG document.
func (f Figure) WriteSVG(w io.Writer, size Size) error {
	return f.WriteSVGWith(w, size, SVGOptions{})
}

// WriteSVGWith is WriteSVG with options.
func (f Figure) WriteSVGWith(w io.Writer, size Size, o SVGOptions) error {
	out := bufio.NewWriter(w)
	c := newSVGCanvas(out, size, o)
	r := renderers.Get().(*Renderer)
	r.drawOn(c, &f, size, 1)
	renderers.Put(r)
	c.end()
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write SVG: %w", err)
	}
	return nil
}

// WritePDF writes the figure as a one-page PDF.
func (f Figure) WritePDF(w io.Writer, size Size) error {
	c := newPDFCanvas(size)
	r := renderers.Get().(*Renderer)
	r.drawOn(c, &f, size, 2)
	renderers.Put(r)
	if err := c.doc.Output(w); err != nil {
		return fmt.Errorf("write PDF: %w", err)
	}
	return nil
}
