package app

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

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
	if p == nil {
		p = func(int64, int64) {}
	}
	results := make([]chan ForecastResult, n)
	for i := range results {
		results[i] = make(chan ForecastResult, 1)
	}
	ahead := make(chan struct{}, 4*runtime.GOMAXPROCS(0)) // results that wait to be yielded are few
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		var workers errgroup.Group
		workers.SetLimit(runtime.GOMAXPROCS(0))
		defer workers.Wait()
		for i := range n {
			select {
			case ahead <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			workers.Go(func() error {
				results[i] <- forecastOne(ctx, f, i, read, r)
				return nil
			})
		}
		return nil
	})
	g.Go(func() error {
		for i := range n {
			select {
			case res := <-results[i]:
				<-ahead
				if err := yield(res); err != nil {
					return err
				}
				p(int64(i+1), int64(n))
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	return g.Wait()
}

func forecastOne(ctx context.Context, f forecast.Forecaster, i int, read func(context.Context, int) (metric.Series, error), r ForecastRequest) ForecastResult {
	s, err := read(ctx, i)
	if err != nil {
		return ForecastResult{History: s, Err: err}
	}
	train := f.Model
	if r.Retrain {
		train = f.Train
	}
	m, err := train(ctx, s, r.Options)
	if err != nil {
		return ForecastResult{History: s, Err: err}
	}
	out, err := f.Predict(ctx, m, s, r.Options)
	return ForecastResult{History: s, Forecast: out, Err: err}
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
			keys = append(keys, info.Key)
		}
	}
	return ForecastEach(ctx, f, len(keys), func(ctx context.Context, i int) (metric.Series, error) {
		return store.Points(ctx, st, keys[i], r.Range)
	}, r, p, yield)
}
