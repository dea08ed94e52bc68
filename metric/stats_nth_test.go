package metric

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// nth must find what sorting finds, also among equal, sorted and reversed values.
func TestNthIsWhatSortingFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 400 {
		v := make([]float64, 1+r.IntN(60))
		for i := range v {
			v[i] = float64(r.IntN(1 + round%30))
		}
		sorted := slices.Sorted(slices.Values(v))
		switch round % 5 {
		case 0:
			copy(v, sorted)
		case 1:
			copy(v, sorted)
			slices.Reverse(v)
		}
		for k := range v {
			if got := nth(slices.Clone(v), k); got != sorted[k] {
				t.Fatalf("place %d of %v: %v, want %v", k, v, got, sorted[k])
			}
		}
	}
}
