package auto

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A step that lasts is found within an hour of where it is; nothing else is one.
func TestShift(t *testing.T) {
	noise := func(r *rand.Rand) float64 { return r.NormFloat64() }
	wave := func(i, day int) float64 { return 10 * math.Sin(2*math.Pi*float64(i)/float64(day)) }
	for _, c := range []struct {
		name   string
		n, day int
		want   int // 0: none
		f      func(i int, r *rand.Rand) float64
	}{
		{"up", 2000, 144, 1700, func(i int, r *rand.Rand) float64 { return noise(r) + 30*step(i, 1700) }},
		{"down", 2000, 144, 1600, func(i int, r *rand.Rand) float64 { return noise(r) - 30*step(i, 1600) }},
		{"up with spikes", 2000, 144, 1700, func(i int, r *rand.Rand) float64 {
			v := noise(r) + 30*step(i, 1700)
			if r.IntN(50) == 0 {
				v += 100
			}
			return v
		}},
		{"up by hours", 700, 24, 640, func(i int, r *rand.Rand) float64 { return noise(r) + 30*step(i, 640) }},
		{"noise", 2000, 144, 0, func(_ int, r *rand.Rand) float64 { return noise(r) }},
		{"a daily rhythm", 2000, 144, 0, func(i int, r *rand.Rand) float64 { return noise(r) + wave(i, 144) }},
		{"nights of rest", 2000, 144, 0, func(i int, r *rand.Rand) float64 { return noise(r) + 30*step(i%144, 60) }},
		{"a drift", 2000, 144, 0, func(i int, r *rand.Rand) float64 { return noise(r) + 0.02*float64(i) }},
		{"a spike at the end", 2000, 144, 0, func(i int, r *rand.Rand) float64 { return noise(r) + 100*step(i, 1998) }},
		{"spikes", 2000, 144, 0, func(i int, r *rand.Rand) float64 {
			if i%400 == 399 {
				return 200
			}
			return noise(r)
		}},
		{"an excursion as often before", 2000, 144, 0, func(i int, r *rand.Rand) float64 { return noise(r) + 30*step(i%500, 400) }},
		{"too small a step", 2000, 144, 0, func(i int, r *rand.Rand) float64 { return 3*noise(r) + 3*step(i, 1700) }},
		{"a random walk", 2000, 144, 0, walk()},
		{"weekends", 24 * 7 * 4, 24, 0, func(i int, r *rand.Rand) float64 { return noise(r) - 30*step(i/24%7, 5) }},
		{"less than two seasons", 250, 144, 0, func(i int, r *rand.Rand) float64 { return noise(r) + 30*step(i, 200) }},
		{"no season", 500, 0, 0, func(i int, r *rand.Rand) float64 { return noise(r) + 30*step(i, 400) }},
		{"constant", 2000, 144, 0, func(int, *rand.Rand) float64 { return 5 }},
	} {
		for seed := range uint64(5) {
			r := rand.New(rand.NewPCG(seed, 1))
			y := make([]float64, c.n)
			for i := range y {
				y[i] = c.f(i, r)
			}
			got := shiftAt(y, c.day)
			if c.want == 0 && got != 0 || c.want > 0 && (got < c.want-c.day/24 || got > c.want+c.day/24) {
				t.Errorf("%s, seed %d: at %d, want %d", c.name, seed, got, c.want)
			}
		}
	}
}

// step is 1 from index at on.
func step(i, at int) float64 {
	if i >= at {
		return 1
	}
	return 0
}

func walk() func(int, *rand.Rand) float64 {
	var v float64
	return func(i int, r *rand.Rand) float64 {
		if i == 0 {
			v = 0
		}
		v += r.NormFloat64()
		return v
	}
}

// The forecast goes on at the new level, and nothing from before is learnt.
func TestShiftIsForecast(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	y := make([]float64, 2000)
	for i := range y {
		y[i] = 20 + r.NormFloat64() + 40*step(i, 1500)
	}
	m := train(t, y, Options{Short: 144, Horizon: 144})
	if m.Cut < 1490 || m.Cut > 1510 || m.Points != 2000-m.Cut {
		t.Fatalf("cut at %d, learnt from %d", m.Cut, m.Points)
	}
	for i, v := range m.Predict(y[m.Cut:], nil, 144, nil).Value {
		if math.Abs(v-60) > 3 {
			t.Errorf("step %d: %v, want 60", i, v)
		}
	}
}

func TestExcursion(t *testing.T) {
	y := []float64{0, 9, 9, 0, 0, 0, 0, 9, 0, 9, 9, 0, 9}
	e := excursion{y, 5, true}
	// one miss in three is forgiven, and two in a row, but not four
	if got := e.length(len(y)); got != 6 {
		t.Errorf("lasts %d, want 6", got)
	}
	if got := e.longest(7); got != 4 { // the two misses after it, too
		t.Errorf("longest before: %d, want 4", got)
	}
	if got := (excursion{y, 5, false}).length(7); got != 7 {
		t.Errorf("below: %d, want 7", got)
	}
}
