package auto

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// middle is the mean of the middle half of a distribution given by weights, by
// cutting it into many equal pieces.
func middle(v, w []float64) float64 {
	const pieces = 4000
	var total, sum float64
	for _, x := range w {
		total += x
	}
	for p := range pieces {
		sum += atShare(v, w, total*(0.25+0.5*(float64(p)+0.5)/pieces))
	}
	return sum / pieces
}

// atShare is the value at which the weights of what is not above reach a share.
func atShare(v, w []float64, share float64) float64 {
	idx := make([]int, len(v))
	for i := range idx {
		idx[i] = i
	}
	slices.SortFunc(idx, func(a, b int) int {
		if v[a] < v[b] {
			return -1
		}
		return 1
	})
	var s float64
	for _, i := range idx {
		if s += w[i]; s >= share {
			return v[i]
		}
	}
	return v[idx[len(idx)-1]]
}

func TestCombineAgainstReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		n := 1 + r.IntN(70) // more than there is room for without asking for memory
		v, w := make([]float64, n), make([]float64, n)
		var total float64
		for i := range v {
			v[i], w[i] = r.NormFloat64(), r.ExpFloat64()
			total += w[i]
		}
		if got, want := combine("median", v, w), atShare(v, w, total/2); got != want {
			t.Errorf("median of %v with %v: %v, want %v", v, w, got, want)
		}
		// the pieces at the borders are off by a piece of the range each
		if got, want := combine("mean", v, w), middle(v, w); math.Abs(got-want) > float64(n+1)*(slices.Max(v)-slices.Min(v))/4000+1e-9 {
			t.Errorf("mean of %v with %v: %v, want %v", v, w, got, want)
		}
	}
}

func TestCombineByHand(t *testing.T) {
	for _, c := range []struct {
		name, mode string
		v, w       []float64
		want       float64
	}{
		{"one", "mean", []float64{5}, []float64{1}, 5},
		{"one", "median", []float64{5}, []float64{1}, 5},
		{"no weight does not count", "median", []float64{1, 100, 2, 3}, []float64{1, 0, 1, 1}, 2},
		{"a wild one does not count", "mean", []float64{1, 2, 3, 1e300}, []float64{1, 1, 1, 1}, 2.5},
		{"half of the weight decides", "mean", []float64{7, 1, 2, 3}, []float64{9, 1, 1, 1}, 7},
		{"the outer quarters are cut", "mean", []float64{0, 10, 20, 30}, []float64{0.1, 0.4, 0.4, 0.1}, 15},
		{"equal values", "mean", []float64{4, 4, 4}, []float64{1, 2, 3}, 4},
		{"nobody has weight", "mean", []float64{1, 2, 6}, []float64{0, 0, 0}, 2.5}, // a twelfth of 1, a third of 2, a twelfth of 6, by a half
		{"nobody has weight", "median", []float64{1, 2, 6}, []float64{0, 0, 0}, 2},
		{"weights that are no numbers", "median", []float64{1, 2, 6}, []float64{math.NaN(), math.NaN(), math.NaN()}, 2},
	} {
		if got := combine(c.mode, c.v, c.w); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s, %s: %v, want %v", c.name, c.mode, got, c.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		v       []float64
		p, want float64
	}{
		{nil, 0.5, 0}, {[]float64{3}, 0.1, 3}, {[]float64{1, 2}, 0.5, 1.5}, {[]float64{1, 2, 10}, 0.75, 6}, {[]float64{1, 2, 10}, 1, 10}, {[]float64{1, 2, 10}, 0, 1},
	} {
		if got := quantile(c.v, c.p); got != c.want {
			t.Errorf("%v at %v: %v, want %v", c.v, c.p, got, c.want)
		}
	}
}

// Knots ascend from 1 to the longest horizon, at most half as long again from
// one to the next (2 after 1 apart), and every step has the nearest by ratio.
func TestKnots(t *testing.T) {
	for _, tested := range []int{1, 2, 3, 10, 48, 288, 4032} {
		m := &Model{Knots: knots(tested), Tested: tested}
		ks := m.Knots
		if ks[0] != 1 || ks[len(ks)-1] != tested {
			t.Fatalf("%d: %v", tested, ks)
		}
		for i := 1; i < len(ks); i++ {
			if ks[i] <= ks[i-1] || float64(ks[i]) > max(float64(ks[i-1])+1, 1.5*float64(ks[i-1])+1.5) {
				t.Errorf("%d: %d after %d", tested, ks[i], ks[i-1])
			}
		}
		for step := range tested + 50 {
			got := math.Abs(math.Log(float64(ks[m.knot(step)]) / float64(step+1)))
			for _, k := range ks {
				if d := math.Abs(math.Log(float64(k) / float64(step+1))); d < got-1e-12 {
					t.Fatalf("%d: step %d has knot %d, nearer is %d", tested, step, ks[m.knot(step)], k)
				}
			}
		}
	}
}

// The steps that count for a knot reach from half to twice its horizon where
// steps are fine, and all are those of a coarse series.
func TestWindow(t *testing.T) {
	fine, coarse := &Model{Short: 288, Tested: 100, Knots: knots(100)}, &Model{Short: 24, Tested: 100, Knots: knots(100)}
	for k, h := range fine.Knots {
		lo, hi := fine.window(k)
		if lo+1 < h/2 || lo+1 > (h+1)/2 || hi != min(100, 2*h) || lo >= hi {
			t.Errorf("horizon %d: steps %d..%d", h, lo+1, hi)
		}
		if lo, hi := coarse.window(k); lo != 0 || hi != 100 {
			t.Errorf("coarse, horizon %d: steps %d..%d", h, lo+1, hi)
		}
	}
}

// Origins ascend, know something, and leave something to compare.
func TestOrigins(t *testing.T) {
	for _, season := range []int{0, 1, 7, 24, 99, 100, 288} {
		for n := max(1, season*5/4); n < 3000; n += 1 + n/7 {
			for _, horizon := range []int{1, 24, 500} {
				ns := origins(n, horizon, season)
				if len(ns) == 0 || len(ns) > fineOrigins || ns[0] < 1 || n > 1 && ns[len(ns)-1] >= n || ns[0] < n/4 {
					t.Fatalf("%d points, season %d, horizon %d: %v", n, season, horizon, ns)
				}
				for i := 1; i < len(ns); i++ {
					if ns[i] <= ns[i-1] {
						t.Fatalf("%d points, season %d, horizon %d: %v", n, season, horizon, ns)
					}
				}
			}
		}
	}
	if got, want := origins(720, 48, 24), []int{528, 552, 576, 600, 624, 648, 672}; !slices.Equal(got, want) { // a season apart, the last knows all but the horizon
		t.Errorf("%v, want %v", got, want)
	}
}
