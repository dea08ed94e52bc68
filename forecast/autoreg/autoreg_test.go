package autoreg

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// rhythm is a noisy daily wave about 50.
func rhythm(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	for i := range y {
		y[i] = 50 + 10*math.Sin(2*math.Pi*float64(i)/24) + 3*r.NormFloat64()
	}
	return y
}

// direct solves (X'X + (n lambda + 1e-9) I) b = X'y from the design matrix,
// with the model's own standardisation.
func direct(m Model, y []float64) []float64 {
	p, from := len(m.Lags), m.Lags[len(m.Lags)-1]
	n := len(y) - from
	x, v := mat.NewDense(n, p, nil), mat.NewVecDense(n, nil)
	for t := range n {
		v.SetVec(t, (y[from+t]-m.Mean)/m.Scale)
		for j, lag := range m.Lags {
			x.Set(t, j, (y[from+t-lag]-m.Mean)/m.Scale)
		}
	}
	var a mat.Dense
	a.Mul(x.T(), x)
	for j := range p {
		a.Set(j, j, a.At(j, j)+float64(n)*m.Lambda+1e-9)
	}
	var b, coef mat.VecDense
	b.MulVec(x.T(), v)
	if err := coef.SolveVec(&a, &b); err != nil {
		panic(err)
	}
	return coef.RawVector().Data
}

func near(a, b []float64, tolerance float64) bool {
	return len(a) == len(b) && !slices.ContainsFunc(indexes(a), func(i int) bool { return !(math.Abs(a[i]-b[i]) <= tolerance) })
}

func indexes(v []float64) []int {
	out := make([]int, len(v))
	for i := range out {
		out[i] = i
	}
	return out
}

// Lengths of every remainder by four, which is how many rows are taken at once.
func TestFitSolvesTheRidge(t *testing.T) {
	for n := 97; n <= 104; n++ {
		y := rhythm(n, uint64(n))
		m := Fit(y, []int{1, 2, 3, 23, 24, 25})
		if want := direct(m, y); !near(m.Coef, want, 1e-8) {
			t.Errorf("%d points: %v, want %v", n, m.Coef, want)
		}
	}
}

// Each model of a roll is the ridge on its own prefix, standardised as the
// first and with the last one's penalty.
func TestRollIsFitOnEachPrefix(t *testing.T) {
	y, lags, ns := rhythm(400, 5), []int{1, 2, 24, 25}, []int{101, 102, 150, 333, 400}
	roll := Roll(y, lags, ns)
	first := scaled(y[:ns[0]], lags)
	for i, n := range ns {
		m := roll[i]
		if m.Mean != first.Mean || m.Scale != first.Scale || m.Lambda != roll[len(ns)-1].Lambda {
			t.Errorf("%d points: mean %v, scale %v, penalty %v", n, m.Mean, m.Scale, m.Lambda)
		}
		if want := direct(m, y[:n]); !near(m.Coef, want, 1e-8) {
			t.Errorf("%d points: %v, want %v", n, m.Coef, want)
		}
		if lo := slices.Min(y[:n]); m.Lo >= lo || m.Hi <= slices.Max(y[:n]) {
			t.Errorf("%d points: range %v..%v does not hold the data", n, m.Lo, m.Hi)
		}
	}
}

// The penalty is the one of the list whose generalised cross-validation error,
// n rss / (n - tr H)^2 with the hat matrix H, is the lowest.
func TestPenaltyByCrossValidation(t *testing.T) {
	for seed := range uint64(4) {
		y := rhythm(130, seed)
		m := Fit(y, []int{1, 2, 3, 5, 8, 13, 24})
		n := len(y) - 24
		x, v := mat.NewDense(n, len(m.Lags), nil), mat.NewVecDense(n, nil)
		for i := range n {
			v.SetVec(i, (y[24+i]-m.Mean)/m.Scale)
			for j, lag := range m.Lags {
				x.Set(i, j, (y[24+i-lag]-m.Mean)/m.Scale)
			}
		}
		best, lowest := 0.0, math.Inf(1)
		for _, lambda := range []float64{1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1} {
			var a, inverse, xa, hat mat.Dense
			a.Mul(x.T(), x)
			for j := range m.Lags {
				a.Set(j, j, a.At(j, j)+float64(n)*lambda)
			}
			if err := inverse.Inverse(&a); err != nil {
				t.Fatal(err)
			}
			xa.Mul(x, &inverse)
			hat.Mul(&xa, x.T())
			var fit, rest mat.VecDense
			fit.MulVec(&hat, v)
			rest.SubVec(v, &fit)
			free := float64(n) - mat.Trace(&hat)
			if g := mat.Dot(&rest, &rest) / (free * free); g < lowest {
				best, lowest = lambda, g
			}
		}
		if m.Lambda != best {
			t.Errorf("seed %d: penalty %v, want %v", seed, m.Lambda, best)
		}
	}
}

