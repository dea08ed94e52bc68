package cache

import (
	"cmp"
	"slices"

	"aiops/metric"
)

// union joins ranges that touch, in order.
func union(all []metric.Range) []metric.Range {
	slices.SortFunc(all, func(a, b metric.Range) int { return cmp.Compare(a.From, b.From) })
	var out []metric.Range
	for _, r := range all {
		switch n := len(out); {
		case r.Empty():
		case n > 0 && r.From <= out[n-1].To:
			out[n-1].To = max(out[n-1].To, r.To)
		default:
			out = append(out, r)
		}
	}
	return out
}

// without is the parts of a range that ranges in order do not cover.
func without(r metric.Range, covered []metric.Range) []metric.Range {
	var out []metric.Range
	for _, c := range covered {
		if c.To <= r.From || c.From >= r.To {
			continue
		}
		if c.From > r.From {
			out = append(out, metric.Range{From: r.From, To: c.From})
		}
		r.From = c.To
	}
	if !r.Empty() {
		out = append(out, r)
	}
	return out
}

// overlap is what two lists of ranges have in common, in order.
func overlap(a, b []metric.Range) []metric.Range {
	var out []metric.Range
	for _, x := range a {
		for _, y := range b {
			if both := x.Intersect(y); !both.Empty() {
				out = append(out, both)
			}
		}
	}
	return union(out)
}
