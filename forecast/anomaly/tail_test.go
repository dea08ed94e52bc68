package anomaly

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A measure m with log(1 + m/mean) exponential above its 98 % quantile has
// evidence e in one of 10^e points, as the evidence is the negative logarithm of
// how often the like of it occurs.
func TestTailIsCalibrated(t *testing.T) {
	for name, draw := range map[string]func(r *rand.Rand) float64{
		"exponential logs": func(r *rand.Rand) float64 { return math.Expm1(r.ExpFloat64()) },
		"exponential":      func(r *rand.Rand) float64 { return r.ExpFloat64() },
		"normal":           func(r *rand.Rand) float64 { return math.Abs(r.NormFloat64()) },
		"tiny":             func(r *rand.Rand) float64 { return 1e-12 * r.ExpFloat64() },
		"huge":             func(r *rand.Rand) float64 { return 1e12 * r.ExpFloat64() },
	} {
		r := rand.New(rand.NewPCG(1, 2))
		var tl tail
		const n, learn = 400_000, 5_000
		beyond := map[float64]int{}
		for i := range n {
			e := tl.add(draw(r))
			for _, level := range []float64{1.7, 2, 3} {
				if i >= learn && e >= level {
					beyond[level]++
				}
			}
		}
		for level, count := range beyond {
			got, want := float64(count)/(n-learn), math.Pow(10, -level)
			if got < want/4 || got > want*4 {
				t.Errorf("%s: evidence %v in %.5f of the points, want about %.5f", name, level, got, want)
			}
		}
		if len(beyond) < 3 {
			t.Errorf("%s: no point has evidence 3", name)
		}
	}
}

// An incident does not become the scale, however long: after it, the like of it
// is still told clearly.
func TestTailIsNotPoisoned(t *testing.T) {
	for _, long := range []int{1, 20, 300} {
		r := rand.New(rand.NewPCG(3, 2))
		var tl tail
		for range 5000 {
			tl.add(r.ExpFloat64())
		}
		first := tl.add(1000)
		for range long - 1 {
			tl.add(1000)
		}
		for range 1000 {
			tl.add(r.ExpFloat64())
		}
		if again := tl.add(1000); again < 3.5 {
			t.Errorf("an incident of %d points has evidence %.1f, the same one later %.1f (%+v)", long, first, again, tl)
		}
	}
}

// Whatever comes, evidence is a number and not negative.
func TestTailTakesEverything(t *testing.T) {
	odd := []float64{0, 1, 1e-320, math.MaxFloat64, math.Inf(1), 1e150, 1e-150, 0, 0, 0}
	r := rand.New(rand.NewPCG(5, 2))
	for range 50 {
		var tl tail
		for range 3000 {
			if e := tl.add(odd[r.IntN(len(odd))]); !(e >= 0) || math.IsInf(e, 0) {
				t.Fatalf("evidence %v of %+v", e, tl)
			}
		}
	}
}

// The rest keeps quiet after an alert unless something clearly larger comes.
func TestRest(t *testing.T) {
	var r rest
	add := func(e float64) float64 { return r.add(e, restFrom) }
	if add(5) != 5 || add(5) != 0 || add(5.4) != 0 || add(6) != 6 || add(6) != 0 {
		t.Errorf("%+v", r)
	}
	for range restSteps {
		if got := add(1); got > 1 {
			t.Fatalf("%v in the rest", got)
		}
	}
	if got := add(5); got != 5 {
		t.Errorf("%v after the rest", got)
	}
}
