package prophet

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gonum.org/v1/gonum/optimize"
)

// plain is the log posterior written down from prophet.stan, with nothing of
// the solver in it: theta is k, m, beta, delta, then log sigma.
type plain struct {
	growth    Growth
	t, y, cap []float64
	change    []float64
	x         [][]float64
	mult      []bool
	scale     []float64
	tau       float64
}

func newPlain(t testing.TB, m *Model, h History) (*plain, []float64) {
	t.Helper()
	h, err := h.rowsWithValue(m.Config)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := m.scale(h.Times, h.Values, h.columns(m.Config))
	if err != nil {
		t.Fatal(err)
	}
	p := &plain{growth: m.Config.Growth, t: rows.t, y: rows.y, cap: rows.cap, change: m.knots(), tau: m.Config.ChangepointPriorScale}
	p.x = m.matrix(h.Times, m.events(h.Times), h.Regressors).cols
	for _, f := range m.Features {
		p.mult = append(p.mult, f.Mode == Multiplicative)
		p.scale = append(p.scale, f.PriorScale)
	}
	return p, append(m.theta(), math.Log(m.SigmaObs))
}

func (p *plain) delta(theta []float64) []float64 { return theta[2+len(p.x) : len(theta)-1] }

// trend is Stan's linear_trend, logistic_trend (with its gamma) or flat_trend.
func (p *plain) trend(theta []float64, i int) float64 {
	k, m := theta[0], theta[1]
	switch p.growth {
	case Flat:
		return m
	case Linear:
		rate, offset := k, m
		for j, d := range p.delta(theta) {
			if p.t[i] >= p.change[j] {
				rate, offset = rate+d, offset-p.change[j]*d
			}
		}
		return rate*p.t[i] + offset
	}
	rate, offset := k, m
	for j, d := range p.delta(theta) {
		if p.t[i] < p.change[j] {
			break
		}
		offset += (p.change[j] - offset) * (1 - rate/(rate+d))
		rate += d
	}
	return p.cap[i] / (1 + math.Exp(-rate*(p.t[i]-offset)))
}

func (p *plain) residuals(theta []float64) []float64 {
	r := make([]float64, len(p.y))
	for i, y := range p.y {
		add, mul := 0.0, 1.0
		for j, col := range p.x {
			if p.mult[j] {
				mul += theta[2+j] * col[i]
			} else {
				add += theta[2+j] * col[i]
			}
		}
		r[i] = y - p.trend(theta, i)*mul - add
	}
	return r
}

func (p *plain) log(theta []float64) float64 {
	sigma := math.Exp(theta[len(theta)-1])
	lp := -theta[0]*theta[0]/50 - theta[1]*theta[1]/50 - sigma*sigma/0.5 - float64(len(p.y))*math.Log(sigma)
	for j, s := range p.scale {
		lp -= theta[2+j] * theta[2+j] / (2 * s * s)
	}
	for _, d := range p.delta(theta) {
		lp -= math.Abs(d) / p.tau
	}
	for _, r := range p.residuals(theta) {
		lp -= r * r / (2 * sigma * sigma)
	}
	return lp
}

// gain is an upper estimate of what moving parameter j alone could still add to
// the log posterior: slope² / (2 curvature), the slope beyond what the Laplace
// prior's corner holds.
func (p *plain) gain(theta []float64, j int) float64 {
	const h = 1e-6
	variance := math.Exp(2 * theta[len(theta)-1])
	base := p.residuals(theta)
	moved := append([]float64{}, theta...)
	moved[j] += h
	up := p.residuals(moved)
	moved[j] -= 2 * h
	down := p.residuals(moved)
	var slope, curvature float64
	for i, r := range base {
		d := (up[i] - down[i]) / (2 * h)
		slope -= r * d / variance
		curvature += d * d / variance
	}
	switch first := 2 + len(p.x); {
	case j < 2:
		slope, curvature = slope-theta[j]/25, curvature+1.0/25
	case j < first:
		w := 1 / (p.scale[j-2] * p.scale[j-2])
		slope, curvature = slope-theta[j]*w, curvature+w
	case theta[j] != 0:
		slope -= math.Copysign(1/p.tau, theta[j])
	default:
		slope = math.Copysign(max(0, math.Abs(slope)-1/p.tau), slope)
	}
	if slope == 0 {
		return 0
	}
	return slope * slope / (2 * curvature)
}

