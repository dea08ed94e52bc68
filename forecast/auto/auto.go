package auto

import (
	"context"
	"errors"
	"math"
	"slices"
)

// Options of training.
type Options struct {
	Short, Long int                    // seasons in steps; 0: none
	Horizon     int                    // steps that will be asked for
	Wanted      func(name string) bool // only these candidates; nil: all that fit
	Lo, Hi      float64                // what values can be; Lo == Hi: not known
	Times       []int64                // of the points, for candidates that know the calendar; nil: none
}

// Settings that were chosen on series other than those that the program's
// accuracy is told on (docs/ACCURACY.md).
const (
	fineSeason    = 100  // steps a season from which spikes matter more than the shape
	fineOrigins   = 20   // backtests
	coarseOrigins = 7    // backtests, a season apart
	finePower     = 8.0  // weights are this power of the inverse error
	coarsePower   = 4.0  // the same
	trimmed       = 0.25 // share of the weights that is left out at both ends of a mean
	growth        = 0.7  // power at which errors grow beyond the horizon that backtests tried
	mostTested    = 4032 // longest horizon that backtests try
)

// Model is what training found out about a series. It predicts any series that
// goes on from the one it was trained on.
type Model struct {
	Exp      int         `json:"exp,omitempty"` // all numbers here are those of the series times 2^-Exp
	Short    int         `json:"short,omitempty"`
	Long     int         `json:"long,omitempty"`
	Cut      int         `json:"cut,omitempty"`      // points left out at the beginning, from before a level shift
	First    int         `json:"first"`              // points that the first backtest knew, which decides the candidates
	Points   int         `json:"points"`             // learnt from
	Origins  int         `json:"origins"`            // backtests
	Tested   int         `json:"tested"`             // longest horizon in the backtests
	Calendar bool        `json:"calendar,omitempty"` // candidates know the times
	Mode     string      `json:"mode"`               // how candidates are combined: "median" or "mean"
	Names    []string    `json:"names"`              // candidates
	Knots    []int       `json:"knots"`              // horizons that have weights and errors of their own
	Weights  [][]float64 `json:"weights"`            // [knot][candidate]
	Levels   []float64   `json:"levels"`             // probabilities of Errors
	Errors   [][]float64 `json:"errors"`             // [knot][level] quantiles of actual - forecast
	Lo       *float64    `json:"lo,omitempty"`       // values never lie below
	Hi       *float64    `json:"hi,omitempty"`       // nor above
	Tests    []Test      `json:"-"`                  // what the backtests forecast, with what came
}

// Test is one backtest: what the combination, which did not know of this
// origin, forecast from it.
type Test struct {
	Origin int // points known
	Value  []float64
}

// ErrEmpty is the error of training on nothing.
var ErrEmpty = errors.New("there are no points to learn from")

// Train finds out which candidates to trust at which horizon.
func Train(ctx context.Context, y []float64, o Options) (*Model, error) {
	if len(y) == 0 {
		return nil, ErrEmpty
	}
	if slices.Min(y) == slices.Max(y) {
		o.Wanted = func(name string) bool { return name == "naive" }
	}
	m := &Model{Exp: exponent(y)}
	y = m.small(y)
	m.Cut = shiftAt(y, o.Short)
	m.bound(y, o)
	y = y[m.Cut:]
	o.Horizon = max(1, o.Horizon)
	m.Short, m.Long = seasonsOf(len(y), o)
	ns := origins(len(y), o.Horizon, m.Short)
	m.First, m.Origins, m.Points, m.Tested = ns[0], len(ns), len(y), min(o.Horizon, len(y)-ns[0], mostTested)
	h := history{y: y, short: m.Short, long: m.Long}
	if o.Times != nil && len(y) >= 50 {
		h.times, m.Calendar = o.Times[m.Cut:], true
	}
	var f [][][]float64
	for _, me := range pool(h, m.First, o.Wanted) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for c, out := range me.run(h, ns, m.Tested) {
			if o.Wanted == nil || o.Wanted(me.names[c]) || len(me.names) == 1 { // a name of its own is wanted, or what is left
				m.Names, f = append(m.Names, me.names[c]), append(f, out)
			}
		}
	}
	m.learn(y, ns, f)
	for i := range m.Tests {
		m.Tests[i].Value = m.whole(m.Tests[i].Value)
	}
	return m, ctx.Err()
}

// seasonsOf are the seasons that n points can show.
func seasonsOf(n int, o Options) (short, long int) {
	if 4*n >= 5*o.Short {
		short = o.Short
	}
	if n >= 2*o.Long {
		long = o.Long
	}
	if short == 0 {
		return long, 0
	}
	return short, long
}

// bound takes note of what values can be: what never was negative will not be.
func (m *Model) bound(y []float64, o Options) {
	lo := math.Inf(1)
	for _, v := range y {
		lo = min(lo, v)
	}
	if lo >= 0 {
		m.Lo = new(float64)
	}
	if o.Lo < o.Hi {
		b := m.small([]float64{o.Lo, o.Hi})
		m.Lo, m.Hi = &b[0], &b[1]
	}
}

func (m *Model) clamp(v float64) float64 {
	if m.Lo != nil {
		v = max(v, *m.Lo)
	}
	if m.Hi != nil {
		v = min(v, *m.Hi)
	}
	return v
}

// fine reports whether a season has so many steps that spikes matter more than
// the shape: medians are combined then, and weights depend on the horizon.
func (m *Model) fine() bool { return m.Short >= fineSeason }
