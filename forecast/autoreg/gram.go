package autoreg

import (
	"math"
	"slices"
)

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
