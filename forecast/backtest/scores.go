package backtest

import "math"

// Scores tell how far forecasts were from what came.
type Scores struct {
	N        int     `json:"n"`        // points compared
	MAE      float64 `json:"mae"`      // mean absolute error, in the series' unit
	RMSE     float64 `json:"rmse"`     // root of the mean squared error, in the series' unit
	SMAPE    float64 `json:"smape"`    // 200 |y-f| / (|y|+|f|), in per cent
	MASE     float64 `json:"mase"`     // MAE in units of the seasonal naive's error in the training data
	Coverage float64 `json:"coverage"` // share of points inside the interval
	WIS      float64 `json:"wis"`      // weighted interval score, in the unit of MASE (Bracher et al. 2021, one interval)
}

// Sum adds up the errors of many forecasts; Scores tells their means.
type Sum struct {
	n                                       int
	abs, square, smape, mase, covered, wisq float64
	scaled                                  int
}

// Add compares one forecast with what came. NaN in actual is no observation.
// level is the interval's; scale is that of MASE, 0 if it is not known.
func (s *Sum) Add(actual, value, lower, upper []float64, level, scale float64) {
	for i, y := range actual {
		if math.IsNaN(y) || i >= len(value) {
			continue
		}
		e := math.Abs(y - value[i])
		s.n++
		s.abs += e
		s.square += e * e
		if d := math.Abs(y) + math.Abs(value[i]); d > 0 {
			s.smape += 200 * e / d
		}
		if y >= lower[i] && y <= upper[i] {
			s.covered++
		}
		if scale > 0 {
			s.scaled++
			s.mase += e / scale
			s.wisq += WIS(y, value[i], lower[i], upper[i], level) / scale
		}
	}
}

// WIS is the weighted interval score of one point with one central interval.
func WIS(y, value, lower, upper, level float64) float64 {
	alpha := 1 - level
	interval := upper - lower + 2/alpha*(max(0, lower-y)+max(0, y-upper))
	return (0.5*math.Abs(y-value) + alpha/2*interval) / 1.5
}

// Scores are the means; of nothing they are NaN with N 0.
func (s *Sum) Scores() Scores {
	n, m := float64(s.n), float64(s.scaled)
	return Scores{N: s.n, MAE: s.abs / n, RMSE: math.Sqrt(s.square / n), SMAPE: s.smape / n, MASE: s.mase / m, Coverage: s.covered / n, WIS: s.wisq / m}
}

// Scale is MASE's unit: the mean absolute difference of points one season
// apart; of neighbours where there are less than two seasons or nothing changes.
func Scale(y []float64, season int) float64 {
	if season > 0 && len(y) >= 2*season {
		if s := meanDifference(y, season); s > 0 {
			return s
		}
	}
	return meanDifference(y, 1)
}

func meanDifference(y []float64, lag int) float64 {
	if len(y) <= lag {
		return 0
	}
	var sum float64
	for i := lag; i < len(y); i++ {
		sum += math.Abs(y[i] - y[i-lag])
	}
	return sum / float64(len(y)-lag)
}
