package view

import (
	"fmt"
	"time"

	"aiops/metric"
)

// Clock is the present and the display zone that texts are made with.
type Clock struct {
	Now  func() time.Time
	Zone *time.Location
}

// SystemClock is the machine's clock in a zone; nil is the machine's own zone.
func SystemClock(zone *time.Location) Clock {
	if zone == nil {
		zone = time.Local
	}
	return Clock{Now: time.Now, Zone: zone}
}

// Micros is the present in Unix microseconds.
func (c Clock) Micros() int64 { return c.Now().UnixMicro() }

// In is a time in the display zone.
func (c Clock) In(t int64) time.Time { return time.UnixMicro(t).In(c.Zone) }

// Date tells the day: Mon 23 Nov, with the year only if it is not this one.
func (c Clock) Date(t int64) string {
	at := c.In(t)
	if at.Year() == c.Now().In(c.Zone).Year() {
		return at.Format("Mon 2 Jan")
	}
	return at.Format("Mon 2 Jan 2006")
}

// Hour tells the time of day: 10:56.
func (c Clock) Hour(t int64) string { return c.In(t).Format("15:04") }

// Time tells a moment to the minute: Mon 23 Nov 10:56.
func (c Clock) Time(t int64) string { return c.Date(t) + " " + c.Hour(t) }

// Seconds tells a moment as tables do: Mon 23 Nov 10:56:00, with a fraction only where there is one.
func (c Clock) Seconds(t int64) string { return c.Date(t) + " " + c.In(t).Format("15:04:05.999999") }

// Exact tells a moment to the minute, or to the second and below where it does not lie on a minute.
func (c Clock) Exact(t int64) string {
	if t%60e6 == 0 {
		return c.Time(t)
	}
	return c.Seconds(t)
}

// SameDay reports whether two times lie on one day of the display zone.
func (c Clock) SameDay(a, b int64) bool {
	return c.In(a).Format(time.DateOnly) == c.In(b).Format(time.DateOnly)
}

// Range tells a range: Mon 23 Nov 08:30 – 14:30, with both days if they differ.
func (c Clock) Range(r metric.Range) string {
	if c.SameDay(r.From, r.To) {
		return c.Time(r.From) + " – " + c.Hour(r.To)
	}
	return c.Time(r.From) + " – " + c.Time(r.To)
}

// ZoneName tells the display zone and its offset at a time: CET (UTC+1).
func (c Clock) ZoneName(t int64) string {
	name, offset := c.In(t).Zone()
	sign := "+"
	if offset < 0 {
		sign, offset = "−", -offset
	}
	utc := "UTC"
	if offset != 0 {
		utc = fmt.Sprintf("UTC%s%d", sign, offset/3600)
		if m := offset % 3600 / 60; m != 0 {
			utc += fmt.Sprintf(":%02d", m)
		}
	}
	if name == "UTC" || name == "" || name[0] == '+' || name[0] == '-' {
		return utc
	}
	return name + " (" + utc + ")"
}

// Duration tells a length of time in microseconds with two units at most: 9 min 42 s, 52 min, 6 weeks.
func Duration(micros int64) string {
	if micros < 0 {
		return "−" + Duration(-micros)
	}
	const (
		second = int64(1e6)
		minute = 60 * second
		hour   = 60 * minute
		day    = 24 * hour
	)
	switch {
	case micros < 1000:
		return fmt.Sprintf("%d µs", micros)
	case micros < second:
		return fmt.Sprintf("%.3g ms", float64(micros)/1e3)
	case micros < minute && micros%second != 0:
		return fmt.Sprintf("%.3g s", float64(micros)/1e6)
	case micros < minute:
		return fmt.Sprintf("%d s", micros/second)
	case micros < hour:
		return two(micros, minute, second, "min", "s")
	case micros < 2*day:
		return two(micros, hour, minute, "h", "min")
	case micros >= 14*day && micros%(7*day) == 0:
		return fmt.Sprintf("%d weeks", micros/(7*day))
	case micros < 100*day:
		return two(micros, day, hour, "days", "h")
	}
	return metric.Grouped(micros/day) + " days"
}

func two(v, unit, part int64, name, partName string) string {
	v = (v + part/2) / part * part
	if rest := v % unit / part; rest != 0 {
		return fmt.Sprintf("%d %s %d %s", v/unit, name, rest, partName)
	}
	return fmt.Sprintf("%d %s", v/unit, name)
}
