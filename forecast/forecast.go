package forecast

import (
	"slices"

	"aiops/metric"
)

// Forecast is what a series will do, as far as it can be known: at each time a
// distribution, told by its quantiles.
type Forecast struct {
	metric.Key
	Step   metric.Step
	Origin int64 // of the last point that the forecast knows
	Made   int64 // when it was made

	Times     []int64
	Value     []float64   // the point forecast
	Levels    []float64   // probabilities of the quantiles, ascending
	Quantiles [][]float64 // [level][time], ascending with the level

	Model       string // "auto", "prophet", "theta" ...
	Why         string // one sentence for a person: what was chosen and why
	Weights     []Weight
	Components  []Component
	Changes     []Change
	Scores      Scores         // of the backtests inside the training data
	SeasonalRef Scores         // the seasonal naive's on the same backtests
	Params      map[string]any // for --details
	Warnings    []string
}

// Weight is the share that a candidate has in a combined forecast.
type Weight struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"`
}

// Component is a part of a forecast that adds up (or multiplies) to it: the
// trend, a season, a holiday. It covers history and horizon.
type Component struct {
	Name   string    `json:"name"`             // "trend", "daily", "weekly", "yearly", "holidays"
	Period int64     `json:"period,omitempty"` // of a season, in microseconds
	Factor bool      `json:"factor,omitempty"` // a share of the trend instead of a summand
	Times  []int64   `json:"times"`
	Values []float64 `json:"values"`
}

// Change is a moment at which the series' course changed.
type Change struct {
	Time int64  `json:"time"`
	Text string `json:"text"` // "level +12.4 %", "slope −0.3 a day"
}

// Quantile is the value that stays above the future one at time i with probability p.
func (f Forecast) Quantile(i int, p float64) float64 {
	n := len(f.Levels)
	if n == 0 {
		return f.Value[i]
	}
	j, exact := slices.BinarySearch(f.Levels, p)
	switch {
	case exact:
		return f.Quantiles[j][i]
	case j == 0:
		return f.Quantiles[0][i]
	case j == n:
		return f.Quantiles[n-1][i]
	}
	a, b := f.Levels[j-1], f.Levels[j]
	lo, hi := f.Quantiles[j-1][i], f.Quantiles[j][i]
	return lo + (hi-lo)*(p-a)/(b-a)
}

// Interval is the central interval that holds the future value with probability level.
func (f Forecast) Interval(level float64) (lower, upper []float64) {
	lower, upper = make([]float64, len(f.Times)), make([]float64, len(f.Times))
	for i := range f.Times {
		lower[i], upper[i] = f.Quantile(i, (1-level)/2), f.Quantile(i, (1+level)/2)
	}
	return lower, upper
}

// Below is the probability that the value at time i is not above v.
func (f Forecast) Below(i int, v float64) float64 {
	n := len(f.Levels)
	switch {
	case n == 0:
		if v >= f.Value[i] {
			return 1
		}
		return 0
	case v < f.Quantiles[0][i]:
		return 0
	case v >= f.Quantiles[n-1][i]:
		return 1
	}
	j := 1
	for f.Quantiles[j][i] <= v {
		j++
	}
	lo, hi := f.Quantiles[j-1][i], f.Quantiles[j][i]
	return f.Levels[j-1] + (f.Levels[j]-f.Levels[j-1])*(v-lo)/(hi-lo)
}

// Prediction is the forecast as it is stored.
func (f Forecast) Prediction(level float64) metric.Prediction {
	p := metric.Prediction{Key: f.Key, Made: f.Made, Model: f.Model, Level: level, Times: f.Times, Value: f.Value}
	p.Lower, p.Upper = f.Interval(level)
	return p
}
