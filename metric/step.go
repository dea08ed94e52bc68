package metric

import (
	"fmt"
	"math"
	"slices"
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

// FindStep finds the step of ascending times: the commonest distance, or
// months, quarters, years and business days where the distances are theirs.
func FindStep(times []int64) Step {
	if len(times) < 2 {
		return Step{}
	}
	if s, ok := calendarStep(times); ok {
		return s
	}
	common := commonDistance(times)
	if common == 86400e6 && onlyWeekdays(times) {
		return Step{1, StepBusiness}
	}
	return StepOf(common)
}

// calendarStep finds months, quarters and years, whose lengths differ. Nine in
// ten distances must be theirs, and for months not all of them four weeks.
func calendarStep(times []int64) (Step, bool) {
	d := make([]float64, len(times)-1) // in days
	for i := range d {
		d[i] = float64(times[i+1]-times[i]) / 86400e6
	}
	slices.Sort(d)
	most, few := len(d)-1, (len(d)+5)/10
	least, common, longest := d[min(few, most/2)], d[most/2], d[max(most-few, most/2)]
	switch {
	case least >= 364.9 && longest <= 366.1:
		return Step{1, StepYear}, true
	case least >= 89.9 && longest <= 92.1:
		return Step{3, StepMonth}, true
	case least >= 27.9 && longest <= 31.1 && (longest > 28.1 || monthly(times)):
		return Step{1, StepMonth}, true
	case common >= 29.9 && common <= 31.1 && least >= 27.9 && monthly(times): // months with gaps
		return Step{1, StepMonth}, true
	}
	return Step{}, false
}

// commonDistance is the distance that occurs most often; of equally common
// ones the shortest. Distances are taken to the nearest second where nearly all
// of them are seconds or longer.
func commonDistance(times []int64) int64 {
	d := make([]int64, 0, len(times)-1)
	for i := 1; i < len(times); i++ {
		x := times[i] - times[i-1]
		if x >= 10e6 {
			x = (x + 5e5) / 1e6 * 1e6
		}
		if x > 0 {
			d = append(d, x)
		}
	}
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	best, bestRun := d[len(d)/2], 0
	for i := 0; i < len(d); {
		j := i
		for j < len(d) && d[j] == d[i] {
			j++
		}
		if j-i > bestRun {
			best, bestRun = d[i], j-i
		}
		i = j
	}
	if bestRun*10 < len(d) { // jittered times have no common distance: the median tells more
		best = rounded(d[len(d)/2])
	}
	return best
}

// rounded takes a jittered distance to a natural one within 5 %.
func rounded(d int64) int64 {
	for _, m := range []int64{1e6, 5e6, 10e6, 15e6, 30e6, 60e6, 120e6, 300e6, 600e6, 900e6, 1800e6, 3600e6, 7200e6, 21600e6, 43200e6, 86400e6} {
		if math.Abs(float64(d-m)) <= 0.05*float64(m) {
			return m
		}
	}
	return d
}

func monthly(times []int64) bool {
	for _, t := range times {
		if Time(t).Day() != Time(times[0]).Day() {
			return false
		}
	}
	return true
}

// onlyWeekdays reports whether daily times keep out of weekends for at least a fortnight.
func onlyWeekdays(times []int64) bool {
	if times[len(times)-1]-times[0] < 13*86400e6 {
		return false
	}
	for _, t := range times {
		if weekend(t) {
			return false
		}
	}
	return true
}
