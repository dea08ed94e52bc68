package prophet

import (
	"math"
	"sort"
)

// priorWidth is the standard deviation of the priors of k and m.
const priorWidth = 5

// problem is a fit in the model's units: which parameters make the log
// posterior largest. Parameters stand in one vector theta: k, m, the features'
// coefficients beta, then the changes delta, which have the Laplace prior.
type problem struct {
	growth    Growth
	t, y, cap []float64 // t ascends
	knots     []float64 // changepoints, ascending
	starts    []int     // starts[g] is the first row of segment g: those from knot g-1 on
	x         matrix    // the features
	mult      []bool    // the features that multiply the trend
	anyMult   bool      // whether there are such
	precision []float64 // of the normal priors of k, m and beta: 1/scale²
	tau       float64   // scale of the prior of delta
}

func newProblem(m *Model, s scaled, x matrix) *problem {
	p := &problem{growth: m.Config.Growth, t: s.t, y: s.y, cap: s.cap, knots: m.knots(), x: x, tau: m.Config.ChangepointPriorScale}
	p.starts = segments(s.t, p.knots)
	p.precision = append(p.precision, 1.0/(priorWidth*priorWidth), 1.0/(priorWidth*priorWidth))
	for _, f := range m.Features {
		p.mult = append(p.mult, f.Mode == Multiplicative)
		p.anyMult = p.anyMult || f.Mode == Multiplicative
		p.precision = append(p.precision, 1/(f.PriorScale*f.PriorScale))
	}
	return p
}

// segments are the first rows of the stretches between knots, and the end.
func segments(t, knots []float64) []int {
	starts := make([]int, len(knots)+2)
	for g, s := range knots {
		starts[g+1] = sort.SearchFloat64s(t, s)
	}
	starts[len(knots)+1] = len(t)
	return starts
}

// free is the number of parameters with a normal prior.
func (p *problem) free() int { return 2 + len(p.x.cols) }

// size is the number of parameters without sigma.
func (p *problem) size() int { return p.free() + len(p.knots) }

// origin is where segment g's local time starts.
func (p *problem) origin(g int) float64 {
	if g == 0 {
		return 0
	}
	return p.knots[g-1]
}

// state is a point of the search and what the rows look like there.
type state struct {
	theta []float64
	sigma float64
	trend []float64 // T
	slope []float64 // dT/du, for logistic growth; u is the piecewise linear argument
	mul   []float64 // 1 + the multiplicative terms, if there are any
	r     []float64 // y - yhat
	rss   float64
	value float64 // minus the log posterior
}

func (p *problem) newState() *state {
	n := len(p.t)
	st := &state{theta: make([]float64, p.size()), trend: make([]float64, n), r: make([]float64, n)}
	if p.growth == Logistic {
		st.slope = make([]float64, n)
	}
	if p.anyMult {
		st.mul = make([]float64, n)
	}
	return st
}

// evaluate computes the rows at theta, with the sigma that is best there.
func (p *problem) evaluate(st *state) {
	p.setTrend(st)
	copy(st.r, p.y)
	for i := range st.mul {
		st.mul[i] = 1
	}
	for j, col := range p.x.cols {
		b := st.theta[2+j]
		switch {
		case b == 0:
		case p.mult[j]:
			addScaled(st.mul, b, col)
		default:
			addScaled(st.r, -b, col)
		}
	}
	st.rss = 0
	for i, tr := range st.trend {
		if st.mul != nil {
			tr *= st.mul[i]
		}
		st.r[i] -= tr
		st.rss += st.r[i] * st.r[i]
	}
	st.sigma = bestSigma(len(p.t), st.rss)
	st.value = p.prior(st.theta) + noise(len(p.t), st.rss, st.sigma)
}

// setTrend computes the trend, piece by piece.
func (p *problem) setTrend(st *state) {
	if p.growth == Flat {
		for i := range st.trend {
			st.trend[i] = st.theta[1]
		}
		return
	}
	delta := st.theta[p.free():]
	rate, level := st.theta[0], st.theta[1]
	if p.growth == Logistic {
		level = -rate * st.theta[1]
	}
	for g := range len(p.knots) + 1 {
		if g > 0 {
			level += rate * (p.origin(g) - p.origin(g-1))
			rate += delta[g-1]
		}
		o := p.origin(g)
		for i := p.starts[g]; i < p.starts[g+1]; i++ {
			st.trend[i] = level + rate*(p.t[i]-o)
		}
	}
	if p.growth == Logistic {
		for i, u := range st.trend {
			s := sigmoid(u)
			st.trend[i], st.slope[i] = p.cap[i]*s, p.cap[i]*s*(1-s)
		}
	}
}

// prior is minus the log of the priors of theta.
func (p *problem) prior(theta []float64) float64 {
	var sum float64
	for j, w := range p.precision {
		sum += w * theta[j] * theta[j] / 2
	}
	for _, d := range theta[p.free():] {
		sum += math.Abs(d) / p.tau
	}
	return sum
}

// noise is minus the log of sigma's prior and of the rows' likelihood.
func noise(n int, rss, sigma float64) float64 {
	return 2*sigma*sigma + float64(n)*math.Log(sigma) + rss/(2*sigma*sigma)
}

// leastSigma is where sigma stops if the rows can be met exactly.
const leastSigma = 1e-9

// bestSigma minimises noise: the root of 4s⁴ + n s² = rss.
func bestSigma(n int, rss float64) float64 {
	f := float64(n)
	return max(leastSigma, math.Sqrt(2*rss/(f+math.Sqrt(f*f+16*rss))))
}

func sigmoid(u float64) float64 {
	if u < 0 {
		e := math.Exp(u)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-u))
}

func addScaled(to []float64, by float64, col []float64) {
	for i, v := range col {
		to[i] += by * v
	}
}
