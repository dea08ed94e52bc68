package prophet

import "slices"

// Model is a fitted model. It can be stored as JSON and predicts the same after
// being read back. Parameters are in the model's units, see the package comment.
type Model struct {
	Config       Config        `json:"config"`
	Start        int64         `json:"start"` // the history's first and last time, Unix microseconds
	End          int64         `json:"end"`
	N            int           `json:"n"` // rows of the history that have a value
	YScale       float64       `json:"y_scale"`
	YMin         float64       `json:"y_min"`     // what is taken off the values without a floor
	HasFloor     bool          `json:"has_floor"` // the rows have floors, which are taken off
	K            float64       `json:"k"`
	M            float64       `json:"m"`
	SigmaObs     float64       `json:"sigma_obs"`
	Delta        []float64     `json:"delta"` // one a changepoint
	Beta         []float64     `json:"beta"`  // one a feature
	Changepoints []int64       `json:"changepoints"`
	Seasons      []Seasonality `json:"seasons"` // those in use
	Features     []Feature     `json:"features"`
	Standards    []Standard    `json:"standards,omitempty"` // one a regressor
	LogPosterior float64       `json:"log_posterior"`       // without constants, as Stan reports it
}

// Fit finds the most probable parameters for a history.
func Fit(h History, c Config) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	h, err := h.rowsWithValue(c)
	if err != nil {
		return nil, err
	}
	m := &Model{Config: c}
	if err := m.setScales(h); err != nil {
		return nil, err
	}
	rows, err := m.scale(h.Times, h.Values, h.columns(c))
	if err != nil {
		return nil, err
	}
	m.setSeasons(h.Times)
	events := m.events(h.Times)
	m.setFeatures(events)
	if err := m.setChangepoints(h.Times); err != nil {
		return nil, err
	}
	p := newProblem(m, rows, m.matrix(h.Times, events, h.Regressors))
	if c.Growth != Logistic && slices.Min(h.Values) == slices.Max(h.Values) {
		m.take(p, p.flatLine())
	} else {
		m.take(p, p.solve())
	}
	return m, nil
}

// flatLine is Prophet's answer to a constant series: the line through it.
func (p *problem) flatLine() *state {
	st := p.newState()
	line := p.firstToLast()
	st.theta[0], st.theta[1] = line[0], line[1]
	p.evaluate(st)
	st.sigma = leastSigma
	st.value = p.prior(st.theta) + noise(len(p.t), st.rss, st.sigma)
	return st
}

// take copies the parameters of a state. Without changepoints the one change,
// at 0, is part of the rate.
func (m *Model) take(p *problem, st *state) {
	m.K, m.M, m.SigmaObs, m.LogPosterior = st.theta[0], st.theta[1], st.sigma, -st.value
	m.Beta = slices.Clone(st.theta[2:p.free()])
	m.Delta = slices.Clone(st.theta[p.free():])
	if len(m.Changepoints) == 0 {
		m.K += m.Delta[0]
		m.Delta = []float64{}
	}
}

// theta is the model's parameters as the solver has them.
func (m *Model) theta() []float64 {
	theta := append([]float64{m.K, m.M}, m.Beta...)
	if len(m.Delta) == 0 {
		return append(theta, 0)
	}
	return append(theta, m.Delta...)
}
