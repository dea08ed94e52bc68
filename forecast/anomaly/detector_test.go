package anomaly

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

const fiveMinutes = 300_000_000

// day is a metric with a daily rhythm, noise and what f adds.
func day(n int, seed uint64, f func(i int, v float64) float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	for i := range y {
		y[i] = f(i, 50+15*math.Sin(2*math.Pi*float64(i)/288)+r.NormFloat64())
	}
	return y
}

func plain(_ int, v float64) float64 { return v }

func score(y []float64, o Options) []Point {
	d := New(o)
	out := make([]Point, len(y))
	for i, v := range y {
		out[i] = d.Next(int64(i)*fiveMinutes, v)
	}
	return out
}

// same compares all that is told of two points.
func same(a, b Point) bool {
	eq := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	return a.Time == b.Time && eq(a.Value, b.Value) && eq(a.Expected, b.Expected) && eq(a.Lower, b.Lower) && eq(a.Upper, b.Upper) &&
		a.Score == b.Score && a.Alert == b.Alert && a.Kind == b.Kind && a.evidence == b.evidence
}

// A detector that is stored and read back at random points goes on exactly as
// one that was never stopped.
func TestStoredDetectorGoesOn(t *testing.T) {
	y := day(7000, 3, func(i int, v float64) float64 {
		if i > 5000 && i < 5040 {
			return v + 40
		}
		return v
	})
	want := score(y, Options{})
	r := rand.New(rand.NewPCG(4, 4))
	d := New(Options{})
	for i, v := range y {
		if r.IntN(300) == 0 {
			b, err := d.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			d = new(Detector)
			if err := d.UnmarshalBinary(b); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.Next(int64(i)*fiveMinutes, v); !same(got, want[i]) {
			t.Fatalf("point %d: %+v, want %+v", i, got, want[i])
		}
	}
}

// Scores of a prefix never change when more data come.
func TestNoLookAhead(t *testing.T) {
	y := day(3000, 5, plain)
	short, long := score(y[:2000], Options{}), score(y, Options{})
	for i := range short {
		if !same(short[i], long[i]) {
			t.Fatalf("point %d: %+v, with more data %+v", i, short[i], long[i])
		}
	}
}

// The distances are those of comparing every window with every other.
func TestNeighboursAreExact(t *testing.T) {
	y := day(900, 6, plain)
	n := newNeighbours(200, 1, 6, 24)
	near := make([]float64, 3)
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
			if math.IsInf(want, 1) {
				want = 0
			}
			if math.Abs(near[k]-want) > 1e-9 {
				t.Fatalf("value %d, length %d: %v, want %v", i, l, near[k], want)
			}
		}
	}
}

func BenchmarkDetector(b *testing.B) {
	y := day(20000, 1, plain)
	d := New(Options{})
	i := 0
	for b.Loop() {
		d.Next(int64(i)*fiveMinutes, y[i%len(y)])
		i++
	}
}

// A detector takes a known amount of memory, a young one little: a service
// holds one for every series.
func TestDetectorMemory(t *testing.T) {
	for _, c := range []struct{ detectors, points, most int }{{12, 6000, 150_000}, {500, 10, 30_000}} {
		y := day(c.points, 6, plain)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		all := make([]*Detector, c.detectors)
		for k := range all {
			all[k] = New(Options{})
			for i, v := range y {
				all[k].Next(int64(i)*300e6, v)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		each := (int(after.HeapAlloc) - int(before.HeapAlloc)) / c.detectors
		if t.Logf("%d bytes each after %d points", each, c.points); each > c.most {
			t.Errorf("a detector takes %d bytes after %d points, not %d", each, c.points, c.most)
		}
		runtime.KeepAlive(all)
	}
}
