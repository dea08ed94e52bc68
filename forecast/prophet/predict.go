package prophet

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Prediction is the forecast of each time, in the values' unit. Its columns are
// those of Prophet's forecast.
type Prediction struct {
	Times       []int64
	Yhat, Trend []float64
	Components  []Component // by name, as Prophet orders them
	// Levels are the probabilities of Quantiles, which has a row for each level:
	// the value that lies under with this probability. Nil without
	// uncertainty_samples, as are the trend's bounds at interval_width.
	Levels                 []float64
	Quantiles              [][]float64
	TrendLower, TrendUpper []float64
}

// Component is a part of the forecast. A multiplicative one is a fraction of
// the trend.
type Component struct {
	Name   string
	Mode   Mode
	Values []float64
}

// Component returns the values of a part by its name, such as "weekly" or
// "additive_terms"; nil if the model has none of that name.
func (p Prediction) Component(name string) []float64 {
	for _, c := range p.Components {
		if c.Name == name {
			return c.Values
		}
	}
	return nil
}

// Predict computes the forecast and the quantiles at the levels; without levels
// the two of interval_width. The simulated futures depend on the seed only.
func (m *Model) Predict(f Future, levels []float64, seed uint64) (Prediction, error) {
	if levels == nil {
		w := m.Config.IntervalWidth
		levels = []float64{(1 - w) / 2, (1 + w) / 2}
	}
	if err := m.checkFuture(f, levels); err != nil {
		return Prediction{}, err
	}
	rows, err := m.scale(f.Times, nil, f.columns(m.Config))
	if err != nil {
		return Prediction{}, err
	}
	out := Prediction{Times: slices.Clone(f.Times)}
	out.Trend = m.trendOf(rows)
	out.Components = m.components(f)
	add, mul := out.Component(additiveTerms), out.Component(multiplicativeTerms)
	out.Yhat = make([]float64, len(f.Times))
	for i, tr := range out.Trend {
		out.Yhat[i] = tr*(1+mul[i]) + add[i]
	}
	if m.Config.UncertaintySamples > 0 {
		m.addUncertainty(&out, rows, levels, seed)
	}
	return out, nil
}

func (m *Model) checkFuture(f Future, levels []float64) error {
	if err := m.check(); err != nil {
		return err
	}
	if !slices.IsSorted(f.Times) {
		return errors.New("prophet: the times to predict do not ascend; sort them and their columns")
	}
	for _, l := range levels {
		if !(l > 0 && l < 1) {
			return fmt.Errorf("prophet: level %v is not a probability between 0 and 1, both excluded", l)
		}
	}
	k := f.columns(m.Config)
	if err := k.check(len(f.Times)); err != nil {
		return err
	}
	if m.HasFloor && !k.hasFloor() {
		return errors.New("prophet: the model was fitted with floors; give the column of floors for the times to predict")
	}
	return nil
}

// check reports a model that was not fitted or not read back whole.
func (m *Model) check() error {
	switch {
	case m.End <= m.Start || m.N < 2 || !(m.YScale > 0):
		return errors.New("prophet: the model is not fitted; call Fit, or read it back from its JSON")
	case len(m.Beta) != len(m.Features) || len(m.Delta) != len(m.Changepoints) || len(m.Standards) != len(m.Config.Regressors):
		return errors.New("prophet: the model's parts do not fit together; fit it again")
	}
	columns := len(m.Config.Regressors)
	for _, s := range m.Seasons {
		columns += 2 * max(0, s.FourierOrder)
	}
	for _, f := range m.Features {
		if f.Holiday {
			columns++
		}
	}
	if columns != len(m.Features) {
		return errors.New("prophet: the model's features do not fit its seasons, holidays and regressors; fit it again")
	}
	return m.Config.Validate()
}

// trendOf is the trend in the values' unit.
func (m *Model) trendOf(rows scaled) []float64 {
	p := &problem{growth: m.Config.Growth, t: rows.t, cap: rows.cap, knots: m.knots(), x: matrix{cols: make([][]float64, len(m.Beta))}}
	p.starts = segments(p.t, p.knots)
	st := p.newState()
	st.theta = m.theta()
	p.setTrend(st)
	for i := range st.trend {
		st.trend[i] = st.trend[i]*m.YScale + rows.floor[i]
	}
	return st.trend
}

// The totals that every prediction has.
const (
	additiveTerms       = "additive_terms"
	multiplicativeTerms = "multiplicative_terms"
)

// components sums the features by component and by the groups that Prophet has.
func (m *Model) components(f Future) []Component {
	cols := m.matrix(f.Times, m.events(f.Times), f.Regressors).cols
	parts := map[string]*Component{}
	part := func(name string, mode Mode) *Component {
		c := parts[name]
		if c == nil {
			c = &Component{name, mode, make([]float64, len(f.Times))}
			parts[name] = c
		}
		return c
	}
	part(additiveTerms, Additive)
	part(multiplicativeTerms, Multiplicative)
	for j, feature := range m.Features {
		by := m.Beta[j]
		if feature.Mode == Additive {
			by *= m.YScale
		}
		addScaled(part(feature.Component, feature.Mode).Values, by, cols[j])
	}
	done := map[string]bool{}
	for _, feature := range m.Features {
		if done[feature.Component] {
			continue
		}
		done[feature.Component] = true
		for _, group := range feature.groups() {
			addScaled(part(group, feature.Mode).Values, 1, parts[feature.Component].Values)
		}
	}
	return inOrder(parts)
}

// groups are the totals that a feature counts in.
func (f Feature) groups() []string {
	out := []string{string(f.Mode) + "_terms"}
	switch {
	case f.Holiday:
		out = append(out, "holidays")
	case f.Regressor:
		out = append(out, "extra_regressors_"+string(f.Mode))
	}
	return out
}

func inOrder(parts map[string]*Component) []Component {
	out := make([]Component, 0, len(parts))
	for _, c := range parts {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Component) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}

// normalQuantile is the value that a standard normal lies under with probability p.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
