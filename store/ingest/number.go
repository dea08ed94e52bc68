package ingest

import (
	"bytes"
	"math"
	"strconv"
)

// numberState says what a cell that should hold a number holds.
type numberState uint8

const (
	isNumber  numberState = iota
	isAbsent              // empty, NaN, null, NA: no value was measured
	isEndless             // infinite, or too large for a float64
	isText                // something else
)

// pow10 holds the powers of ten that a float64 holds exactly.
var pow10 = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// parseNumber reads a decimal number; point is '.' or ','. A number whose
// digits fit into 53 bits is one exact division away, which gives the same bits
// as strconv; all others go there.
func parseNumber(b []byte, point byte) (float64, numberState) {
	n := len(b)
	i := 0
	neg := false
	if n > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		i = 1
	}
	if n-i == 0 || n-i > 19 {
		return parseRareNumber(b, point)
	}
	var digits uint64
	start := i
	for i < n && b[i]-'0' <= 9 {
		digits = digits*10 + uint64(b[i]-'0')
		i++
	}
	count, fraction := i-start, 0
	if i < n && b[i] == point {
		i++
		start = i
		for i < n && b[i]-'0' <= 9 {
			digits = digits*10 + uint64(b[i]-'0')
			i++
		}
		fraction = i - start
	}
	if i < n || count+fraction == 0 || digits > 1<<53 {
		return parseRareNumber(b, point)
	}
	v := float64(digits)
	if fraction > 0 {
		v /= pow10[fraction]
	}
	if neg {
		v = -v
	}
	return v, isNumber
}

// parseRareNumber handles long digits, exponents, percent signs and words.
func parseRareNumber(b []byte, point byte) (float64, numberState) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || (len(b) <= 5 && isAbsentWord(b)) {
		return 0, isAbsent
	}
	if last := len(b) - 1; b[last] == '%' {
		b = bytes.TrimRight(b[:last], " ")
	}
	if len(b) > 400 || bytes.ContainsAny(b, "xXpP_") {
		return 0, isText
	}
	if point == ',' {
		if bytes.IndexByte(b, '.') >= 0 {
			return 0, isText
		}
		b = bytes.Replace(b, []byte{','}, []byte{'.'}, 1)
	}
	v, err := strconv.ParseFloat(string(b), 64)
	switch {
	case math.IsNaN(v):
		return 0, isAbsent
	case math.IsInf(v, 0):
		return 0, isEndless
	case err != nil:
		return 0, isText
	}
	return v, isNumber
}

// isAbsentWord knows the words that programs write for "no value".
func isAbsentWord(b []byte) bool {
	switch string(bytes.ToLower(b)) {
	case "nan", "-nan", "+nan", "null", "nil", "none", "na", "n/a", "#n/a", "<na>", "nat", "-", "\\n":
		return true
	}
	return false
}
