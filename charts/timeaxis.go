package charts

import (
	"time"

	"aiops/metric"
)

// timeTick is a moment with a label on the first row of the time axis and,
// where something turns, one on the second.
type timeTick struct {
	at     int64
	label  string
	second string // the date under a midnight, the year under its first tick
	strong bool
}

// timeStep is a rung of the ladder of natural steps.
type timeStep struct {
	length int64 // microseconds; of a month or year its usual one
	days   int   // > 0: whole days of the zone
	months int   // > 0: whole months
}

const (
	second = int64(1_000_000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// ladder is the natural steps, from a microsecond to a thousand years.
var ladder = newLadder()

func newLadder() (out []timeStep) {
	for p := int64(1); p < second; p *= 10 {
		out = append(out, timeStep{length: p}, timeStep{length: 2 * p}, timeStep{length: 5 * p})
	}
	for _, unit := range []int64{second, minute} {
		for _, k := range []int64{1, 2, 5, 10, 15, 30} {
			out = append(out, timeStep{length: k * unit})
		}
	}
	for _, k := range []int64{1, 2, 3, 6, 12} {
		out = append(out, timeStep{length: k * hour})
	}
	for _, k := range []int{1, 2, 7, 14} {
		out = append(out, timeStep{length: int64(k) * day, days: k})
	}
	for _, k := range []int{1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000} {
		out = append(out, timeStep{length: int64(k) * 2629746 * second, months: k})
	}
	return out
}

// closest is how near two ticks may come, in pixels, and how much room a label needs beside it.
const (
	closest   = 68
	labelRoom = 18
)

// pickStep is the smallest natural step whose ticks and labels have room.
func pickStep(r metric.Range, width float64) timeStep {
	for _, s := range ladder {
		px := width * float64(s.length) / float64(r.Len())
		if px >= closest && px >= axisText.width(s.sample())+labelRoom {
			return s
		}
	}
	return ladder[len(ladder)-1]
}

func (s timeStep) layout() string {
	switch {
	case s.months >= 12:
		return "2006"
	case s.months > 0:
		return "Jan"
	case s.days > 0:
		return "2 Jan"
	case s.length >= minute:
		return "15:04"
	case s.length >= second:
		return "15:04:05"
	case s.length >= 1000:
		return "15:04:05.000"
	}
	return "15:04:05.000000"
}

func (s timeStep) sample() string { return time.Unix(0, 0).UTC().Format(s.layout()) }

// timeTicks are the moments inside the range that get a tick; they ascend strictly.
func timeTicks(r metric.Range, zone *time.Location, width float64) ([]timeTick, timeStep) {
	if r.Empty() || width < closest {
		return nil, timeStep{}
	}
	step := pickStep(r, width)
	var out []timeTick
	last := int64(-1 << 63)
	for i, at := 0, step.first(r.From, zone); at <= r.To && i < 1000; i++ {
		if at >= r.From && at > last {
			out = append(out, step.tick(at, zone))
			last = at
			step.turn(out, zone)
		}
		at = step.next(at, zone)
	}
	return out, step
}

func (s timeStep) tick(at int64, zone *time.Location) timeTick {
	t := time.UnixMicro(at).In(zone)
	k := timeTick{at: at, label: t.Format(s.layout())}
	switch {
	case s.months >= 12:
	case s.months > 0:
		if t.Month() == time.January {
			k.strong, k.second = true, t.Format("2006")
		}
	case s.days == 0 && at == startOfDay(t.Year(), t.Month(), t.Day(), zone):
		k.strong, k.second = true, t.Format("Mon 2 Jan")
		if t.YearDay() == 1 {
			k.second = t.Format("Mon 2 Jan 2006")
		}
	}
	return k
}

// turn marks the last tick if it is the first of a new year.
func (s timeStep) turn(ticks []timeTick, zone *time.Location) {
	if n := len(ticks); s.days > 0 && n > 1 {
		k := &ticks[n-1]
		if t := time.UnixMicro(k.at).In(zone); t.Year() != time.UnixMicro(ticks[n-2].at).In(zone).Year() {
			k.strong, k.second = true, t.Format("2006")
		}
	}
}

// first is the last tick that is not after from, or one near before it.
func (s timeStep) first(from int64, zone *time.Location) int64 {
	t := time.UnixMicro(from).In(zone)
	switch {
	case s.months > 0:
		m := (t.Year()*12 + int(t.Month()) - 1) / s.months * s.months
		return startOfDay(m/12, time.Month(m%12+1), 1, zone)
	case s.days > 0:
		n := dayNumber(t)
		return startOfDay(1970, 1, 1+s.dayAt(n), zone)
	case s.length > hour:
		return startOfDay(t.Year(), t.Month(), t.Day(), zone)
	}
	return s.align(from, zone)
}

func (s timeStep) next(at int64, zone *time.Location) int64 {
	t := time.UnixMicro(at).In(zone)
	switch {
	case s.months > 0:
		m := t.Year()*12 + int(t.Month()) - 1 + s.months
		return startOfDay(m/12, time.Month(m%12+1), 1, zone)
	case s.days > 0:
		return startOfDay(1970, 1, 1+dayNumber(t)+s.days, zone)
	case s.length > hour:
		return s.nextHour(t)
	}
	if n := s.align(at+s.length, zone); n > at {
		return n
	}
	return at + s.length
}

// align is the last moment up to at whose wall clock is a multiple of the step.
func (s timeStep) align(at int64, zone *time.Location) int64 {
	_, off := time.UnixMicro(at).In(zone).Zone()
	local := at + int64(off)*second
	return at - ((local%s.length)+s.length)%s.length
}

// nextHour steps over hours of the wall clock, so that 06:00 stays 06:00 on the
// days when the clocks change.
func (s timeStep) nextHour(t time.Time) int64 {
	k := int(s.length / hour)
	h := (t.Hour()/k + 1) * k
	if h >= 24 {
		return startOfDay(t.Year(), t.Month(), t.Day()+1, t.Location())
	}
	n := time.Date(t.Year(), t.Month(), t.Day(), h, 0, 0, 0, t.Location())
	return n.UnixMicro()
}

// dayNumber counts the days since 1970 on the wall calendar.
func dayNumber(t time.Time) int {
	return int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// dayAt is the last day number up to n at which the step has a tick: weeks
// begin on Monday, other steps count from 1970.
func (s timeStep) dayAt(n int) int {
	base := 0
	if s.days%7 == 0 {
		base = 4 // Monday 5 January 1970
	}
	d := n - base
	return n - ((d%s.days)+s.days)%s.days
}

// startOfDay is the day's first moment; where the clocks skip midnight it is later than 00:00.
func startOfDay(y int, m time.Month, d int, zone *time.Location) int64 {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	if want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); t.Day() != want.Day() {
		t = t.Add(time.Hour)
	}
	return t.UnixMicro()
}
