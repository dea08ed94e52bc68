package metric

import (
	"math"
	"strconv"
	"strings"
)

// Binary reports whether the unit steps in powers of two: KiB, MiB, GiB.
func (u Unit) Binary() bool { return u == Bytes || u == BytesPerSecond }

// TickLabels writes the numbers of an axis whose ticks are step apart: all with
// the same prefix and the same decimals, as many as keep them distinct.
func (u Unit) TickLabels(ticks []float64, step float64) []string {
	size := 0.0
	for _, t := range ticks {
		size = max(size, math.Abs(t))
	}
	scale, suffix := u.tickScale(size, step)
	out := make([]string, len(ticks))
	for i, t := range ticks {
		out[i] = tickNumber(t/scale, step/scale) + suffix
	}
	return out
}

// tickScale is what the numbers are divided by and what is written behind them.
func (u Unit) tickScale(size, step float64) (scale float64, suffix string) {
	switch u {
	case Percent:
		return 1, nbsp + "%"
	case Milliseconds:
		if size >= 1000 && step >= 1 {
			return 1000, nbsp + "s"
		}
		return 1, nbsp + "ms"
	case Bytes, BytesPerSecond:
		scale, prefix := tickPrefix(size, step*8, 1024, []string{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"})
		return scale, nbsp + prefix + string(u)
	}
	scale = 1
	prefix := ""
	if size >= 9999.5 && size < 1e18 {
		scale, prefix = tickPrefix(size, step*1000, 1000, []string{"", "k", "M", "G", "T", "P"})
	}
	if prefix+string(u) == "" {
		return scale, ""
	}
	return scale, nbsp + prefix + string(u)
}

// tickPrefix is the largest prefix that is not above the numbers nor above what
// the step can still be told in.
func tickPrefix(size, finest, base float64, prefixes []string) (scale float64, prefix string) {
	scale = 1
	i := 0
	for i < len(prefixes)-1 && size >= scale*base && finest >= scale*base {
		scale *= base
		i++
	}
	return scale, prefixes[i]
}

func tickNumber(v, step float64) string {
	a := math.Abs(v)
	if a < step/1e6 { // what is left of a sum that should be zero
		a, v = 0, 0
	}
	var s string
	switch {
	case a == 0:
		s = "0"
	case max(a, step) >= 1e12 || step < 1e-6 && a < 1:
		digits := max(0, int(math.Ceil(math.Log10(a/step)+0.5)))
		s = strings.Replace(strconv.FormatFloat(a, 'e', min(digits, 12), 64), "e+", "e", 1)
		s = strings.Replace(trimMantissa(s), "e-", "e−", 1)
	default:
		s = grouped(strconv.FormatFloat(a, 'f', decimals(step), 64))
	}
	if v < 0 {
		return "−" + s
	}
	return s
}

// decimals is how many decimals a multiple of the step needs.
func decimals(step float64) int {
	for d := range 12 {
		if s := step * math.Pow10(d); s >= 0.999999 && math.Abs(s-math.Round(s)) < 1e-6*s {
			return d
		}
	}
	return 12
}

// trimMantissa drops the zeros at the end of 1.500e12's mantissa.
func trimMantissa(s string) string {
	m, e, _ := strings.Cut(s, "e")
	if strings.Contains(m, ".") {
		m = strings.TrimRight(strings.TrimRight(m, "0"), ".")
	}
	e = strings.Replace(e, "-0", "-", 1)
	return m + "e" + strings.TrimPrefix(e, "0")
}

// grouped puts commas into the part before the point.
func grouped(s string) string {
	whole, rest, found := strings.Cut(s, ".")
	if len(whole) > 3 {
		n, err := strconv.ParseInt(whole, 10, 64)
		if err == nil {
			whole = Grouped(n)
		}
	}
	if found {
		return whole + "." + rest
	}
	return whole
}

// Limit writes a limit that somebody set: with the unit, without decimals that say nothing.
func (u Unit) Limit(v float64) string {
	step := math.Abs(v)
	for d := range 4 {
		if s := v * math.Pow10(d); s == math.Round(s) {
			step = 1 / math.Pow10(d)
			break
		}
	}
	if v == 0 || u.Binary() {
		return u.Format(v)
	}
	return u.TickLabels([]float64{v}, step)[0]
}
