package forecast

import (
	"context"
	"time"

	"aiops/metric"
)

// Progress is told how far a long piece of work is; total 0 means unknown.
type Progress func(done, total int64)

// Forecaster makes forecasts and keeps the models that they come from.
type Forecaster struct {
	Storage Storage          // nil: nothing is kept
	Now     func() time.Time // the clock
}

// Forecast loads the series' model when it is fresh, otherwise trains and
// saves one, and predicts.
func (f Forecaster) Forecast(ctx context.Context, s metric.Series, o Options) (Forecast, error) {
	m, err := f.Model(ctx, s, o)
	if err != nil {
		return Forecast{}, err
	}
	return f.Predict(ctx, m, s, o)
}
