package prophet

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ParseConfig reads a JSON object of Prophet's options. What is not named keeps
// Prophet's default, null too. Unknown names, wrong types and values outside
// their range are errors that name the option and say what it takes.
func ParseConfig(b []byte) (Config, error) {
	c := Default()
	if err := parseObject("", b, configFields(&c)); err != nil {
		return Config{}, fmt.Errorf("prophet options: %w", err)
	}
	if err := c.Validate(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// field is one name of a JSON object: where its value goes and what it may be.
type field struct {
	name, want string
	set        func([]byte) error
}

func configFields(c *Config) []field {
	return []field{
		into("growth", `"linear", "logistic" or "flat"`, &c.Growth),
		into("changepoints", `a list of dates such as ["2024-03-01"]`, &c.Changepoints),
		count("n_changepoints", &c.NChangepoints),
		into("changepoint_range", "a number between 0 and 1", &c.ChangepointRange),
		into("yearly_seasonality", wantSwitch, &c.YearlySeasonality),
		into("weekly_seasonality", wantSwitch, &c.WeeklySeasonality),
		into("daily_seasonality", wantSwitch, &c.DailySeasonality),
		rows("holidays", &c.Holidays, holidayFields),
		into("seasonality_mode", wantMode, &c.SeasonalityMode),
		scale("seasonality_prior_scale", &c.SeasonalityPriorScale),
		scale("holidays_prior_scale", &c.HolidaysPriorScale),
		scale("changepoint_prior_scale", &c.ChangepointPriorScale),
		count("mcmc_samples", &c.MCMCSamples),
		into("interval_width", "a number between 0 and 1", &c.IntervalWidth),
		{"uncertainty_samples", "a whole number of 0 or more, or false", func(b []byte) error {
			if string(b) == "false" {
				c.UncertaintySamples = 0
				return nil
			}
			return setWhole(&c.UncertaintySamples, b)
		}},
		into("stan_backend", "a text", &c.StanBackend),
		into("scaling", `"absmax" or "minmax"`, &c.Scaling),
		into("holidays_mode", wantMode, &c.HolidaysMode),
		into("cap", "a number", &c.Cap),
		into("floor", "a number", &c.Floor),
		rows("seasonalities", &c.Seasonalities, seasonalityFields),
		rows("regressors", &c.Regressors, regressorFields),
		into("country_holidays", `a country's code such as "US"`, &c.CountryHolidays),
	}
}

const (
	wantSwitch = `"auto", true, false or the number of Fourier terms`
	wantMode   = `"additive" or "multiplicative"`
)

func holidayFields(h *Holiday) []field {
	return []field{
		into("holiday", "a name", &h.Holiday),
		into("ds", `a date such as "2024-12-31"`, &h.DS),
		count("lower_window", &h.LowerWindow),
		count("upper_window", &h.UpperWindow),
		scale("prior_scale", &h.PriorScale),
	}
}

func seasonalityFields(s *Seasonality) []field {
	return []field{
		into("name", "a name", &s.Name),
		into("period", "a number of days", &s.Period),
		count("fourier_order", &s.FourierOrder),
		scale("prior_scale", &s.PriorScale),
		into("mode", wantMode, &s.Mode),
		into("condition_name", "the name of a column", &s.ConditionName),
	}
}

func regressorFields(r *Regressor) []field {
	r.Standardize = Auto
	return []field{
		into("name", "a name", &r.Name),
		scale("prior_scale", &r.PriorScale),
		{"standardize", `"auto", true or false`, func(b []byte) error {
			if err := json.Unmarshal(b, &r.Standardize); err != nil || r.Standardize > 0 {
				return errors.New("no such setting")
			}
			return nil
		}},
		into("mode", wantMode, &r.Mode),
	}
}

func into(name, want string, to any) field {
	return field{name, want, func(b []byte) error { return json.Unmarshal(b, to) }}
}

func count(name string, to *int) field {
	return field{name, "a whole number", func(b []byte) error { return setWhole(to, b) }}
}

func scale(name string, to *float64) field {
	return field{name, "a number above 0", func(b []byte) error {
		if err := json.Unmarshal(b, to); err != nil || *to <= 0 {
			return errors.New("no scale")
		}
		return nil
	}}
}

func setWhole(to *int, b []byte) error {
	n, err := whole(b)
	if err == nil {
		*to = n
	}
	return err
}

// rows is a list of objects.
func rows[T any](name string, to *[]T, fields func(*T) []field) field {
	return field{name, "a list of objects", func(b []byte) error {
		var raw []json.RawMessage
		if err := json.Unmarshal(b, &raw); err != nil {
			return err
		}
		*to = make([]T, len(raw))
		for i := range raw {
			if err := parseObject(fmt.Sprintf("%s[%d]", name, i), raw[i], fields(&(*to)[i])); err != nil {
				return rowError{err}
			}
		}
		return nil
	}}
}

// rowError is an error inside a list, which says by itself where it is.
type rowError struct{ error }

func parseObject(where string, b []byte, fields []field) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil || raw == nil {
		return fmt.Errorf(`%swant an object such as {"%s": …}, got %s`, prefix(where, ": "), fields[0].name, brief(b))
	}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			return fmt.Errorf("%s: unknown; %s", prefix(where, ".")+name, suggestion(name, fields))
		}
		if string(raw[name]) == "null" {
			continue
		}
		err := fields[i].set(raw[name])
		var inside rowError
		if errors.As(err, &inside) {
			return inside.error
		}
		if err != nil {
			return fmt.Errorf("%s: want %s, got %s", prefix(where, ".")+name, fields[i].want, brief(raw[name]))
		}
	}
	return nil
}

func prefix(where, sep string) string {
	if where == "" {
		return ""
	}
	return where + sep
}

// suggestion is the field that is spelled most alike, or all of them.
func suggestion(name string, fields []field) string {
	best, dist := "", 1+len(name)/2
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.name
		if d := distance(strings.ToLower(name), f.name); d < dist {
			best, dist = f.name, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "known are " + strings.Join(all, ", ")
}

// distance is the number of letters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}
