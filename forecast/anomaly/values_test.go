package anomaly

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The nearest value is that of looking at all of the last ones.
func TestValuesNearest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	h, v := history{keep: 51}, values{keep: 50}
	var all []float64
	for i := range 1000 {
		x := math.Round(10*r.NormFloat64()) / 4 // many are equal
		want := math.Inf(1)
		for _, o := range all[max(0, len(all)-50):] {
			want = min(want, math.Abs(x-o))
		}
		if len(all) == 0 {
			want = 0
		}
		if got := v.nearest(x); got != want {
			t.Fatalf("value %d: %v, want %v", i, got, want)
		}
		h.add(x)
		v.add(h.last())
		all = append(all, x)
		if len(h.last()) != min(i+1, 51) || len(v.sorted) != min(i+1, 50) {
			t.Fatalf("%d values, %d in order", len(h.last()), len(v.sorted))
		}
	}
	if cap(h.all) > 51+slack || cap(v.sorted) > 50 {
		t.Errorf("they take %d and %d places for 50 values", cap(h.all), cap(v.sorted))
	}
}

// A value a million times larger than the others leaves no rounding behind: the
// distances stay those of comparing every window with every other.
func TestNeighboursAfterAHugeValue(t *testing.T) {
	y := day(900, 6, func(i int, v float64) float64 {
		if i == 300 || i == 611 {
			return 1e14
		}
		return v
	})
	n := newNeighbours(200, 6, 24)
	near := make([]float64, 2)
	for i := range y {
		n.add(y[:i+1], near)
		for k, l := range n.lengths {
			want := math.Inf(1)
			for end := i - l; end >= max(l-1, i-200); end-- {
				var s float64
				for j := range l {
					s += math.Pow(y[i-j]-y[end-j], 2)
				}
				want = min(want, math.Sqrt(s/float64(l)))
			}
			if !math.IsInf(want, 1) && math.Abs(near[k]-want) > 1e-2*want {
				t.Fatalf("value %d, length %d: %v, want %v", i, l, near[k], want)
			}
		}
	}
}
