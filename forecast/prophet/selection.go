package prophet

import (
	"math"
	"slices"
)

// selection finds quantiles of samples without sorting them all: the samples
// are dealt into buckets by value, and only the buckets that hold a wanted rank
// are sorted.
type selection struct {
	dealt  []float64
	bucket []uint16
	ends   [257]int  // ends[b+1] is where bucket b ends in dealt
	sorted [256]bool // the buckets that are in order
}

func newSelection(n int) *selection {
	return &selection{dealt: make([]float64, n), bucket: make([]uint16, n)}
}

// quantiles writes the quantile of v at each level to out, between two samples
// by a straight line as numpy's percentile does.
func (s *selection) quantiles(v, levels, out []float64) {
	if !s.deal(v) {
		for j := range levels {
			out[j] = v[0]
		}
		return
	}
	for j, l := range levels {
		rank := l * float64(len(v)-1)
		below := int(rank)
		low := s.rank(below)
		out[j] = low
		if part := rank - float64(below); part > 0 {
			out[j] += part * (s.rank(below+1) - low)
		}
	}
}

// deal puts the samples into buckets; it reports false if all are the same.
func (s *selection) deal(v []float64) bool {
	lowest, highest := v[0], v[0]
	for _, x := range v {
		lowest, highest = min(lowest, x), max(highest, x)
	}
	per := 256 / (highest - lowest)
	if highest == lowest || math.IsInf(per, 0) {
		return false
	}
	clear(s.ends[:])
	clear(s.sorted[:])
	for i, x := range v {
		b := min(uint16((x-lowest)*per), 255)
		s.bucket[i] = b
		s.ends[b+1]++
	}
	var next [256]int
	for b := range 256 {
		next[b] = s.ends[b]
		s.ends[b+1] += s.ends[b]
	}
	for i, x := range v {
		b := s.bucket[i]
		s.dealt[next[b]] = x
		next[b]++
	}
	return true
}

// rank is the sample at a place of the sorted order.
func (s *selection) rank(place int) float64 {
	b, _ := slices.BinarySearch(s.ends[1:], place+1)
	if !s.sorted[b] {
		slices.Sort(s.dealt[s.ends[b]:s.ends[b+1]])
		s.sorted[b] = true
	}
	return s.dealt[place]
}
