package auto

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// stationary is an AR(1) of 0.7 about a daily rhythm.
func stationary(n, day int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 5))
	y := make([]float64, n)
	var ar float64
	for i := range y {
		ar = 0.7*ar + r.NormFloat64()
		y[i] = 100 + 5*math.Sin(2*math.Pi*float64(i)/float64(day)) + ar
	}
	return y
}

// Over many series the 80 % interval holds about 80 % of what comes.
func TestCoverage(t *testing.T) {
	for _, c := range []struct{ n, short, long, horizon, seeds int }{{24 * 14, 24, 168, 24, 40}, {144 * 8, 144, 1008, 144, 12}, {120, 7, 0, 14, 40}} {
		var inside, all float64
		for seed := range uint64(c.seeds) {
			y := stationary(c.n+c.horizon, c.short, seed)
			m := train(t, y[:c.n], Options{Short: c.short, Long: c.long, Horizon: c.horizon})
			r := m.Predict(y[m.Cut:c.n], nil, c.horizon, []float64{0.1, 0.9})
			for h := range c.horizon {
				if v := y[c.n+h]; v >= r.Quantiles[0][h] && v <= r.Quantiles[1][h] {
					inside++
				}
				all++
			}
		}
		if share := inside / all; share < 0.7 || share > 0.9 {
			t.Errorf("%+v: the interval holds %.3f", c, share)
		}
	}
}

// Nothing can be forecast of a stationary series but its rhythm and how wide it
// scatters: sd 1/sqrt(1-0.49) = 1.4, an 80 % interval 2*1.28*1.4 = 3.6 wide.
func TestForecastOfAStationarySeries(t *testing.T) {
	var width, miss float64
	for seed := range uint64(8) {
		y := stationary(24*30, 24, seed)
		m := train(t, y, Options{Short: 24, Long: 168, Horizon: 48})
		r := m.Predict(y[m.Cut:], nil, 48, []float64{0.1, 0.9})
		for h := 24; h < 48; h++ {
			width += (r.Quantiles[1][h] - r.Quantiles[0][h]) / 24 / 8
			miss += math.Abs(r.Value[h]-(100+5*math.Sin(2*math.Pi*float64(h)/24))) / 24 / 8
		}
	}
	if width < 2.8 || width > 5 || miss > 1 {
		t.Errorf("on average %.2f from the rhythm, interval %.2f wide; want below 1 and about 3.6", miss, width)
	}
}

// A wider interval holds a narrower one, and Interval is what Predict's quantiles are.
func TestIntervalsAreNested(t *testing.T) {
	for _, o := range []Options{{Short: 24, Horizon: 48}, {Short: 144, Horizon: 144}} {
		y := stationary(1000, o.Short, 3)
		m := train(t, y, o)
		var ps []float64
		for p := 0.01; p < 1; p += 0.01 {
			ps = append(ps, p)
		}
		r := m.Predict(y[m.Cut:], nil, 300, ps)
		for i := range 300 {
			for j := 1; j < len(ps); j++ {
				if r.Quantiles[j][i] < r.Quantiles[j-1][i] {
					t.Fatalf("step %d: quantile %v is below quantile %v", i, ps[j], ps[j-1])
				}
			}
		}
		var lower, upper []float64
		for _, level := range []float64{0.02, 0.5, 0.8, 0.95, 0.99, 0.9999} {
			lo, hi := m.Interval(r.Value, level)
			for i := range lo {
				if lower != nil && (lo[i] > lower[i] || hi[i] < upper[i]) {
					t.Fatalf("step %d: the %v interval %v..%v does not hold %v..%v", i, level, lo[i], hi[i], lower[i], upper[i])
				}
			}
			lower, upper = lo, hi
		}
		want := m.Predict(y[m.Cut:], nil, 300, []float64{0.1, 0.9})
		if lo, hi := m.Interval(want.Value, 0.8); !near(lo, want.Quantiles[0]) || !near(hi, want.Quantiles[1]) {
			t.Error("Interval and Predict differ")
		}
	}
}

func near(a, b []float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-9 {
			return false
		}
	}
	return len(a) == len(b)
}

