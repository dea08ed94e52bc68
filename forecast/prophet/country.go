package prophet

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rickar/cal/v2"
)

// countriesTSV says, for each country, which of the calendar library's holidays
// Prophet's calendar (the Python package holidays, national holidays only) has
// too, what it calls them in English, and whether it adds a day off in lieu as
// "NAME (observed)". Where the library lacks one, the first name is a date
// (01-02, once 2017-10-31) or a distance from Easter (easter+49, orthodox-1).
//
//go:embed countries.tsv
var countriesTSV string

// countryHoliday is a line of the table.
type countryHoliday struct {
	rule     *cal.Holiday
	name     string
	observed bool
}

var countryTable = sync.OnceValue(func() map[string][]countryHoliday {
	out := map[string][]countryHoliday{}
	for line := range strings.Lines(countriesTSV) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		i := slices.IndexFunc(countries, func(c country) bool { return c.code == f[0] })
		for _, rule := range rules(countries[i].holidays, f[1]) {
			out[f[0]] = append(out[f[0]], countryHoliday{rule, f[2], f[3] != ""})
		}
	}
	return out
})

// rules are the library's holidays of a name, or one made from a date or a
// distance from Easter.
func rules(known []*cal.Holiday, name string) (out []*cal.Holiday) {
	var year, month, dayOfMonth, offset int
	switch {
	case scan(name, "%4d-%2d-%2d", &year, &month, &dayOfMonth):
		return []*cal.Holiday{{Month: time.Month(month), Day: dayOfMonth, StartYear: year, EndYear: year, Func: cal.CalcDayOfMonth}}
	case scan(name, "%d-%d", &month, &dayOfMonth):
		return []*cal.Holiday{{Month: time.Month(month), Day: dayOfMonth, Func: cal.CalcDayOfMonth}}
	case scan(name, "easter%d", &offset):
		return []*cal.Holiday{{Offset: offset, Func: cal.CalcEasterOffset}}
	case scan(name, "orthodox%d", &offset):
		return []*cal.Holiday{{Offset: offset, Func: cal.CalcEasterOffset, Julian: true}}
	}
	for _, h := range known {
		if h.Name == name {
			out = append(out, h)
		}
	}
	return out
}

func scan(s, format string, to ...any) bool {
	n, err := fmt.Sscanf(s, format, to...)
	return err == nil && n == len(to)
}

// checkCountry reports a country whose holidays are not known.
func checkCountry(name string) error {
	if name == "" || countryCode(name) != "" {
		return nil
	}
	codes := make([]string, len(countries))
	for i, c := range countries {
		codes[i] = c.code
	}
	return fmt.Errorf("country_holidays: %q is not known; known are %s; give others as rows of holidays", name, strings.Join(codes, ", "))
}

func countryCode(name string) string {
	for _, c := range countries {
		if name == c.code || name == c.code3 || name == c.name {
			return c.code
		}
	}
	return ""
}

// countryEvents are a country's holidays in the years, with the days off in
// lieu that fall into them.
func countryEvents(name string, years []int) []event {
	table := countryTable()[countryCode(name)]
	var actual, inLieu []event
	taken := map[int64]bool{}
	for _, h := range table {
		for y := years[0] - 1; y <= years[len(years)-1]+1; y++ {
			on, observed := h.rule.Calc(y)
			if on.IsZero() {
				continue
			}
			e := event{name: h.name, day: civilDay(on)}
			taken[e.day] = true
			if slices.Contains(years, on.Year()) {
				actual = append(actual, e)
			}
			if h.observed && civilDay(observed) != e.day && slices.Contains(years, observed.Year()) {
				inLieu = append(inLieu, event{name: h.name + " (observed)", day: civilDay(observed)})
			}
		}
	}
	inLieu = slices.DeleteFunc(inLieu, func(e event) bool { return taken[e.day] })
	return append(actual, inLieu...)
}

// civilDay is the day of a date in any zone, counted from 1970.
func civilDay(t time.Time) int64 {
	return dayOf(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).UnixMicro())
}
