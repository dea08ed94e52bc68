package alert

import (
	"cmp"
	"slices"
	"sort"

	"aiops/metric"
)

// maintenance is when things are worked on, found quickly however many there are.
type maintenance struct {
	windows []metric.Annotation // by their beginning
	reach   []int64             // the latest end of the windows up to each
}

// newMaintenance picks the annotations of that kind that last.
func newMaintenance(notes []metric.Annotation) maintenance {
	var m maintenance
	for _, a := range notes {
		if a.Kind == metric.Maintained && a.To > a.From {
			m.windows = append(m.windows, a)
		}
	}
	slices.SortStableFunc(m.windows, func(a, b metric.Annotation) int { return cmp.Compare(a.From, b.From) })
	for i, a := range m.windows {
		m.reach = append(m.reach, a.To)
		if i > 0 {
			m.reach[i] = max(m.reach[i], m.reach[i-1])
		}
	}
	return m
}

// at reports whether a series, or a whole VM for an empty metric, is being
// worked on, and until when.
func (m maintenance) at(k metric.Key, t int64) (until int64, in bool) {
	for i := sort.Search(len(m.windows), func(i int) bool { return m.windows[i].From > t }) - 1; i >= 0 && m.reach[i] > t; i-- {
		if a := m.windows[i]; a.To > t && a.Concerns(k) {
			until, in = max(until, a.To), true
		}
	}
	return until, in
}

// quiet is when rules do not begin to fire: in maintenance, and when a person
// said so.
type quiet struct {
	maintenance *maintenance
	options     Options
}

// at reports whether it is quiet for a series.
func (q quiet) at(k metric.Key, t int64) bool {
	_, in := q.maintenance.at(k, t)
	return in || q.options.Quiet != nil && q.options.Quiet(k, t) || q.skips(k, t)
}

// ever reports whether anything can be quiet at all.
func (q quiet) ever() bool {
	return len(q.maintenance.windows) > 0 || q.options.Quiet != nil || q.options.Skip != nil
}

// skips reports whether detectors do not even learn.
func (q quiet) skips(k metric.Key, t int64) bool {
	return q.options.Skip != nil && q.options.Skip(k, t)
}

// next is a later time, in a quiet one, at which it may be over: the end of the
// maintenance, or the next minute.
func (q quiet) next(k metric.Key, t int64) int64 {
	if until, in := q.maintenance.at(k, t); in {
		return until
	}
	return (t/minuteLong + 1) * minuteLong
}

const minuteLong = int64(60e6)
