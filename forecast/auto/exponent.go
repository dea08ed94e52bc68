package auto

import (
	"math"
	"slices"
)

// Numbers between these can be squared, multiplied and added up without
// becoming infinite or zero.
const (
	hugest    = 1e100
	tiniest   = 1e-100
	overflown = 1e150 // no forecast of numbers up to hugest
)

// exponent is that of the power of two by which a series is divided before it is
// learnt from; 0 for all but those of extreme numbers.
func exponent(y []float64) int {
	most := max(slices.Max(y), -slices.Min(y))
	if most <= hugest && most >= tiniest || most == 0 {
		return 0
	}
	_, exp := math.Frexp(most)
	return exp
}

func (m *Model) small(y []float64) []float64 { return shifted(y, -m.Exp) }

func (m *Model) whole(y []float64) []float64 { return shifted(y, m.Exp) }

// shifted is y times a power of two, no value infinite; y itself if that is one.
func shifted(y []float64, exp int) []float64 {
	if exp == 0 {
		return y
	}
	out := make([]float64, len(y))
	for i, v := range y {
		out[i] = min(max(math.Ldexp(v, exp), -math.MaxFloat64), math.MaxFloat64)
	}
	return out
}
