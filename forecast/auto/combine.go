package auto

import "slices"

// combine is the weighted median of the candidates, or the weighted mean of
// the middle half of them, which neither one wild candidate nor a spike moves.
func combine(mode string, v, w []float64) float64 {
	var order [64]int
	idx := order[:0]
	var total float64
	for i := range v {
		if w[i] > 0 {
			idx = append(idx, i)
			total += w[i]
		}
	}
	if !(total > 0) { // nobody is trusted more than another
		return combine(mode, v, slices.Repeat([]float64{1}, len(v)))
	}
	for i := 1; i < len(idx); i++ { // few and often nearly in order: insertion
		for j := i; j > 0 && v[idx[j]] < v[idx[j-1]]; j-- {
			idx[j], idx[j-1] = idx[j-1], idx[j]
		}
	}
	if mode == "median" {
		var s float64
		for _, i := range idx {
			if s += w[i]; s >= total/2 {
				return v[i]
			}
		}
		return v[idx[len(idx)-1]]
	}
	lo, hi := trimmed*total, (1-trimmed)*total
	var s, sum, share float64
	for _, i := range idx {
		part := max(0, min(s+w[i], hi)-max(s, lo))
		s += w[i]
		sum += part * v[i]
		share += part
	}
	if share == 0 {
		return v[idx[0]]
	}
	return sum / share
}
