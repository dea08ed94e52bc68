package capacity

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"aiops/metric"
)

// Sentence tells an outlook to a person, with dates in the zone: "Reaches 90 %
// on Wed 16 Dec; 30 % by 14 Dec, 90 % by 24 Dec", "Not within 6 weeks".
func (o Outlook) Sentence(zone *time.Location) string {
	within := "within " + spanText(o.End-o.Origin)
	level := levelText(o.Threshold.Value, metric.UnitOf(o.Metric))
	switch {
	case o.Already && o.Threshold.Below:
		return "Below " + level + " already"
	case o.Already:
		return "Above " + level + " already"
	case o.Likely().Within():
		verb := "Reaches "
		if o.Threshold.Below {
			verb = "Falls to "
		}
		last := "90 % by " + o.date(o.Dates[2].Time, zone)
		if !o.Dates[2].Within() {
			last = "90 % not " + within
		}
		return verb + level + " on " + o.weekday(o.Likely().Time, zone) + "; 30 % by " + o.date(o.Dates[0].Time, zone) + ", " + last
	case o.Dates[0].Within():
		return fmt.Sprintf("Possible %s (%.0f %%); 30 %% by %s", within, 100*o.Final, o.date(o.Dates[0].Time, zone))
	case o.Final >= 0.01:
		return fmt.Sprintf("Not %s (%.0f %%)", within, 100*o.Final)
	}
	return "Not " + within
}

// weekday is a date as it is told first: Wed 16 Dec, with the time of day where
// it is near and the year where it is another one.
func (o Outlook) weekday(t int64, zone *time.Location) string {
	return metric.Time(t).In(zone).Format("Mon ") + o.date(t, zone)
}

func (o Outlook) date(t int64, zone *time.Location) string {
	at, origin := metric.Time(t).In(zone), metric.Time(o.Origin).In(zone)
	switch {
	case t-o.Origin < 72*3600e6 && o.How == "":
		return at.Format("2 Jan 15:04")
	case at.Year() != origin.Year():
		return at.Format("2 Jan 2006")
	}
	return at.Format("2 Jan")
}

// levelText is a threshold as people write it: 90 %, not 90.0 %.
func levelText(v float64, u metric.Unit) string {
	if u == metric.Percent {
		return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), "-", "−", 1) + " %"
	}
	return strings.ReplaceAll(u.Format(v), "\u00a0", " ")
}

// spanText tells a length of time: 6 weeks, 90 days, 48 h.
func spanText(micros int64) string {
	const hour, day = int64(3600e6), int64(86400e6)
	switch days := (micros + day/2) / day; {
	case micros < 2*hour:
		return fmt.Sprintf("%d min", (micros+30e6)/60e6)
	case micros < 3*day:
		return fmt.Sprintf("%d h", (micros+hour/2)/hour)
	case days%7 == 0 && days >= 14 && days < 140:
		return fmt.Sprintf("%d weeks", days/7)
	default:
		return fmt.Sprintf("%d days", days)
	}
}
