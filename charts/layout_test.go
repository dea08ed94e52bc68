package charts

import (
	"image"
	"image/color"
	"math"
	"testing"

	"aiops/metric"
)

// square is a series that is low, then high, with one point a minute.
func square(r metric.Range, low, high float64) metric.Series {
	var s metric.Series
	for t := r.From; t <= r.To; t += minute {
		v := low
		if t >= r.From+r.Len()/2 {
			v = high
		}
		s.Times, s.Values = append(s.Times, t), append(s.Values, v)
	}
	return s
}

func near(c, d color.Color, by uint32) bool {
	r, g, b, _ := c.RGBA()
	x, y, z, _ := d.RGBA()
	apart := func(a, b uint32) bool { return max(a, b)-min(a, b) > by<<8 }
	return !apart(r, x) && !apart(g, y) && !apart(b, z)
}

// Layout says where things are: the pixels there have the colours of what was drawn.
func TestLayoutIsWhatIsDrawn(t *testing.T) {
	r := metric.Range{From: at(2026, 11, 23, 0, 0), To: at(2026, 11, 23, 6, 0)}
	for _, scale := range []float64{1, 1.25, 2, 3} {
		for _, panels := range []int{1, 3} {
			f := Figure{Theme: Light, Zone: berlin, Range: r, Flags: []Flag{{Time: r.From + hour, Text: "a flag"}}}
			for i := range panels {
				f.Panels = append(f.Panels, Panel{Title: "x", Unit: metric.Percent, Lines: []Line{line("y", i, square(r, 25, 75))}})
			}
			f.Spans = []Span{{Range: metric.Range{From: r.From + 2*hour, To: r.From + 150*minute}, Kind: SpanIncident}}
			size := Size{800, 500}
			img, l := f.RGBA(size, scale), f.Layout(size)
			px := func(x, y float64) color.Color { return img.At(int(x*scale), int(y*scale)) }
			for i, p := range l.Panels {
				for _, c := range []struct{ minutes, value float64 }{{100, 25}, {300, 75}} {
					x, y := l.X(r.From+int64(c.minutes)*minute), p.Y(c.value)
					if !near(px(x, y), Light.Lines[i], 90) {
						t.Errorf("scale %v panel %d: no line at %.1f %.1f but %v", scale, i, x, y, px(x, y))
					}
					if v := p.Value(y); math.Abs(v-c.value) > 1e-9 {
						t.Errorf("value %v, want %v", v, c.value)
					}
				}
				x0, x1 := l.X(f.Spans[0].From), l.X(f.Spans[0].To)
				for _, x := range []float64{x0 + 2, x1 - 2} {
					if !near(px(x, p.Y(90)), Light.CritSoft, 2) {
						t.Errorf("scale %v: no span at %.1f", scale, x)
					}
				}
				if near(px(x0-2, p.Y(90)), Light.CritSoft, 2) || near(px(x1+2, p.Y(90)), Light.CritSoft, 2) {
					t.Error("the span is too wide")
				}
			}
			if at := l.Time(l.X(r.From + hour)); at < r.From+hour-second || at > r.From+hour+second {
				t.Errorf("time %d", at-r.From)
			}
		}
	}
}

// A single spike among ten million points is seen at every zoom and scale.
func TestExtremesStayVisible(t *testing.T) {
	n := 300_000
	s := metric.Series{Times: make([]int64, n), Values: make([]float64, n)}
	for i := range n {
		s.Times[i], s.Values[i] = int64(i)*second, 10
	}
	s.Values[123_457] = 90
	f := Figure{Theme: Light, Panels: []Panel{{Lo: 0, Hi: 100, Lines: []Line{{Data: metric.NewPyramid(s.Envelope())}}}}}
	for _, length := range []int64{300_000, 100_000, 20_000, 1000, 60, 5} {
		f.Range = metric.Range{From: (123_457 - length/2) * second, To: (123_457 + length/2 + 1) * second}
		for _, scale := range []float64{1, 2} {
			img, l := f.RGBA(Size{700, 300}, scale), f.Layout(Size{700, 300})
			x, y := l.X(123_457*second), l.Panels[0].Y(90)+0.5
			seen := false
			for dx := -2; dx <= 2; dx++ {
				seen = seen || near(img.At(int(x*scale)+dx, int(y*scale)), Light.Lines[0], 110)
			}
			if !seen {
				t.Errorf("%d s, scale %v: the spike is gone", length, scale)
			}
		}
	}
}

// A line ends at a gap and goes on after it; a point alone is a dot.
func TestGaps(t *testing.T) {
	r := metric.Range{From: 0, To: 10 * hour}
	s := drop(drop(square(r, 50, 50), metric.Range{From: 4 * hour, To: 5 * hour}), metric.Range{From: 5*hour + minute, To: 6 * hour})
	f := Figure{Theme: Light, Range: r, Panels: []Panel{{Lo: 0, Hi: 100, Lines: []Line{line("x", 0, s)}}}}
	size := Size{900, 300}
	img, l := f.RGBA(size, 1), f.Layout(size)
	y := l.Panels[0].Y(50)
	for _, c := range []struct {
		at   int64
		line bool
	}{{3 * hour, true}, {270 * minute, false}, {5 * hour, true}, {330 * minute, false}, {8 * hour, true}} {
		if got := near(img.At(int(l.X(c.at)), int(y)), Light.Lines[0], 90); got != c.line {
			t.Errorf("at %v h: line %v", float64(c.at)/float64(hour), got)
		}
	}
}

// Nothing makes it panic or hang, and no coordinate is not a number.
func TestOddFigures(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	series := metric.Series{Times: []int64{0, second, 2 * second, 3 * second}, Values: []float64{1, nan, inf, -inf}}
	huge := metric.Series{Times: []int64{-1 << 60, 0, 1 << 60}, Values: []float64{-1e308, 0, 1e308}}
	for _, r := range []metric.Range{{}, {From: 0, To: 3 * second}, {From: 5, To: 1}, metric.All, {From: 0, To: 1}, {From: -1 << 63, To: 1<<63 - 1}} {
		for _, s := range []metric.Series{series, huge, {}, {Times: []int64{1}, Values: []float64{0}}} {
			f := Figure{Theme: Dark, Range: r, Now: 1, Flags: []Flag{{}, {Time: 1, Text: "数据"}}, Spans: []Span{{Range: metric.All}}}
			l := Line{Data: metric.NewPyramid(s.Envelope()), Shift: 1, GapNote: "x"}
			f.Panels = []Panel{{Unit: metric.Percent, Lines: []Line{l, {}}, Marks: []Mark{{Value: nan, Ring: true}}, Thresholds: []Threshold{{Value: nan}, {Value: inf}}},
				{Lo: 0, Hi: inf, Lines: []Line{l}, Bands: []Band{{Times: s.Times, Lower: s.Values, Upper: s.Values}}}}
			for _, size := range []Size{{900, 300}, {10, 10}, {0, 0}, {-5, 1}} {
				for _, bare := range []bool{false, true} {
					f.Bare = bare
					f.RGBA(size, 1.5)
					for _, p := range f.Layout(size).Panels {
						if math.IsNaN(p.Y(0)) || math.IsNaN(p.Lo+p.Hi) {
							t.Fatalf("%v %v: %+v", r, size, p)
						}
					}
				}
			}
		}
	}
	new(Renderer).Draw(Figure{}, image.NewRGBA(image.Rect(0, 0, 3, 3)), Size{900, 900}, 2)
}
