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
	s.P95 = quantile(e, 0.95, s.Count)
	return s
}

// quantile is the nearest-rank quantile of the means, weighted by count.
func quantile(e Envelope, q float64, total int64) float64 {
	if e.Count == nil {
		v := slices.Clone(e.Mean)
		return nth(v, max(0, int(math.Ceil(q*float64(len(v))))-1))
	}
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

// nth is the value that would stand at place k if v were sorted (Hoare's
// selection: linear on average, where sorting a wide view takes a second). It
// changes the order of v.
func nth(v []float64, k int) float64 {
	lo, hi := 0, len(v)-1
	for lo < hi {
		pivot := max(min(v[lo], v[hi]), min(max(v[lo], v[hi]), v[lo+(hi-lo)/2])) // median of three
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return v[k]
		}
	}
	return v[k]
}
