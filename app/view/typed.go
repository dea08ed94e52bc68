package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"aiops/metric"
)

// ParseTime reads a moment as people type it in the display zone: as the
// window writes it (Mon 23 Nov 10:56, the year if it is not this one), a date,
// an ISO time, a time of today, "now", or a length of time before now (-24h).
func (c Clock) ParseTime(text string) (int64, error) {
	text = strings.Join(strings.Fields(text), " ")
	now := c.Now().In(c.Zone)
	if strings.EqualFold(text, "now") {
		return now.UnixMicro(), nil
	}
	if d, err := time.ParseDuration(strings.Replace(text, "−", "-", 1)); err == nil && d < 0 {
		return now.Add(d).UnixMicro(), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UnixMicro(), nil
	}
	if _, rest, ok := strings.Cut(text, " "); ok && isWeekday(text) {
		text = rest
	}
	for _, day := range []string{"2 Jan 2006", "2006-01-02", "2 Jan", ""} {
		for _, hour := range []string{"", "15:04", "15:04:05.999999"} {
			for _, gap := range []string{" ", "T"} {
				layout := strings.Trim(day+gap+hour, " T")
				if t, err := time.ParseInLocation(layout, text, c.Zone); err == nil && layout != "" {
					return complete(t, now, day).UnixMicro(), nil
				}
			}
		}
	}
	return 0, fmt.Errorf("%q is not a time; write 22 Nov 14:35, 2026-11-22 14:35, 14:35 or -24h", text)
}

// complete adds the day or the year that was not typed.
func complete(t, now time.Time, day string) time.Time {
	year, month, d := t.Date()
	switch day {
	case "":
		year, month, d = now.Date()
	case "2 Jan":
		year = now.Year()
	}
	return time.Date(year, month, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

func isWeekday(text string) bool {
	_, err := time.Parse("Mon", text[:min(3, len(text))])
	return err == nil
}

// ParseRange reads the two ends of a range.
func (c Clock) ParseRange(from, to string) (metric.Range, error) {
	a, err := c.ParseTime(from)
	if err != nil {
		return metric.Range{}, err
	}
	b, err := c.ParseTime(to)
	if err != nil {
		return metric.Range{}, err
	}
	if b <= a {
		return metric.Range{}, fmt.Errorf("the range ends at %s, before it begins at %s", c.Exact(b), c.Exact(a))
	}
	return metric.Range{From: a, To: b}, nil
}

// ParseDuration reads a length of time: "3 days", "12 h 30 min", "90m".
func ParseDuration(words string) (time.Duration, error) {
	units := map[string]time.Duration{"s": time.Second, "sec": time.Second, "m": time.Minute, "min": time.Minute, "h": time.Hour, "hour": time.Hour,
		"d": 24 * time.Hour, "day": 24 * time.Hour, "w": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour}
	bad := fmt.Errorf("write a length of time such as 90 min, 12 h or 3 days")
	var total time.Duration
	rest := strings.ToLower(strings.TrimSpace(words))
	for rest != "" {
		digits := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if digits <= 0 {
			return 0, bad
		}
		n, err := strconv.ParseFloat(rest[:digits], 64)
		if err != nil {
			return 0, bad
		}
		rest = strings.TrimSpace(rest[digits:])
		end := strings.IndexFunc(rest, func(r rune) bool { return r < 'a' || r > 'z' })
		if end < 0 {
			end = len(rest)
		}
		name := rest[:end]
		unit, ok := units[name]
		if !ok {
			unit, ok = units[strings.TrimSuffix(name, "s")]
		}
		if !ok {
			return 0, bad
		}
		total += time.Duration(n * float64(unit))
		rest = strings.TrimSpace(rest[end:])
	}
	if total <= 0 {
		return 0, bad
	}
	return total, nil
}
