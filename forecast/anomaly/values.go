package anomaly

import "slices"

// history is the last values of a series, the newest last: `keep` of them and
// some more, so that they are moved once in a while and not for each new one.
type history struct {
	keep int
	all  []float64
}

// slack is how many values more than needed are held at most.
const slack = 512

// add takes in a value.
func (h *history) add(x float64) {
	if len(h.all) == cap(h.all) {
		if full := h.keep + slack; len(h.all) >= full {
			h.all = h.all[:copy(h.all, h.all[len(h.all)-h.keep:])]
		} else {
			h.all = append(make([]float64, 0, min(max(64, 2*len(h.all)), full)), h.all...)
		}
	}
	h.all = append(h.all, x)
}

// last are the values that are kept.
func (h *history) last() []float64 { return h.all[max(0, len(h.all)-h.keep):] }

// values are the last values in order of size.
type values struct {
	keep   int
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

// add takes in the newest one of all values.
func (v *values) add(all []float64) {
	if len(v.sorted) == v.keep {
		i, _ := slices.BinarySearch(v.sorted, all[len(all)-1-v.keep])
		v.sorted = slices.Delete(v.sorted, i, i+1)
	}
	if len(v.sorted) == cap(v.sorted) {
		v.sorted = append(make([]float64, 0, min(max(64, 2*len(v.sorted)), v.keep)), v.sorted...)
	}
	x := all[len(all)-1]
	i, _ := slices.BinarySearch(v.sorted, x)
	v.sorted = slices.Insert(v.sorted, i, x)
}
