package view

import (
	"fmt"
	"math"
	"slices"

	"aiops/charts"
	"aiops/metric"
)

// bins is a histogram.
type bins struct {
	lo, hi      float64
	counts      []int
	median, p95 float64
	n           int
}

// mostBins is how many bars a histogram has.
const mostBins = 40

func newBins(values []float64) bins {
	if len(values) == 0 {
		return bins{}
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	b := bins{lo: sorted[0], hi: sorted[len(sorted)-1], n: len(sorted), median: sorted[len(sorted)/2], p95: sorted[min(len(sorted)-1, len(sorted)*95/100)]}
	if b.hi <= b.lo {
		room := max(1e-9, math.Abs(b.lo)*0.05)
		b.lo, b.hi = b.lo-room, b.hi+room
	}
	b.counts = make([]int, mostBins)
	for _, v := range sorted {
		b.counts[min(mostBins-1, int((v-b.lo)/(b.hi-b.lo)*mostBins))]++
	}
	return b
}

// binWidth is how wide a bar is on the figure's axis.
const binWidth = 1000

// place is where a value lies on the figure's axis.
func (b bins) place(v float64) int64 {
	return int64((v - b.lo) / (b.hi - b.lo) * mostBins * binWidth)
}

// Distribution is how often which values came.
func (e *Explored) Distribution(theme charts.Theme) charts.Figure {
	b, u := e.bins, metric.UnitOf(e.Plan.Key.Metric)
	f := charts.Figure{Theme: theme, Range: metric.Range{From: 0, To: mostBins * binWidth}}
	p := charts.Panel{NoLegend: true}
	for i, n := range b.counts {
		p.Bars = append(p.Bars, charts.Bar{From: int64(i) * binWidth, To: int64(i+1) * binWidth, Value: float64(n), Slot: e.Plan.Slot})
	}
	if b.n > 0 {
		for i := range 5 {
			v := b.lo + (b.hi-b.lo)*float64(i)/4
			f.Ticks = append(f.Ticks, charts.Tick{Time: b.place(v), Text: u.Format(v)})
		}
		f.Flags = []charts.Flag{{Time: b.place(b.median), Text: "Median " + u.Format(b.median)}, {Time: b.place(b.p95), Text: "p95 " + u.Format(b.p95)}}
	}
	f.Panels = []charts.Panel{p}
	return f
}

// DistributionAbout is the histogram's remark.
func (e *Explored) DistributionAbout() string {
	return e.Plan.Key.String() + ", " + counted(int64(e.bins.n), "point")
}

// rhythm is the mean of each hour of each day of the week, Monday first.
type rhythm struct {
	means  [7][24]float64
	lo, hi float64
}

func newRhythm(s metric.Series, c Clock) rhythm {
	var r rhythm
	var n [7][24]float64
	for i, t := range s.Times {
		at := c.In(t)
		d, h := (int(at.Weekday())+6)%7, at.Hour()
		r.means[d][h] += s.Values[i]
		n[d][h]++
	}
	r.lo, r.hi = math.Inf(1), math.Inf(-1)
	for d := range n {
		for h := range n[d] {
			r.means[d][h] /= n[d][h]
			if v := r.means[d][h]; !math.IsNaN(v) {
				r.lo, r.hi = min(r.lo, v), max(r.hi, v)
			}
		}
	}
	return r
}

// Rhythm is the mean by hour and day of the week.
func (e *Explored) Rhythm(theme charts.Theme) charts.Figure {
	r := e.rhythm
	f := charts.Figure{Theme: theme, Range: metric.Range{From: 0, To: 24000}}
	c := &charts.Cells{Colors: charts.HeatRamp}
	for d, name := range weekdays {
		row := charts.Row{Name: name}
		for h, v := range r.means[d] {
			share := 0.0
			if r.hi > r.lo {
				share = (v - r.lo) / (r.hi - r.lo)
			}
			if math.IsNaN(v) {
				continue
			}
			row.Cells = append(row.Cells, charts.Cell{From: int64(h) * 1000, To: int64(h+1) * 1000, Value: share})
		}
		c.Rows = append(c.Rows, row)
	}
	f.Ticks = hourTicks()
	f.Panels = []charts.Panel{{Cells: c}}
	return f
}

var weekdays = [7]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// hourTicks are the hours below a day's cells, a thousand units each.
func hourTicks() (out []charts.Tick) {
	for h := 0; h <= 24; h += 6 {
		out = append(out, charts.Tick{Time: int64(h) * 1000, Text: fmt.Sprintf("%02d:00", h)})
	}
	return out
}

// RhythmAbout is the heat map's remark: from 21.0 % (light) to 64.2 %.
func (e *Explored) RhythmAbout() string {
	r, u := e.rhythm, metric.UnitOf(e.Plan.Key.Metric)
	if r.hi < r.lo {
		return ""
	}
	text := "mean, " + u.Format(r.lo) + " (pale) – " + u.Format(r.hi)
	return text
}
