package charts

import (
	"fmt"
	"image"
	"testing"

	"aiops/metric"
)

// A crowded panel looks as if every line were painted over the ones before.
func TestLayerLooksTheSame(t *testing.T) {
	for _, points := range []int{700, 20_000} {
		f := Figure{Theme: Dark, Panels: []Panel{{Unit: metric.Percent}}}
		for i := range 30 {
			l := Line{Name: fmt.Sprintf("vm-%02d", i), Slot: i, Data: noisy(points, uint64(i))}
			if i%7 == 3 {
				l.Style = Compared
			}
			f.Panels[0].Lines = append(f.Panels[0].Lines, l)
		}
		f.Range = metric.Range{From: f.Panels[0].Lines[0].Data.Times[0], To: f.Panels[0].Lines[0].Data.Times[points-1]}
		for _, scale := range []float64{1, 2} {
			got, want := paintLines(f, scale, true), paintLines(f, scale, false)
			off := 0
			for i := range got.Pix {
				if d := int(got.Pix[i]) - int(want.Pix[i]); d > 12 || d < -12 {
					off++
				}
			}
			if limit := len(got.Pix) / 1000; off > limit {
				t.Errorf("%d points, scale %g: %d values differ, %d may", points, scale, off, limit)
			}
		}
	}
}

// paintLines draws nothing but the lines of the first panel.
func paintLines(f Figure, scale float64, layered bool) *image.RGBA {
	size := Size{600, 300}
	w, h := size.Pixels(scale)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	r := &Renderer{inks: newInks(f.Theme)}
	r.raster.begin(img, size.H, scale)
	d := drawing{plan: newPlan(&f, size), pen: pen{c: &r.raster, h: size.H}, ink: r.inks, density: scale, trace: &r.trace}
	d.rect(0, 0, size.W, size.H, d.ink.surface)
	n := &d.panels[0]
	if layered {
		d.lines(n)
		return img
	}
	for _, l := range n.order() {
		d.build(d.trace, n, l)
		d.stroke(n, l)
	}
	return img
}
