package prophet

import "math"

const day = int64(24 * 3600 * 1e6)

// builtIn are the seasons that "auto" decides on: on when the history covers
// two periods (for a year: 730 days) in steps shorter than one.
var builtIn = []struct {
	name         string
	option       func(Config) Switch
	days         float64
	order        int
	span, maxGap int64
}{
	{"yearly", func(c Config) Switch { return c.YearlySeasonality }, 365.25, 10, 730 * day, math.MaxInt64},
	{"weekly", func(c Config) Switch { return c.WeeklySeasonality }, 7, 3, 14 * day, 7 * day},
	{"daily", func(c Config) Switch { return c.DailySeasonality }, 1, 4, 2 * day, day},
}

// setSeasons lists the seasons: the given ones, then yearly, weekly and daily
// by their options.
func (m *Model) setSeasons(times []int64) {
	c := m.Config
	m.Seasons = []Seasonality{}
	for _, s := range c.Seasonalities {
		s.PriorScale = orScale(s.PriorScale, c.SeasonalityPriorScale)
		s.Mode = orMode(s.Mode, c.SeasonalityMode)
		m.Seasons = append(m.Seasons, s)
	}
	span, gap := times[len(times)-1]-times[0], shortestGap(times)
	for _, b := range builtIn {
		order := b.option(c)
		given := m.season(b.name)
		switch {
		case order == On:
			order = Switch(b.order)
		case order == Auto && (given >= 0 || span < b.span || gap >= b.maxGap):
			order = Off
		case order == Auto:
			order = Switch(b.order)
		}
		if order == Off {
			continue
		}
		s := Seasonality{Name: b.name, Period: b.days, FourierOrder: int(order), PriorScale: c.SeasonalityPriorScale, Mode: c.SeasonalityMode}
		if given >= 0 { // asked for by the option, so the given one is replaced
			m.Seasons[given] = s
			continue
		}
		m.Seasons = append(m.Seasons, s)
	}
}

func (m *Model) season(name string) int {
	for i, s := range m.Seasons {
		if s.Name == name {
			return i
		}
	}
	return -1
}

// shortestGap is the smallest step between different times.
func shortestGap(times []int64) int64 {
	gap := int64(math.MaxInt64)
	for i := 1; i < len(times); i++ {
		if d := times[i] - times[i-1]; d > 0 {
			gap = min(gap, d)
		}
	}
	return gap
}

// fourier fills sin and cos of a period's multiples, columns in Prophet's order
// sin 1, cos 1, sin 2, ... The period runs from 1970, in whole seconds. The
// multiples come by the addition theorem, which keeps to 1e-12 here.
func fourier(times []int64, period float64, cols [][]float64) {
	if len(cols) == 0 {
		return
	}
	s1, c1 := cols[0], cols[1]
	turn(times, period, s1, c1)
	for k := 2; k+1 < len(cols); k += 2 {
		s, c, sk, ck := cols[k], cols[k+1], cols[k-2], cols[k-1]
		for i, a := range s1 {
			b := c1[i]
			s[i] = sk[i]*b + ck[i]*a
			c[i] = ck[i]*b - sk[i]*a
		}
	}
}

// turn computes sin and cos of the times' place in the period. On an even
// stretch of times one rotation leads from row to row; every 32 rows it starts
// afresh, so that rounding does not add up.
func turn(times []int64, period float64, sin, cos []float64) {
	var gap, known int64
	var sg, cg float64
	for i, at := range times {
		whole := floorDiv(at, second)
		if i > 0 {
			gap = at - times[i-1]
		}
		if i%32 == 0 || gap != known || gap%second != 0 {
			sin[i], cos[i] = math.Sincos(angle(whole, period))
			if gap != known {
				known = gap
				sg, cg = math.Sincos(angle(gap/second, period))
			}
			continue
		}
		sin[i] = sin[i-1]*cg + cos[i-1]*sg
		cos[i] = cos[i-1]*cg - sin[i-1]*sg
	}
}

const second = int64(1e6)

// angle is the place in the period, in radians, of a number of seconds.
func angle(seconds int64, period float64) float64 {
	length := period * 24 * 3600
	into := float64(seconds) - math.Floor(float64(seconds)/length)*length
	return 2 * math.Pi * into / length
}

// floorDiv divides and rounds down, also below 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