// A maximum leaves nothing to gain for any parameter (Karush-Kuhn-Tucker), and
// no step in any direction leads higher.
func checkOptimum(t *testing.T, name string, m *Model, h History) {
	t.Helper()
	p, theta := newPlain(t, m, h)
	at := p.log(theta)
	if math.Abs(at-m.LogPosterior) > 1e-6*max(1, math.Abs(at)) {
		t.Errorf("%s: the model says log posterior %v, the formula %v", name, m.LogPosterior, at)
	}
	for j := range len(theta) - 1 {
		if g := p.gain(theta, j); g > 1e-6 {
			t.Errorf("%s: parameter %d leaves a gain of %.2g", name, j, g)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 120 {
		moved := append([]float64{}, theta...)
		for j := range moved {
			if rng.Float64() < 0.3 || j == i%len(moved) {
				moved[j] += rng.NormFloat64() * math.Pow(10, -1-float64(i%6))
			}
		}
		if lp := p.log(moved); lp > at+1e-6*max(1, math.Abs(at)/1e3) {
			t.Errorf("%s: a random step leads from %.9f to %.9f", name, at, lp)
		}
	}
}

func TestOptimumOfReferences(t *testing.T) {
	for _, r := range references(t) {
		checkOptimum(t, r.name, r.fit(t), r.history)
	}
}

func TestOptimumOfParityCases(t *testing.T) {
	for _, c := range parityCases(t) {
		checkOptimum(t, c.name, c.fit(t), c.history)
	}
}

func TestOptimumOfMadeUpSeries(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 40 {
		n := 12 + rng.IntN(300)
		step := []time.Duration{time.Hour, 24 * time.Hour, 30 * 24 * time.Hour}[i%3]
		h := madeUp(n, step, 7, 1)
		c := Default()
		c.Growth = []Growth{Linear, Linear, Flat, Logistic}[i%4]
		top := 100.0
		c.Cap = &top
		if i%5 == 1 {
			c.SeasonalityMode = Multiplicative
		}
		c.ChangepointPriorScale = []float64{0.05, 0.5, 0.005}[i%3]
		m, err := Fit(h, c)
		if err != nil {
			t.Fatal(err)
		}
		checkOptimum(t, fmt.Sprintf("%d: %s %s %d rows", i, c.Growth, c.SeasonalityMode, n), m, h)
	}
}

// A generic optimiser that knows nothing of the model's structure, with delta
// as a difference of squares, does not come higher.
func TestOptimumAgainstGenericOptimiser(t *testing.T) {
	for i, growth := range []Growth{Linear, Flat, Logistic, Linear} {
		h := madeUp(90, 24*time.Hour, 7)
		c := Default()
		top := 90.0
		c.Growth, c.NChangepoints, c.WeeklySeasonality, c.Cap = growth, 6, 2, &top
		if i == 3 {
			c.SeasonalityMode = Multiplicative
		}
		m, err := Fit(h, c)
		if err != nil {
			t.Fatal(err)
		}
		p, theta := newPlain(t, m, h)
		first, size := 2+len(p.x), len(theta)
		unfold := func(x []float64) []float64 {
			out := append([]float64{}, x[:size]...)
			for j := first; j < size-1; j++ {
				b := x[size+j-first]
				out[j] = x[j]*x[j] - b*b
			}
			return out
		}
		best := math.Inf(-1)
		for seed := range uint64(3) {
			rng := rand.New(rand.NewPCG(seed, 9))
			x := make([]float64, size+len(p.change))
			for j := range x {
				x[j] = 0.3 * rng.NormFloat64()
			}
			problem := optimize.Problem{Func: func(x []float64) float64 { return -p.log(unfold(x)) }}
			problem.Grad = func(grad, x []float64) { // central differences
				for j := range x {
					old := x[j]
					x[j] = old + 1e-6
					up := problem.Func(x)
					x[j] = old - 1e-6
					grad[j] = (up - problem.Func(x)) / 2e-6
					x[j] = old
				}
			}
			res, err := optimize.Minimize(problem, x, &optimize.Settings{MajorIterations: 3000}, &optimize.LBFGS{})
			if res == nil {
				t.Fatal(err)
			}
			best = max(best, -res.F)
		}
		t.Logf("%s: ours %.6f, generic %.6f", growth, m.LogPosterior, best)
		if best > m.LogPosterior+1e-6 {
			t.Errorf("%s: the generic optimiser found %.6f, we %.6f", growth, best, m.LogPosterior)
		}
		if best < m.LogPosterior-0.5 {
			t.Errorf("%s: the generic optimiser ended at %.6f, far from %.6f: no comparison", growth, best, m.LogPosterior)
		}
	}
}
