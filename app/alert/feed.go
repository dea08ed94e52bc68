package alert

import (
	"context"
	"math"

	"aiops/metric"
)

// Feed takes in points of one VM's series, and predictions of it ordered by
// when they were made, in the order of time.
func (e *Engine) Feed(series []metric.Series, predictions []metric.Prediction) []metric.Transition {
	var out []metric.Transition
	_ = e.feed(context.Background(), series, predictions, func(all []metric.Transition) { out = append(out, all...) }) // it fails only when stopped
	return out
}

func (e *Engine) feed(ctx context.Context, series []metric.Series, predictions []metric.Prediction, keep func([]metric.Transition)) error {
	at := make([]int, len(series))
	var samples []Sample
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		next := soonest(series, at)
		for len(predictions) > 0 && predictions[0].Made < next {
			keep(e.Predicted(predictions[0]))
			predictions = predictions[1:]
		}
		if next == math.MaxInt64 {
			return nil
		}
		samples = samples[:0]
		for i, s := range series {
			if at[i] < s.Len() && s.Times[at[i]] == next {
				samples = append(samples, Sample{s.Metric, s.Values[at[i]]})
				at[i]++
			}
		}
		keep(e.Observe(series[0].VM, next, samples))
	}
}

// soonest is the time of the next point; MaxInt64 when there is none.
func soonest(series []metric.Series, at []int) int64 {
	next := int64(math.MaxInt64)
	for i, s := range series {
		if at[i] < s.Len() {
			next = min(next, s.Times[at[i]])
		}
	}
	return next
}
