package auto

import (
	"math"
	"slices"
	"strconv"

	"aiops/forecast/autoreg"
	"aiops/forecast/level"
	"aiops/forecast/prophet"
	"aiops/forecast/smooth"
)

// pool lists the methods that fit a history of which the first origin knows n
// points, without those that make no candidate that is wanted (nil: all are);
// the last value where nothing is left.
func pool(h history, n int, wanted func(name string) bool) []method {
	all := []method{rule("naive", level.Naive)}
	all = append(all, medians(h, n)...)
	all = append(all, seasonal(h, n)...)
	all = append(all, regressions(h, n)...)
	if wanted != nil || h.short < fineSeason { // where steps are fine they are slow and seldom the best
		all = append(all, smoothings(h, n)...)
		if n >= 5 {
			all = append(all, rule("drift", func(y, out []float64) { level.Drift(y, len(y), out) }))
		}
	}
	if h.short >= fineSeason {
		all = append(all, trends(h, n)...)
	}
	if h.times != nil {
		all = append(all, prophets())
	}
	if wanted == nil {
		return all
	}
	if h.short > 1 && h.short < profiled && h.short <= n { // so short a season's is there for who asks
		all = append(all, profiles(h))
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(m method) bool { return !slices.ContainsFunc(m.names, wanted) })
	if len(kept) == 0 {
		return all[:1]
	}
	return kept
}

// profiled is the season from which its profile is tried unasked.
const profiled = 12

// medians are those of the last part of a day up to a week.
func medians(h history, n int) []method {
	s := h.short
	if s == 0 {
		s = 24
	}
	var m []method
	last := 1
	for _, share := range []float64{1. / 96, 1. / 24, 1. / 8, 1. / 4, 1. / 2, 1, 3, 7} {
		k := int(math.Round(share * float64(s)))
		if k <= last || k < 3 || k > n {
			continue
		}
		last = k
		m = append(m, rule("median "+strconv.Itoa(k), func(y, out []float64) {
			v := level.MedianOf(y, k)
			for i := range out {
				out[i] = v
			}
		}))
	}
	return m
}

func seasonal(h history, n int) []method {
	var m []method
	if s := h.short; s > 1 && s <= n {
		m = append(m, rule("season before", func(y, out []float64) { level.Seasonal(y, s, out) }))
		if s >= profiled {
			m = append(m, profiles(h))
		}
	}
	if l := h.long; l > 1 && 2*l <= n {
		m = append(m, rule("long season before", func(y, out []float64) { level.Seasonal(y, l, out) }))
		week := []method{weeks(h), weekRegression(h, n)}
		m = append(m, week...)
		if t, ok := h.log(); ok && h.short < fineSeason {
			m = append(m, week[0].through(t), week[1].through(t))
		}
	}
	return m
}

// profiles are the time-of-day profile with several ways to the present level.
func profiles(h history) method {
	s := h.short
	names := []string{"profile", "profile last hour", "profile last quarter", "profile last day", "half profile"}
	return method{names, func(h history, ns []int, out [][][]float64) {
		decay := level.Fading(float64(s) / 2.1)
		for i, n := range ns {
			y := h.y[:n]
			p := level.NewProfile(y, s, 7, s/32)
			p.Forecast(0, 1, out[0][i])
			p.Forecast(p.Offset(y, max(1, s/24)), decay, out[1][i])
			p.Forecast(p.Offset(y, max(1, s/4)), decay, out[2][i])
			p.Forecast(p.Offset(y, s), 1, out[3][i])
			m := level.MedianOf(y, max(3, s/4))
			for k := range out[4][i] {
				out[4][i][k] = (out[0][i][k] + m) / 2
			}
		}
	}}
}

// weeks are the time-of-week profile over four weeks, plain and with the present level.
func weeks(h history) method {
	s := h.long
	return method{[]string{"weeks", "weeks last day", "weeks last hours"}, func(h history, ns []int, out [][][]float64) {
		for i, n := range ns {
			y := h.y[:n]
			p := level.NewProfile(y, s, min(4, n/s), 0)
			p.Forecast(0, 1, out[0][i])
			p.Forecast(p.Offset(y, h.short), 1, out[1][i])
			p.Forecast(p.Offset(y, max(1, h.short/8)), level.Fading(float64(h.short)/2), out[2][i])
		}
	}}
}

