package view

import (
	"math"
	"slices"

	"aiops/metric"
)

// sortedBelow is the number of points up to which a quantile is found by
// sorting; a copy of many millions would cost too much of both time and memory.
const sortedBelow = 50_000

// summarize is the summary of the part of a series inside a range.
func summarize(p *metric.Pyramid, r metric.Range) metric.Summary {
	if p == nil {
		return metric.Summarize(metric.Envelope{})
	}
	e := slice(p.Envelope, r)
	n := e.Len()
	if n <= sortedBelow || e.Count != nil {
		return metric.Summarize(e)
	}
	s := metric.Summary{Count: int64(n), Last: e.Mean[n-1], LastTime: e.Times[n-1]}
	i, j := r.Indexes(p.Times)
	s.Min, s.Max = p.Extremes(i, j)
	var sum float64
	for _, v := range e.Mean {
		sum += v
	}
	s.Mean = sum / float64(n)
	s.P95 = nearestRank(e.Mean, 0.95, s.Min, s.Max)
	return s
}

// nearestRank is the nearest-rank quantile of values that lie in lo..hi: it
// counts them into bins and sorts only those of the bin that the rank falls into.
func nearestRank(values []float64, q, lo, hi float64) float64 {
	const bins = 4096
	width := (hi - lo) / bins
	if !(width > 0) || math.IsInf(width, 0) {
		return hi
	}
	bin := func(v float64) int { return min(bins-1, int((v-lo)/width)) }
	var counts [bins]int
	for _, v := range values {
		counts[bin(v)]++
	}
	rank := max(1, int(math.Ceil(q*float64(len(values)))))
	b := 0
	for ; b < bins-1 && counts[b] < rank; b++ {
		rank -= counts[b]
	}
	inside := make([]float64, 0, counts[b])
	for _, v := range values {
		if bin(v) == b {
			inside = append(inside, v)
		}
	}
	slices.Sort(inside)
	return inside[rank-1]
}
