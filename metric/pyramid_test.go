package metric

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"
)

func noise(n int) Series {
	rnd := rand.New(rand.NewPCG(1, 2))
	s := Series{Times: make([]int64, n), Values: make([]float64, n)}
	for i := range n {
		s.Times[i] = int64(i)*1_000_000 + rnd.Int64N(900_000)
		s.Values[i] = 5 + 30*math.Sin(float64(i)/8640) + rnd.NormFloat64()*5
	}
	return s
}

// The answer of the pyramid is that of looking at every point.
func TestPyramidExtremes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 15, 16, 17, 255, 256, 257, 5000, 70_001} {
		p := NewPyramid(noise(n).Envelope())
		for range 200 {
			i := rnd.IntN(n)
			j := i + 1 + rnd.IntN(n-i)
			lo, hi := p.Extremes(i, j)
			wantLo, wantHi := math.Inf(1), math.Inf(-1)
			for _, v := range p.Min[i:j] {
				wantLo, wantHi = min(wantLo, v), max(wantHi, v)
			}
			if lo != wantLo || hi != wantHi {
				t.Fatalf("n=%d [%d,%d): got %v %v, want %v %v", n, i, j, lo, hi, wantLo, wantHi)
			}
		}
	}
}

// Buckets have different columns for the lowest and the highest value.
func TestPyramidOfBuckets(t *testing.T) {
	n := 1000
	e := Envelope{Step: 60, Times: make([]int64, n), Min: make([]float64, n), Max: make([]float64, n), Mean: make([]float64, n), Count: make([]int64, n)}
	for i := range n {
		e.Times[i], e.Min[i], e.Max[i] = int64(i)*60, -float64(i), 2*float64(i)
	}
	p := NewPyramid(e)
	if lo, hi := p.Extremes(10, 900); lo != -899 || hi != 1798 {
		t.Errorf("got %v %v", lo, hi)
	}
	if p.Gap != 180 {
		t.Errorf("gap %d, want three buckets", p.Gap)
	}
	if _, _, ok := p.ExtremesIn(Range{1 << 40, 1 << 41}); ok {
		t.Error("extremes of nothing")
	}
}

func TestSeek(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	p := NewPyramid(noise(3000).Envelope())
	for range 5000 {
		at := rnd.Int64N(3_100_000_000) - 50_000_000
		want := sort.Search(3000, func(k int) bool { return p.Times[k] >= at })
		from := rnd.IntN(want + 1)
		if got := p.Seek(from, rnd.IntN(3001), at); got != want {
			t.Fatalf("Seek(%d, %d) = %d, want %d", from, at, got, want)
		}
	}
	if got := NewPyramid(Envelope{}).Seek(0, 0, 5); got != 0 {
		t.Errorf("empty: %d", got)
	}
}

func BenchmarkPyramid(b *testing.B) {
	s := noise(10_000_000)
	b.ResetTimer()
	for b.Loop() {
		NewPyramid(s.Envelope())
	}
}
