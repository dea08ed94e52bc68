// Package merge decides what becomes of points that are written to a series.
package merge

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"aiops/metric"
	"aiops/store"
)

// MaxTime bounds the times of points, in microseconds: until there, seconds in
// a float64 turn back into the same microsecond. It is the year 2242, and 1697
// below zero.
const MaxTime = int64(1<<33) * 1_000_000

// Batch is the points of one write, by time; points of one time follow each
// other as they were given.
type Batch struct {
	Times  []int64
	Values []float64
	index  []int // where the points were given; nil: in this order
	strict bool  // no time twice
}

// Arrange checks the points and brings them in order. It copies only when it
// has to.
func Arrange(s metric.Series) (Batch, error) {
	b := Batch{Times: s.Times, Values: s.Values, strict: true}
	if len(s.Times) != len(s.Values) {
		return b, fmt.Errorf("write %s: %d times with %d values", s.Key, len(s.Times), len(s.Values))
	}
	if s.VM == "" || s.Metric == "" {
		return b, errors.New("write points: a series needs a VM and a metric")
	}
	sorted := true
	for i, t := range s.Times {
		if t <= -MaxTime || t >= MaxTime {
			return b, fmt.Errorf("write %s: point %d: its time is outside of the years 1698 to 2241", s.Key, i)
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

func (b *Batch) sort() {
	b.index = make([]int, len(b.Times))
	for i := range b.index {
		b.index[i] = i
	}
	slices.SortStableFunc(b.index, func(i, j int) int { return cmp.Compare(b.Times[i], b.Times[j]) })
	times, values := make([]int64, len(b.Times)), make([]float64, len(b.Times))
	b.strict = true
	for to, from := range b.index {
		times[to], values[to] = b.Times[from], b.Values[from]
		b.strict = b.strict && (to == 0 || times[to] > times[to-1])
	}
	b.Times, b.Values = times, values
}

// Group is the end of the points that have the time of point i.
func (b *Batch) Group(i int) int {
	j := i + 1
	for !b.strict && j < len(b.Times) && b.Times[j] == b.Times[i] {
		j++
	}
	return j
}

// Stored are points that are there already, by time. They are asked for in
// ascending order.
type Stored struct {
	Times  []int64
	Values []float64
	next   int
}

// At is the value stored at a time.
func (s *Stored) At(t int64) (v float64, found bool) {
	for s.next < len(s.Times) && s.Times[s.next] < t {
		s.next++
	}
	if s.next < len(s.Times) && s.Times[s.next] == t {
		return s.Values[s.next], true
	}
	return 0, false
}

// Outcome is what is to be stored at a time after the points of the batch that
// have it came one after the other.
type Outcome struct {
	Time    int64
	Value   float64
	New     bool // nothing was stored there
	Changed bool // another value was stored there
}

// Decide settles the points i up to end, a bound of groups, and counts them.
func (b *Batch) Decide(i, end int, have *Stored, on store.OnConflict, w *store.Written, put func(Outcome) error) error {
	for i < end {
		old, found := have.At(b.Times[i])
		o := Outcome{Time: b.Times[i], Value: old, New: !found}
		for next := b.Group(i); i < next; i++ {
			v := b.Values[i]
			switch {
			case !found:
				o.Value, found = v, true
				w.Stored++
			case v == o.Value:
				w.Duplicates++
			case on == store.Keep:
				w.Rejected = append(w.Rejected, store.Clash{Index: b.given(i), Stored: o.Value})
			default:
				o.Value = v
				w.Replaced++
			}
		}
		o.Changed = !o.New && o.Value != old
		if err := put(o); err != nil {
			return err
		}
	}
	return nil
}

func (b *Batch) given(i int) int {
	if b.index == nil {
		return i
	}
	return b.index[i]
}

// SortRejected brings the rejected points into the order they were given in.
func SortRejected(w *store.Written) {
	slices.SortFunc(w.Rejected, func(a, b store.Clash) int { return cmp.Compare(a.Index, b.Index) })
}
