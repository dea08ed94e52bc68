package prophet

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// gram holds the rows' residuals as a quadratic of a step: with J the
// derivative of yhat by theta, h = J'J, c = J'r and rr = r'r. It is all that a
// step has to know of the rows.
type gram struct {
	size int
	h    []float64 // size x size, row by row
	c    []float64
	rr   float64

	w0, w1 []float64 // dyhat/du of each row, and that times the time since its segment's start
	z      matrix    // the features' columns of J
}

func (p *problem) newGram() *gram {
	n, k := len(p.t), p.size()
	z := p.x
	if p.anyMult {
		z = newMatrix(n, len(p.x.cols))
	}
	return &gram{size: k, h: make([]float64, k*k), c: make([]float64, k), w0: make([]float64, n), w1: make([]float64, n),
		z: z}
}

// constant reports whether J is the same everywhere: an additive model.
func (p *problem) constant() bool { return !p.anyMult && p.growth != Logistic }

// linearise fills g with the derivative at the state.
func (p *problem) linearise(g *gram, st *state) {
	p.setRows(g, st)
	p.crossFeatures(g)
	p.crossTrend(g)
	p.toParameters(g, st)
	p.regrade(g, st)
}

// setRows computes the columns of J: the trend's common factor and the features.
func (p *problem) setRows(g *gram, st *state) {
	for i := range g.w0 {
		w := 1.0
		if st.mul != nil {
			w = st.mul[i]
		}
		if st.slope != nil {
			w *= st.slope[i]
		}
		g.w0[i] = w
	}
	for s := range len(p.knots) + 1 {
		o := p.origin(s)
		for i := p.starts[s]; i < p.starts[s+1]; i++ {
			g.w1[i] = g.w0[i] * (p.t[i] - o)
		}
	}
	if !p.anyMult {
		return
	}
	for j, col := range p.x.cols {
		copy(g.z.cols[j], col)
		if p.mult[j] {
			multiply(g.z.cols[j], st.trend)
		}
	}
}

// crossFeatures sums the products of the features, in blocks of rows that stay
// in the cache.
func (p *problem) crossFeatures(g *gram) {
	n, k := len(p.t), len(p.x.cols)
	if k == 0 {
		return
	}
	const block = 1024
	sum := blas64.Symmetric{N: k, Stride: k, Uplo: blas.Upper, Data: make([]float64, k*k)}
	for from := 0; from < n; from += block {
		rows := blas64.General{Rows: k, Cols: min(block, n-from), Stride: n, Data: g.z.slab[from:]}
		blas64.Syrk(blas.NoTrans, 1, rows, 1, sum)
	}
	for i := range k {
		for j := i; j < k; j++ {
			g.set(2+i, 2+j, sum.Data[i*k+j])
		}
	}
}

// crossTrend sums the products of the trend's columns t, 1, (t-s)+ with each
// other and with the features, from one pass over each column: a column after a
// knot is a sum over the segments after it.
func (p *problem) crossTrend(g *gram) {
	level, rate := p.after(g, g.w0)
	square := p.squares(g, level, rate)
	first := p.free()
	trend := func(s int) int { // where the column that starts with segment s stands
		if s == 0 {
			return 0
		}
		return first + s - 1
	}
	g.set(1, 1, level[0])
	for s := range rate {
		g.set(1, trend(s), rate[s])
		for before := range s + 1 {
			g.set(trend(before), trend(s), square[s]+(p.origin(s)-p.origin(before))*rate[s])
		}
	}
	for j, z := range g.z.cols {
		level, rate := p.after(g, z)
		g.set(1, 2+j, level[0])
		for s := range rate {
			g.set(trend(s), 2+j, rate[s])
		}
	}
}

// after returns, for each segment, the products of a column with the trend's
// derivatives summed over it and all later segments: by the level at the
// segment's start and by the rate from there on.
func (p *problem) after(g *gram, z []float64) (level, rate []float64) {
	level, rate = make([]float64, len(p.knots)+1), make([]float64, len(p.knots)+1)
	for s := len(p.knots); s >= 0; s-- {
		from, to := p.starts[s], p.starts[s+1]
		w0, w1 := g.w0[from:to], g.w1[from:to]
		var a, b float64
		for i, v := range z[from:to] {
			a += w0[i] * v
			b += w1[i] * v
		}
		if s < len(p.knots) {
			a += level[s+1]
			b += rate[s+1] + (p.origin(s+1)-p.origin(s))*level[s+1]
		}
		level[s], rate[s] = a, b
	}
	return level, rate
}

// squares are the products of the rates' derivatives, summed as in after.
func (p *problem) squares(g *gram, level, rate []float64) []float64 {
	sum := make([]float64, len(p.knots)+1)
	for s := len(p.knots); s >= 0; s-- {
		for _, v := range g.w1[p.starts[s]:p.starts[s+1]] {
			sum[s] += v * v
		}
		if s < len(p.knots) {
			h := p.origin(s+1) - p.origin(s)
			sum[s] += sum[s+1] + 2*h*rate[s+1] + h*h*level[s+1]
		}
	}
	return sum
}

// toParameters turns the columns t and 1 into those of k and m: with logistic
// growth u = k(t-m), without growth only m counts.
func (p *problem) toParameters(g *gram, st *state) {
	switch p.growth {
	case Logistic:
		k, m := st.theta[0], st.theta[1]
		for j := range g.size {
			t, one := g.h[j], g.h[g.size+j]
			g.h[j], g.h[g.size+j] = t-m*one, -k*one
		}
		for i := range g.size {
			row := g.h[i*g.size:]
			row[0], row[1] = row[0]-m*row[1], -k*row[1]
		}
	case Flat:
		for i := range g.size {
			for j := range g.size {
				if p.idle(i) || p.idle(j) {
					g.h[i*g.size+j] = 0
				}
			}
		}
	}
}

// idle reports whether a parameter has no influence on the rows: k and delta
// without growth.
func (p *problem) idle(i int) bool { return p.growth == Flat && (i == 0 || i >= p.free()) }

// regrade computes c and rr for the state's residuals; J stays as it is.
func (p *problem) regrade(g *gram, st *state) {
	level, rate := p.after(g, st.r)
	g.c[0], g.c[1] = rate[0], level[0]
	if p.growth == Logistic {
		g.c[0], g.c[1] = rate[0]-st.theta[1]*level[0], -st.theta[0]*level[0]
	}
	for j, z := range g.z.cols {
		g.c[2+j] = dot(z, st.r)
	}
	copy(g.c[p.free():], rate[1:])
	for i := range g.c {
		if p.idle(i) {
			g.c[i] = 0
		}
	}
	g.rr = st.rss
}

func (g *gram) set(i, j int, v float64) { g.h[i*g.size+j], g.h[j*g.size+i] = v, v }

func dot(a, b []float64) float64 {
	return blas64.Dot(blas64.Vector{N: len(a), Inc: 1, Data: a}, blas64.Vector{N: len(b), Inc: 1, Data: b})
}
