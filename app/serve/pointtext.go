package serve

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"aiops/metric"
)

// timeText writes times as RFC 3339 in UTC, with as much of a fraction as there is.
type timeText struct {
	day   int64 // of text
	text  [11]byte
	known bool
}

const dayMicros = int64(24 * time.Hour / time.Microsecond)

// append appends 2026-11-22T14:00:00Z. The day's text is kept from the time before.
func (c *timeText) append(b []byte, micros int64) []byte {
	day := micros / dayMicros
	rest := micros - day*dayMicros
	if rest < 0 {
		day, rest = day-1, rest+dayMicros
	}
	if !c.known || day != c.day {
		copy(c.text[:], metric.Time(micros).AppendFormat(c.text[:0], "2006-01-02T"))
		c.day, c.known = day, true
	}
	b = append(b, c.text[:]...)
	seconds := rest / 1_000_000
	h, m, s := seconds/3600, seconds/60%60, seconds%60
	b = append(b, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10), ':', byte('0'+s/10), byte('0'+s%10))
	if f := rest % 1_000_000; f != 0 {
		b = append(b, '.')
		for div := int64(100_000); f > 0; div /= 10 {
			b = append(b, byte('0'+f/div))
			f %= div
		}
	}
	return append(b, 'Z')
}

// appendValue appends a finite number as the shortest decimal that reads back as the same.
func appendValue(b []byte, v float64) []byte {
	if out, ok := appendShort(b, v); ok {
		return out
	}
	if abs := max(v, -v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// appendShort appends a number of at most four decimals and fifteen digits,
// as most are: a decimal of so few digits is the shortest of its float.
func appendShort(b []byte, v float64) ([]byte, bool) {
	scaled := v * 1e4
	if !(scaled > -1e15 && scaled < 1e15) {
		return b, false
	}
	n := int64(math.Round(scaled))
	if float64(n)/1e4 != v || n == 0 {
		return b, false
	}
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/1e4, 10)
	if n %= 1e4; n != 0 {
		b = append(b, '.', byte('0'+n/1000), byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10))
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return b, true
}

// appendString appends a JSON string.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// appendField appends a CSV field, in quotes where it needs them.
func appendField(b []byte, s string) []byte {
	plain := s != ""
	for i := range len(s) {
		if c := s[i]; c == ',' || c == '"' || c == '\n' || c == '\r' || i == 0 && c == ' ' {
			plain = false
		}
	}
	if plain {
		return append(b, s...)
	}
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

func appendInt(b []byte, v int64) []byte { return strconv.AppendInt(b, v, 10) }
