package view

import (
	"fmt"
	"math"
	"strings"

	"aiops/forecast"
)

// Why is one sentence that says what the model chose: the part that matters
// first, then the rest.
func (f *Forecast) Why() (lead, rest string) {
	m := f.current()
	if m == nil || len(m.Forecast.Times) == 0 {
		return "", ""
	}
	return WhyOf(m.Forecast, HorizonText(m.Plan.Options.Span))
}

// WhyOf is Why of any forecast.
func WhyOf(f forecast.Forecast, horizon string) (lead, rest string) {
	lead = strings.TrimSpace(f.Why)
	if lead == "" {
		lead = ModelName(f.Model)
		for _, m := range forecast.Models {
			if m.Name == f.Model {
				rest = ": " + strings.ToLower(m.Text[:1]) + m.Text[1:]
			}
		}
	} else {
		for _, end := range []string{": ", "; ", ". "} {
			if i := strings.Index(lead, end); i > 0 {
				lead, rest = lead[:i], lead[i:]
				break
			}
		}
	}
	if text := beside(f.Scores, f.SeasonalRef, horizon); text != "" && !strings.Contains(f.Why, "seasonal naive") {
		if rest != "" && !strings.HasSuffix(rest, ".") {
			rest += "."
		} else if rest == "" && !strings.HasSuffix(lead, ".") {
			lead += "."
		}
		rest += " " + text
	}
	return lead, rest
}

// beside compares errors with those of the seasonal naive.
func beside(s, ref forecast.Scores, horizon string) string {
	if s.N == 0 || ref.N == 0 || !(ref.MAE > 0) || math.IsNaN(s.MAE) {
		return ""
	}
	switch change := 100 * (s.MAE/ref.MAE - 1); {
	case change <= -0.5:
		return fmt.Sprintf("Over %s it errs %.0f\u00a0%% less than the seasonal naive.", horizon, -change)
	case change >= 0.5:
		return fmt.Sprintf("Over %s it errs %.0f\u00a0%% more than the seasonal naive.", horizon, change)
	}
	return fmt.Sprintf("Over %s it errs as much as the seasonal naive.", horizon)
}

// Warnings are what the forecast says about itself.
func (f *Forecast) Warnings() []string {
	if m := f.current(); m != nil {
		return m.Forecast.Warnings
	}
	return nil
}
