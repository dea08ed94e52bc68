package season

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"
)

// longest is how many points are looked at, from the end.
const longest = 1 << 14

// Strength that makes a period one of the series' own, and the one below which a
// calendar's period is none.
const (
	clear = 0.3
	weak  = 0.1
)

// Find returns the period of the series in steps: the calendar's (a day, a year)
// if the data do not speak against it, otherwise the one that they show; 0 if
// they show none. natural is the calendar's, 0 if it has none.
func Find(y []float64, natural int) int {
	if len(y) < 12 {
		return 0
	}
	y = y[max(0, len(y)-longest):]
	acf := Autocorrelation(y)
	if natural > 1 && (len(acf) <= 3*natural/2 || Strength(acf, natural) >= weak) {
		return natural // too short to tell, or there
	}
	if p := strongest(acf); p > 0 {
		return p
	}
	return natural
}

// Strength is how far the autocorrelation at a period stands out against that
// half a period to both sides.
func Strength(acf []float64, period int) float64 {
	far := 3 * period / 2
	if period < 2 || far >= len(acf) {
		return 0
	}
	return acf[period] - (acf[period/2]+acf[far])/2
}

// strongest is the shortest period that is nearly as strong as any.
func strongest(acf []float64) int {
	best := 0.0
	for p := 3; 3*p/2 < len(acf) && p < 2*len(acf)/5; p++ {
		if peak(acf, p) {
			best = max(best, Strength(acf, p))
		}
	}
	if best < clear {
		return 0
	}
	p := 3
	for !peak(acf, p) || Strength(acf, p) < 0.85*best {
		p++
	}
	top := p
	for q := p + 1; q <= p+max(1, p/6) && 3*q/2 < len(acf); q++ { // noise beside the top
		if Strength(acf, q) > Strength(acf, top) {
			top = q
		}
	}
	return top
}

func peak(acf []float64, p int) bool {
	return p+1 < len(acf) && acf[p] > 0 && acf[p] >= acf[p-1] && acf[p] >= acf[p+1]
}

// Autocorrelation is that of y at lags 0 to two thirds of its length, its linear
// trend taken out and spikes cut off.
func Autocorrelation(y []float64) []float64 {
	z := calm(y)
	n := len(z)
	size := 1
	for size < 2*n {
		size *= 2
	}
	padded := make([]float64, size)
	copy(padded, z)
	fft := fourier.NewFFT(size)
	c := fft.Coefficients(nil, padded)
	for i, v := range c {
		c[i] = complex(real(v)*real(v)+imag(v)*imag(v), 0)
	}
	acf := fft.Sequence(nil, c)[:max(1, 2*n/3)]
	zero := acf[0]
	for lag := range acf {
		if zero > 0 {
			acf[lag] /= zero * float64(n-lag) / float64(n)
		}
	}
	return acf
}

// calm takes out mean and trend and cuts what lies far outside. Values whose
// squares are no numbers it makes smaller or larger, which changes no correlation.
func calm(y []float64) []float64 {
	if most := max(slices.Max(y), -slices.Min(y)); most > 1e120 || most > 0 && most < 1e-120 {
		_, exp := math.Frexp(most)
		y = slices.Clone(y)
		for i, v := range y {
			y[i] = math.Ldexp(v, -exp)
		}
	}
	n := float64(len(y))
	var sy, sxy float64
	for i, v := range y {
		sy += v
		sxy += (float64(i) - (n-1)/2) * v
	}
	slope := sxy * 12 / (n * (n*n - 1))
	z := make([]float64, len(y))
	size := make([]float64, len(y))
	for i, v := range y {
		z[i] = v - sy/n - slope*(float64(i)-(n-1)/2)
		size[i] = math.Abs(z[i])
	}
	slices.Sort(size)
	limit := 5 * size[len(size)/2]
	if limit == 0 {
		limit = size[len(size)-1]
	}
	for i, v := range z {
		z[i] = min(max(v, -limit), limit)
	}
	return z
}
