package forecast

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"aiops/forecast/auto"
	"aiops/forecast/prophet"
	"aiops/metric"
)

// ModelVersion is the version of the stored models; others are trained anew.
const ModelVersion = 1

// Model is a trained model of one series, as it is stored.
type Model struct {
	Version int `json:"version"`
	metric.Key
	Kind    string      `json:"kind"` // the name in Models
	Step    metric.Step `json:"step"`
	Seasons Seasons     `json:"seasons"`
	Horizon int         `json:"horizon"` // steps that it was trained for
	Config  string      `json:"config,omitempty"`
	Tuned   bool        `json:"tuned,omitempty"` // Config is what tuning found
	Trained int64       `json:"trained"`         // when
	First   int64       `json:"first"`           // first and last point that it learnt from
	Last    int64       `json:"last"`
	Points  int         `json:"points"`
	Scores  Scores      `json:"scores"`  // of the backtests inside the training data
	Naive   Scores      `json:"naive"`   // the seasonal naive's, on the same
	Promise float64     `json:"promise"` // mean absolute error that it expects; 0: unknown

	Auto    *auto.Model    `json:"auto,omitempty"`
	Prophet *prophet.Model `json:"prophet,omitempty"`

	Warnings []string `json:"-"` // of loading, training and saving it, for its forecasts
}

// Errors of a Storage.
var (
	ErrNoModel      = errors.New("no model is stored")
	ErrDamagedModel = errors.New("the stored model is damaged")
)

// Storage keeps trained models. It is safe for concurrent use.
type Storage interface {
	// Load returns the series' model of a kind; ErrNoModel or ErrDamagedModel.
	Load(ctx context.Context, k metric.Key, kind string) (Model, error)
	// Save replaces the series' model of its kind, wholly or not at all.
	Save(ctx context.Context, m Model) error
	// List tells all models, ordered by series; damaged ones are left out and told in the error.
	List(ctx context.Context) ([]Model, error)
	// Delete removes a model; ErrNoModel if it is not there.
	Delete(ctx context.Context, k metric.Key, kind string) error
}

// Model is the series' model: the stored one if it is fresh, otherwise it is
// trained and saved. A storage that fails is a warning, not an error.
func (f Forecaster) Model(ctx context.Context, s metric.Series, o Options) (Model, error) {
	o, err := o.check()
	if err != nil {
		return Model{}, err
	}
	var warnings []string
	if f.Storage != nil {
		m, err := f.Storage.Load(ctx, s.Key, o.Model)
		switch {
		case ctx.Err() != nil:
			return Model{}, ctx.Err()
		case err == nil && f.fresh(m, s, o):
			return m, nil
		case err != nil && !errors.Is(err, ErrNoModel):
			warnings = append(warnings, fmt.Sprintf("%v; the model was trained anew", err))
		}
	}
	m, err := f.Train(ctx, s, o)
	m.Warnings = append(warnings, m.Warnings...)
	return m, err
}

// Train trains a model and saves it; that it could not be saved is a warning.
// Without a configuration it takes the one that tuning found, if the stored
// model has one.
func (f Forecaster) Train(ctx context.Context, s metric.Series, o Options) (Model, error) {
	tuned := false
	if f.Storage != nil && len(o.Config) == 0 {
		m, err := f.Storage.Load(ctx, s.Key, cmp.Or(o.Model, Models[0].Name))
		if tuned = err == nil && m.Tuned; tuned {
			o.Config = []byte(m.Config)
		}
	}
	return f.trainAndSave(ctx, s, o, tuned)
}

// Adopt trains a model with a configuration that tuning found and saves it:
// its series keeps it until it is tuned again or another one is asked for.
func (f Forecaster) Adopt(ctx context.Context, s metric.Series, o Options, t Trial) (Model, error) {
	o.Config = []byte(t.Config)
	return f.trainAndSave(ctx, s, o, true)
}

