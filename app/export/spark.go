package export

import (
	"fmt"
	"math"
	"strings"

	"aiops/metric"
)

// Size of a sparkline in pixels, and its places from left to right.
const (
	sparkW, sparkH = 150.0, 18.0
	sparkPlaces    = 100
)

// spark is a series at the size of a sparkline: the mean at each place, NaN
// where there is no data.
type spark struct {
	means  []float64
	lo, hi float64
	shared bool // the scale is that of all VMs
}

// drawnSpark is a sparkline as an SVG path.
type drawnSpark struct{ Path string }

// newSpark condenses a series.
func newSpark(s *series, r metric.Range) spark {
	sum, n := make([]float64, sparkPlaces), make([]float64, sparkPlaces)
	for i, t := range s.Data.Times {
		p := int(float64(t-r.From) / float64(r.Len()) * sparkPlaces)
		if p = min(max(p, 0), sparkPlaces-1); !math.IsNaN(s.Data.Mean[i]) {
			sum[p] += s.Data.Mean[i]
			n[p]++
		}
	}
	out := spark{lo: math.Inf(1), hi: math.Inf(-1)}
	for p := range sum {
		v := sum[p] / n[p] // NaN where nothing is
		out.means = append(out.means, v)
		if n[p] > 0 {
			out.lo, out.hi = min(out.lo, v), max(out.hi, v)
		}
	}
	out.shared = s.Unit == metric.Percent && out.lo >= 0
	out.bridge(s, r)
	return out
}

// bridge fills places that are empty only because the points are sparse.
func (s *spark) bridge(of *series, r metric.Range) {
	gap := max(metric.GapLimit(of.Data.Times), 3*of.Data.Step)
	reach := int(math.Ceil(float64(gap) / float64(r.Len()) * sparkPlaces))
	before := -1
	for p, v := range s.means {
		if math.IsNaN(v) {
			continue
		}
		if before >= 0 && p-before <= reach {
			for q := before + 1; q < p; q++ {
				s.means[q] = s.means[before] + (v-s.means[before])*float64(q-before)/float64(p-before)
			}
		}
		before = p
	}
}

// shareScale lets the sparklines of percentages reach from 0 to the highest of
// all, so that VMs can be compared; others fill their height.
func shareScale(reports []*vmReport) {
	top := 0.0
	for _, r := range reports {
		if r.spark.shared {
			top = max(top, r.spark.hi)
		}
	}
	for _, r := range reports {
		if r.spark.shared {
			r.spark.lo, r.spark.hi = 0, top
		}
	}
}

// draw makes the path; nil for a series without a point.
func (s spark) draw() *drawnSpark {
	var b strings.Builder
	on := false
	span := s.hi - s.lo
	for p, v := range s.means {
		if math.IsNaN(v) {
			on = false
			continue
		}
		at := 0.5
		if span > 0 {
			at = (v - s.lo) / span
		}
		command := "L"
		if !on {
			command = "M"
		}
		alone := !on && (p+1 == len(s.means) || math.IsNaN(s.means[p+1]))
		x, y := (float64(p)+0.5)*sparkW/sparkPlaces, sparkH-1.5-at*(sparkH-3)
		fmt.Fprintf(&b, "%s%.4g %.3g", command, x, y)
		if alone {
			b.WriteString("h1.5") // a single place is still seen
		}
		on = true
	}
	if b.Len() == 0 {
		return nil
	}
	return &drawnSpark{Path: b.String()}
}
