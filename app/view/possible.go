package view

import (
	"math"

	"aiops/forecast"
	"aiops/metric"
)

// bounds is what a metric's values cannot leave: 0 and 100 for percentages, 0
// for what is counted. A history that is outside says that it can.
func bounds(s metric.Series) (lo, hi float64, limited bool) {
	lo, hi = math.Inf(-1), math.Inf(1)
	u := metric.UnitOf(s.Metric)
	if u == metric.None {
		return lo, hi, false
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, v := range s.Values {
		least, most = min(least, v), max(most, v)
	}
	if least >= 0 {
		lo = 0
	}
	if u == metric.Percent && least >= 0 && most <= 100 {
		hi = 100
	}
	return lo, hi, lo == 0 || hi == 100
}

// clamped is a copy of values within limits.
func clamped(values []float64, lo, hi float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = min(max(v, lo), hi)
	}
	return out
}

// thinTimes is how many moments of a forecast a ranked list keeps.
const thinTimes = 256

// thin is a forecast with a few of its moments and quantiles: enough to tell
// when a limit is reached, whichever way, for thousands of series at once.
func thin(f forecast.Forecast) forecast.Forecast {
	out := forecast.Forecast{Key: f.Key, Step: f.Step, Origin: f.Origin, Made: f.Made, Model: f.Model}
	keep := extremes(f.Value, thinTimes)
	for _, i := range keep {
		out.Times, out.Value = append(out.Times, f.Times[i]), append(out.Value, f.Value[i])
	}
	for _, p := range []float64{0.05, 0.1, 0.25, 0.3, 0.5, 0.7, 0.75, 0.9, 0.95} {
		q := make([]float64, len(keep))
		for j, i := range keep {
			q[j] = f.Quantile(i, p)
		}
		out.Levels, out.Quantiles = append(out.Levels, p), append(out.Quantiles, q)
	}
	return out
}

// extremes are the places of the lowest and the highest value of each of n
// stretches, in order; all places where there are no more than 2n.
func extremes(v []float64, n int) (out []int) {
	if len(v) <= 2*n {
		for i := range v {
			out = append(out, i)
		}
		return out
	}
	for b := range n {
		from, to := b*len(v)/n, (b+1)*len(v)/n
		lo, hi := from, from
		for i := from; i < to; i++ {
			if v[i] < v[lo] {
				lo = i
			}
			if v[i] > v[hi] {
				hi = i
			}
		}
		out = append(out, min(lo, hi))
		if lo != hi {
			out = append(out, max(lo, hi))
		}
	}
	return out
}
