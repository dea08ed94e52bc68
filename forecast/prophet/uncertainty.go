package prophet

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// addUncertainty fills the quantiles of the values and the bounds of the trend.
// Inside the history only the noise is uncertain and its quantiles are exact.
// After it the trend goes on changing as it did: see futures.
func (m *Model) addUncertainty(out *Prediction, rows scaled, levels []float64, seed uint64) {
	n := len(out.Times)
	sigma := m.SigmaObs * m.YScale
	out.Levels = slices.Clone(levels)
	for _, l := range levels {
		row, z := make([]float64, n), normalQuantile(l)
		for i, y := range out.Yhat {
			row[i] = y + sigma*z
		}
		out.Quantiles = append(out.Quantiles, row)
	}
	out.TrendLower, out.TrendUpper = append([]float64{}, out.Trend...), append([]float64{}, out.Trend...)
	from := sort.Search(n, func(i int) bool { return rows.t[i] > 1 })
	if from == n || m.Config.Growth == Flat {
		return
	}
	mul := out.Component(multiplicativeTerms)
	w := m.Config.IntervalWidth
	bounds := []float64{(1 - w) / 2, (1 + w) / 2}
	f := m.newFutures(rows, from, seed)
	values, room := make([]float64, len(f.away)), newSelection(len(f.away))
	room.mirrored = m.Config.Growth == Linear
	at := make([]float64, max(2, len(levels)))
	for i := from; i < n; i++ {
		away := f.next()
		for s, a := range away {
			values[s] = a*(1+mul[i]) + sigma*f.noise[s]
		}
		room.quantiles(values, levels, at)
		for j := range levels {
			out.Quantiles[j][i] = out.Yhat[i] + at[j]
		}
		room.quantiles(away, bounds, at)
		out.TrendLower[i] += at[0]
		out.TrendUpper[i] += at[1]
	}
}

// futures simulates how far the trend may have moved away from its forecast,
// step by step for all samples, as Prophet's vectorised sampling does: at each
// step each sample's rate changes with the history's frequency, by a Laplace
// variate of the mean absolute change; half of it counts from this step on, all
// from the next.
//
// The noise needs no drawing: the samples are exchangeable, so sample s of n has
// the noise of the normal distribution's s-th part at all times.
type futures struct {
	away   []float64 // in the values' unit
	noise  []float64
	offset []float64 // of the trend's argument
	rate   []float64 // and its present change
	last   []change  // of the step before
	step   int
	pos    int // of the next change, in steps x samples
	rng    *rand.Rand
	often  float64 // probability of a change
	mean   float64 // mean absolute change
	dt     float64 // mean step in the model's time
	scale  float64
	t, cap []float64 // of the steps
	u      []float64 // the trend's argument, for logistic growth
}

type change struct {
	sample int
	by     float64
}

func (m *Model) newFutures(rows scaled, from int, seed uint64) *futures {
	samples := m.Config.UncertaintySamples
	f := &futures{rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), scale: m.YScale, t: rows.t[from:], mean: m.meanChange(),
		away: make([]float64, samples), noise: make([]float64, samples), offset: make([]float64, samples), rate: make([]float64, samples)}
	for s := range samples {
		f.noise[s] = normalQuantile((float64(s) + 0.5) / float64(samples))
	}
	f.dt = 1 / float64(m.N-1)
	if n := len(f.t); n > 1 {
		f.dt = (f.t[n-1] - f.t[0]) / float64(n-1)
	}
	f.often = float64(max(1, len(m.Changepoints))) * f.dt
	if m.Config.Growth == Logistic {
		f.cap = rows.cap[from:]
		p := &problem{growth: Linear, t: f.t, knots: m.knots(), x: matrix{cols: make([][]float64, len(m.Beta))}}
		p.starts = segments(p.t, p.knots)
		st := p.newState()
		st.theta = m.theta()
		st.theta[1] *= -st.theta[0] // u = kt - km
		p.setTrend(st)
		f.u = st.trend
	}
	f.pos = -1
	f.skip()
	return f
}

// meanChange is the mean absolute change in the history, plus Prophet's epsilon.
func (m *Model) meanChange() float64 {
	var sum float64
	for _, d := range m.Delta {
		sum += math.Abs(d)
	}
	return sum/float64(max(1, len(m.Delta))) + 1e-8
}

// skip goes to the next change: the distance to it is geometric.
func (f *futures) skip() {
	gap := 0.0
	if f.often < 1 {
		gap = math.Floor(-f.rng.ExpFloat64() / math.Log1p(-f.often))
	}
	f.pos += 1 + int(min(gap, 1<<52))
}

// next goes one step ahead and returns how far each sample is away.
func (f *futures) next() []float64 {
	if f.u != nil && f.step > 0 {
		f.advance(f.t[f.step] - f.t[f.step-1])
	}
	for _, c := range f.last {
		f.rate[c.sample] += c.by / 2
	}
	f.last = f.last[:0]
	n := len(f.away)
	for ; f.pos < (f.step+1)*n; f.skip() {
		c := change{f.pos - f.step*n, f.laplace()}
		f.rate[c.sample] += c.by / 2
		f.last = append(f.last, c)
	}
	if f.u == nil {
		f.advance(f.dt)
		for s, o := range f.offset {
			f.away[s] = o * f.scale
		}
	} else {
		f.saturate()
	}
	f.step++
	return f.away
}

func (f *futures) advance(dt float64) {
	for s, r := range f.rate {
		f.offset[s] += r * dt
	}
}

// saturate sends the samples through the logistic curve; as in Prophet, their
// mean is the forecast.
func (f *futures) saturate() {
	var mean float64
	for s, o := range f.offset {
		f.away[s] = f.cap[f.step] * f.scale * sigmoid(f.u[f.step]+o)
		mean += f.away[s] / float64(len(f.away))
	}
	for s := range f.away {
		f.away[s] -= mean
	}
}

func (f *futures) laplace() float64 {
	v := f.rng.ExpFloat64() * f.mean
	if f.rng.Uint64()&1 == 0 {
		return -v
	}
	return v
}
