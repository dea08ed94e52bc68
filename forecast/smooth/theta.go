package smooth

import "math"

// Theta forecasts y by the Theta method: season taken out, simple smoothing
// with half the trend's slope as drift, season put back. season < 2: none.
func Theta(y []float64, season int, out []float64) {
	adjusted, factors := y, []float64{0}
	if season > 1 && len(y) >= 2*season {
		adjusted, factors = deseason(y, season)
	}
	level, alpha := bestSES(adjusted)
	slope := trendSlope(adjusted) / 2
	n := len(y)
	for h := range out {
		drift := slope * (float64(h) + (1-math.Pow(1-alpha, float64(n)))/alpha)
		out[h] = level + drift + factors[(n+h)%len(factors)]
	}
}

// deseason takes out the mean of each place in the season against a centred moving mean.
func deseason(y []float64, season int) (adjusted, factors []float64) {
	factors = make([]float64, season)
	count := make([]float64, season)
	var sum float64
	for _, v := range y[:season] {
		sum += v
	}
	for i := season / 2; i+(season+1)/2 < len(y); i++ {
		k := i % season
		factors[k] += y[i] - sum/float64(season)
		count[k]++
		sum += y[i+(season+1)/2] - y[i-season/2]
	}
	var mean float64
	for k := range factors {
		factors[k] /= max(1, count[k])
		mean += factors[k] / float64(season)
	}
	adjusted = make([]float64, len(y))
	for k := range factors {
		factors[k] -= mean
	}
	for i, v := range y {
		adjusted[i] = v - factors[i%season]
	}
	return adjusted, factors
}

// bestSES is the last level of simple smoothing with the best of some parameters.
func bestSES(y []float64) (level, alpha float64) {
	lowest := math.Inf(1)
	for _, a := range []float64{0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9} {
		l := y[0]
		var loss float64
		for _, v := range y[1:] {
			e := v - l
			loss += e * e
			l += a * e
		}
		if loss < lowest {
			lowest, level, alpha = loss, l, a
		}
	}
	return level, alpha
}

func trendSlope(y []float64) float64 {
	n := float64(len(y))
	var sy, sxy float64
	for i, v := range y {
		sy += v
		sxy += float64(i) * v
	}
	sx, sxx := n*(n-1)/2, n*(n-1)*(2*n-1)/6
	if d := n*sxx - sx*sx; d > 0 {
		return (n*sxy - sx*sy) / d
	}
	return 0
}
