package metric

import (
	"math"
	"slices"
)

// Summary is what the cards, the summary table and the report say of a series
// in a range.
type Summary struct {
	Count                     int64
	Last, Min, Mean, P95, Max float64
	LastTime                  int64
}

// Summarize computes the summary of an envelope. From rolled-up points the
// 95th percentile is that of the buckets' means, weighted by their counts; the
// others are exact. A summary of nothing has Count 0 and NaN figures.
func Summarize(e Envelope) Summary {
	n := e.Len()
	if n == 0 {
		nan := math.NaN()
		return Summary{Last: nan, Min: nan, Mean: nan, P95: nan, Max: nan}
	}
	s := Summary{Min: math.Inf(1), Max: math.Inf(-1), Last: e.Mean[n-1], LastTime: e.Times[n-1]}
	var sum float64
	for i := range n {
		c := int64(1)
		if e.Count != nil {
			c = e.Count[i]
		}
		s.Count += c
		sum += e.Mean[i] * float64(c)
		s.Min = min(s.Min, e.Min[i])
		s.Max = max(s.Max, e.Max[i])
	}
	s.Mean = sum / float64(s.Count)
	if e.Count == nil {
		s.P95 = ranked(e.Mean, max(1, int(math.Ceil(0.95*float64(n)))), s.Min, s.Max)
	} else {
		s.P95 = weightedRank(e, 0.95, s.Count)
	}
	return s
}

// weightedRank is the nearest-rank quantile of the means, weighted by count.
func weightedRank(e Envelope, q float64, total int64) float64 {
	idx := make([]int, e.Len())
	for i := range idx {
		idx[i] = i
	}
	slices.SortFunc(idx, func(a, b int) int {
		switch {
		case e.Mean[a] < e.Mean[b]:
			return -1
		case e.Mean[a] > e.Mean[b]:
			return 1
		}
		return 0
	})
	rank := int64(math.Ceil(q * float64(total)))
	var seen int64
	for _, i := range idx {
		if seen += e.Count[i]; seen >= rank {
			return e.Mean[i]
		}
	}
	return e.Mean[idx[len(idx)-1]]
}

// ranked is the value at place rank, from 1, of values that lie in lo..hi, if
// they were sorted. It counts them into bins and looks on in the bin that the
// place falls into: a sorted copy of many millions would cost too much.
func ranked(values []float64, rank int, lo, hi float64) float64 {
	const bins = 4096
	if len(values) <= bins {
		return slices.Sorted(slices.Values(values))[rank-1]
	}
	width := (hi - lo) / bins
	if !(width > 0) || math.IsInf(width, 0) {
		return hi
	}
	bin := func(v float64) int { return max(0, min(bins-1, int((v-lo)/width))) }
	var counts [bins]int
	for _, v := range values {
		counts[bin(v)]++
	}
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
	lo, hi = extremes(inside)
	return ranked(inside, rank, lo, hi)
}
