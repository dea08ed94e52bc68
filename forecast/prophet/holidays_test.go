package prophet

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

// listed are events as DAY NAME, in order.
func listed(events []event) string {
	var out []string
	for _, e := range events {
		out = append(out, fmt.Sprintf("%s %s", metric.Time(e.day*day).Format(time.DateOnly), e.name))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// The days and names are those of the Python package holidays 0.109, which
// Prophet asks: holidays.US(years=[2021, 2022], expand=False), and DE for 2017.
func TestCountryEventsAreProphets(t *testing.T) {
	us := `2021-01-01 New Year's Day
2021-01-18 Martin Luther King Jr. Day
2021-02-15 Washington's Birthday
2021-05-31 Memorial Day
2021-06-18 Juneteenth National Independence Day (observed)
2021-06-19 Juneteenth National Independence Day
2021-07-04 Independence Day
2021-07-05 Independence Day (observed)
2021-09-06 Labor Day
2021-10-11 Columbus Day
2021-11-11 Veterans Day
2021-11-25 Thanksgiving Day
2021-12-24 Christmas Day (observed)
2021-12-25 Christmas Day
2021-12-31 New Year's Day (observed)
2022-01-01 New Year's Day
2022-01-17 Martin Luther King Jr. Day
2022-02-21 Washington's Birthday
2022-05-30 Memorial Day
2022-06-19 Juneteenth National Independence Day
2022-06-20 Juneteenth National Independence Day (observed)
2022-07-04 Independence Day
2022-09-05 Labor Day
2022-10-10 Columbus Day
2022-11-11 Veterans Day
2022-11-24 Thanksgiving Day
2022-12-25 Christmas Day
2022-12-26 Christmas Day (observed)`
	for _, name := range []string{"US", "USA", "UnitedStates"} {
		if got := listed(countryEvents(name, []int{2021, 2022})); got != us {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, us)
		}
	}
	de := `2017-01-01 New Year's Day
2017-04-14 Good Friday
2017-04-17 Easter Monday
2017-05-01 Labor Day
2017-05-25 Ascension Day
2017-06-05 Pentecost Monday
2017-10-03 German Unity Day
2017-10-31 Reformation Day
2017-12-25 Christmas Day
2017-12-26 Second Day of Christmas`
	if got := listed(countryEvents("DE", []int{2017})); got != de {
		t.Errorf("DE:\n%s\nwant\n%s", got, de)
	}
	if got := listed(countryEvents("IT", []int{2024})); !strings.Contains(got, "2024-03-31 Easter Sunday") {
		t.Errorf("IT:\n%s", got)
	}
}

// Every line of the table names a holiday that the library has.
func TestCountryTableIsWhole(t *testing.T) {
	lines := strings.Count(countriesTSV, "\n")
	var found int
	for _, c := range countries {
		holidays := countryTable()[c.code]
		found += len(holidays)
		if len(holidays) == 0 {
			t.Errorf("%s has no holidays", c.code)
		}
		if err := checkCountry(c.name); err != nil {
			t.Error(err)
		}
	}
	if found < lines {
		t.Errorf("%d of the table's %d lines name a known holiday", found, lines)
	}
}

func TestHolidayFeatures(t *testing.T) {
	events := []event{{"sale", 100, -1, 1, 10}, {"sale", 107, 0, 2, 10}, {"Audit", 101, 0, 0, 3}}
	features := holidayFeatures(events, Additive)
	var names []string
	for _, f := range features {
		names = append(names, f.Name)
	}
	if want := []string{"Audit_delim_+0", "sale_delim_+0", "sale_delim_+1", "sale_delim_+2", "sale_delim_-1"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
	var times []int64 // every six hours from day 98
	for i := range 60 {
		times = append(times, 98*day+int64(i)*day/4)
	}
	m := newMatrix(len(times), len(features))
	fillHolidays(events, times, features, m.cols)
	days := map[string][]int64{"Audit_delim_+0": {101}, "sale_delim_+0": {100, 107}, "sale_delim_+1": {101, 108}, "sale_delim_+2": {109}, "sale_delim_-1": {99}}
	for j, name := range names {
		for i, at := range times {
			want := 0.0
			if slices.Contains(days[name], dayOf(at)) {
				want = 1
			}
			if m.cols[j][i] != want {
				t.Errorf("%s on day %d is %v", name, dayOf(at), m.cols[j][i])
			}
		}
	}
}

// A holiday that the fit never saw has no column and no effect later.
func TestCountryHolidayThatFitDidNotSee(t *testing.T) {
	h := madeUp(60, 24*time.Hour) // from March 2015
	c := Default()
	c.CountryHolidays = "DE"
	m := mustFit(t, h, c)
	f := ahead(h, 400)
	p := mustPredict(t, m, f, nil)
	for _, part := range p.Components {
		if len(part.Values) != len(f.Times) {
			t.Errorf("%s has %d values", part.Name, len(part.Values))
		}
	}
	if p.Component("Christmas Day") == nil {
		t.Error("the holidays of the history's year have columns, Christmas too, as in Prophet")
	}
	if p.Component("Reformation Day") != nil {
		t.Error("a holiday of another year has a column")
	}
}
