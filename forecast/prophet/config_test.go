package prophet

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestParseConfigDefaults(t *testing.T) {
	for _, text := range []string{`{}`, `{"growth":null,"changepoints":null,"holidays":null,"stan_backend":null,"mcmc_samples":0}`} {
		c, err := ParseConfig([]byte(text))
		if err != nil || !reflect.DeepEqual(c, Default()) {
			t.Errorf("%s gives %+v, %v", text, c, err)
		}
	}
}

func TestParseConfigTakesEveryOption(t *testing.T) {
	c, err := ParseConfig([]byte(`{
		"growth": "logistic", "changepoints": ["2024-03-01", "2024-04-01 12:30:00"], "n_changepoints": 7, "changepoint_range": 0.9,
		"yearly_seasonality": true, "weekly_seasonality": 5, "daily_seasonality": false,
		"holidays": [{"holiday": "sale", "ds": "2024-11-29", "lower_window": -1.0, "upper_window": 2, "prior_scale": 3}],
		"seasonality_mode": "multiplicative", "seasonality_prior_scale": 1, "holidays_prior_scale": 2, "changepoint_prior_scale": 0.5,
		"mcmc_samples": 0, "interval_width": 0.95, "uncertainty_samples": false, "stan_backend": "CMDSTANPY", "scaling": "minmax",
		"holidays_mode": "additive", "cap": 100, "floor": -1.5, "country_holidays": "Germany",
		"seasonalities": [{"name": "monthly", "period": 30.5, "fourier_order": 5, "prior_scale": 0.1, "mode": "additive", "condition_name": "on"}],
		"regressors": [{"name": "load"}, {"name": "temp", "standardize": true, "mode": "additive", "prior_scale": 4}]}`))
	if err != nil {
		t.Fatal(err)
	}
	top, bottom := 100.0, -1.5
	march, _ := ParseDate("2024-03-01")
	april, _ := ParseDate("2024-04-01T12:30:00Z")
	sale, _ := ParseDate("2024-11-29")
	want := Config{Growth: Logistic, Changepoints: []Date{march, april}, NChangepoints: 7, ChangepointRange: 0.9,
		YearlySeasonality: On, WeeklySeasonality: 5, DailySeasonality: Off,
		Holidays:        []Holiday{{"sale", sale, -1, 2, 3}},
		SeasonalityMode: Multiplicative, SeasonalityPriorScale: 1, HolidaysPriorScale: 2, ChangepointPriorScale: 0.5,
		IntervalWidth: 0.95, StanBackend: "CMDSTANPY", Scaling: MinMax, HolidaysMode: Additive, Cap: &top, Floor: &bottom, CountryHolidays: "Germany",
		Seasonalities: []Seasonality{{"monthly", 30.5, 5, 0.1, Additive, "on"}},
		Regressors:    []Regressor{{"load", 0, Auto, ""}, {"temp", 4, On, Additive}}}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ParseConfig(b); err != nil || !reflect.DeepEqual(again, c) {
		t.Errorf("%s reads back as %+v, %v", b, again, err)
	}
}

