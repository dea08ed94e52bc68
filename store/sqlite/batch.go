package sqlite

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"aiops/metric"
)

// batch is what one call of Write brings, by time; points of one time follow
// each other as they were given.
type batch struct {
	times  []int64
	values []float64
	index  []int // where the points were given; nil: in this order
	strict bool  // no time twice
}

// arrange checks the points and brings them in order. It copies only when it
// has to.
func arrange(s metric.Series) (batch, error) {
	b := batch{times: s.Times, values: s.Values, strict: true}
	if len(s.Times) != len(s.Values) {
		return b, fmt.Errorf("write %s: %d times with %d values", s.Key, len(s.Times), len(s.Values))
	}
	if s.VM == "" || s.Metric == "" {
		return b, errors.New("write points: a series needs a VM and a metric")
	}
	sorted := true
	for i, t := range s.Times {
		if t <= -maxTime || t >= maxTime {
			return b, fmt.Errorf("write %s: point %d: its time is outside of the years 1698 to 2242", s.Key, i)
		}
		if v := s.Values[i]; math.IsNaN(v) || math.IsInf(v, 0) {
			return b, fmt.Errorf("write %s: point %d: %v is not a finite value", s.Key, i, v)
		}
		if i > 0 {
			sorted = sorted && t >= s.Times[i-1]
			b.strict = b.strict && t > s.Times[i-1]
		}
	}
	if !sorted {
		b.sort()
	}
	return b, nil
}

func (b *batch) sort() {
	b.index = make([]int, len(b.times))
	for i := range b.index {
		b.index[i] = i
	}
	slices.SortStableFunc(b.index, func(i, j int) int { return cmp.Compare(b.times[i], b.times[j]) })
	times, values := make([]int64, len(b.times)), make([]float64, len(b.times))
	b.strict = true
	for to, from := range b.index {
		times[to], values[to] = b.times[from], b.values[from]
		b.strict = b.strict && (to == 0 || times[to] > times[to-1])
	}
	b.times, b.values = times, values
}

// given is where point i was in the call.
func (b *batch) given(i int) int {
	if b.index == nil {
		return i
	}
	return b.index[i]
}

// group is the end of the points that have the time of point i.
func (b *batch) group(i int) int {
	j := i + 1
	for !b.strict && j < len(b.times) && b.times[j] == b.times[i] {
		j++
	}
	return j
}