// Beyond what backtests tried intervals widen with a power of the distance.
func TestWidening(t *testing.T) {
	m := &Model{Tested: 10, Points: 100}
	for step, want := range map[int]float64{0: 1, 9: 1, 19: math.Pow(2, 0.7), 99: math.Pow(10, 0.7)} {
		if got := m.widening(step); math.Abs(got-want) > 1e-12 {
			t.Errorf("step %d: %v, want %v", step, got, want)
		}
	}
	few, many := &Model{Tested: 10, Short: 24, Points: 48}, &Model{Tested: 10, Short: 24, Points: 4800}
	if a, b := few.widening(0), many.widening(0); a <= b || b < 1 {
		t.Errorf("%v where two seasons are known, %v where 200 are", a, b)
	}
}

// Errors between two knots and two probabilities lie between theirs.
func TestErrorAt(t *testing.T) {
	m := &Model{Knots: []int{1, 3, 11}, Levels: []float64{0.1, 0.5, 0.9}, Errors: [][]float64{{-1, 0, 1}, {-3, 0, 5}, {-11, 0, 9}}}
	for _, c := range []struct {
		step    int
		p, want float64
	}{
		{0, 0.1, -1}, {1, 0.1, -2}, {2, 0.9, 5}, {6, 0.9, 7}, {10, 0.1, -11}, {500, 0.1, -11}, // after the last knot as at it
		{0, 0.3, -0.5}, {0, 0.8, 0.75}, {0, 0.01, -1}, {0, 0.99, 1}, {1, 0.3, -1},
	} {
		if got := m.errorAt(c.step, c.p); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("step %d, probability %v: %v, want %v", c.step, c.p, got, c.want)
		}
	}
}

// What was never negative is not forecast to be, percentages keep to 0..100,
// and what was negative may be again.
func TestFloor(t *testing.T) {
	y := make([]float64, 400)
	for i := range y {
		y[i] = float64(i%24) * float64(i%24) / 6 // often 0
	}
	r := rand.New(rand.NewPCG(1, 1))
	noisy := slices.Clone(y)
	for i := range noisy {
		noisy[i] = max(0, noisy[i]+20*r.NormFloat64())
	}
	high := make([]float64, 400)
	for i := range high {
		high[i] = min(100, 95+4*r.NormFloat64())
	}
	below := slices.Clone(noisy)
	below[5] = -0.1
	for _, c := range []struct {
		name   string
		y      []float64
		o      Options
		lo, hi float64
	}{
		{"counts", noisy, Options{Short: 24, Horizon: 24}, 0, math.Inf(1)},
		{"percentages", high, Options{Short: 24, Horizon: 24, Lo: 0, Hi: 100}, 0, 100},
		{"an explicit range", high, Options{Short: 24, Horizon: 24, Lo: 90, Hi: 96}, 90, 96},
	} {
		m := train(t, c.y, c.o)
		p := m.Predict(c.y[m.Cut:], nil, 200, errorLevels)
		for _, row := range append(p.Quantiles, p.Value) {
			if slices.Min(row) < c.lo || slices.Max(row) > c.hi {
				t.Errorf("%s: %v..%v", c.name, slices.Min(row), slices.Max(row))
			}
		}
	}
	m := train(t, below, Options{Short: 24, Horizon: 24})
	if p := m.Predict(below[m.Cut:], nil, 24, errorLevels); slices.Min(p.Quantiles[0]) >= 0 {
		t.Error("a series that was negative never is again")
	}
}

func TestTrainingIsDeterministic(t *testing.T) {
	y := made(1000, 144, 4)
	before := slices.Clone(y)
	o := Options{Short: 144, Long: 288, Horizon: 50}
	if a, b := train(t, y, o), train(t, y, o); !reflect.DeepEqual(a, b) {
		t.Error("two trainings differ")
	}
	if !slices.Equal(y, before) {
		t.Error("training changed the data")
	}
}

// Rounding must not make a larger error smaller than a smaller one.
func TestBetween(t *testing.T) {
	if got := between(2, 10, 0.25); got != 4 {
		t.Errorf("a quarter of the way from 2 to 10 is %v", got)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		a, b, share := -math.Exp(100*r.NormFloat64()), math.Exp(100*r.NormFloat64()), r.Float64()
		c, d := math.Nextafter(a, 1), math.Nextafter(b, math.Inf(1))
		v := between(a, b, share)
		if v < a || v > b || v > between(c, b, share) || v > between(a, d, share) || between(b, b, share) != b {
			t.Fatalf("%v of the way from %v to %v: %v", share, a, b, v)
		}
	}
}
