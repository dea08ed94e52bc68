package forecast

import (
	"math"

	"aiops/forecast/season"
	"aiops/metric"
)

// Seasons are the periods of a series in steps; 0: none.
type Seasons struct {
	Short int `json:"short,omitempty"` // a day; of daily data a week, of monthly ones a year
	Long  int `json:"long,omitempty"`  // a week; of daily data a year
}

// natural are the calendar's periods for a step.
func natural(step metric.Step, points int) Seasons {
	per := func(span int64) int { return int(math.Round(float64(span) / float64(step.Micros()))) }
	const hour, day, year = 3600_000_000, 86_400_000_000, 31_556_952_000_000
	switch {
	case step.Unit == metric.StepBusiness && step.N == 1:
		return Seasons{5, 261}
	case step.Micros() > year/2:
		return Seasons{}
	case step.Micros() > 3*day: // weeks, months, quarters
		return Seasons{Short: per(year)}
	case step.Micros() > day/2:
		return Seasons{max(2, per(7*day)), per(year)}
	case 4*points < 5*per(day) && per(hour) > 1:
		return Seasons{per(hour), per(day)}
	}
	return Seasons{per(day), per(7 * day)}
}

// seasons are the periods that a series has: the calendar's, unless it shows
// others.
func (g Grid) seasons() Seasons {
	n := natural(g.Step, len(g.Values))
	short := season.Find(g.Values, n.Short)
	switch {
	case short == n.Short, n.Long > 0 && 20*short >= 19*n.Long && 20*short <= 21*n.Long: // the week alone shows
		return n
	case short == 0:
		return Seasons{}
	case n.Short >= 2*short:
		return Seasons{short, n.Short}
	}
	return Seasons{Short: short}
}
