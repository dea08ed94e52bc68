package export

import (
	"time"

	"aiops/app/view"
	"aiops/metric"
)

// clock tells times as of the report's making.
func (o Options) clock() view.Clock {
	return view.Clock{Now: func() time.Time { return o.Now }, Zone: o.Zone}
}

// closed is a range as people say it: its end is the last point, not the
// microsecond after it.
func closed(r metric.Range) metric.Range {
	if r.To%1e6 == 1 {
		r.To--
	}
	return r
}

// dates tells the days of a range for the title: "22 – 23 November 2026".
func dates(r metric.Range, z *time.Location) string {
	from, to := time.UnixMicro(r.From).In(z), time.UnixMicro(r.To-1).In(z)
	end := to.Format("2 January 2006")
	switch {
	case from.Format(time.DateOnly) == to.Format(time.DateOnly):
		return end
	case from.Year() != to.Year():
		return from.Format("2 January 2006") + " – " + end
	case from.Month() != to.Month():
		return from.Format("2 January") + " – " + end
	}
	return from.Format("2") + " – " + end
}

// count is a number with a word: "1 VM", "12 VMs".
func count[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return metric.Grouped(int64(n)) + " " + many
}

// roundRange is the length of a range for a heading: whole minutes, hours or
// days where it is long enough.
func roundRange(r metric.Range) int64 {
	d := closed(r).Len()
	for _, unit := range []int64{24 * 3600e6, 3600e6, 60e6} {
		if d >= 3*unit {
			return (d + unit/2) / unit * unit
		}
	}
	return d
}
