package view

import (
	"time"

	"aiops/metric"
)

// OverviewTick is a label below the overview strip.
type OverviewTick struct {
	Time int64
	Text string
}

// OverviewTicks are at most a given number of natural moments of a range.
func (c Clock) OverviewTicks(r metric.Range, most int) []OverviewTick {
	if r.Empty() || r.Len() <= 0 || most < 1 { // a length that overflows is no range of data
		return nil
	}
	first := c.In(r.From)
	midnight := time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, c.Zone)
	var out []OverviewTick
	for _, s := range overviewSteps {
		if r.Len()/metric.Micros(s.length) >= int64(most) {
			continue
		}
		for i := range 2*most + 2000 { // a bound, as a day has at most 1,440 minutes before the range
			t := s.at(midnight, i)
			if t.UnixMicro() >= r.To {
				return out
			}
			if t.UnixMicro() >= r.From {
				out = append(out, OverviewTick{t.UnixMicro(), t.Format(s.layout)})
			}
		}
		return out
	}
	return nil
}

type overviewStep struct {
	length time.Duration
	layout string
	at     func(midnight time.Time, i int) time.Time
}

// overviewSteps go from minutes to years.
var overviewSteps = []overviewStep{
	clockStep(time.Minute, "15:04"), clockStep(10*time.Minute, "15:04"), clockStep(time.Hour, "15:04"), clockStep(3*time.Hour, "15:04"), clockStep(6*time.Hour, "15:04"),
	dayStep(1), dayStep(2), dayStep(7), monthStep(1, "Jan 2006"), monthStep(3, "Jan 2006"), monthStep(12, "2006"), monthStep(60, "2006"), monthStep(600, "2006"),
}

func clockStep(d time.Duration, layout string) overviewStep {
	return overviewStep{d, layout, func(midnight time.Time, i int) time.Time { return midnight.Add(time.Duration(i) * d) }}
}

func dayStep(n int) overviewStep {
	return overviewStep{time.Duration(n) * day, "2 Jan", func(midnight time.Time, i int) time.Time {
		return midnight.AddDate(0, 0, i*n-midnight.YearDay()%n)
	}}
}

func monthStep(n int, layout string) overviewStep {
	return overviewStep{time.Duration(n) * 30 * day, layout, func(midnight time.Time, i int) time.Time {
		month := (int(midnight.Month())-1)/n*n + 1 + i*n
		year := midnight.Year()
		if n > 12 {
			year -= year % (n / 12)
		}
		return time.Date(year, time.Month(month), 1, 0, 0, 0, 0, midnight.Location())
	}}
}
