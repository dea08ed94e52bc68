package forecast

import (
	"context"
	"fmt"

	"aiops/metric"
)

// levels are the probabilities of a forecast's quantiles.
var levels = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
	0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 0.995}

// Predict forecasts from the end of the series with a trained model.
func (f Forecaster) Predict(ctx context.Context, m Model, s metric.Series, o Options) (Forecast, error) {
	o, err := o.check()
	if err != nil {
		return Forecast{}, err
	}
	g, err := Prepare(s, m.Step)
	if err != nil {
		return Forecast{}, fmt.Errorf("%v: %w", s.Key, err)
	}
	n, err := o.horizon(g.Step)
	if err != nil {
		return Forecast{}, err
	}
	origin := g.Times[len(g.Times)-1]
	out := Forecast{Key: s.Key, Step: g.Step, Origin: origin, Made: f.Now().UnixMicro(), Model: m.Kind, Levels: levels, Scores: m.Scores, Warnings: m.Warnings}
	for i := range n {
		out.Times = append(out.Times, g.Step.Add(origin, i+1))
	}
	r := m.Auto.Predict(g.Values, n, levels)
	out.Value, out.Quantiles = r.Value, r.Quantiles
	return out, ctx.Err()
}
