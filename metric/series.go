package metric

import (
	"cmp"
	"sort"
	"time"
)

// Key names a series: one metric of one VM.
type Key struct {
	VM     string `json:"vm"`
	Metric string `json:"metric"`
}

func (k Key) String() string { return k.VM + " " + k.Metric }

// Compare orders keys by VM, then metric.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.VM, o.VM), cmp.Compare(k.Metric, o.Metric))
}

// Series is one metric of one VM in columns: Times ascend strictly, in Unix
// microseconds (UTC); Values are finite and of the same length.
type Series struct {
	Key
	Times  []int64
	Values []float64
}

// Len is the number of points.
func (s Series) Len() int { return len(s.Times) }

// Point is a single value at a time.
type Point struct {
	Time  int64
	Value float64
}

// At returns point i.
func (s Series) At(i int) Point { return Point{s.Times[i], s.Values[i]} }

// Range is the series' first and last time as a half-open range, empty for no points.
func (s Series) Range() Range {
	if len(s.Times) == 0 {
		return Range{}
	}
	return Range{s.Times[0], s.Times[len(s.Times)-1] + 1}
}

// Slice returns the part of the series inside r. The columns are shared.
func (s Series) Slice(r Range) Series {
	i, j := r.Indexes(s.Times)
	s.Times, s.Values = s.Times[i:j], s.Values[i:j]
	return s
}

// Range is a span of time in Unix microseconds: From inclusive, To exclusive.
type Range struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// All covers every time that a series can hold.
var All = Range{From: -1 << 62, To: 1 << 62}

// NewRange is the range from..to.
func NewRange(from, to time.Time) Range { return Range{from.UnixMicro(), to.UnixMicro()} }

// Empty reports whether the range covers nothing.
func (r Range) Empty() bool { return r.To <= r.From }

// Len is the range's length in microseconds.
func (r Range) Len() int64 { return r.To - r.From }

// Duration is the range's length.
func (r Range) Duration() time.Duration { return time.Duration(r.Len()) * time.Microsecond }

// Contains reports whether t lies in the range.
func (r Range) Contains(t int64) bool { return t >= r.From && t < r.To }

// Shift moves the range by d microseconds.
func (r Range) Shift(d int64) Range { return Range{r.From + d, r.To + d} }

// Intersect is the part that both ranges cover.
func (r Range) Intersect(o Range) Range {
	out := Range{max(r.From, o.From), min(r.To, o.To)}
	if out.Empty() {
		return Range{}
	}
	return out
}

// Union is the smallest range that covers both; an empty range adds nothing.
func (r Range) Union(o Range) Range {
	switch {
	case r.Empty():
		return o
	case o.Empty():
		return r
	}
	return Range{min(r.From, o.From), max(r.To, o.To)}
}

// Indexes returns i, j so that times[i:j] lies inside the range; times ascend.
func (r Range) Indexes(times []int64) (i, j int) {
	i = sort.Search(len(times), func(k int) bool { return times[k] >= r.From })
	j = i + sort.Search(len(times)-i, func(k int) bool { return times[i+k] >= r.To })
	return i, j
}

// Time turns Unix microseconds into a time in UTC.
func Time(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// Micros turns a duration into microseconds, the unit of all times here.
func Micros(d time.Duration) int64 { return d.Microseconds() }
