package prophet

import (
	"fmt"
	"slices"

	"aiops/metric"
)

// delim separates a feature's component from what is particular to the column.
const delim = "_delim_"

// event is a holiday on a day, counted from 1970.
type event struct {
	name         string
	day          int64
	lower, upper int
	prior        float64
}

// events are the given holidays, then those of the country in the times' years.
func (m *Model) events(times []int64) []event {
	c := m.Config
	out := make([]event, 0, len(c.Holidays))
	for _, h := range c.Holidays {
		out = append(out, event{h.Holiday, dayOf(int64(h.DS)), h.LowerWindow, h.UpperWindow, orScale(h.PriorScale, c.HolidaysPriorScale)})
	}
	if c.CountryHolidays == "" || len(times) == 0 {
		return out
	}
	var years []int
	for _, at := range times {
		if y := metric.Time(at).Year(); len(years) == 0 || years[len(years)-1] != y {
			years = append(years, y)
		}
	}
	slices.Sort(years)
	for _, e := range countryEvents(c.CountryHolidays, slices.Compact(years)) {
		e.prior = c.HolidaysPriorScale
		out = append(out, e)
	}
	return out
}

// column is the feature of an event at an offset in days.
func (e event) column(offset int) string {
	if offset < 0 {
		return fmt.Sprintf("%s%s-%d", e.name, delim, -offset)
	}
	return fmt.Sprintf("%s%s+%d", e.name, delim, offset)
}

// holidayFeatures lists the columns of events, sorted by name as Prophet has them.
func holidayFeatures(events []event, mode Mode) []Feature {
	seen := map[string]bool{}
	var out []Feature
	for _, e := range events {
		for offset := e.lower; offset <= e.upper; offset++ {
			if name := e.column(offset); !seen[name] {
				seen[name] = true
				out = append(out, Feature{Name: name, Component: e.name, Mode: mode, PriorScale: e.prior, Holiday: true})
			}
		}
	}
	slices.SortFunc(out, func(a, b Feature) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}

// fillHolidays sets the columns to 1 on the rows of the events' days. Events
// that the fit had no column for are left out.
func fillHolidays(events []event, times []int64, features []Feature, cols [][]float64) {
	place := map[string]int{}
	for i, f := range features {
		if f.Holiday {
			place[f.Name] = i
		}
	}
	for _, e := range events {
		for offset := e.lower; offset <= e.upper; offset++ {
			j, ok := place[e.column(offset)]
			if !ok {
				continue
			}
			from := (e.day + int64(offset)) * day
			i, end := metric.Range{From: from, To: from + day}.Indexes(times)
			for ; i < end; i++ {
				cols[j][i] = 1
			}
		}
	}
}

// dayOf is the day of a time, counted from 1970.
func dayOf(at int64) int64 { return floorDiv(at, day) }