func (f Forecaster) trainAndSave(ctx context.Context, s metric.Series, o Options, tuned bool) (Model, error) {
	o, err := o.check()
	if err != nil {
		return Model{}, err
	}
	g, err := Prepare(s, o.Step)
	if err != nil {
		return Model{}, fmt.Errorf("%v: %w", s.Key, err)
	}
	m, err := f.train(ctx, s.Key, g, o)
	if err != nil {
		return Model{}, fmt.Errorf("%v: %w", s.Key, err)
	}
	m.Tuned = tuned
	if f.Storage != nil {
		if err := f.Storage.Save(ctx, m); err != nil {
			m.Warnings = append(m.Warnings, fmt.Sprintf("the model is not saved and will be trained again: %v", err))
		}
	}
	return m, ctx.Err()
}

// train trains a model on a grid; nothing is saved.
func (f Forecaster) train(ctx context.Context, k metric.Key, g Grid, o Options) (Model, error) {
	n, err := o.horizon(g.Step)
	if err != nil {
		return Model{}, err
	}
	m := Model{Version: ModelVersion, Key: k, Kind: o.Model, Step: g.Step, Horizon: n, Config: string(o.Config),
		Trained: f.Now().UnixMicro(), Last: g.Times[len(g.Times)-1]}
	m.Seasons = g.seasons()
	family, err := m.family()
	if err != nil {
		return m, err
	}
	if family == "prophet" {
		err = m.trainProphet(g)
	} else {
		g = g.recent(m.Seasons)
		err = m.trainAuto(ctx, g, families[family], o.Level)
	}
	m.First, m.Points = g.Times[0], len(g.Values)
	return m, err
}

// fresh reports whether a stored model still serves: it is of the same kind and
// step, reaches as far, what it has not seen is little, and what it
// would have said of that was about as right as it promised.
func (f Forecaster) fresh(m Model, s metric.Series, o Options) bool {
	config := m.Config == string(o.Config) || m.Tuned && len(o.Config) == 0
	step := o.Step
	if step.Zero() && !m.Tuned { // a model of a step that somebody asked for once is not what is found in the data
		step = metric.FindStep(s.Times)
	}
	if m.Version != ModelVersion || !config || !step.Zero() && step != m.Step {
		return false
	}
	if n, err := o.horizon(m.Step); err != nil || n > m.Horizon {
		return false
	}
	near := m.Step.Micros() / 2 // the times of a grid are not those of the points
	i, _ := metric.Range{From: m.First - near, To: math.MaxInt64}.Indexes(s.Times)
	k, end := metric.Range{From: m.Last + 1, To: math.MaxInt64}.Indexes(s.Times)
	if i == end || s.Times[i] > m.First+near || k == i || 10*(end-k) > m.Points {
		return false
	}
	return k == end || f.keepsPromise(m, s, k)
}

// nearest is the index of the time nearest to t; times ascend.
func nearest(times []int64, t int64) int {
	i, _ := slices.BinarySearch(times, t)
	if i == len(times) || i > 0 && t-times[i-1] < times[i]-t {
		i--
	}
	return i
}

// promise is how many times as large as in the backtests errors may become
// before a model is trained again.
const promise = 2

// keepsPromise compares the unseen points from index k with what the model says of them.
func (f Forecaster) keepsPromise(m Model, s metric.Series, k int) bool {
	if !(m.Promise > 0) {
		return false
	}
	seen := s
	seen.Times, seen.Values = s.Times[:k], s.Values[:k]
	g, err := Prepare(seen, m.Step)
	if err != nil {
		return false
	}
	n := int((s.Times[len(s.Times)-1]-m.Last)/m.Step.Micros()) + 1
	p, err := m.predict(g, min(n, m.Horizon))
	if err != nil {
		return false
	}
	var sum float64
	var count int
	for ; k < s.Len(); k++ {
		if at := nearest(p.Times, s.Times[k]); s.Times[k] <= p.Times[at]+m.Step.Micros()/2 {
			sum += math.Abs(s.Values[k] - p.Value[at])
			count++
		}
	}
	return count > 0 && sum/float64(count) <= promise*m.Promise
}