func TestParseConfigSaysWhatIsWrong(t *testing.T) {
	for text, says := range map[string][]string{
		`[]`:                                   {"object"},
		`nonsense`:                             {"object"},
		`{"grwth": "linear"}`:                  {"grwth", `did you mean "growth"`},
		`{"yearly_seasonalty": true}`:          {"yearly_seasonality"},
		`{"zzzzzzzzzzzz": true}`:               {"known are", "growth", "country_holidays"},
		`{"growth": "cubic"}`:                  {"growth", "cubic", "logistic"},
		`{"growth": 3}`:                        {"growth", "linear", "got 3"},
		`{"n_changepoints": 2.5}`:              {"n_changepoints", "whole number", "2.5"},
		`{"n_changepoints": -1}`:               {"n_changepoints", "-1"},
		`{"changepoint_range": 1.5}`:           {"changepoint_range", "between 0 and 1"},
		`{"changepoint_range": "x"}`:           {"changepoint_range", "between 0 and 1", `"x"`},
		`{"changepoints": ["soon"]}`:           {"changepoints", "list of dates"},
		`{"yearly_seasonality": "on"}`:         {"yearly_seasonality", "auto", "true"},
		`{"daily_seasonality": -3}`:            {"daily_seasonality", "Fourier"},
		`{"seasonality_mode": "both"}`:         {"seasonality_mode", "additive"},
		`{"seasonality_prior_scale": 0}`:       {"seasonality_prior_scale", "above 0"},
		`{"changepoint_prior_scale": "a"}`:     {"changepoint_prior_scale", "above 0"},
		`{"mcmc_samples": 300}`:                {"mcmc_samples", "leave it at 0"},
		`{"interval_width": 80}`:               {"interval_width", "0.8"},
		`{"uncertainty_samples": true}`:        {"uncertainty_samples", "false"},
		`{"scaling": "std"}`:                   {"scaling", "minmax"},
		`{"cap": "high"}`:                      {"cap", "number"},
		`{"cap": 1, "floor": 2}`:               {"cap", "above the floor"},
		`{"country_holidays": "Atlantis"}`:     {"country_holidays", "Atlantis", "US", "rows of holidays"},
		`{"holidays": [{"ds": "2024-01-01"}]}`: {"holidays[0].holiday", "name"},
		`{"holidays": [{"holiday": "a", "ds": "2024-01-01"}, {"holiday": "a", "day": 1}]}`:                             {"holidays[1].day", "known are holiday, ds"},
		`{"holidays": [{"holiday": "a", "ds": 20240101}]}`:                                                             {"holidays[0].ds", "2024-12-31"},
		`{"holidays": [{"holiday": "a", "ds": "2024-01-01", "lower_window": 1}]}`:                                      {"holidays[0].lower_window", "-366 and 0"},
		`{"holidays": [{"holiday": "a", "ds": "2024-01-01", "upper_window": -1}]}`:                                     {"holidays[0].upper_window", "0 and 366"},
		`{"holidays": [{"holiday": "a", "ds": "2024-01-01"}, {"holiday": "a", "ds": "2025-01-01", "prior_scale": 3}]}`: {"holidays[1].prior_scale", "same"},
		`{"holidays": [{"holiday": "trend", "ds": "2024-01-01"}]}`:                                                     {"holidays[0].holiday", "reserved"},
		`{"holidays": "US"}`: {"holidays", "list of objects"},
		`{"seasonalities": [{"name": "a_delim_b", "period": 2, "fourier_order": 1}]}`:                                             {"seasonalities[0].name", "_delim_"},
		`{"seasonalities": [{"name": "a", "fourier_order": 1}]}`:                                                                  {"seasonalities[0].period", "days"},
		`{"seasonalities": [{"name": "a", "period": 2}]}`:                                                                         {"seasonalities[0].fourier_order"},
		`{"seasonalities": [{"name": "a", "period": 2, "fourier_order": 1}, {"name": "a", "period": 3, "fourier_order": 1}]}`:     {"seasonalities[1].name", "twice"},
		`{"regressors": [{"name": "yhat_lower"}]}`:                                                                                {"regressors[0].name", "reserved"},
		`{"regressors": [{"name": "a"}, {"name": "a"}]}`:                                                                          {"regressors[1].name", "twice"},
		`{"regressors": [{"name": "a", "standardize": 3}]}`:                                                                       {"regressors[0].standardize", "auto"},
		`{"regressors": [{"name": "a", "prior_scale": 0}]}`:                                                                       {"regressors[0].prior_scale", "above 0"},
		`{"regressors": [{"name": "a", "mode": "x"}]}`:                                                                            {"regressors[0].mode", "multiplicative"},
		`{"seasonalities": [{"name": "a", "period": 2, "fourier_order": 1}], "holidays": [{"holiday": "a", "ds": "2024-01-01"}]}`: {"seasonalities[0].name", "holiday"},
		`{"seasonalities": [{"name": "a", "period": 2, "fourier_order": 1}], "regressors": [{"name": "a"}]}`:                      {"regressors[0].name", "seasonality"},
	} {
		_, err := ParseConfig([]byte(text))
		if err == nil {
			t.Errorf("%s: no error", text)
			continue
		}
		for _, s := range says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: %q does not say %q", text, err, s)
			}
		}
	}
}

func TestZeroConfigIsRefused(t *testing.T) {
	if err := (Config{}).Validate(); err == nil || !strings.Contains(err.Error(), "growth") {
		t.Errorf("got %v", err)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		d    int
	}{{"", "", 0}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"growth", "grwth", 1}} {
		if d := distance(c.a, c.b); d != c.d {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, d, c.d)
		}
	}
}

// What ParseConfig takes is valid, and its JSON reads back as the same.
func FuzzParseConfig(f *testing.F) {
	for _, s := range []string{`{}`, `{"growth":"flat","holidays":[{"holiday":"a","ds":"2024-01-01"}]}`, `{"weekly_seasonality":3,"changepoints":["2024-01-01"]}`,
		`{"seasonalities":[{"name":"m","period":30.5,"fourier_order":2}],"regressors":[{"name":"x","standardize":true}]}`, `{"cap":1e308}`, `[1`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseConfig(b)
		if err != nil {
			return
		}
		out, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if again, err := ParseConfig(out); err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%q gives %s, which reads back as %+v, %v", b, out, again, err)
		}
	})
}
