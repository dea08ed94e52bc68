package metric

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// ranked must find what sorting finds, whatever the values look like.
func TestRanked(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	shapes := map[string]func(i int) float64{
		"normal":   func(int) float64 { return rng.NormFloat64() },
		"constant": func(int) float64 { return 7 },
		"outlier":  func(i int) float64 { return float64(i%10) + 1e9*float64(1-min(i, 1)) },
		"steps":    func(i int) float64 { return float64(i % 3) },
		"up":       func(i int) float64 { return float64(i) },
	}
	for name, value := range shapes {
		for _, n := range []int{1, 2, 4096, 4097, 30_000} {
			v := make([]float64, n)
			for i := range v {
				v[i] = value(i)
			}
			sorted := slices.Sorted(slices.Values(v))
			for _, rank := range []int{1, (n + 1) / 2, max(1, n*95/100), n} {
				if got := ranked(v, rank, sorted[0]-1, sorted[n-1]); got != sorted[rank-1] {
					t.Errorf("%s: place %d of %d: %v, want %v", name, rank, n, got, sorted[rank-1])
				}
			}
		}
	}
}
