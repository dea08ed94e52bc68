package season

import (
	"math"
	"math/rand/v2"
	"testing"
)

func made(n int, f func(i int, r *rand.Rand) float64) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	y := make([]float64, n)
	for i := range y {
		y[i] = f(i, r)
	}
	return y
}

func wave(i, period int) float64 { return math.Sin(2 * math.Pi * float64(i) / float64(period)) }

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name          string
		y             []float64
		natural, want int
	}{
		{"a day as the calendar says", made(2000, func(i int, r *rand.Rand) float64 { return 10*wave(i, 288) + r.NormFloat64() }), 288, 288},
		{"a job every 36 steps, no day", made(2000, func(i int, r *rand.Rand) float64 {
			if i%36 < 3 {
				return 20 + r.NormFloat64()
			}
			return r.NormFloat64()
		}), 288, 36},
		{"no calendar", made(600, func(i int, r *rand.Rand) float64 { return wave(i, 50) + 0.3*r.NormFloat64() }), 0, 50},
		{"noise has none, and the calendar's does no harm", made(2000, func(_ int, r *rand.Rand) float64 { return r.NormFloat64() }), 288, 288},
		{"noise without a calendar", made(2000, func(_ int, r *rand.Rand) float64 { return r.NormFloat64() }), 0, 0},
		{"a trend is no season", made(1000, func(i int, r *rand.Rand) float64 { return float64(i) + r.NormFloat64() }), 0, 0},
		{"a random walk has none", made(1000, walk()), 0, 0},
		{"too short to tell", made(300, func(i int, r *rand.Rand) float64 { return wave(i, 40) }), 288, 288},
		{"three points", []float64{1, 2, 3}, 24, 0},
		{"constant", make([]float64, 500), 0, 0},
	} {
		if got := Find(c.y, c.natural); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func walk() func(int, *rand.Rand) float64 {
	var at float64
	return func(_ int, r *rand.Rand) float64 {
		at += r.NormFloat64()
		return at
	}
}
