package prophet

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Validate reports the first option whose value Prophet would not take.
func (c Config) Validate() error {
	for _, check := range []func(Config) error{checkScalars, checkHolidays, checkSeasonalities, checkRegressors} {
		if err := check(c); err != nil {
			return fmt.Errorf("prophet options: %w", err)
		}
	}
	return nil
}

func checkScalars(c Config) error {
	switch {
	case c.Growth != Linear && c.Growth != Logistic && c.Growth != Flat:
		return fmt.Errorf(`growth: %q is none of "linear", "logistic", "flat"`, c.Growth)
	case c.NChangepoints < 0 || c.NChangepoints > 10000:
		return fmt.Errorf("n_changepoints: %d is not between 0 and 10000", c.NChangepoints)
	case !(c.ChangepointRange >= 0 && c.ChangepointRange <= 1):
		return fmt.Errorf("changepoint_range: %v is not between 0 and 1", c.ChangepointRange)
	case c.MCMCSamples != 0:
		return fmt.Errorf("mcmc_samples: sampling the posterior is not offered; leave it at 0 for the most probable fit")
	case !(c.IntervalWidth > 0 && c.IntervalWidth < 1):
		return fmt.Errorf("interval_width: %v is not between 0 and 1, both excluded; 0.8 is usual", c.IntervalWidth)
	case c.UncertaintySamples < 0 || c.UncertaintySamples > 1e5:
		return fmt.Errorf("uncertainty_samples: %d is not between 0 and 100000; 1000 is usual", c.UncertaintySamples)
	case c.Scaling != AbsMax && c.Scaling != MinMax:
		return fmt.Errorf(`scaling: %q is neither "absmax" nor "minmax"`, c.Scaling)
	case c.Cap != nil && !finite(*c.Cap):
		return fmt.Errorf("cap: %v is not a finite number", *c.Cap)
	case c.Floor != nil && !finite(*c.Floor):
		return fmt.Errorf("floor: %v is not a finite number", *c.Floor)
	case c.Cap != nil && c.Floor != nil && *c.Cap <= *c.Floor:
		return fmt.Errorf("cap: %v must be above the floor, %v", *c.Cap, *c.Floor)
	}
	return firstError(
		checkOrder("yearly_seasonality", int(c.YearlySeasonality)),
		checkOrder("weekly_seasonality", int(c.WeeklySeasonality)),
		checkOrder("daily_seasonality", int(c.DailySeasonality)),
		checkMode("seasonality_mode", c.SeasonalityMode),
		checkMode("holidays_mode", c.holidaysMode()),
		checkScale("seasonality_prior_scale", c.SeasonalityPriorScale),
		checkScale("holidays_prior_scale", c.HolidaysPriorScale),
		checkScale("changepoint_prior_scale", c.ChangepointPriorScale),
		checkCountry(c.CountryHolidays),
	)
}

func checkHolidays(c Config) error {
	scales := map[string]float64{}
	for i, h := range c.Holidays {
		at := fmt.Sprintf("holidays[%d]", i)
		scale := orScale(h.PriorScale, c.HolidaysPriorScale)
		if err := firstError(checkName(at+".holiday", h.Holiday), checkScale(at+".prior_scale", scale)); err != nil {
			return err
		}
		switch before, ok := scales[h.Holiday]; {
		case h.LowerWindow > 0 || h.LowerWindow < -366:
			return fmt.Errorf("%s.lower_window: %d is not between -366 and 0", at, h.LowerWindow)
		case h.UpperWindow < 0 || h.UpperWindow > 366:
			return fmt.Errorf("%s.upper_window: %d is not between 0 and 366", at, h.UpperWindow)
		case ok && before != scale:
			return fmt.Errorf("%s.prior_scale: %v, but an earlier row of %q has %v; give all rows of a holiday the same", at, scale, h.Holiday, before)
		}
		scales[h.Holiday] = scale
	}
	return nil
}

