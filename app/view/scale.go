package view

import (
	"math"
	"strconv"
	"strings"

	"aiops/metric"
)

// Scale writes the numbers of one column: all in one unit, all with the same
// number of decimals, the unit itself once in the head.
type Scale struct {
	Unit     string // "GiB"; empty: none
	factor   float64
	decimals int
	digits   bool // three significant digits of each number instead
}

// ScaleFor chooses the scale that suits a column whose largest magnitude is given.
func ScaleFor(u metric.Unit, largest float64) Scale {
	largest = math.Abs(largest)
	if math.IsNaN(largest) || math.IsInf(largest, 0) {
		largest = 0
	}
	s := Scale{Unit: string(u), factor: 1}
	switch u {
	case metric.Percent:
		s.decimals = 1
		return s
	case metric.Bytes, metric.BytesPerSecond:
		s = prefixed(largest, 1024, []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"})
		s.Unit += strings.TrimPrefix(string(u), "B")
	case metric.Milliseconds:
		s.digits = true
		if largest >= 9999.5 {
			s.Unit, s.factor = "s", 1000
		}
	default:
		if largest >= 1e7 {
			s = prefixed(largest, 1000, []string{"", "k", "M", "G", "T", "P"})
			s.Unit += string(u)
		}
	}
	s.decimals = decimals(largest / s.factor)
	return s
}

func prefixed(v, base float64, prefixes []string) Scale {
	s := Scale{Unit: prefixes[0], factor: 1}
	for _, p := range prefixes[1:] {
		if v < s.factor*base {
			break
		}
		s.Unit, s.factor = p, s.factor*base
	}
	return s
}

// decimals shows four significant digits of the largest number, and no more than six decimals.
func decimals(v float64) int {
	switch {
	case v == 0:
		return 1
	case v >= 1000:
		return 0
	}
	return min(6, max(0, 3-int(math.Floor(math.Log10(v)))))
}

// Number writes a value without its unit; NaN is "no data".
func (s Scale) Number(v float64) string {
	if math.IsNaN(v) {
		return "no data"
	}
	text := s.write(v, s.places(v))
	if v < 0 && !zero(text) {
		return "−" + text
	}
	return text
}

// Delta writes a difference with its sign and without its unit; NaN is "–". It
// has no more decimals than the column's largest number deserves.
func (s Scale) Delta(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	text := s.write(v, min(s.decimals, s.places(v)))
	switch {
	case zero(text):
		return "±" + text
	case v < 0:
		return "−" + text
	}
	return "+" + text
}

// write writes a number without its sign.
func (s Scale) write(v float64, places int) string {
	return grouped(strconv.FormatFloat(math.Abs(v)/s.factor, 'f', places, 64))
}

func zero(text string) bool { return strings.Trim(text, "0.,") == "" }

// places is the number of decimals of a number.
func (s Scale) places(v float64) int {
	v = math.Abs(v) / s.factor
	switch {
	case !s.digits:
		return s.decimals
	case v >= 99.95 || v == 0:
		return 0
	case v >= 9.995:
		return 1
	case v >= 0.9995:
		return 2
	}
	return 3
}

// Text writes a value with its unit.
func (s Scale) Text(v float64) string { return s.with(s.Number(v), math.IsNaN(v)) }

// DeltaText writes a difference with its unit; differences of percentages are points.
func (s Scale) DeltaText(v float64) string {
	if s.Unit == string(metric.Percent) && !math.IsNaN(v) {
		return s.Delta(v) + " points"
	}
	return s.with(s.Delta(v), math.IsNaN(v))
}

func (s Scale) with(text string, missing bool) string {
	if missing || s.Unit == "" {
		return text
	}
	return text + "\u00a0" + s.Unit
}

// grouped puts commas into the whole part of a number.
func grouped(text string) string {
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		return whole + "." + fraction
	}
	return whole
}

// shortValue writes a limit as a label does: 85 % rather than 85.0 %.
func shortValue(u metric.Unit, v float64) string {
	text := u.Format(v)
	number, unit, _ := strings.Cut(text, "\u00a0")
	if strings.Contains(number, ".") {
		number = strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
	}
	if unit == "" {
		return number
	}
	return number + "\u00a0" + unit
}
