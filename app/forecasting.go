package app

import (
	"context"

	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

// ForecastRequest says which series are forecast and how.
type ForecastRequest struct {
	Keys    []metric.Key // none: every series
	Range   metric.Range // of the history; the zero Range: all of it
	Options forecast.Options
	Retrain bool // train anew also where a stored model is fresh
}

// ForecastResult is the forecast of one series, or why there is none.
type ForecastResult struct {
	History  metric.Series
	Forecast forecast.Forecast
	Err      error
}

// ForecastEach forecasts series on all cores and yields the results in the
// order of the input. A series that cannot be forecast does not stop the others.
func ForecastEach(ctx context.Context, f forecast.Forecaster, n int, read func(ctx context.Context, i int) (metric.Series, error),
	r ForecastRequest, p Progress, yield func(ForecastResult) error) error {
	work := func(ctx context.Context, s metric.Series) (forecast.Forecast, error) {
		if !r.Retrain {
			return f.Forecast(ctx, s, r.Options)
		}
		m, err := f.Train(ctx, s, r.Options)
		if err != nil {
			return forecast.Forecast{}, err
		}
		return f.Predict(ctx, m, s, r.Options)
	}
	return Each(ctx, n, read, work, p, func(res Result[forecast.Forecast]) error {
		return yield(ForecastResult{History: res.History, Forecast: res.Out, Err: res.Err})
	})
}

// ForecastStore forecasts series of a database.
func ForecastStore(ctx context.Context, st store.Store, f forecast.Forecaster, r ForecastRequest, p Progress, yield func(ForecastResult) error) error {
	keys := r.Keys
	if len(keys) == 0 {
		all, err := st.Catalog(ctx)
		if err != nil {
			return err
		}
		for _, info := range all {
			if info.Count > 0 {
				keys = append(keys, info.Key)
			}
		}
	}
	return ForecastEach(ctx, f, len(keys), func(ctx context.Context, i int) (metric.Series, error) {
		return store.Points(ctx, st, keys[i], r.Range)
	}, r, p, yield)
}
