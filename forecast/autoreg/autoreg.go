package autoreg

import (
	"math"
	"slices"
)

// Model is a fitted autoregression.
type Model struct {
	Lags   []int     `json:"lags"`
	Coef   []float64 `json:"coef"`
	Mean   float64   `json:"mean"`
	Scale  float64   `json:"scale"`
	Lo     float64   `json:"lo"` // forecasts are kept in the seen range and a bit
	Hi     float64   `json:"hi"`
	Lambda float64   `json:"lambda"`
}

// SeasonLags are the lags for a shorter and a longer season (0: none), as far
// as n points allow.
func SeasonLags(short, long, n int) []int {
	lags := []int{1, 2, 3}
	around := func(s, width int) {
		for d := -width; d <= width; d++ {
			lags = append(lags, s+d)
		}
	}
	if short > 3 {
		around(short, 1)
		around(2*short, 1)
		lags = append(lags, 3*short, 4*short, 5*short)
		if long == 7*short {
			around(6*short, 1)
		}
	}
	if long > short {
		around(long, 1)
	}
	return Usable(lags, n)
}

// Usable sorts lags and drops those that leave too few rows of n points to learn from.
func Usable(lags []int, n int) []int {
	slices.Sort(lags)
	lags = slices.Compact(lags)
	for len(lags) > 0 && (n-lags[len(lags)-1] < 2*len(lags) || lags[len(lags)-1] > n/2) {
		lags = lags[:len(lags)-1]
	}
	return slices.DeleteFunc(lags, func(l int) bool { return l < 1 })
}

// Fit fits the model to y.
func Fit(y []float64, lags []int) Model { return Roll(y, lags, []int{len(y)})[0] }

// Roll fits a model to y[:n] for each n, which ascend; the penalty is chosen on
// the last one.
func Roll(y []float64, lags []int, ns []int) []Model {
	out := make([]Model, len(ns))
	if len(lags) == 0 {
		for i, n := range ns {
			out[i] = scaled(y[:n], nil)
		}
		return out
	}
	ref := scaled(y[:ns[0]], lags)
	g := newGram(lags)
	grams := make([]*gram, len(ns))
	from := lags[len(lags)-1]
	for i, n := range ns {
		g.add(y[:n], from, ref.Mean, ref.Scale)
		from = max(from, n)
		grams[i] = g
		if i < len(ns)-1 {
			grams[i] = g.clone()
		}
	}
	lambda := g.choose()
	for i, n := range ns {
		m := scaled(y[:n], lags)
		m.Mean, m.Scale, m.Lambda = ref.Mean, ref.Scale, lambda
		m.Coef = grams[i].solve(lambda)
		out[i] = m
	}
	return out
}

// largest is what values may be so that the sum of their squares is a number.
const largest = 1e150

func scaled(y []float64, lags []int) Model {
	if most := max(slices.Max(y), -slices.Min(y)); most > largest {
		return scaledDown(y, lags, most)
	}
	var sum, square float64
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range y {
		sum += v
		lo, hi = min(lo, v), max(hi, v)
	}
	mean := sum / float64(len(y))
	for _, v := range y {
		square += (v - mean) * (v - mean)
	}
	sd := math.Sqrt(square / float64(len(y)))
	m := Model{Lags: lags, Mean: mean, Scale: sd, Lo: lo - sd/2, Hi: hi + sd/2}
	if !(sd > 1e-12*math.Abs(mean)) {
		m.Scale = 1
	}
	return m
}

// scaledDown is scaled by way of values in -1..1.
func scaledDown(y []float64, lags []int, most float64) Model {
	small := make([]float64, len(y))
	for i, v := range y {
		small[i] = v / most
	}
	m := scaled(small, lags)
	for _, v := range []*float64{&m.Mean, &m.Lo, &m.Hi} {
		*v = min(max(*v*most, -math.MaxFloat64), math.MaxFloat64)
	}
	m.Scale = min(m.Scale*most, math.MaxFloat64)
	return m
}

// Forecast goes on from the end of y, one step from the other.
func (m Model) Forecast(y, out []float64) {
	if len(m.Coef) == 0 {
		for i := range out {
			out[i] = m.Mean
		}
		return
	}
	reach := m.Lags[len(m.Lags)-1]
	z := make([]float64, reach, reach+len(out))
	for i := range z { // before the beginning there is the mean
		if k := len(y) - reach + i; k >= 0 {
			z[i] = (y[k] - m.Mean) / m.Scale
		}
	}
	lo, hi := (m.Lo-m.Mean)/m.Scale, (m.Hi-m.Mean)/m.Scale
	for i := range out {
		var v float64
		for j, lag := range m.Lags {
			v += m.Coef[j] * z[len(z)-lag]
		}
		if v = min(max(v, lo), hi); math.IsNaN(v) { // infinities that met
			v = min(max(0, lo), hi)
		}
		z = append(z, v)
		out[i] = m.Mean + m.Scale*v
	}
}
