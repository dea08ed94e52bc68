package alert

import (
	"fmt"
	"strconv"
	"strings"
)

// units are the lengths of time that can be written, the longest first.
var units = []struct {
	name   string
	micros int64
}{{"w", 7 * 86400e6}, {"d", 86400e6}, {"h", 3600e6}, {"m", 60e6}, {"s", 1e6}}

// longestSpan is ten years.
const longestSpan = 3653 * int64(86400e6)

// ParseSpan reads a length of time such as 90s, 5m, 1h40m or 7d, in microseconds.
func ParseSpan(text string) (int64, error) {
	wrong := fmt.Errorf("%q is not a length of time; write 90s, 5m, 1h40m or 7d", text)
	var sum int64
	rest := strings.ToLower(strings.TrimSpace(text))
	last := -1
	for rest != "" {
		end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if end <= 0 {
			return 0, wrong
		}
		n, err := strconv.ParseFloat(rest[:end], 64)
		if err != nil {
			return 0, wrong
		}
		rest = rest[end:]
		unit := -1
		for i, u := range units {
			if strings.HasPrefix(rest, u.name) {
				unit = i
			}
		}
		if unit <= last { // unknown, twice, or a longer one after a shorter
			return 0, wrong
		}
		last = unit
		rest = rest[len(units[unit].name):]
		if n > float64(longestSpan/units[unit].micros) {
			return 0, fmt.Errorf("%q is longer than ten years; write a shorter time", text)
		}
		sum += int64(n * float64(units[unit].micros))
	}
	if sum <= 0 {
		return 0, wrong
	}
	return sum, nil
}

// FormatSpan writes a length of time as ParseSpan reads it.
func FormatSpan(micros int64) string {
	if micros <= 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range units[1:] {
		if n := micros / u.micros; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			micros %= u.micros
		}
	}
	if micros > 0 && b.Len() == 0 {
		return fmt.Sprintf("%gs", float64(micros)/1e6)
	}
	return b.String()
}
