package auto

import (
	"math"
	"slices"
)

// Result is a prediction: values, and their quantiles at each asked level.
type Result struct {
	Value     []float64
	Quantiles [][]float64 // [level][step]
}

// Predict forecasts from the end of y, which begins after m.Cut; times are those
// of y and of the horizon where the model knows the calendar.
func (m *Model) Predict(y []float64, times []int64, horizon int, levels []float64) Result {
	y = m.small(y)
	h := history{y: y, short: m.Short, long: m.Long}
	if m.Calendar {
		h.times = times
	}
	f, weights := m.candidates(h, horizon)
	r := Result{Value: make([]float64, horizon), Quantiles: make([][]float64, len(levels))}
	col := make([]float64, len(f))
	for i := range r.Value {
		for c := range f {
			col[c] = f[c][i]
		}
		r.Value[i] = m.clamp(combine(m.Mode, col, weights[m.knot(i)]))
	}
	for j, p := range levels {
		r.Quantiles[j] = make([]float64, horizon)
		for i, v := range r.Value {
			r.Quantiles[j][i] = m.clamp(v + m.widening(i)*m.errorAt(i, p))
		}
		r.Quantiles[j] = m.whole(r.Quantiles[j])
		if j > 0 && p > levels[j-1] {
			ascend(r.Quantiles[j], r.Quantiles[j-1])
		}
	}
	r.Value = m.whole(r.Value)
	return r
}

// ascend keeps a quantile from lying below that of a lower level, which rounding
// could make it.
func ascend(upper, lower []float64) {
	for i, v := range lower {
		upper[i] = max(upper[i], v)
	}
}

// candidates are the forecasts of those that can still be made (a logarithm
// cannot once values reach zero), with their weights at each knot.
func (m *Model) candidates(h history, horizon int) (f [][]float64, weights [][]float64) {
	y := h.y
	weights = make([][]float64, len(m.Knots))
	for _, me := range pool(h, min(m.First, len(y)), func(n string) bool { return slices.Contains(m.Names, n) }) {
		for c, out := range me.run(h, []int{len(y)}, horizon) {
			at := slices.Index(m.Names, me.names[c])
			if at < 0 {
				continue
			}
			f = append(f, out[0])
			for k := range weights {
				weights[k] = append(weights[k], m.Weights[k][at])
			}
		}
	}
	if len(f) == 0 {
		f = append(f, slices.Repeat(y[len(y)-1:], horizon))
		for k := range weights {
			weights[k] = []float64{1}
		}
	}
	return f, weights
}

// errorAt is the error's quantile at a step: between knots linearly.
func (m *Model) errorAt(step int, p float64) float64 {
	h := step + 1
	k, found := slices.BinarySearch(m.Knots, h)
	switch {
	case found:
		return m.level(k, p)
	case k == 0:
		return m.level(0, p)
	case k == len(m.Knots):
		return m.level(k-1, p)
	}
	a, b := m.Knots[k-1], m.Knots[k]
	return between(m.level(k-1, p), m.level(k, p), float64(h-a)/float64(b-a))
}

// between lies at a share of the way from a to b. However it is rounded, it grows
// with either and keeps to both, so that quantiles never cross.
func between(a, b, share float64) float64 {
	return min(max(a*(1-share)+b*share, min(a, b)), max(a, b))
}

func (m *Model) level(k int, p float64) float64 {
	e := m.Errors[k]
	j, found := slices.BinarySearch(m.Levels, p)
	switch {
	case found:
		return e[j]
	case j == 0:
		return e[0]
	case j == len(e):
		return e[j-1]
	}
	return between(e[j-1], e[j], (p-m.Levels[j-1])/(m.Levels[j]-m.Levels[j-1]))
}

// widening makes intervals wider where backtests say little: beyond the longest
// horizon that they tried, and where they have seen few seasons.
func (m *Model) widening(step int) float64 {
	w := 1.0
	if m.Short > 0 {
		w = math.Sqrt(1 + 0.3*float64(m.Short)/float64(m.Points))
	}
	if over := float64(step+1) / float64(max(1, m.Tested)); over > 1 {
		w *= math.Pow(over, growth)
	}
	return w
}

// Interval is the central interval about a forecast's values.
func (m *Model) Interval(value []float64, level float64) (lower, upper []float64) {
	lower, upper = make([]float64, len(value)), make([]float64, len(value))
	for i, v := range m.small(value) {
		w := m.widening(i)
		lower[i] = m.clamp(v + w*m.errorAt(i, (1-level)/2))
		upper[i] = m.clamp(v + w*m.errorAt(i, (1+level)/2))
	}
	return m.whole(lower), m.whole(upper)
}
