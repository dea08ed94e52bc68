package view

import (
	"fmt"
	"time"

	"aiops/forecast"
	"aiops/forecast/capacity"
	"aiops/metric"
)

// Reach says when a limit is passed: by which time with which probability.
type Reach struct {
	Already       bool  // the last value is beyond it
	P30, P50, P90 int64 // 0: not within the horizon
	Chance        float64
}

// reachOf works out when a forecast passes a limit; last is the newest value.
func reachOf(f forecast.Forecast, t Threshold, last float64) Reach {
	o := capacity.Look(f, last, capacity.Threshold{Value: t.Value, Below: t.Below})
	return Reach{Already: o.Already, P30: o.Dates[0].Time, P50: o.Dates[1].Time, P90: o.Dates[2].Time, Chance: o.Final}
}

// moment tells when in as many words as the horizon needs: the day, or the
// time of day too where it is a matter of days.
func (c Clock) moment(t int64, span time.Duration) string {
	if span <= 7*day {
		return c.Time(t)
	}
	return c.Date(t)
}

// brief is moment in a narrow place, beside another time that is known: on its
// day without the day, in the days after it with the weekday only, in its year
// without the year.
func (c Clock) brief(t, beside int64, span time.Duration) string {
	at, known := c.In(t), c.In(beside)
	date := at.Format("2 Jan")
	if at.Year() != known.Year() {
		date = at.Format("2 Jan 2006")
	}
	switch {
	case span > 7*day:
		return date
	case span <= day && c.SameDay(t, beside):
		return c.Hour(t)
	case t > beside && t-beside < metric.Micros(6*day):
		return at.Format("Mon 15:04")
	}
	return date + " " + c.Hour(t)
}

// Sentence tells when a limit is passed, in two parts: the most likely time,
// then how sure that is. last is the time of the newest point.
func (r Reach) Sentence(c Clock, t Threshold, last int64, span time.Duration) (head, text string) {
	value := shortValue(metric.UnitOf(t.Metric), t.Value)
	within := HorizonText(span)
	verb := "Reaches "
	if t.Below {
		verb = "Falls to "
	}
	by := func(p string, at int64) string {
		if at == 0 {
			return p + " not within " + within
		}
		return p + " by " + c.brief(at, last, span)
	}
	switch {
	case r.Already && t.Below:
		return "Is below " + value + " already", ""
	case r.Already:
		return "Is above " + value + " already", ""
	case r.P50 != 0:
		on := " on "
		if span <= 7*day {
			on = ", "
		}
		return verb + value + on + c.moment(r.P50, span), by("30\u00a0%", r.P30) + ", " + by("90\u00a0%", r.P90)
	case r.P30 != 0:
		return verb + value + " with 30\u00a0% by " + c.brief(r.P30, last, span), "50\u00a0% not within " + within
	}
	head = "Not above " + value + " within " + within
	if t.Below {
		head = "Not below " + value + " within " + within
	}
	return head, chance(r.Chance)
}

// chance tells a probability that is low.
func chance(p float64) string {
	if p < 0.005 {
		return "chance below 1\u00a0%"
	}
	return fmt.Sprintf("chance %.0f\u00a0%%", 100*p)
}
