package auto

import (
	"math"

	"aiops/forecast/level"
)

// history is a series with what is known of it.
type history struct {
	y           []float64
	short, long int     // seasons in steps; 0: none
	times       []int64 // nil: not known
}

// method makes one or several candidates, from several origins at once:
// out[c][i] is filled with candidate c's forecast of what follows y[:ns[i]].
type method struct {
	names []string
	roll  func(h history, ns []int, out [][][]float64)
}

// run makes room for the forecasts and fills it: at most horizon steps, and no
// more than can be compared, except from the end of the series.
func (m method) run(h history, ns []int, horizon int) [][][]float64 {
	out := make([][][]float64, len(m.names))
	for c := range out {
		out[c] = make([][]float64, len(ns))
		for i, n := range ns {
			steps := horizon
			if n < len(h.y) {
				steps = min(horizon, len(h.y)-n)
			}
			out[c][i] = make([]float64, steps)
		}
	}
	m.roll(h, ns, out)
	for c := range out {
		for i, n := range ns {
			sanitize(out[c][i], h.y[n-1])
		}
	}
	return out
}

// sanitize puts the last value in the place of what overflowed or soon would.
func sanitize(v []float64, last float64) {
	for i, x := range v {
		if !(math.Abs(x) <= overflown) {
			v[i] = last
		}
	}
}

// rule makes a method of one candidate that looks at one origin at a time.
func rule(name string, f func(y, out []float64)) method {
	return method{[]string{name}, func(h history, ns []int, out [][][]float64) {
		for i, n := range ns {
			f(h.y[:n], out[0][i])
		}
	}}
}

// transform makes values whose noise does not grow with the level, and back.
type transform struct {
	name     string
	to, from func(float64) float64
}

// log is there for values that are all above zero.
func (h history) log() (transform, bool) {
	for _, v := range h.y {
		if v <= 0 {
			return transform{}, false
		}
	}
	return transform{"log ", math.Log, math.Exp}, true
}

// arcsinh is linear about the median and a logarithm far from it.
func (h history) arcsinh() transform {
	med := level.MedianOf(h.y, len(h.y))
	scale := 1.4826 * spreadOf(h.y, med)
	if !(scale > 0) {
		scale = 1e-12
		for _, v := range h.y {
			scale = max(scale, math.Abs(v-med)/10)
		}
	}
	return transform{"arcsinh ", func(v float64) float64 { return math.Asinh((v - med) / scale) },
		func(z float64) float64 { return med + scale*math.Sinh(z) }}
}

// through runs a method on transformed values.
func (m method) through(t transform) method {
	names := make([]string, len(m.names))
	for i, n := range m.names {
		names[i] = t.name + n
	}
	return method{names, func(h history, ns []int, out [][][]float64) {
		z := make([]float64, len(h.y))
		for i, v := range h.y {
			z[i] = t.to(v)
		}
		m.roll(history{y: z, short: h.short, long: h.long, times: h.times}, ns, out)
		for _, c := range out {
			for _, v := range c {
				for k := range v {
					v[k] = t.from(v[k])
				}
			}
		}
	}}
}

// differenced runs a method on the differences of values a season apart.
func (m method) differenced(season int) method {
	return method{[]string{"differenced " + m.names[0]}, func(h history, ns []int, out [][][]float64) {
		d := make([]float64, len(h.y)-season)
		for i := range d {
			d[i] = h.y[i+season] - h.y[i]
		}
		less := make([]int, len(ns))
		for i, n := range ns {
			less[i] = n - season
		}
		m.roll(history{y: d, short: h.short, long: h.long}, less, out)
		for i, n := range ns {
			v := out[0][i]
			for k := range v {
				if k < season {
					v[k] += h.y[n-season+k]
				} else {
					v[k] += v[k-season]
				}
			}
		}
	}}
}