func checkSeasonalities(c Config) error {
	seen := map[string]bool{}
	for i, s := range c.Seasonalities {
		at := fmt.Sprintf("seasonalities[%d]", i)
		builtIn := s.Name == "yearly" || s.Name == "weekly" || s.Name == "daily"
		if !builtIn {
			if err := checkName(at+".name", s.Name); err != nil {
				return err
			}
		}
		switch {
		case seen[s.Name]:
			return fmt.Errorf("%s.name: %q is there twice", at, s.Name)
		case holidayNamed(c, s.Name):
			return fmt.Errorf("%s.name: %q is also a holiday; rename one of them", at, s.Name)
		case !(s.Period > 0 && finite(s.Period)):
			return fmt.Errorf("%s.period: %v is not a number of days above 0", at, s.Period)
		case s.FourierOrder < 1 || s.FourierOrder > 500:
			return fmt.Errorf("%s.fourier_order: %d is not between 1 and 500", at, s.FourierOrder)
		}
		seen[s.Name] = true
		if err := firstError(checkMode(at+".mode", orMode(s.Mode, c.SeasonalityMode)),
			checkScale(at+".prior_scale", orScale(s.PriorScale, c.SeasonalityPriorScale))); err != nil {
			return err
		}
	}
	return nil
}

func checkRegressors(c Config) error {
	seen := map[string]bool{}
	for i, r := range c.Regressors {
		at := fmt.Sprintf("regressors[%d]", i)
		if err := firstError(checkName(at+".name", r.Name), checkMode(at+".mode", orMode(r.Mode, c.SeasonalityMode)),
			checkScale(at+".prior_scale", orScale(r.PriorScale, c.HolidaysPriorScale))); err != nil {
			return err
		}
		switch {
		case seen[r.Name]:
			return fmt.Errorf("%s.name: %q is there twice", at, r.Name)
		case holidayNamed(c, r.Name):
			return fmt.Errorf("%s.name: %q is also a holiday; rename one of them", at, r.Name)
		case slices.ContainsFunc(c.Seasonalities, func(s Seasonality) bool { return s.Name == r.Name }):
			return fmt.Errorf("%s.name: %q is also a seasonality; rename one of them", at, r.Name)
		}
		seen[r.Name] = true
	}
	return nil
}

func holidayNamed(c Config, name string) bool {
	return slices.ContainsFunc(c.Holidays, func(h Holiday) bool { return h.Holiday == name })
}

// reserved are the names of Prophet's own columns.
var reserved = []string{"trend", "additive_terms", "daily", "weekly", "yearly", "holidays", "zeros", "extra_regressors_additive", "yhat",
	"extra_regressors_multiplicative", "multiplicative_terms"}

func checkName(at, name string) error {
	base := strings.TrimSuffix(strings.TrimSuffix(name, "_lower"), "_upper")
	switch {
	case name == "":
		return fmt.Errorf("%s: missing; give it a name", at)
	case strings.Contains(name, delim):
		return fmt.Errorf("%s: %q must not contain %q", at, name, delim)
	case slices.Contains(reserved, base), slices.Contains([]string{"ds", "y", "cap", "floor", "y_scaled", "cap_scaled"}, name):
		return fmt.Errorf("%s: %q is reserved; choose another name", at, name)
	}
	return nil
}

func checkMode(at string, m Mode) error {
	if m != Additive && m != Multiplicative {
		return fmt.Errorf(`%s: %q is neither "additive" nor "multiplicative"`, at, m)
	}
	return nil
}

func checkScale(at string, s float64) error {
	if !(s > 0 && finite(s)) {
		return fmt.Errorf("%s: %v is not a number above 0", at, s)
	}
	return nil
}

func checkOrder(at string, order int) error {
	if order < int(On) || order > 500 {
		return fmt.Errorf("%s: %d Fourier terms are not between 0 and 500", at, order)
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
