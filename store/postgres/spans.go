package postgres

import (
	"cmp"
	"slices"

	"aiops/metric"
)

// spans are the times of VMs whose facts have changed.
type spans map[string][]metric.Range

// apart is how far points lie from each other that are not read through in between.
const apart = 24 * hour

// add takes in the ascending times of points of a VM.
func (s spans) add(vm string, times []int64) {
	all := s[vm]
	for start, i := 0, 1; i <= len(times); i++ {
		if i == len(times) || times[i]-times[i-1] > apart {
			all = append(all, metric.Range{From: times[start], To: times[i-1] + 1})
			start = i
		}
	}
	if len(all) > 10_000 { // many small writes
		all = joined(all)
	}
	s[vm] = all
}

// joined are the whole hours of ranges, in order, those near each other as one.
func joined(all []metric.Range) []metric.Range {
	slices.SortFunc(all, func(a, b metric.Range) int { return cmp.Compare(a.From, b.From) })
	var out []metric.Range
	for _, r := range all {
		r = hours(r)
		if n := len(out); n > 0 && r.From <= out[n-1].To+apart {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}
