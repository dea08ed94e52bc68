package anomaly

import "slices"

// values are the last values in order of size.
type values struct {
	keep   int
	queue  []float64 // in order of time
	sorted []float64
}

// nearest is how far x lies from the nearest value, and whether outside of all.
func (v *values) nearest(x float64) float64 {
	n := len(v.sorted)
	if n == 0 {
		return 0
	}
	i, found := slices.BinarySearch(v.sorted, x)
	switch {
	case found:
		return 0
	case i == 0:
		return v.sorted[0] - x
	case i == n:
		return x - v.sorted[n-1]
	}
	return min(v.sorted[i]-x, x-v.sorted[i-1])
}

func (v *values) add(x float64) {
	if len(v.queue) == v.keep {
		i, _ := slices.BinarySearch(v.sorted, v.queue[0])
		v.sorted = slices.Delete(v.sorted, i, i+1)
		v.queue = v.queue[1:]
	}
	if len(v.queue) == cap(v.queue) { // make room for as many again, not for ever more
		v.queue = append(make([]float64, 0, max(64, 2*len(v.queue))), v.queue...)
	}
	v.queue = append(v.queue, x)
	i, _ := slices.BinarySearch(v.sorted, x)
	v.sorted = slices.Insert(v.sorted, i, x)
}
