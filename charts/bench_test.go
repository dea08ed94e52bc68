package charts

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"aiops/metric"
)

// noisy is n points a second apart: a daily rhythm, noise and rare spikes.
func noisy(n int, seed uint64) *metric.Pyramid {
	rnd := rand.New(rand.NewPCG(seed, 1))
	s := metric.Series{Times: make([]int64, n), Values: make([]float64, n)}
	for i := range n {
		s.Times[i] = 1_700_000_000*second + int64(i)*second
		s.Values[i] = 40 + 15*math.Sin(float64(i)/86400*2*math.Pi) + 4*rnd.NormFloat64()
		if rnd.IntN(20_000) == 0 {
			s.Values[i] += 35
		}
	}
	return metric.NewPyramid(s.Envelope())
}

// gesture is the range of a frame in a walk of wheel steps and drags: from the
// whole series to a thousandth of it and back.
func gesture(all metric.Range, frame int) metric.Range {
	k := frame % 40
	if k > 20 {
		k = 40 - k
	}
	length := float64(all.Len()) * math.Pow(0.71, float64(k))
	from := float64(all.Len()) - length
	from *= 0.5 + 0.3*math.Sin(float64(frame)/7)
	return metric.Range{From: all.From + int64(from), To: all.From + int64(from+length)}
}

func benchFrames(b *testing.B, f Figure, all metric.Range, next func(metric.Range, int) metric.Range) {
	size := Size{1400, 700}
	w, h := size.Pixels(1)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	var r Renderer
	r.Draw(f, img, size, 1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f.Range = next(all, i)
		r.Draw(f, img, size, 1)
	}
}

// BenchmarkFrame draws whole frames of 1400x700, the range changing each time
// as in pan and zoom. The pyramid is warm, as it is during a gesture.
func BenchmarkFrame(b *testing.B) {
	whole := func(all metric.Range, i int) metric.Range { return all.Shift(int64(i%7) * all.Len() / 500) }
	for _, n := range []int{10_000, 100_000, 1_000_000, 10_000_000} {
		p := noisy(n, 1)
		f := Figure{Theme: Dark, Panels: []Panel{{Unit: metric.Percent, Lines: []Line{{Name: "api-01", Data: p}}}}}
		all := metric.Range{From: p.Times[0], To: p.Times[n-1]}
		b.Run(fmt.Sprintf("points=%.0e", float64(n)), func(b *testing.B) { benchFrames(b, f, all, gesture) })
		b.Run(fmt.Sprintf("whole/points=%.0e", float64(n)), func(b *testing.B) { benchFrames(b, f, all, whole) })
	}
	f := Figure{Theme: Dark, Panels: []Panel{{Unit: metric.Percent}}}
	for i := range 50 {
		f.Panels[0].Lines = append(f.Panels[0].Lines, Line{Name: fmt.Sprintf("vm-%02d", i), Slot: i % 8, Data: noisy(100_000, uint64(i))})
	}
	all := metric.Range{From: f.Panels[0].Lines[0].Data.Times[0], To: f.Panels[0].Lines[0].Data.Times[99_999]}
	b.Run("series=50", func(b *testing.B) { benchFrames(b, f, all, gesture) })
	b.Run("whole/series=50", func(b *testing.B) { benchFrames(b, f, all, whole) })
}

// BenchmarkGonumLine is what the same frame costs with gonum's own line: some
// 20 s for 10,000 noisy points, and it grows with their square.
func BenchmarkGonumLine(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		data := noisy(n, 1)
		xy := make(plotter.XYs, n)
		for i := range xy {
			xy[i].X, xy[i].Y = float64(data.Times[i])/1e6, data.Mean[i]
		}
		b.Run(fmt.Sprintf("points=%.0e", float64(n)), func(b *testing.B) {
			for b.Loop() {
				p := plot.New()
				l, err := plotter.NewLine(xy)
				if err != nil {
					b.Fatal(err)
				}
				p.Add(plotter.NewGrid(), l)
				img := vgimg.NewWith(vgimg.UseWH(1400*vg.Inch/96, 700*vg.Inch/96), vgimg.UseDPI(96))
				p.Draw(draw.New(img))
			}
		})
	}
}
