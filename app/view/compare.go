package view

import (
	"slices"
	"time"

	"aiops/metric"
)

// Compare says which earlier period is drawn beside the visible one.
type Compare struct {
	Kind  CompareKind   `json:"kind"`
	Shift time.Duration `json:"shift,omitempty"` // of ShiftedBy, how far back
}

// CompareKind is a way to choose the earlier period.
type CompareKind string

// The kinds of comparison. Days and weeks go by the display zone's calendar,
// so that after a clock change nine o'clock still meets nine o'clock.
const (
	NoCompare      CompareKind = ""
	PreviousPeriod CompareKind = "period"
	PreviousDay    CompareKind = "day"
	PreviousWeek   CompareKind = "week"
	FourWeeks      CompareKind = "4weeks"
	ShiftedBy      CompareKind = "shift"
)

var compareKinds = []CompareKind{NoCompare, PreviousPeriod, PreviousDay, PreviousWeek, FourWeeks, ShiftedBy}

// CompareItem is a comparison as the list shows it.
type CompareItem struct {
	Kind CompareKind
	Name string
}

// Compares lists the comparisons.
func Compares() []CompareItem {
	return []CompareItem{
		{NoCompare, "No comparison"}, {PreviousPeriod, "Previous period"}, {PreviousDay, "Day before"},
		{PreviousWeek, "Last week"}, {FourWeeks, "4 weeks before"}, {ShiftedBy, "Custom shift..."},
	}
}

// days is the number of calendar days that the comparison goes back, 0 if it does not go by days.
func (c Compare) days() int {
	switch c.Kind {
	case PreviousDay:
		return 1
	case PreviousWeek:
		return 7
	case FourWeeks:
		return 28
	}
	return 0
}

// part is a range whose compared points lie shift earlier.
type part struct {
	metric.Range
	shift int64
}

// parts divides a visible range where the shift changes, because a clock change
// lies in it or in the compared one. period is the length of the chosen range.
func (c Compare) parts(r metric.Range, period int64, zone *time.Location) []part {
	n := c.days()
	switch {
	case c.Kind == NoCompare || r.Empty():
		return nil
	case c.Kind == PreviousPeriod:
		return []part{{r, period}}
	case n == 0:
		return []part{{r, metric.Micros(c.Shift)}}
	}
	back := int64(n) * metric.Micros(day)
	cuts := transitions(r, zone)
	for _, t := range transitions(expand(r.Shift(-back), metric.Micros(day)), zone) {
		// The wall clock jumps at t: both of its readings, n days later.
		cuts = append(cuts, sameHour(t-1, n, zone)+1, sameHour(t, n, zone))
	}
	slices.Sort(cuts)
	var out []part
	from := r.From
	for _, t := range append(cuts, r.To) {
		if t <= from || t > r.To {
			continue
		}
		out = addPart(out, metric.Range{From: from, To: t}, n, zone)
		from = t
	}
	return out
}

// addPart appends a range over which the shift does not change. An hour that
// the earlier day did not have is left out.
func addPart(out []part, r metric.Range, n int, zone *time.Location) []part {
	mid := r.From + r.Len()/2
	then := sameHour(mid, -n, zone)
	a, b := time.UnixMicro(mid).In(zone), time.UnixMicro(then).In(zone)
	if a.Hour() != b.Hour() || a.Minute() != b.Minute() {
		return out
	}
	shift := mid - then
	if k := len(out); k > 0 && out[k-1].shift == shift && out[k-1].To == r.From {
		out[k-1].To = r.To
		return out
	}
	return append(out, part{r, shift})
}

// sameHour is the time n calendar days later at the same time of day.
func sameHour(t int64, n int, zone *time.Location) int64 {
	return time.UnixMicro(t).In(zone).AddDate(0, 0, n).UnixMicro()
}

// transitions lists the clock changes of a zone inside a range, for a few years at most.
func transitions(r metric.Range, zone *time.Location) []int64 {
	var out []int64
	for at := r.From; len(out) < 400; {
		_, end := time.UnixMicro(at).In(zone).ZoneBounds()
		if end.IsZero() || end.UnixMicro() >= r.To {
			break
		}
		at = end.UnixMicro()
		out = append(out, at)
	}
	return out
}

func expand(r metric.Range, by int64) metric.Range {
	return metric.Range{From: r.From - by, To: r.To + by}
}

// Label names the compared period in a legend: Mon 16 Nov.
func (c Compare) Label(visible metric.Range, period int64, clock Clock) string {
	ps := c.parts(visible, period, clock.Zone)
	if len(ps) == 0 {
		return ""
	}
	first, last := ps[0], ps[len(ps)-1]
	from, to := first.From-first.shift, last.To-1-last.shift
	if clock.SameDay(from, to) {
		return clock.Date(from)
	}
	return clock.Date(from) + " – " + clock.Date(to)
}

// Describe tells what is compared with: "Mon 16 Nov, same time of day".
func (c Compare) Describe(visible metric.Range, period int64, clock Clock) string {
	label := c.Label(visible, period, clock)
	switch {
	case label == "":
		return ""
	case c.days() > 0:
		return label + ", same time of day"
	case c.Kind == PreviousPeriod:
		return label + ", the " + Duration(period) + " before"
	}
	return label + ", " + Duration(metric.Micros(c.Shift)) + " earlier"
}
