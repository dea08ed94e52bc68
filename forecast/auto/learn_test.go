package auto

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func train(t *testing.T, y []float64, o Options) *Model {
	t.Helper()
	m, err := Train(context.Background(), y, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Whatever a method is, its forecast from y[:n] must not change when what comes
// later does. (Later points only change places, since the transforms' scales come from all of them.)
func TestMethodsDoNotLookAhead(t *testing.T) {
	for _, c := range []struct{ n, short, long int }{{300, 24, 168}, {400, 24, 48}, {550, 120, 240}, {60, 0, 0}, {250, 7, 91}} {
		y := made(c.n+100, max(2, c.short), 3)
		for i := range y {
			y[i]++ // so that there is a logarithm
		}
		other := slices.Clone(y)
		slices.Reverse(other[c.n:])
		times := make([]int64, len(y))
		for i := range times {
			times[i] = int64(i) * 86400e6
		}
		h, k := history{y, c.short, c.long, times}, history{other, c.short, c.long, times}
		a, b := pool(h, c.n, nil), pool(k, c.n, nil)
		if len(a) != len(b) || len(a) < 4 {
			t.Fatalf("%d and %d methods", len(a), len(b))
		}
		for i, me := range a {
			p, q := me.run(h, []int{c.n}, 50), b[i].run(k, []int{c.n}, 50)
			for j, name := range me.names {
				if !slices.Equal(p[j][0], q[j][0]) {
					t.Errorf("%+v: %q looks ahead: %v, %v", c, name, p[j][0][:3], q[j][0][:3])
				}
			}
		}
	}
}

// The names are each candidate's own: weights are found by them.
func TestNamesDiffer(t *testing.T) {
	for _, c := range []struct{ short, long int }{{24, 168}, {288, 2016}, {7, 365}, {0, 0}} {
		y := made(5000, max(2, c.short), 1)
		for i := range y {
			y[i]++
		}
		var names []string
		for _, me := range pool(history{y: y, short: c.short, long: c.long}, 4000, nil) {
			names = append(names, me.names...)
		}
		slices.Sort(names)
		if n := len(names); len(slices.Compact(names)) != n {
			t.Errorf("%+v: %v", c, names)
		}
	}
}

// Weights are shares, and whoever errs less has more.
func TestWeights(t *testing.T) {
	for _, o := range []Options{{Short: 24, Long: 168, Horizon: 48}, {Short: 144, Horizon: 144}, {Horizon: 5}} {
		m := train(t, made(900, max(2, o.Short), 5), o)
		if len(m.Weights) != len(m.Knots) || len(m.Errors) != len(m.Knots) {
			t.Fatalf("%d knots, %d rows of weights, %d of errors", len(m.Knots), len(m.Weights), len(m.Errors))
		}
		for k, w := range m.Weights {
			var sum float64
			for _, x := range w {
				if !(x >= 0) {
					t.Errorf("horizon %d: weight %v", m.Knots[k], x)
				}
				sum += x
			}
			if len(w) != len(m.Names) || math.Abs(sum-1) > 1e-9 {
				t.Errorf("horizon %d: %d weights of %d candidates add up to %v", m.Knots[k], len(w), len(m.Names), sum)
			}
			if !slices.IsSorted(m.Errors[k]) || len(m.Errors[k]) != len(m.Levels) {
				t.Errorf("horizon %d: errors %v", m.Knots[k], m.Errors[k])
			}
		}
	}
	// On a pure rhythm the season before is always right and the last value never.
	y := make([]float64, 240)
	for i := range y {
		y[i] = float64(i * i % 24)
	}
	m := train(t, y, Options{Short: 24, Horizon: 24})
	if right, wrong := m.Weights[0][slices.Index(m.Names, "season before")], m.Weights[0][slices.Index(m.Names, "naive")]; right < 0.05 || wrong > 1e-9 {
		t.Errorf("the season before has %v, the last value %v", right, wrong)
	}
}

// sheet is a table of made forecasts of three candidates from four origins ten apart.
func sheet(short int, seed uint64) (*table, []float64) {
	r := rand.New(rand.NewPCG(seed, 1))
	y, ns := make([]float64, 50), []int{10, 20, 30, 40}
	for i := range y {
		y[i] = r.NormFloat64()
	}
	y[0] = 10 // the unit comes from the largest value, which stays
	f := make([][][]float64, 3)
	for c := range f {
		for _, n := range ns {
			v := make([]float64, 10)
			for h := range v {
				v[h] = y[n+h] + float64(c+1)*r.NormFloat64()
			}
			f[c] = append(f[c], v)
		}
	}
	m := &Model{Short: short, Tested: 10, Knots: knots(10), Mode: "median"}
	return newTable(m, y, ns, f), y
}

// A weight is the inverse mean absolute error in the window to the power, written down directly.
func TestWeightsAgainstFormula(t *testing.T) {
	for _, c := range []struct {
		short int
		power float64
	}{{24, coarsePower}, {288, finePower}} {
		for without := -1; without < 4; without++ {
			tb, y := sheet(c.short, 7)
			for k := range tb.m.Knots {
				lo, hi := tb.m.window(k)
				want, sum := make([]float64, 3), 0.0
				for cand := range want {
					var e float64
					for i, n := range tb.ns {
						if i == without {
							continue
						}
						for h := lo; h < hi; h++ {
							e += math.Abs(tb.f[cand][i][h] - y[n+h])
						}
					}
					want[cand] = math.Pow(e, -c.power)
					sum += want[cand]
				}
				for cand, got := range tb.weights(k, without) {
					if math.Abs(got-want[cand]/sum) > 1e-6 {
						t.Errorf("season %d, horizon %d without %d: %v, want %v", c.short, tb.m.Knots[k], without, got, want[cand]/sum)
					}
				}
			}
		}
	}
}

// What came after an origin must not change what is forecast from it, but what
// came after the others must.
func TestLeaveOneOut(t *testing.T) {
	tb, y := sheet(24, 3)
	before := tb.leaveOneOut()
	for i, n := range tb.ns {
		changed := slices.Clone(y)
		for h := range 10 {
			changed[n+h] = tb.f[2][i][h] // as if the worst candidate had been right
		}
		after := newTable(tb.m, changed, tb.ns, tb.f)
		tests := after.leaveOneOut()
		if tests[i].Origin != n || !slices.Equal(tests[i].Value, before[i].Value) {
			t.Errorf("origin %d: its own outcome changes the forecast from it", n)
		}
		w, v := tb.weights(0, (i+1)%4), after.weights(0, (i+1)%4)
		if v[2] <= w[2] {
			t.Errorf("origin %d: its outcome does not count for others", n)
		}
	}
}

// Errors are the actual value less the forecast: of forecasts that are always 1
// too low the upper quantiles are 1 and the lower ones the forecast itself at
// fine steps; at coarse ones both sides count.
func TestErrorsSign(t *testing.T) {
	for short, want := range map[int][2]float64{288: {0, 1}, 24: {-1, 1}} {
		tb, y := sheet(short, 1)
		tests := make([]Test, len(tb.ns))
		for i, n := range tb.ns {
			tests[i] = Test{n, make([]float64, 10)}
			for h := range 10 {
				tests[i].Value[h] = y[n+h] - 1
			}
		}
		for _, e := range tb.errors(tests) {
			if math.Abs(e[0]-want[0]) > 1e-12 || math.Abs(e[len(e)-1]-want[1]) > 1e-12 {
				t.Errorf("season %d: from %v to %v, want %v", short, e[0], e[len(e)-1], want)
			}
		}
	}
}
