package app

import (
	"context"
	"time"

	"aiops/forecast"
	"aiops/forecast/capacity"
	"aiops/metric"
)

// CapacityRequest says which threshold is looked out for, how far and how.
type CapacityRequest struct {
	Threshold capacity.Threshold
	Span      time.Duration
	Options   forecast.Options // its horizon is Span
}

// Capacity tells when series reach a threshold, in their order; points are put
// together where the horizon is long, so no model is kept. yield gets what
// came of each series.
func Capacity(ctx context.Context, f forecast.Forecaster, n int, read func(ctx context.Context, i int) (metric.Series, error),
	r CapacityRequest, p Progress, yield func(Result[capacity.Outlook]) error) error {
	f.Storage = nil
	work := func(ctx context.Context, s metric.Series) (capacity.Outlook, error) {
		o := r.Options
		o.Horizon, o.Span = 0, r.Span
		c := capacity.Coarse{Series: s}
		if o.Step.Zero() {
			c = capacity.Coarsen(s, r.Span, r.Threshold)
			o.Step = c.Step
		}
		out, err := f.Forecast(ctx, c.Series, o)
		if err != nil {
			return capacity.Outlook{}, err
		}
		look := capacity.Look(out, s.Values[s.Len()-1], r.Threshold)
		look.How = c.How
		return look, nil
	}
	return Each(ctx, n, read, work, p, yield)
}
