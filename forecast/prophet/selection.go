package prophet

import (
	"math"
	"slices"
)

// selection finds quantiles of samples without sorting them all: the samples
// are dealt into buckets by value, and only the buckets that hold a wanted rank
// are sorted.
type selection struct {
	// mirrored says that the distribution is symmetric about 0: each sample then
	// counts with both signs, which tells as much as twice as many.
	mirrored bool

	dealt  []float64
	bucket []uint8
	ends   [buckets + 1]int // ends[b+1] is where bucket b ends in dealt
	sorted [buckets]bool    // the buckets that are in order
}

const buckets = 256

func newSelection(n int) *selection {
	return &selection{dealt: make([]float64, n), bucket: make([]uint8, n)}
}

// quantiles writes the quantile of v at each level to out, between two samples
// by a straight line as numpy's percentile does. It changes v.
func (s *selection) quantiles(v, levels, out []float64) {
	same := !s.deal(v, s.bounds(v))
	for j, l := range levels {
		sign := 1.0
		if s.mirrored {
			sign, l = math.Copysign(1, l-0.5), math.Abs(2*l-1)
		}
		if same {
			out[j] = sign * v[0]
		} else {
			out[j] = sign * s.quantile(l)
		}
	}
}

func (s *selection) quantile(level float64) float64 {
	rank := level * float64(len(s.dealt)-1)
	below := int(rank)
	low := s.rank(below)
	if part := rank - float64(below); part > 0 {
		return low + part*(s.rank(below+1)-low)
	}
	return low
}

// bounds are the least and the largest sample; mirrored samples lose their
// sign, and 0 bounds them.
func (s *selection) bounds(v []float64) (b [2]float64) {
	if s.mirrored {
		for i, x := range v {
			v[i] = math.Abs(x)
			if v[i] > b[1] {
				b[1] = v[i]
			}
		}
		return b
	}
	b = [2]float64{v[0], v[0]}
	for _, x := range v { // the built-in min and max are slow for their care of NaN
		if x < b[0] {
			b[0] = x
		}
		if x > b[1] {
			b[1] = x
		}
	}
	return b
}

// deal puts the samples into buckets; it reports false if all are the same.
func (s *selection) deal(v []float64, bounds [2]float64) bool {
	lowest := bounds[0]
	per := buckets / (bounds[1] - lowest)
	if math.IsInf(per, 0) {
		return false
	}
	var count [buckets]int
	for i, x := range v {
		b := uint8(min(int((x-lowest)*per), buckets-1))
		s.bucket[i] = b
		count[b]++
	}
	clear(s.sorted[:])
	for b, c := range count {
		s.ends[b+1] = s.ends[b] + c
		count[b] = s.ends[b]
	}
	for i, x := range v {
		b := s.bucket[i]
		s.dealt[count[b]] = x
		count[b]++
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
