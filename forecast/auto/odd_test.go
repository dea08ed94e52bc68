package auto

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// sound trains, stores, reads and predicts, and checks what must hold of every forecast.
func sound(t testing.TB, y []float64, o Options, horizon int) (*Model, Result) {
	t.Helper()
	m, err := Train(context.Background(), y, o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var stored Model
	if err := json.Unmarshal(text, &stored); err != nil {
		t.Fatal(err)
	}
	times := o.Times
	if times != nil {
		times = slices.Clone(times[m.Cut:])
		for range horizon {
			times = append(times, times[len(times)-1]+times[1]-times[0])
		}
	}
	r := m.Predict(y[m.Cut:], times, horizon, errorLevels)
	if again := stored.Predict(y[m.Cut:], times, horizon, errorLevels); !reflect.DeepEqual(r, again) {
		t.Fatal("the stored model predicts something else")
	}
	for i, v := range r.Value {
		if !finite(v) {
			t.Fatalf("step %d is %v", i, v)
		}
		for j := range errorLevels {
			q := r.Quantiles[j][i]
			if !finite(q) || j > 0 && q < r.Quantiles[j-1][i] {
				t.Fatalf("step %d, quantile %v is %v after %v", i, errorLevels[j], q, r.Quantiles[max(0, j-1)][i])
			}
			if slices.Min(y) >= 0 && (q < 0 || v < 0) {
				t.Fatalf("step %d: %v, quantile %v below zero", i, v, q)
			}
		}
	}
	for _, x := range m.Tests {
		lower, upper := m.Interval(x.Value, 0.8)
		for h, v := range x.Value {
			if !finite(v) || !(lower[h] <= upper[h]) || !finite(lower[h]) || !finite(upper[h]) {
				t.Fatalf("backtest from %d, step %d: %v in %v..%v", x.Origin, h, v, lower[h], upper[h])
			}
		}
	}
	return m, r
}

// What is forecast of odd series must be finite, ordered, and about as large as they are.
func TestOddSeries(t *testing.T) {
	scaledBy := func(f float64) []float64 {
		y := made(300, 24, 1)
		for i := range y {
			y[i] *= f
		}
		return y
	}
	gen := func(n int, f func(i int) float64) []float64 {
		y := make([]float64, n)
		for i := range y {
			y[i] = f(i)
		}
		return y
	}
	for name, y := range map[string][]float64{
		"one point": {7}, "two points": {7, 9}, "three points": {1, 5, 2}, "four points": {-1, 5, 2, 2}, "one zero": {0},
		"constant": slices.Repeat([]float64{3.5}, 300), "all zero": make([]float64, 300), "negative": gen(300, func(i int) float64 { return -5 - float64(i%24) }),
		"alternating": gen(301, func(i int) float64 { return float64(i % 2) }), "one spike": gen(300, func(i int) float64 { return 1e6 * (step(i, 150) - step(i, 151)) }),
		"a spike at the end": gen(300, func(i int) float64 { return 100 * step(i, 299) }), "huge": scaledBy(1e300), "the largest": scaledBy(1e306), "tiny": scaledBy(1e-300),
		"not normal": scaledBy(1e-318), "from tiny to huge": gen(300, func(i int) float64 { return math.Pow(10, float64(2*i-300)) }),
		"exponential": gen(300, func(i int) float64 { return math.Exp(float64(i) / 2) }), "a line": gen(300, func(i int) float64 { return float64(i) }),
		"plus and minus the largest": gen(300, func(i int) float64 { return math.MaxFloat64 * float64(1-2*(i%2)) }),
	} {
		for _, o := range []Options{{Horizon: 12}, {Short: 24, Long: 168, Horizon: 48}, {Short: 144, Horizon: 60}, {Long: 2, Horizon: 3}, {Short: 200, Long: 100, Horizon: 3}, {Short: 1, Long: 7}} {
			t.Run(fmt.Sprintf("%s/%d-%d", name, o.Short, o.Long), func(t *testing.T) {
				_, r := sound(t, y, o, 100)
				lo, hi := slices.Min(y), slices.Max(y)
				if lo == hi {
					for j := range r.Quantiles {
						if r.Value[99] != lo || r.Quantiles[j][99] != lo {
							t.Fatalf("a constant %v goes on as %v, %v", lo, r.Value[99], r.Quantiles[j][99])
						}
					}
				}
				for i, v := range r.Value { // what doubles each step may go on to
					if room := 3 * (hi/2 - lo/2); name != "exponential" && name != "from tiny to huge" && (v/2 < lo/2-room || v/2 > hi/2+room) {
						t.Fatalf("step %d is %v after %v..%v", i, v, lo, hi)
					}
				}
			})
		}
	}
	if _, err := Train(context.Background(), nil, Options{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("of nothing: %v", err)
	}
}

// A series times 2^400 or 2^-700 is forecast as the series, times that.
func TestScaleDoesNotMatter(t *testing.T) {
	y := made(400, 24, 6)
	o := Options{Short: 24, Long: 168, Horizon: 24}
	_, want := sound(t, y, o, 24)
	for _, exp := range []int{400, 900, -700} {
		z := make([]float64, len(y))
		for i := range z {
			z[i] = math.Ldexp(y[i], exp)
		}
		_, got := sound(t, z, o, 24)
		for i := range want.Value {
			if v := math.Ldexp(got.Value[i], -exp); math.Abs(v-want.Value[i]) > 1e-4*math.Abs(want.Value[i]) {
				t.Errorf("times 2^%d, step %d: %v, want %v", exp, i, v, want.Value[i])
			}
		}
	}
}

// Candidates on logarithms cannot be made once the values reach zero; the others go on.
func TestLogarithmsVanish(t *testing.T) {
	y := made(400, 24, 2)
	for i := range y {
		y[i] += 5
	}
	m := train(t, y, Options{Short: 24, Long: 168, Horizon: 24})
	if !slices.Contains(m.Names, "log regression") {
		t.Fatalf("no logarithms in %v", m.Names)
	}
	longer := append(slices.Clone(y), 0, 0, 1)
	for _, z := range [][]float64{longer, y[:300], y[:2], y[:1]} {
		r := m.Predict(z, nil, 48, errorLevels)
		for i, v := range r.Value {
			if !finite(v) || v < 0 || v > 300 {
				t.Fatalf("%d points, step %d: %v", len(z), i, v)
			}
		}
	}
	only := train(t, y, Options{Short: 24, Horizon: 24, Wanted: func(n string) bool { return n == "log regression" }})
	if !slices.Equal(only.Names, []string{"log regression"}) {
		t.Fatalf("wanted one, got %v", only.Names)
	}
	if r := only.Predict(longer, nil, 3, nil); !slices.Equal(r.Value, []float64{1, 1, 1}) {
		t.Errorf("without its only candidate %v, want the last value", r.Value)
	}
}

// Only what is wanted takes part; the last value where that cannot be made.
func TestWanted(t *testing.T) {
	y := made(400, 24, 2)
	for _, c := range []struct {
		wanted string
		n      int
		want   string
	}{{"half profile", 400, "half profile"}, {"theta", 400, "theta"}, {"theta", 3, "naive"}, {"no such", 400, "naive"}, {"median 3", 400, "median 3"}} {
		m := train(t, y[:c.n], Options{Short: 24, Horizon: 5, Wanted: func(n string) bool { return n == c.wanted }})
		if !slices.Equal(m.Names, []string{c.want}) {
			t.Errorf("%q of %d points: %v", c.wanted, c.n, m.Names)
		}
	}
}

// The calendar's candidate takes part where times are known, and its store too.
func TestCalendar(t *testing.T) {
	times := make([]int64, 120)
	for i := range times {
		times[i] = 1_700_000_000_000_000 + int64(i)*86400e6
	}
	m, _ := sound(t, made(120, 7, 1), Options{Short: 7, Horizon: 10, Times: times}, 30)
	if !m.Calendar || !slices.Contains(m.Names, "prophet") {
		t.Errorf("calendar %t, %v", m.Calendar, m.Names)
	}
}

func TestCancelledTraining(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, err := Train(ctx, made(1000, 24, 1), Options{Short: 24, Horizon: 24, Wanted: func(string) bool { calls++; cancel(); return true }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// FuzzTrain trains on any numbers with any seasons and horizon.
func FuzzTrain(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for i, n := range []int{1, 2, 3, 12, 40, 150, 400} {
		b := make([]byte, 8*n)
		for k := range b {
			b[k] = byte(r.Uint32())
		}
		f.Add(b, uint16(i*24), uint16(i*168), uint16(1+20*i), i%2 == 0)
		f.Add(b, uint16(0), uint16(i), uint16(0), false)
		f.Add(b, uint16(144), uint16(0), uint16(300), true)
	}
	f.Fuzz(func(t *testing.T, b []byte, short, long, horizon uint16, plain bool) {
		if y := numbers(b, plain); len(y) > 0 {
			sound(t, y, Options{Short: int(short % 500), Long: int(long % 500), Horizon: int(horizon % 300)}, int(horizon%300)+10)
		}
	})
}

// numbers makes finite values from bytes: of any size, or plain ones of a byte each.
func numbers(b []byte, plain bool) []float64 {
	var y []float64
	for len(b) >= 8 && len(y) < 400 {
		v := math.Float64frombits(uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56)
		if plain {
			v = float64(b[0]) - 20
		}
		if finite(v) {
			y = append(y, v)
		}
		b = b[8:]
	}
	return y
}
