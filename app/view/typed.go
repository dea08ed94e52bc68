package view

import (
	"fmt"
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
