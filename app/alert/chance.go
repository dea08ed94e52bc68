package alert

import (
	"math"

	"aiops/forecast"
	"aiops/metric"
)

// judgeChance is a forecast rule's verdict: the probability of being beyond the
// threshold at the worst time within the horizon.
func (r *Rule) judgeChance(p float64) verdict {
	on := p >= r.Probability
	return verdict{begin: on, hold: on, stay: on, value: p}
}

// chanceOfForecast reads the probability from the forecast's quantiles.
func chanceOfForecast(r *Rule, f forecast.Forecast) float64 {
	worst := 0.0
	for i, t := range f.Times {
		if t > f.Origin+r.Horizon {
			break
		}
		worst = max(worst, r.beyond(func(v float64) float64 { return f.Below(i, v) }))
	}
	return worst
}

// chanceOfPrediction reads it from a stored prediction, which has one interval:
// each side is taken as half of a normal distribution.
func chanceOfPrediction(r *Rule, p metric.Prediction) float64 {
	width := math.Sqrt2 * math.Erfinv(p.Level) // of the interval, in deviations
	worst := 0.0
	for i, t := range p.Times {
		if t > p.Made+r.Horizon {
			break
		}
		if t <= p.Made { // over already, or left over from an earlier prediction
			continue
		}
		worst = max(worst, r.beyond(func(v float64) float64 { return below(p, i, v, width) }))
	}
	return worst
}

// beyond is the probability of being above or below the bounds, from that of
// being at most a value.
func (r *Rule) beyond(below func(v float64) float64) float64 {
	sum := 0.0
	if r.Above != nil {
		sum += 1 - below(*r.Above)
	}
	if r.Below != nil {
		sum += below(*r.Below)
	}
	return min(1, sum)
}

func below(p metric.Prediction, i int, v, width float64) float64 {
	side := p.Upper[i] - p.Value[i]
	if v < p.Value[i] {
		side = p.Value[i] - p.Lower[i]
	}
	sigma := side / width
	if !(sigma > 0) || math.IsInf(sigma, 0) { // no interval is known: only the value is
		if v >= p.Value[i] {
			return 1
		}
		return 0
	}
	return 0.5 * math.Erfc(-(v-p.Value[i])/sigma/math.Sqrt2)
}