// Noise deserves more shrinking than a clean rhythm.
func TestPenaltyGrowsWithNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noise, wave := make([]float64, 200), make([]float64, 200)
	for i := range noise {
		noise[i], wave[i] = r.NormFloat64(), math.Sin(float64(i)/4)
	}
	lags := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	if a, b := Fit(noise, lags).Lambda, Fit(wave, lags).Lambda; a <= b {
		t.Errorf("penalty %v on noise, %v on a clean wave", a, b)
	}
}

// x[t] = 2 cos(w) x[t-1] - x[t-2] goes on as the wave that it is.
func TestForecastGoesOnWithAWave(t *testing.T) {
	const w = 2 * math.Pi / 17
	y := make([]float64, 400)
	for i := range y {
		y[i] = 20 + 5*math.Sin(w*float64(i))
	}
	out := make([]float64, 34)
	Fit(y, []int{1, 2, 17}).Forecast(y, out)
	for h, v := range out {
		if want := 20 + 5*math.Sin(w*float64(len(y)+h)); math.Abs(v-want) > 0.02 {
			t.Errorf("step %d: %v, want %v", h, v, want)
		}
	}
}

// An AR(1) of 0.8 fades towards the mean by 0.8 a step (4 standard errors of
// the coefficient, sqrt(0.36/n) each, and the penalty's shrinking).
func TestForecastOfAnAR1(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	y := make([]float64, 20000)
	for i := 1; i < len(y); i++ {
		y[i] = 0.8*y[i-1] + r.NormFloat64()
	}
	m := Fit(y, []int{1})
	if tolerance := 4*math.Sqrt(0.36/20000) + 0.8*m.Lambda; math.Abs(m.Coef[0]-0.8) > tolerance {
		t.Errorf("coefficient %v, want 0.8 within %.3f", m.Coef[0], tolerance)
	}
	last, out := 4.0, make([]float64, 5)
	m.Forecast([]float64{last}, out)
	for h, v := range out {
		last = m.Mean + m.Coef[0]*(last-m.Mean)
		if math.Abs(v-last) > 1e-9 {
			t.Errorf("step %d: %v, want %v", h, v, last)
		}
	}
}

// A forecast of growth stops half a standard deviation beyond what was seen.
func TestForecastKeepsToTheRange(t *testing.T) {
	m := Model{Lags: []int{1}, Coef: []float64{2}, Mean: 10, Scale: 2, Lo: 5, Hi: 15}
	out := make([]float64, 6)
	m.Forecast([]float64{11}, out)
	if want := []float64{12, 14, 15, 15, 15, 15}; !near(out, want, 1e-9) {
		t.Errorf("%v, want %v", out, want)
	}
}

func TestOddData(t *testing.T) {
	lags := []int{1, 2, 24}
	alternating, spike := make([]float64, 60), make([]float64, 60)
	for i := range alternating {
		alternating[i] = float64(1 - 2*(i%2))
	}
	spike[30] = 1e9
	scaledBy := func(f float64) []float64 {
		y := rhythm(60, 1)
		for i := range y {
			y[i] *= f
		}
		return y
	}
	for name, y := range map[string][]float64{
		"constant": slices.Repeat([]float64{7}, 60), "zero": make([]float64, 60), "alternating": alternating, "one spike": spike,
		"huge": scaledBy(1e300), "near the end of the range": scaledBy(2.5e306), "tiny": scaledBy(1e-300), "below the least normal number": scaledBy(1e-315),
		"a step at the end": append(slices.Repeat([]float64{1}, 59), 1e300),
	} {
		for _, ns := range [][]int{{60}, {50, 59, 60}} {
			for _, m := range Roll(y, lags, ns) {
				out := make([]float64, 30)
				m.Forecast(y, out)
				lo, hi := slices.Min(y), slices.Max(y)
				for h, v := range out {
					if math.IsNaN(v) || v < lo-(hi/2-lo/2)-math.Abs(lo)*1e-9 || v > hi+(hi/2-lo/2)+math.Abs(hi)*1e-9 {
						t.Errorf("%s, %v: step %d is %v; the data lie in %v..%v", name, ns, h, v, lo, hi)
						break
					}
				}
			}
		}
	}
	out := make([]float64, 3)
	Fit([]float64{1, 2, 6}, nil).Forecast([]float64{1, 2, 6}, out) // no lags: the mean
	if want := []float64{3, 3, 3}; !near(out, want, 1e-12) {
		t.Errorf("without lags %v, want %v", out, want)
	}
}
