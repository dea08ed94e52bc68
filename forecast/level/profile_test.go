package level

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// naiveProfile is the median of y[k], y[k-season], ... for each place, found by
// looking at every index.
func naiveProfile(y []float64, season, seasons int) []float64 {
	out := make([]float64, season)
	for place := range out {
		var v []float64
		for i := len(y) - 1; i >= 0 && len(v) < seasons; i-- {
			if i%season == place {
				v = append(v, y[i])
			}
		}
		out[place] = Median(v)
	}
	return out
}

// Lengths that are no multiple of the season must not shift the profile.
func TestProfileIsAligned(t *testing.T) {
	for n := 24; n <= 73; n++ {
		for _, seasons := range []int{1, 2, 7} {
			y := noise(n, uint64(n))
			p, want := NewProfile(y, 24, seasons, 0), naiveProfile(y, 24, seasons)
			for k := range 100 {
				if p.Value(k) != want[k%24] {
					t.Fatalf("%d points, %d seasons: place %d is %v, want %v", n, seasons, k, p.Value(k), want[k%24])
				}
				if p.At(k) != want[(n+k)%24] {
					t.Fatalf("%d points, %d seasons: step %d is %v, want %v", n, seasons, k, p.At(k), want[(n+k)%24])
				}
			}
		}
	}
}

// A day like the others is forecast exactly, and a spike in one day is not seen.
func TestProfileForecast(t *testing.T) {
	day := func(i int) float64 { return 10 + float64(i%24*(i%24)) }
	y := make([]float64, 7*24+5)
	for i := range y {
		y[i] = day(i)
	}
	y[50] += 1000
	p, out := NewProfile(y, 24, 7, 0), make([]float64, 60)
	p.Forecast(0, 1, out)
	for h, v := range out {
		if v != day(len(y)+h) {
			t.Errorf("step %d: %v, want %v", h, v, day(len(y)+h))
		}
	}
	p.Forecast(8, 0.5, out[:4])
	for h, more := range []float64{8, 4, 2, 1} {
		if want := day(len(y)+h) + more; out[h] != want {
			t.Errorf("step %d with an offset: %v, want %v", h, out[h], want)
		}
	}
}

func TestProfileOffset(t *testing.T) {
	y := make([]float64, 10*12+7)
	for i := range y {
		y[i] = float64(i % 12)
	}
	p := NewProfile(y, 12, 7, 0)
	raised := slices.Clone(y)
	for i := len(y) - 5; i < len(y); i++ {
		raised[i] += 3
	}
	for _, c := range []struct {
		y    []float64
		n    int
		want float64
	}{
		{y, 5, 0}, {raised, 5, 3}, {raised, 4, 3}, {raised, 20, 0}, {raised, 10, 1.5}, {raised, 1000, 0},
		{raised[100:], 5, 3}, {raised[len(y)-9:], 9, 3}, // a part that ends where the series ends
	} {
		if got := p.Offset(c.y, c.n); got != c.want {
			t.Errorf("%d points, last %d: %v, want %v", len(c.y), c.n, got, c.want)
		}
	}
}

// The running median that is kept sorted is the one that sorts each window.
func TestSmoothedAgainstSorting(t *testing.T) {
	for _, c := range []struct{ n, reach int }{{24, 0}, {24, 1}, {24, 3}, {25, 12}, {24, 40}, {3, 1}, {2, 1}, {1, 5}, {288, 9}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			raw := noise(c.n, uint64(c.n+c.reach))
			for i := range raw {
				raw[i] = math.Floor(raw[i] / 10) // with equal values
			}
			reach := min(c.reach, (c.n-1)/2)
			got := smoothed(slices.Clone(raw), c.reach)
			for k := range raw {
				var window []float64
				for d := -reach; d <= reach; d++ {
					window = append(window, raw[(k+d+c.n)%c.n])
				}
				if want := Median(window); got[k] != want {
					t.Fatalf("place %d: %v, want %v", k, got[k], want)
				}
			}
		})
	}
}
