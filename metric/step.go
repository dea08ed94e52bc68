package metric

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Step is the distance of the points of a regular series: so many of a unit.
// Days and longer follow the calendar (UTC), so that months begin on their
// first day and business days leave out weekends.
type Step struct {
	N    int      `json:"n"`
	Unit StepUnit `json:"unit"`
}

// StepUnit is what a step counts.
type StepUnit string

// The units of steps.
const (
	StepMicro    StepUnit = "us"
	StepSecond   StepUnit = "s"
	StepMinute   StepUnit = "m"
	StepHour     StepUnit = "h"
	StepDay      StepUnit = "d"
	StepBusiness StepUnit = "b" // Monday to Friday
	StepWeek     StepUnit = "w"
	StepMonth    StepUnit = "mo"
	StepYear     StepUnit = "y"
)

var stepMicros = map[StepUnit]int64{
	StepMicro: 1, StepSecond: 1e6, StepMinute: 60e6, StepHour: 3600e6, StepDay: 86400e6, StepBusiness: 86400e6 * 7 / 5,
	StepWeek: 7 * 86400e6, StepMonth: 2629746e6, StepYear: 31556952e6,
}

// longestStep is a thousand years.
const longestStep = 1000 * 31556952e6

// Zero reports whether the step says nothing.
func (s Step) Zero() bool { return s.N == 0 }

// Micros is the step's length in microseconds; the mean one where it follows the calendar.
func (s Step) Micros() int64 { return int64(s.N) * stepMicros[s.Unit] }

// Fixed reports whether all steps are equally long.
func (s Step) Fixed() bool {
	switch s.Unit {
	case StepBusiness, StepMonth, StepYear:
		return false
	}
	return true
}

func (s Step) String() string {
	if s.Zero() {
		return ""
	}
	return strconv.Itoa(s.N) + string(s.Unit)
}

// StepOf is the step of a fixed length in microseconds, in the largest unit that counts it whole.
func StepOf(micros int64) Step {
	for _, u := range []StepUnit{StepDay, StepHour, StepMinute, StepSecond} {
		if m := stepMicros[u]; micros >= m && micros%m == 0 {
			return Step{int(micros / m), u}
		}
	}
	return Step{int(micros), StepMicro}
}

// ParseStep reads a step such as 30s, 5m, 1h, 1d, 1b (business days), 1w, 1mo, 1q or 1y.
func ParseStep(text string) (Step, error) {
	i := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if i < 0 {
		i = len(text)
	}
	n := 1
	if i > 0 {
		var err error
		if n, err = strconv.Atoi(text[:i]); err != nil || n < 1 {
			return Step{}, stepError(text)
		}
	}
	unit, times := StepUnit(strings.ToLower(strings.TrimSpace(text[i:]))), 1
	switch unit {
	case "q":
		unit, times = StepMonth, 3
	case "min":
		unit = StepMinute
	case "ms":
		unit, times = StepMicro, 1000
	}
	micros, ok := stepMicros[unit]
	if !ok || int64(n) > longestStep/micros/int64(times) {
		return Step{}, stepError(text)
	}
	return Step{n * times, unit}, nil
}

func stepError(text string) error {
	return fmt.Errorf("%q is not a step; write 30s, 5m, 1h, 1d, 1b (business days), 1w, 1mo, 1q or 1y", text)
}

// Add is the time n steps after t (before it for negative n).
func (s Step) Add(t int64, n int) int64 {
	switch s.Unit {
	case StepMonth:
		return addMonths(t, n*s.N)
	case StepYear:
		return addMonths(t, 12*n*s.N)
	case StepBusiness:
		return addBusinessDays(t, n*s.N)
	}
	return t + int64(n)*s.Micros()
}

// addMonths keeps the day of the month; the last day of a month stays the last.
func addMonths(t int64, n int) int64 {
	at := Time(t)
	first := time.Date(at.Year(), at.Month()+time.Month(n), 1, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	day := min(at.Day(), last)
	if at.AddDate(0, 0, 1).Day() == 1 {
		day = last
	}
	return first.AddDate(0, 0, day-1).UnixMicro()
}

// addBusinessDays counts a weekend's day as the business day before the first step.
func addBusinessDays(t int64, n int) int64 {
	if n == 0 {
		return t
	}
	sign := int64(1)
	if n < 0 {
		n, sign = -n, -1
	}
	for weekend(t) {
		t -= sign * 86400e6
	}
	t += sign * int64(n/5) * 7 * 86400e6
	for n %= 5; n > 0; {
		if t += sign * 86400e6; !weekend(t) {
			n--
		}
	}
	return t
}

func weekend(t int64) bool {
	w := Time(t).Weekday()
	return w == time.Saturday || w == time.Sunday
}
