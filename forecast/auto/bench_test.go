package auto

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// made is a metric with a daily and weekly rhythm, noise and spikes.
func made(n, day int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 7))
	y := make([]float64, n)
	var ar float64
	for i := range y {
		ar = 0.9*ar + r.NormFloat64()
		week := 1.0
		if i/day%7 >= 5 {
			week = 0.7
		}
		y[i] = max(0, 40+week*20*math.Sin(2*math.Pi*float64(i)/float64(day))+2*ar)
		if r.IntN(200) == 0 {
			y[i] += 50 * r.Float64()
		}
	}
	return y
}

func BenchmarkForecast(b *testing.B) {
	for _, c := range []struct{ points, short, long, horizon int }{
		{4032, 288, 2016, 288}, {720, 24, 168, 48}, {43200, 1440, 10080, 1440}, {2905, 7, 365, 365}, {100, 24, 168, 48},
	} {
		b.Run(fmt.Sprintf("points=%d/season=%d", c.points, c.short), func(b *testing.B) {
			y := made(c.points, c.short, 1)
			for b.Loop() {
				m, err := Train(context.Background(), y, Options{Short: c.short, Long: c.long, Horizon: c.horizon})
				if err != nil {
					b.Fatal(err)
				}
				m.Predict(y[m.Cut:], nil, c.horizon, errorLevels)
			}
		})
	}
}
