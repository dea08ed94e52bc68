package view

import (
	"context"
	"fmt"

	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

// forecastID names a forecast by what it depends on: points that came since
// make it another one. Interval and threshold are not part of it, as they are
// read from the quantiles.
type forecastID struct {
	metric.Key
	span          int64
	model, config string
	count, last   int64
}

// ForecastPlan is a forecast that has to be made for the present view.
type ForecastPlan struct {
	Generation int
	Key        metric.Key
	Options    forecast.Options
	id         forecastID
}

// Foreseen is a forecast with the history that it goes on from. It is not
// changed after it is made.
type Foreseen struct {
	Plan     ForecastPlan
	History  *metric.Pyramid // nil: no points
	Points   int
	Lack     string // why there is no forecast: the history is too short
	Forecast forecast.Forecast
	line     *metric.Pyramid // the prediction, from the last point on
}

// leastPoints is the number of points below which nothing is forecast.
const leastPoints = 3

// Foresee reads a series and forecasts it. It may block, and runs on any goroutine.
func Foresee(ctx context.Context, s store.Store, f forecast.Forecaster, p ForecastPlan) (*Foreseen, error) {
	series, err := wholeSeries(ctx, s, p.Key)
	if err != nil {
		return nil, fmt.Errorf("read points: %w", err)
	}
	out := &Foreseen{Plan: p, Points: series.Len()}
	if series.Len() > 0 {
		out.History = metric.NewPyramid(series.Envelope())
	}
	if out.Lack = lack(series); out.Lack != "" {
		return out, nil
	}
	if out.Forecast, err = f.Forecast(ctx, series, p.Options); err != nil {
		return nil, fmt.Errorf("forecast: %w", err)
	}
	out.Forecast = possible(out.Forecast, series)
	out.line = predicted(out.Forecast, series)
	return out, ctx.Err()
}

// wholeSeries is every point of a series; a store that has it in memory gives
// it without a copy.
func wholeSeries(ctx context.Context, s store.Store, k metric.Key) (metric.Series, error) {
	if keeper, ok := s.(Keeper); ok {
		if p := keeper.Pyramid(k); p != nil && p.Step == 0 {
			return metric.Series{Key: k, Times: p.Times, Values: p.Mean}, nil
		}
	}
	return store.Points(ctx, s, k, metric.Range{})
}

// lack says how much more is needed for a forecast, empty if there is enough.
func lack(s metric.Series) string {
	missing := leastPoints - s.Len()
	if missing <= 0 {
		return ""
	}
	text := fmt.Sprintf("%v has %s; a forecast needs %d, so %d more", s.Key, counted(int64(s.Len()), "point"), leastPoints, missing)
	if s.Len() == 2 {
		text += ", in " + Duration(s.Times[1]-s.Times[0]) + " at the present rate"
	}
	return text + "."
}

// predicted is the point forecast as a line that begins at the last point.
func predicted(f forecast.Forecast, s metric.Series) *metric.Pyramid {
	n := s.Len()
	out := metric.Series{Key: f.Key, Times: make([]int64, 0, len(f.Times)+1), Values: make([]float64, 0, len(f.Times)+1)}
	if n > 0 && len(f.Times) > 0 && s.Times[n-1] < f.Times[0] {
		out.Times, out.Values = append(out.Times, s.Times[n-1]), append(out.Values, s.Values[n-1])
	}
	out.Times, out.Values = append(out.Times, f.Times...), append(out.Values, f.Value...)
	return metric.NewPyramid(out.Envelope())
}

// possible keeps a forecast within what can be: percentages within 0 and 100
// where the history is, and nothing below 0 that never was.
func possible(f forecast.Forecast, s metric.Series) forecast.Forecast {
	lo, hi, limited := bounds(s)
	if !limited {
		return f
	}
	f.Value = clamped(f.Value, lo, hi)
	quantiles := make([][]float64, len(f.Quantiles))
	for i, q := range f.Quantiles {
		quantiles[i] = clamped(q, lo, hi)
	}
	f.Quantiles = quantiles
	return f
}
