package auto

import (
	"math"
	"slices"
)

// errorLevels are the probabilities at which the errors' quantiles are kept.
var errorLevels = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
	0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 0.995}

// learn finds weights and error quantiles from the candidates' forecasts
// f[candidate][origin][step].
func (m *Model) learn(y []float64, ns []int, f [][][]float64) {
	m.Knots = knots(m.Tested)
	m.Mode = "mean"
	if m.fine() {
		m.Mode = "median"
	}
	t := newTable(m, y, ns, f)
	for k := range m.Knots {
		m.Weights = append(m.Weights, t.weights(k, -1))
	}
	m.Tests = t.leaveOneOut()
	m.Levels = errorLevels
	m.Errors = t.errors(m.Tests)
}

// knots are the horizons, roughly half as long again from one to the next.
func knots(tested int) []int {
	var out []int
	for k := 1.0; int(k) < tested; k = max(k+1, k*1.5) {
		out = append(out, int(k))
	}
	return append(out, tested)
}

// knot is the one nearest to a step (from 0), as its index.
func (m *Model) knot(step int) int {
	h := step + 1
	i, found := slices.BinarySearch(m.Knots, h)
	if found || i == 0 {
		return i
	}
	if i == len(m.Knots) || h*h < m.Knots[i-1]*m.Knots[i] {
		return i - 1
	}
	return i
}

// table holds the absolute errors of each candidate by knot and origin.
type table struct {
	m    *Model
	y    []float64
	ns   []int
	f    [][][]float64
	sum  [][][]float64 // [knot][origin][candidate]
	n    [][]float64   // [knot][origin] points compared
	unit float64       // errors below this are equal
}

func newTable(m *Model, y []float64, ns []int, f [][][]float64) *table {
	t := &table{m: m, y: y, ns: ns, f: f}
	for _, v := range y {
		t.unit = max(t.unit, 1e-9*math.Abs(v))
	}
	for k := range m.Knots {
		sum, n := make([][]float64, len(ns)), make([]float64, len(ns))
		lo, hi := m.window(k)
		for i, o := range ns {
			sum[i] = make([]float64, len(f))
			for c := range f {
				for h := lo; h < min(hi, len(f[c][i])); h++ {
					sum[i][c] += math.Abs(f[c][i][h] - y[o+h])
				}
			}
			n[i] = float64(max(0, min(hi, len(y)-o)-lo))
		}
		t.sum, t.n = append(t.sum, sum), append(t.n, n)
	}
	return t
}

// window is the steps (from 0) whose errors count for a knot's weights: those
// from half to twice its horizon, or all of them at coarse steps, where backtests are few.
func (m *Model) window(k int) (lo, hi int) {
	if !m.fine() {
		return 0, m.Tested
	}
	h := m.Knots[k]
	return (h+1)/2 - 1, min(m.Tested, 2*h)
}

// weights are the candidates' shares at a knot, of all origins but one (-1: none).
func (t *table) weights(k, without int) []float64 {
	w := make([]float64, len(t.f))
	var n float64
	for i := range t.ns {
		if i == without && len(t.ns) > 1 {
			continue
		}
		n += t.n[k][i]
		for c := range w {
			w[c] += t.sum[k][i][c]
		}
	}
	power := coarsePower
	if t.m.fine() {
		power = finePower
	}
	lowest := slices.Min(w) + n*t.unit
	var sum float64
	for c := range w {
		w[c] = math.Pow((lowest+1e-300)/(w[c]+n*t.unit+1e-300), power)
		sum += w[c]
	}
	for c := range w {
		w[c] /= sum
	}
	return w
}

// leaveOneOut forecasts from each origin with the weights of the others.
func (t *table) leaveOneOut() []Test {
	col := make([]float64, len(t.f))
	tests := make([]Test, len(t.ns))
	for i, o := range t.ns {
		v := make([]float64, len(t.f[0][i]))
		w, have := []float64(nil), -1
		for h := range v {
			if k := t.m.knot(h); k != have {
				w, have = t.weights(k, i), k
			}
			for c := range col {
				col[c] = t.f[c][i][h]
			}
			v[h] = t.m.clamp(combine(t.m.Mode, col, w))
		}
		tests[i] = Test{o, v}
	}
	return tests
}

// errors are the quantiles of the tests' errors at each knot, from horizons
// near it. At coarse steps backtests are few: there errors to both sides count
// for both.
func (t *table) errors(tests []Test) [][]float64 {
	out := make([][]float64, len(t.m.Knots))
	for k, h := range t.m.Knots {
		lo, hi := (2*h+2)/3-1, min(t.m.Tested, 3*h/2)
		if !t.m.fine() {
			lo, hi = max(0, h-9), min(t.m.Tested, h+8)
		}
		stride := max(1, (hi-lo)*len(tests)/600)
		var e []float64
		for _, x := range tests {
			for h := lo; h < min(hi, len(x.Value)); h += stride {
				v := t.y[x.Origin+h] - x.Value[h]
				e = append(e, v)
				if !t.m.fine() {
					e = append(e, -v)
				}
			}
		}
		slices.Sort(e)
		out[k] = make([]float64, len(errorLevels))
		for j, p := range errorLevels {
			out[k][j] = about(quantile(e, p), p)
		}
	}
	return out
}

// about keeps the forecast inside every interval, also where all backtests erred
// to one side.
func about(err, p float64) float64 {
	switch {
	case p < 0.5:
		return min(err, 0)
	case p > 0.5:
		return max(err, 0)
	}
	return err
}

// quantile of ascending values, between neighbours linearly.
func quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	x := p * float64(len(sorted)-1)
	i := int(x)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return between(sorted[i], sorted[i+1], x-float64(i))
}
