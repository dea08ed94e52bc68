package alert

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"aiops/metric"
)

// SilencedBy is the ID of a silence that covers a transition; 0 if none does.
func SilencedBy(all []metric.Silence, t metric.Transition) int64 {
	for _, s := range all {
		if Silenced(s, t) {
			return s.ID
		}
	}
	return 0
}

// Silenced reports whether a silence covers a transition.
func Silenced(s metric.Silence, t metric.Transition) bool {
	return Match(s.Rule, t.Rule) && Match(s.VM, t.VM) && Match(s.Metric, t.Metric) &&
		(s.Severity == "" || s.Severity == t.Severity) && SilenceHolds(s, t.Time)
}

// SilenceHolds reports whether a silence holds at a time, in its zone where it recurs.
func SilenceHolds(s metric.Silence, t int64) bool {
	if t < s.From || s.To != 0 && t >= s.To {
		return false
	}
	if !s.Recurs {
		return true
	}
	zone, err := time.LoadLocation(s.Zone) // "" is UTC
	if err != nil {
		return false
	}
	at := metric.Time(t).In(zone)
	minute := at.Hour()*60 + at.Minute()
	if s.Begin < s.End {
		return onDay(s, at.Weekday()) && minute >= s.Begin && minute < s.End
	}
	// It goes on after midnight, on the day after.
	return onDay(s, at.Weekday()) && minute >= s.Begin || onDay(s, (at.Weekday()+6)%7) && minute < s.End
}

func onDay(s metric.Silence, d time.Weekday) bool {
	return s.Weekdays == "" || strings.ContainsRune(s.Weekdays, '0'+rune(d))
}

// CheckSilence says what is wrong with a silence.
func CheckSilence(s metric.Silence) error {
	switch {
	case s.To != 0 && s.To <= s.From:
		return errors.New("the silence ends before it begins; exchange its times")
	case !s.Recurs:
		return nil
	case s.Begin < 0 || s.Begin >= 24*60 || s.End < 0 || s.End > 24*60:
		return errors.New("the time of day is not between 00:00 and 24:00")
	case strings.Trim(s.Weekdays, "0123456") != "":
		return fmt.Errorf("weekdays %q: write 0 for Sunday to 6 for Saturday", s.Weekdays)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil {
		return fmt.Errorf("the zone %q is not known; write UTC or a name such as Europe/Berlin", s.Zone)
	}
	return nil
}

// ParseWeekdays reads mon-fri, sat,sun and the like as a silence keeps them.
func ParseWeekdays(text string) (string, error) {
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	day := func(s string) int {
		for i, n := range names {
			if strings.HasPrefix(strings.ToLower(strings.TrimSpace(s)), n) {
				return i
			}
		}
		return -1
	}
	var set [7]bool
	for part := range strings.SplitSeq(text, ",") {
		first, last, span := strings.Cut(part, "-")
		if !span {
			last = first
		}
		a, b := day(first), day(last)
		if a < 0 || b < 0 {
			return "", fmt.Errorf("%q names no weekday; write mon-fri or sat,sun", part)
		}
		for d := a; ; d = (d + 1) % 7 {
			set[d] = true
			if d == b {
				break
			}
		}
	}
	out := ""
	for d, on := range set {
		if on {
			out += string(rune('0' + d))
		}
	}
	return out, nil
}

// ParseClock reads a time of day such as 22:00-06:00, in minutes after midnight.
func ParseClock(text string) (begin, end int, err error) {
	a, b, ok := strings.Cut(text, "-")
	if begin = minuteOf(a); ok {
		end = minuteOf(b)
	}
	if !ok || begin < 0 || end < 0 || begin == 24*60 {
		return 0, 0, fmt.Errorf("%q is not a time of day; write 22:00-06:00", text)
	}
	return begin, end, nil
}

func minuteOf(text string) int {
	if text = strings.TrimSpace(text); text == "24:00" {
		return 24 * 60
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return -1
	}
	return t.Hour()*60 + t.Minute()
}

// SilenceText tells a silence in one line for a person.
func SilenceText(s metric.Silence, zone *time.Location) string {
	var parts []string
	for _, p := range []struct{ name, value string }{{"rule", s.Rule}, {"vm", s.VM}, {"metric", s.Metric}, {"severity", string(s.Severity)}} {
		if p.value != "" {
			parts = append(parts, p.name+" "+p.value)
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "everything")
	}
	const layout = "2006-01-02 15:04"
	parts = append(parts, "from "+metric.Time(s.From).In(zone).Format(layout))
	if s.To != 0 {
		parts = append(parts, "to "+metric.Time(s.To).In(zone).Format(layout))
	}
	if s.Recurs {
		parts = append(parts, fmt.Sprintf("%s %02d:%02d-%02d:%02d %s", dayNames(s.Weekdays), s.Begin/60, s.Begin%60, s.End/60, s.End%60, zoneName(s.Zone)))
	}
	return strings.Join(parts, ", ")
}

func zoneName(z string) string {
	if z == "" {
		return "UTC"
	}
	return z
}

func dayNames(days string) string {
	if days == "" || len(days) == 7 {
		return "daily"
	}
	var out []string
	for _, d := range days {
		out = append(out, time.Weekday(d - '0').String()[:3])
	}
	return strings.Join(out, ",")
}
