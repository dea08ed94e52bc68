package metric

import "slices"

// Envelope is a series as a chart needs it: at each time the lowest, highest
// and mean value of what lies there. Points as they were stored have Step 0,
// and Min, Max and Mean are one and the same column; rolled-up points have
// Step > 0: Times[i] is the start of a bucket of that length and Count[i] its
// number of points.
type Envelope struct {
	Key
	Step  int64
	Times []int64
	Min   []float64
	Max   []float64
	Mean  []float64
	Count []int64 // nil when Step is 0
}

// Envelope views the series as an envelope without copying.
func (s Series) Envelope() Envelope {
	return Envelope{Key: s.Key, Times: s.Times, Min: s.Values, Max: s.Values, Mean: s.Values}
}

// Len is the number of points or buckets.
func (e Envelope) Len() int { return len(e.Times) }

// Points is the number of stored points that the envelope stands for.
func (e Envelope) Points() int64 {
	if e.Count == nil {
		return int64(len(e.Times))
	}
	var n int64
	for _, c := range e.Count {
		n += c
	}
	return n
}

// Spacing is the typical distance of neighbouring times, in microseconds: the
// median of at most 2,000 evenly spread samples; 0 when there are fewer than two.
func Spacing(times []int64) int64 { return spacing(times, 0.5) }

// GapLimit is the longest distance of neighbours that still counts as
// continuous: three times what nine in ten of them keep to. A line is broken
// where the distance is larger. 0 means that nothing is known.
func GapLimit(times []int64) int64 { return 3 * max(spacing(times, 0.5), spacing(times, 0.9)) }

func spacing(times []int64, quantile float64) int64 {
	n := len(times) - 1
	if n < 1 {
		return 0
	}
	stride := max(1, n/2000)
	d := make([]int64, 0, n/stride+1)
	for i := 0; i < n; i += stride {
		d = append(d, times[i+1]-times[i])
	}
	slices.Sort(d)
	return d[int(quantile*float64(len(d)-1))]
}
