package forecast

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"aiops/forecast/auto"
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
	Config  string      `json:"config,omitempty"`
	Tuned   bool        `json:"tuned,omitempty"` // Config is what tuning found
	Trained int64       `json:"trained"`         // when
	First   int64       `json:"first"`           // first and last point that it knows
	Last    int64       `json:"last"`
	Points  int         `json:"points"`
	Error   float64     `json:"error"` // mean absolute error that the backtests promise; 0: unknown
	Scores  Scores      `json:"scores"`

	Auto *auto.Model `json:"auto,omitempty"`

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
// trained and saved. What went wrong with the storage is a warning of the
// model's forecasts, not an error.
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
	return f.train(ctx, s, o, tuned)
}

// Adopt trains a model with a configuration that tuning found and saves it:
// its series keeps it until it is tuned again or another one is asked for.
func (f Forecaster) Adopt(ctx context.Context, s metric.Series, o Options, t Trial) (Model, error) {
	o.Config = []byte(t.Config)
	return f.train(ctx, s, o, true)
}

func (f Forecaster) train(ctx context.Context, s metric.Series, o Options, tuned bool) (Model, error) {
	o, err := o.check()
	if err != nil {
		return Model{}, err
	}
	g, err := Prepare(s, o.Step)
	if err != nil {
		return Model{}, fmt.Errorf("%v: %w", s.Key, err)
	}
	m := Model{Version: ModelVersion, Key: s.Key, Kind: o.Model, Step: g.Step, Config: string(o.Config), Tuned: tuned, Trained: f.Now().UnixMicro(),
		First: g.Times[0], Last: g.Times[len(g.Times)-1], Points: s.Len()}
	if m.Auto, err = auto.Train(ctx, g.Values, auto.Options{}); err != nil {
		return Model{}, fmt.Errorf("%v: %w", s.Key, err)
	}
	if f.Storage != nil {
		if err := f.Storage.Save(ctx, m); err != nil {
			m.Warnings = append(m.Warnings, fmt.Sprintf("the model is not saved and will be trained again: %v", err))
		}
	}
	return m, nil
}

// fresh reports whether a stored model still serves: it is of the same kind and
// step, and what it has not seen is little.
func (f Forecaster) fresh(m Model, s metric.Series, o Options) bool {
	config := m.Config == string(o.Config) || m.Tuned && len(o.Config) == 0
	if m.Version != ModelVersion || !config || !o.Step.Zero() && o.Step != m.Step {
		return false
	}
	i, j := metric.Range{From: m.Last + 1, To: math.MaxInt64}.Indexes(s.Times)
	return s.Len() > 0 && s.Times[0] <= m.First && 10*(j-i) <= m.Points
}
