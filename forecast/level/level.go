package level

import (
	"math"
	"slices"
)

// Naive repeats the last value.
func Naive(y, out []float64) { fill(out, y[len(y)-1]) }

// Seasonal repeats the last season.
func Seasonal(y []float64, season int, out []float64) {
	season = min(max(season, 1), len(y))
	for h := range out {
		out[h] = y[len(y)-season+h%season]
	}
}

// Drift goes on along the line from the first to the last point of the window.
func Drift(y []float64, window int, out []float64) {
	window = min(window, len(y)-1)
	slope := 0.0
	if window > 0 {
		slope = (y[len(y)-1] - y[len(y)-1-window]) / float64(window)
	}
	for h := range out {
		out[h] = y[len(y)-1] + slope*float64(h+1)
	}
}

// samples is how many values a median over a long time looks at.
const samples = 700

// MedianOf is the median of the last n values; of evenly spread ones of them where
// they are many.
func MedianOf(y []float64, n int) float64 {
	n = min(n, len(y))
	stride := 1 + n/samples
	v := make([]float64, 0, n/stride+1)
	for i := len(y) - 1; i >= len(y)-n; i -= stride {
		v = append(v, y[i])
	}
	return Median(v)
}

// Median is the median of v, whose order it changes.
func Median(v []float64) float64 {
	n := len(v)
	slices.Sort(v)
	if n%2 == 1 {
		return v[n/2]
	}
	if m := (v[n/2-1] + v[n/2]) / 2; !math.IsInf(m, 0) {
		return m
	}
	return v[n/2-1]/2 + v[n/2]/2
}

func fill(out []float64, v float64) {
	for i := range out {
		out[i] = v
	}
}

// Slope is the median change of a point against the one a season before, over
// the last seasons, a step.
func Slope(y []float64, season, seasons int) float64 {
	from := max(season, len(y)-season*seasons)
	stride := 1 + (len(y)-from)/samples
	var d []float64
	for i := from; i < len(y); i += stride {
		d = append(d, y[i]-y[i-season])
	}
	if len(d) == 0 {
		return 0
	}
	return Median(d) / float64(season)
}
