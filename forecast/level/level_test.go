package level

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func noise(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	for i := range y {
		y[i] = 100 * r.Float64()
	}
	return y
}

func TestRules(t *testing.T) {
	y := []float64{1, 2, 3, 10, 20, 30, 100}
	for _, c := range []struct {
		name string
		f    func(out []float64)
		want []float64
	}{
		{"naive", func(out []float64) { Naive(y, out) }, []float64{100, 100, 100, 100}},
		{"seasonal", func(out []float64) { Seasonal(y, 3, out) }, []float64{20, 30, 100, 20}},
		{"season of one", func(out []float64) { Seasonal(y, 1, out) }, []float64{100, 100, 100, 100}},
		{"no season", func(out []float64) { Seasonal(y, 0, out) }, []float64{100, 100, 100, 100}},
		{"season longer than the data", func(out []float64) { Seasonal(y[:2], 9, out) }, []float64{1, 2, 1, 2}},
		{"drift", func(out []float64) { Drift(y, 2, out) }, []float64{140, 180, 220, 260}},               // (100-20)/2 a step
		{"drift over all", func(out []float64) { Drift(y, 99, out) }, []float64{116.5, 133, 149.5, 166}}, // 99/6
		{"drift of one point", func(out []float64) { Drift(y[:1], 5, out) }, []float64{1, 1, 1, 1}},
	} {
		out := make([]float64, 4)
		if c.f(out); !slices.Equal(out, c.want) {
			t.Errorf("%s: %v, want %v", c.name, out, c.want)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct{ v, want []float64 }{
		{[]float64{3}, []float64{3}}, {[]float64{4, 1}, []float64{2.5}}, {[]float64{9, 1, 5}, []float64{5}}, {[]float64{9, -1, 5, 7}, []float64{6}},
		{[]float64{-2, -2, 0, 0}, []float64{-1}}, {[]float64{1.5e308, 1.7e308}, []float64{1.6e308}}, {[]float64{-1.7e308, 1.7e308}, []float64{0}},
	} {
		if got := Median(slices.Clone(c.v)); math.Abs(got-c.want[0]) > 1e-12*math.Abs(c.want[0]) {
			t.Errorf("%v: %v, want %v", c.v, got, c.want[0])
		}
	}
}

// Of up to 699 values the median is exact. Of more it is that of at least 350
// evenly spread ones: its rank's standard error is at most 1/(2 sqrt(350)) = 2.7 %.
func TestMedianOf(t *testing.T) {
	for _, n := range []int{1, 2, 7, 100, 699, 700, 701, 1400, 5000, 40000} {
		y := append(noise(500, 9), noise(n, uint64(n))...) // what lies before must not count
		for i := range 500 {
			y[i] = 1e9
		}
		want := Median(slices.Clone(y[500:]))
		got := MedianOf(y, n)
		if n < samples && got != want {
			t.Errorf("last %d: %v, want %v", n, got, want)
		}
		if math.Abs(got-want) > 4*2.7 {
			t.Errorf("last %d: %v, want about %v", n, got, want)
		}
	}
	if got := MedianOf([]float64{1, 5, 3}, 10); got != 3 {
		t.Errorf("more than there are: %v, want 3", got)
	}
}

func TestSlope(t *testing.T) {
	y := make([]float64, 500)
	for i := range y {
		y[i] = 0.25*float64(i) + 10*math.Sin(2*math.Pi*float64(i)/24)
	}
	y[470], y[480] = 1e6, -1e6 // the median does not mind
	if got := Slope(y, 24, 7); math.Abs(got-0.25) > 1e-9 {
		t.Errorf("slope %v, want 0.25", got)
	}
	for i := range 500 - 48 { // what lies before the last seasons does not count
		y[i] = -1e3 * float64(i)
	}
	if got := Slope(y, 24, 1); math.Abs(got-0.25) > 1e-9 {
		t.Errorf("slope of the last season %v, want 0.25", got)
	}
	if got := Slope(y[:24], 24, 7); got != 0 {
		t.Errorf("slope of one season %v, want 0", got)
	}
}

func TestFading(t *testing.T) {
	if got := math.Pow(Fading(12), 12); math.Abs(got-0.5) > 1e-12 {
		t.Errorf("after its half-life %v is left", got)
	}
}