// weekRegression is an autoregression of what lies above the time-of-week profile.
func weekRegression(h history, first int) method {
	s := h.short
	lags := autoreg.Usable([]int{1, 2, 3, s - 1, s, s + 1, 2 * s, h.long}, first)
	return method{[]string{"weeks regression"}, func(h history, ns []int, out [][][]float64) {
		for i, n := range ns {
			y := h.y[:n]
			p := level.NewProfile(y, h.long, min(4, n/h.long), 0)
			rest := make([]float64, n)
			for k := range rest {
				rest[k] = y[k] - p.Value(k)
			}
			autoreg.Fit(rest, lags).Forecast(rest, out[0][i])
			for k := range out[0][i] {
				out[0][i][k] += p.At(k)
			}
		}
	}}
}

func regression(name string, lags []int) method {
	return method{[]string{name}, func(h history, ns []int, out [][][]float64) {
		for i, m := range autoreg.Roll(h.y, lags, ns) {
			m.Forecast(h.y[:ns[i]], out[0][i])
		}
	}}
}

func regressions(h history, n int) []method {
	if n < 12 {
		return nil
	}
	s := h.short
	if s >= fineSeason {
		lags := []int{1, 2, 3, 4, 5, 6, s - 1, s, s + 1, 2 * s}
		for _, part := range []int{32, 24, 16, 12, 8, 6, 3} {
			lags = append(lags, s/part)
		}
		return []method{regression("regression", autoreg.Usable(lags, n)).through(h.arcsinh())}
	}
	lags := autoreg.SeasonLags(s, h.long, n)
	m := []method{regression("regression", lags)}
	if t, ok := h.log(); ok {
		m = append(m, regression("regression", lags).through(t))
	}
	if s > 1 {
		if lags := autoreg.SeasonLags(s, h.long, n-s); len(lags) > 0 {
			m = append(m, regression("regression", lags).differenced(s))
		}
		m = append(m, regression("long regression", manyLags(s, n)))
	}
	return m
}

// manyLags are a whole season and the surroundings of the next six.
func manyLags(s, n int) []int {
	var lags []int
	for l := 1; l <= s+2; l++ {
		lags = append(lags, l)
	}
	for k := 2; k <= 7; k++ {
		for d := -2; d <= 2; d++ {
			lags = append(lags, k*s+d)
		}
	}
	return autoreg.Usable(lags, n)
}

func smoothings(h history, n int) []method {
	if n < 4 {
		return nil
	}
	s := method{[]string{"smoothing"}, func(h history, ns []int, out [][][]float64) {
		for i, m := range smooth.Roll(h.y, h.short, h.long, ns) {
			m.Forecast(out[0][i])
		}
	}}
	m := []method{s, rule("theta", func(y, out []float64) { smooth.Theta(y, h.short, out) })}
	if t, ok := h.log(); ok {
		m = append(m, s.through(t))
	}
	return m
}

// trends go on rising or falling as the last days did.
func trends(h history, n int) []method {
	s := h.short
	if n < 2*s {
		return nil
	}
	return []method{{[]string{"trend", "season before with trend"}, func(h history, ns []int, out [][][]float64) {
		for i, n := range ns {
			y := h.y[:n]
			slope := level.Slope(y, s, 7)
			base := level.MedianOf(y, max(3, s/24))
			level.Seasonal(y, s, out[1][i])
			for k := range out[0][i] {
				out[0][i][k] = base + slope*(float64(k)+1+float64(s)/48)
				out[1][i][k] += slope * float64(s*(1+k/s))
			}
		}
	}}}
}

// prophets is Prophet's model, for series whose seasons are the calendar's.
func prophets() method {
	c := prophet.Default()
	c.UncertaintySamples = 0
	return method{[]string{"prophet"}, func(h history, ns []int, out [][][]float64) {
		for i, n := range ns {
			level.Naive(h.y[:n], out[0][i]) // where it cannot be fitted
			m, err := prophet.Fit(prophet.History{Times: h.times[:n], Values: h.y[:n]}, c)
			if err != nil {
				continue
			}
			p, err := m.Predict(prophet.Future{Times: h.times[n : n+len(out[0][i])]}, nil, 0)
			if err == nil {
				copy(out[0][i], p.Yhat)
			}
		}
	}}
}
