package ingest

import (
	"fmt"
	"strings"
	"time"
)

// clockNamed makes the clock that the user's --time-format asks for: a word
// (unix, unixms, unixus, unixns, rfc3339), strftime or Go's layout.
func clockNamed(format string, zone *time.Location) (clock, error) {
	c := clock{zone: zone, name: format}
	switch strings.ToLower(format) {
	case "unix", "unixs":
		return unixClock(1, zone), nil
	case "unixms":
		return unixClock(1e3, zone), nil
	case "unixus":
		return unixClock(1e6, zone), nil
	case "unixns":
		return unixClock(1e9, zone), nil
	case "rfc3339", "iso8601", "iso":
		c.name = "RFC 3339"
		return c, nil
	}
	if strings.Contains(format, "%") {
		layout, err := fromStrftime(format)
		if err != nil {
			return c, err
		}
		if layout == "unix" {
			return unixClock(1, zone), nil
		}
		format = layout
	}
	if !strings.Contains(format, "06") && !strings.Contains(format, "2") {
		return c, fmt.Errorf("time format %q: write it like %%d/%%m/%%Y %%H:%%M, like 02/01/2006 15:04, or as unix, unixms, unixus, unixns, rfc3339", format)
	}
	c.form, c.layout = layoutTime, format
	switch format {
	case "2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.RFC3339, time.RFC3339Nano,
		"2006-1-2 15:04:05", "2006-1-2 15:04", "2006-1-2T15:04:05":
		c.form = isoTime
	}
	return c, nil
}

func unixClock(unit int64, zone *time.Location) clock {
	names := map[int64]string{1: "Unix seconds", 1e3: "Unix milliseconds", 1e6: "Unix microseconds", 1e9: "Unix nanoseconds"}
	return clock{form: unixTime, unit: unit, zone: zone, name: names[unit]}
}

// fromStrftime turns strftime's directives into Go's layout. A fraction of a
// second needs no directive there: it is read wherever seconds are.
func fromStrftime(format string) (string, error) {
	directives := map[byte]string{
		'Y': "2006", 'y': "06", 'm': "1", 'd': "2", 'e': "_2", 'H': "15", 'k': "15", 'I': "3", 'l': "3",
		'M': "04", 'S': "05", 'p': "PM", 'P': "pm", 'z': "-0700", 'Z': "MST", 'b': "Jan", 'h': "Jan", 'B': "January",
		'a': "Mon", 'A': "Monday", 'j': "002", 'T': "15:04:05", 'R': "15:04", 'D': "1/2/06", 'F': "2006-1-2", '%': "%",
	}
	if format == "%s" {
		return "unix", nil
	}
	format = strings.NewReplacer(".%f", "", ",%f", "", "%-", "%").Replace(format)
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		i++
		if i == len(format) || directives[format[i]] == "" {
			return "", fmt.Errorf("time format %q: unknown directive %q", format, format[i-1:min(i+1, len(format))])
		}
		b.WriteString(directives[format[i]])
	}
	return b.String(), nil
}

// Layouts that are tried when nobody says which. Those of a pair differ in
// which of two numbers is the day.
var (
	dates = []string{
		"2006/1/2", "2006.1.2", "20060102", "2-Jan-2006", "2 Jan 2006", "2/Jan/2006", "Jan 2, 2006", "January 2, 2006",
		"2 January 2006", "2-Jan-06", "2.1.2006", "2.1.06",
	}
	datePairs = [][2]string{{"2/1/2006", "1/2/2006"}, {"2-1-2006", "1-2-2006"}, {"2/1/06", "1/2/06"}}
	dayTimes  = []string{
		" 15:04:05", " 15:04", " 3:04:05 PM", " 3:04 PM", "T15:04:05", "", " 150405", "T150405", ":15:04:05 -0700",
		" 15:04:05 MST", " 15:04:05 -0700", " 15:04:05Z07:00", "T15:04:05Z07:00", ", 15:04:05", ", 3:04:05 PM", ", 15:04",
		"T150405Z", " 3:04:05 pm", " 3:04 pm", " 15.04.05", " 15.04",
	}
	wholeLayouts = []string{
		time.ANSIC, time.UnixDate, time.RubyDate, time.RFC850, time.RFC1123, time.RFC1123Z, "20060102150405",
		"2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05 MST", "2006-1-2 15:04:05", "2006-1-2 15:04", "2006-1-2",
		"2006-01-02 3:04:05 PM", "2006-01-02 3:04 PM", "2006-01-02T15", "2006-01-02 15", "2006-01",
	}
)

// errAmbiguous says that a column's times can be read in two ways.
type errAmbiguous struct{ example, dayFirst, monthFirst string }

func (e errAmbiguous) Error() string {
	return fmt.Sprintf("times such as %q may have the day or the month first: say which with --time-format %q or %q",
		e.example, strftime(e.dayFirst), strftime(e.monthFirst))
}

func strftime(layout string) string {
	return strings.NewReplacer("2006", "%Y", "06", "%y", "1/", "%m/", "2/", "%d/", "1-", "%m-", "2-", "%d-",
		"15", "%H", "3:", "%I:", "04", "%M", "05", "%S", "PM", "%p").Replace(layout)
}

// guessLayout finds the layout that reads most of the samples, at least half.
func guessLayout(samples []string, zone *time.Location) (clock, bool, error) {
	best, most := "", len(samples)/2
	consider := func(layout string) int {
		if n := parses(layout, samples); n > most {
			best, most = layout, n
			return n
		}
		return 0
	}
	for _, l := range wholeLayouts {
		consider(l)
	}
	for _, t := range dayTimes {
		for _, d := range dates {
			consider(d + t)
		}
		for _, pair := range datePairs {
			day, month := parses(pair[0]+t, samples), parses(pair[1]+t, samples)
			if day == month && day > most {
				return clock{}, false, errAmbiguous{samples[0], pair[0] + t, pair[1] + t}
			}
			if day > month {
				consider(pair[0] + t)
			} else {
				consider(pair[1] + t)
			}
		}
	}
	return clock{form: layoutTime, layout: best, zone: zone, name: best}, best != "", nil
}

// parses counts the samples that the layout reads; it gives up early.
func parses(layout string, samples []string) int {
	n := 0
	for i, s := range samples {
		if _, err := time.Parse(layout, s); err == nil {
			n++
		}
		if i == 20 && n == 0 {
			return 0
		}
	}
	return n
}

// isoName tells how an ISO time is written.
func isoName(s string) string {
	switch {
	case len(s) > 10 && (s[10] == 'T' || s[10] == 't') && strings.ContainsAny(s[11:], "Zz+-"):
		return "RFC 3339"
	case len(s) == 10:
		return "2006-01-02"
	case len(s) == 16:
		return "2006-01-02" + s[10:11] + "15:04"
	}
	name := "2006-01-02" + s[10:11] + "15:04:05"
	if len(s) > 19 && s[19] == '.' {
		name += ".000"
	}
	if len(s) > 19 && strings.ContainsAny(s[19:], "+-Z") {
		name += "Z07:00"
	}
	return name
}
