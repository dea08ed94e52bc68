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

// gram is what a regression needs of the data: products of the lagged values.
type gram struct {
	lags []int
	n    float64
	xx   []float64 // upper triangle, row by row, of the p x p matrix
	xy   []float64
	yy   float64
	rows [4][]float64
	l    []float64 // room for the factor
}

func newGram(lags []int) *gram {
	p := len(lags)
	g := &gram{lags: lags, xx: make([]float64, p*p), xy: make([]float64, p)}
	for k := range g.rows {
		g.rows[k] = make([]float64, p)
	}
	return g
}

func (g *gram) clone() *gram {
	c := *g
	c.xx, c.xy, c.l = slices.Clone(g.xx), slices.Clone(g.xy), nil
	return &c
}

// add takes in y[from:], four rows at a time, so that each product is loaded
// and stored once for four.
func (g *gram) add(y []float64, from int, mean, scale float64) {
	for t := from; t < len(y); t += len(g.rows) {
		var v [4]float64
		for k := range g.rows {
			v[k] = g.row(k, y, t+k, mean, 1/scale)
		}
		g.take(v)
	}
	g.n += float64(max(0, len(y)-from))
}

// row fills row k with what stands before y[t], standardised, and returns y[t];
// beyond the end all is zero, which adds nothing.
func (g *gram) row(k int, y []float64, t int, mean, inv float64) float64 {
	row := g.rows[k]
	if t >= len(y) {
		clear(row)
		return 0
	}
	for j, lag := range g.lags {
		row[j] = (y[t-lag] - mean) * inv
	}
	return (y[t] - mean) * inv
}

func (g *gram) take(v [4]float64) {
	p := len(g.lags)
	g.yy += v[0]*v[0] + v[1]*v[1] + v[2]*v[2] + v[3]*v[3]
	for i := range p {
		r0, r1, r2, r3 := g.rows[0][i:p], g.rows[1][i:p], g.rows[2][i:p], g.rows[3][i:p]
		x0, x1, x2, x3 := r0[0], r1[0], r2[0], r3[0]
		g.xy[i] += x0*v[0] + x1*v[1] + x2*v[2] + x3*v[3]
		line := g.xx[i*p+i : i*p+p]
		r0, r1, r2, r3 = r0[:len(line)], r1[:len(line)], r2[:len(line)], r3[:len(line)]
		for j := range line {
			line[j] += x0*r0[j] + x1*r1[j] + x2*r2[j] + x3*r3[j]
		}
	}
}

// solve returns the coefficients; all zero if the data have no information.
func (g *gram) solve(lambda float64) []float64 {
	p := len(g.lags)
	coef := make([]float64, p)
	if cholesky(g.factor(), g.xx, p, g.ridge(lambda)) {
		copy(coef, g.xy)
		backsolve(g.l, p, coef)
	}
	for _, b := range coef {
		if math.IsNaN(b) || math.IsInf(b, 0) {
			return make([]float64, p)
		}
	}
	return coef
}

func (g *gram) ridge(lambda float64) float64 { return g.n*lambda + 1e-9 }

// factor is room for the factor of the matrix.
func (g *gram) factor() []float64 {
	if p := len(g.lags); len(g.l) < p*p {
		g.l = make([]float64, p*p)
	}
	return g.l
}

// choose is the penalty with the lowest generalised cross-validation error.
func (g *gram) choose() float64 {
	best, lowest := 1.0, math.Inf(1)
	p := len(g.lags)
	work := make([]float64, p)
	for _, lambda := range []float64{1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1} {
		coef := g.solve(lambda)
		df := float64(p) - g.ridge(lambda)*inverseTrace(g.l, p, work)
		rss := g.yy
		for i, b := range coef {
			rss -= 2 * b * g.xy[i]
			rss += b * b * g.xx[i*p+i]
			for j := i + 1; j < p; j++ {
				rss += 2 * b * coef[j] * g.xx[i*p+j]
			}
		}
		free := 1 - df/g.n
		if free <= 0 {
			continue
		}
		if gcv := rss / (free * free); gcv < lowest {
			best, lowest = lambda, gcv
		}
	}
	return best
}
