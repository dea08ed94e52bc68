package season

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Periods that the data show in spite of noise, jitter, holes, spikes, harmonics
// and a second season; a repeated seed would test the same luck, so there are many.
func TestFindInSpiteOf(t *testing.T) {
	for _, c := range []struct {
		name                string
		n                   int
		f                   func(i int, r *rand.Rand) float64
		natural, want, near int
	}{
		{"noise as large as the wave", 1500, func(i int, r *rand.Rand) float64 { return wave(i, 48) + 0.7*r.NormFloat64() }, 0, 48, 1},
		{"a jittered job", 2000, func(i int, r *rand.Rand) float64 {
			v := r.NormFloat64()
			if k := i % 50; k < 8 {
				v += 15 * r.Float64()
			}
			return v
		}, 288, 50, 1},
		{"spikes", 1000, func(i int, r *rand.Rand) float64 {
			v := wave(i, 24) + 0.2*r.NormFloat64()
			if r.IntN(60) == 0 {
				v += 100
			}
			return v
		}, 24, 24, 0},
		{"holes filled with lines", 1000, func(i int, r *rand.Rand) float64 {
			if k := i % 330; k >= 300 { // 30 steps from one wave's place to the next one's
				return float64(k-300) / 30
			}
			return wave(i, 24) + 0.2*r.NormFloat64()
		}, 24, 24, 0},
		{"harmonics", 1000, func(i int, r *rand.Rand) float64 { return wave(i, 60) + 0.6*wave(i, 20) + 0.2*r.NormFloat64() }, 0, 60, 0},
		{"a day and a week", 24 * 7 * 6, func(i int, r *rand.Rand) float64 {
			v := 10 * wave(i, 24)
			if i/24%7 >= 5 {
				v -= 5
			}
			return v + r.NormFloat64()
		}, 24, 24, 0},
		{"a trend on top", 1000, func(i int, r *rand.Rand) float64 { return 0.1*float64(i) + wave(i, 30) + 0.3*r.NormFloat64() }, 0, 30, 0},
		{"a short season", 400, func(i int, r *rand.Rand) float64 { return float64(i%4) + 0.3*r.NormFloat64() }, 0, 4, 0},
		{"huge values", 500, func(i int, r *rand.Rand) float64 { return 1e300 * (wave(i, 25) + 0.1*r.NormFloat64()) }, 0, 25, 0},
		{"tiny values", 500, func(i int, r *rand.Rand) float64 { return 1e-300 * (wave(i, 25) + 0.1*r.NormFloat64()) }, 0, 25, 0},
	} {
		for seed := range uint64(5) {
			r := rand.New(rand.NewPCG(seed, 9))
			y := make([]float64, c.n)
			for i := range y {
				y[i] = c.f(i, r)
			}
			if got := Find(y, c.natural); got < c.want-c.near || got > c.want+c.near {
				t.Errorf("%s, seed %d: %d, want %d", c.name, seed, got, c.want)
			}
		}
	}
}

// In noise a season is found at most now and then: the limit is 0.3, and of 600
// autocorrelations of 1000 points none is near it by chance.
func TestFindNothingInNoise(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		y := make([]float64, 1000)
		for i := range y {
			y[i] = r.ExpFloat64()
		}
		if got := Find(y, 0); got != 0 {
			t.Errorf("seed %d: %d", seed, got)
		}
	}
}

// The transform gives what the definition gives: mean products over those at lag
// 0, about the linear trend; a multiple of the period is as strong as itself.
func TestAutocorrelation(t *testing.T) {
	for _, n := range []int{12, 13, 100, 257} {
		y := made(n, func(i int, r *rand.Rand) float64 { return 3*float64(i) + r.NormFloat64() + 4*wave(i, 10) })
		z := calm(y)
		for lag, got := range Autocorrelation(y) {
			var sum, zero float64
			for i := range n {
				zero += z[i] * z[i] / float64(n)
				if i >= lag {
					sum += z[i] * z[i-lag] / float64(n-lag)
				}
			}
			if math.Abs(got-sum/zero) > 1e-9 {
				t.Fatalf("%d points, lag %d: %v, want %v", n, lag, got, sum/zero)
			}
		}
	}
	acf := Autocorrelation(made(600, func(i int, r *rand.Rand) float64 { return wave(i, 20) }))
	if s := Strength(acf, 20); math.Abs(s-2) > 0.02 { // 1 at the period, -1 half a period to both sides
		t.Errorf("a pure wave's strength is %v, want 2", s)
	}
	for _, p := range []int{0, 1, 300, 10000} {
		if s := Strength(acf, p); s != 0 {
			t.Errorf("strength at %d is %v, want 0", p, s)
		}
	}
}

// The trend is taken out, and no point lies further out than five times the median distance.
func TestCalm(t *testing.T) {
	y := made(201, func(i int, r *rand.Rand) float64 { return 7 - 2*float64(i) + float64(i%2) })
	y[100] += 1e6
	for i, v := range calm(y[:100]) {
		if math.Abs(math.Abs(v)-0.5) > 0.02 {
			t.Errorf("point %d is %v, want 0.5 from the line", i, v)
		}
	}
	z := calm(y)
	for i, v := range z {
		if math.Abs(v) > math.Abs(z[100])+1e-9 {
			t.Errorf("point %d is %v, the spike %v", i, v, z[100])
		}
	}
	if z[100] > 1e5 {
		t.Errorf("the spike is still %v", z[100])
	}
}
