package forecast

import (
	"context"
	"fmt"
	"slices"

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
	out, err := m.predict(g, n)
	if err != nil {
		return Forecast{}, err
	}
	out.Made, out.Scores, out.SeasonalRef = f.Now().UnixMicro(), m.Scores, m.Naive
	out.Warnings = append(warnings(g, m), out.Warnings...)
	return out, ctx.Err()
}

// place gives the forecast its times.
func (f *Forecast) place(step metric.Step, origin int64, n int) {
	f.Origin = origin
	f.Times = make([]int64, n)
	for i := range f.Times {
		f.Times[i] = step.Add(origin, i+1)
	}
}

// warnings tell what makes a forecast less sure than it looks.
func warnings(g Grid, m Model) []string {
	out := slices.Clone(m.Warnings)
	if g.left != "" {
		out = append(out, g.left)
	}
	n := len(g.Values)
	switch {
	case n == 1:
		out = append(out, "Only one point is known; the forecast repeats it.")
	case n < 3:
		out = append(out, fmt.Sprintf("Only %d points are known; the forecast repeats the last one.", n))
	case m.Seasons.Short > 0 && n < 2*m.Seasons.Short:
		out = append(out, fmt.Sprintf("The history covers %s; two seasons (%s) would show what repeats itself.", span(g.Step, n), span(g.Step, 2*m.Seasons.Short)))
	}
	if 5*g.Filled > n {
		out = append(out, fmt.Sprintf("%.0f %% of the points are missing and were filled in.", 100*float64(g.Filled)/float64(n)))
	}
	return out
}
