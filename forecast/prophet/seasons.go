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
// multiples come by the addition theorem, which is good to 1e-14 here.
func fourier(times []int64, period float64, cols [][]float64) {
	const second = 1e6
	for i, at := range times {
		secs := at / second
		if at%second < 0 {
			secs--
		}
		turns := float64(secs) / (24 * 3600) / period
		s1, c1 := math.Sincos(2 * math.Pi * (turns - math.Floor(turns)))
		s, c := s1, c1
		for k := 0; k < len(cols); k += 2 {
			cols[k][i], cols[k+1][i] = s, c
			s, c = s*c1+c*s1, c*c1-s*s1
		}
	}
}
