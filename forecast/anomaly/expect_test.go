package anomaly

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Which rule foretells best is found out: mean absolute errors over the last
// quarter are near those of the noise, whatever the rhythm.
func TestExpecterFindsTheRhythm(t *testing.T) {
	step := func(i, period, high int) float64 {
		if i%period < high {
			return 100
		}
		return 0
	}
	for name, c := range map[string]struct {
		f    func(i int) float64
		most float64 // of the error; the noise alone has 0.8
	}{
		"a level":            {func(int) float64 { return 50 }, 1},
		"a slow wave":        {func(i int) float64 { return 50 + 40*math.Sin(float64(i)/300) }, 1},
		"a job each day":     {func(i int) float64 { return step(i, 288, 3) }, 1.5},
		"a job each weekend": {func(i int) float64 { return step(i, 2016, 3) }, 1.5},
	} {
		r := rand.New(rand.NewPCG(2, 2))
		e := newExpecter()
		const n = 8 * 2016
		var sum, inside float64
		for i := range n {
			at, x := int64(i)*fiveMinutes, c.f(i)+r.NormFloat64()
			p := e.predictions(at)
			v, lo, hi := e.expect(p)
			if i > 3*n/4 {
				sum += math.Abs(x - v)
				if x >= lo && x <= hi {
					inside++
				}
			}
			e.learn(at, x, p, v)
		}
		if mean := sum / (n / 4); mean > c.most {
			t.Errorf("%s: mean error %.2f, want at most %v", name, mean, c.most)
		}
		if share := inside / (n / 4); share < 0.95 {
			t.Errorf("%s: %.3f of the values lie in the band", name, share)
		}
	}
}

// What never was negative is not expected to be, and what was may be.
func TestExpecterBand(t *testing.T) {
	for _, shift := range []float64{0, -1} {
		r := rand.New(rand.NewPCG(2, 3))
		e := newExpecter()
		lowest := math.Inf(1)
		for i := range 500 {
			p := e.predictions(int64(i) * fiveMinutes)
			v, lo, hi := e.expect(p)
			if lo > hi {
				t.Fatalf("band %v to %v", lo, hi)
			}
			if i > 20 {
				lowest = min(lowest, lo)
			}
			e.learn(int64(i)*fiveMinutes, shift+r.ExpFloat64(), p, v)
		}
		if (lowest < 0) != (shift < 0) {
			t.Errorf("values from %v: the band reaches down to %v", shift, lowest)
		}
	}
}

// Times before 1970 have a place in the week too.
func TestPlaces(t *testing.T) {
	for _, at := range []int64{0, -1, math.MinInt64, math.MaxInt64, -7 * dayMicros, 3*dayMicros + 1} {
		if d, w := places(at); d < 0 || d >= daySlots || w < 0 || w >= 7*daySlots || w%daySlots != d {
			t.Errorf("%d: %d, %d", at, d, w)
		}
	}
}
