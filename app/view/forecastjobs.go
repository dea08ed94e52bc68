package view

import (
	"context"
	"fmt"

	"aiops/app"
	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

// Learned is what the ranked list keeps of forecasts that a job made.
type Learned struct {
	keys    []metric.Key
	entries []*capacityEntry
}

// Learn takes forecasts of a job into the list.
func (c *Capacity) Learn(l Learned) {
	for i, k := range l.keys {
		c.put(k, l.entries[i])
	}
}

// learnAtOnce is how many forecasts a job hands over, and stores, at a time.
const learnAtOnce = 16

// ForecastMany forecasts series (none named: all), stores the predictions and
// hands what the list keeps over bit by bit. The text says what was done. It
// may block, and runs on any goroutine.
func ForecastMany(ctx context.Context, s store.Store, f forecast.Forecaster, r app.ForecastRequest, limits Thresholds, p app.Progress,
	learned func(Learned)) (string, error) {
	var batch Learned
	var keep []metric.Prediction
	var made, failed int64
	var first error
	flush := func() error {
		if err := s.PutPredictions(ctx, keep); err != nil {
			return fmt.Errorf("store predictions: %w", err)
		}
		learned(batch)
		batch, keep = Learned{}, nil
		return nil
	}
	err := app.ForecastStore(ctx, s, f, r, p, func(res app.ForecastResult) error {
		if res.Err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed++
			if first == nil {
				first = res.Err
			}
			return nil
		}
		made++
		m := ForeseenOf(res, r.Options)
		keep = append(keep, m.Forecast.Prediction(levelOf(r.Options)))
		batch.keys, batch.entries = append(batch.keys, m.Plan.Key), append(batch.entries, newCapacityEntry(m, limits))
		if len(batch.keys) >= learnAtOnce {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return "", err
	}
	text := metric.Grouped(made) + " series forecast"
	if failed > 0 {
		text += fmt.Sprintf(", %s not: %v", metric.Grouped(failed), first)
	}
	return text, nil
}

func levelOf(o forecast.Options) float64 {
	if o.Level == 0 {
		return 0.8
	}
	return o.Level
}

// ForeseenOf is a forecast of a job as the page has it.
func ForeseenOf(res app.ForecastResult, o forecast.Options) *Foreseen {
	m := &Foreseen{Plan: ForecastPlan{Key: res.History.Key, Options: o}, Points: res.History.Len()}
	m.History = pyramid(res.History)
	m.Forecast = possible(res.Forecast, res.History)
	m.line = predicted(m.Forecast, res.History)
	return m
}

// AdoptSetting trains a model with a setting that tuning found, so that the
// series keeps it. It may block, and runs on any goroutine.
func AdoptSetting(ctx context.Context, s store.Store, f forecast.Forecaster, k metric.Key, o forecast.Options, t forecast.Trial) error {
	series, err := wholeSeries(ctx, s, k)
	if err != nil {
		return fmt.Errorf("read points: %w", err)
	}
	if _, err := f.Adopt(ctx, series, o, t); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

// TuneSeries tries settings of a model on a series, at most budget of them. It
// may block, and runs on any goroutine.
func TuneSeries(ctx context.Context, s store.Store, f forecast.Forecaster, k metric.Key, o forecast.Options, budget int, p forecast.Progress) ([]forecast.Trial, error) {
	series, err := wholeSeries(ctx, s, k)
	if err != nil {
		return nil, fmt.Errorf("read points: %w", err)
	}
	trials, err := f.Tune(ctx, series, o, budget, p)
	if err != nil {
		return nil, fmt.Errorf("tune: %w", err)
	}
	return trials, ctx.Err()
}
