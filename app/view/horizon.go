package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aiops/forecast"
	"aiops/metric"
)

// Outlook is what the Forecast page keeps in the state.
type Outlook struct {
	Focus   metric.Key `json:"focus"`   // the series that is shown
	Horizon int64      `json:"horizon"` // in seconds
	Model   string     `json:"model"`
	Level   float64    `json:"level"` // of the interval
	Zoom    Zoom       `json:"zoom"`
	Past    bool       `json:"-"`   // past forecasts are shown over what came
	Tab     int        `json:"tab"` // of the lower cards in a narrow window
}

// defaultOutlook is that of the first start.
func defaultOutlook() Outlook {
	return Outlook{Horizon: int64(day / time.Second), Model: forecast.Models[0].Name, Level: 0.8}
}

// HorizonItem is a horizon as the list shows it.
type HorizonItem struct {
	Span time.Duration
	Name string
}

// Horizons lists the horizons; a custom one is asked for.
func Horizons() []HorizonItem {
	return []HorizonItem{{4 * time.Hour, "4 h"}, {day, "24 h"}, {2 * day, "48 h"}, {7 * day, "7 days"}, {42 * day, "6 weeks"}, {90 * day, "90 days"}}
}

// longestHorizon is what can be asked for at most.
const longestHorizon = 10 * 366 * day

// ParseHorizon reads a horizon: "90 min", "3 days", "6 weeks".
func ParseHorizon(words string) (time.Duration, error) {
	d, err := ParseDuration(words)
	switch {
	case err != nil:
		return 0, err
	case d < time.Second || d > longestHorizon:
		return 0, fmt.Errorf("a horizon is between 1 s and 10 years")
	}
	return d, nil
}

// Levels lists the intervals.
func Levels() []float64 { return []float64{0.5, 0.8, 0.9, 0.95} }

// Span is the horizon.
func (o Outlook) Span() time.Duration { return time.Duration(o.Horizon) * time.Second }

// HorizonText tells a horizon: 24 h, 6 weeks.
func HorizonText(span time.Duration) string {
	for _, h := range Horizons() {
		if h.Span == span {
			return h.Name
		}
	}
	return Duration(metric.Micros(span))
}

// ModelName tells a model's name as people read it: Auto, Seasonal naive.
func ModelName(name string) string {
	if name == "" {
		return ""
	}
	text := []rune(name)
	if text[0] >= 'a' && text[0] <= 'z' {
		text[0] += 'A' - 'a'
	}
	for i, r := range text {
		if r == '-' {
			text[i] = ' '
		}
	}
	return string(text)
}

// LevelText tells an interval: 80 %.
func LevelText(level float64) string { return shortValue(metric.Percent, 100*level) }

func (o *Outlook) repair() {
	def := defaultOutlook()
	if o.Horizon < 1 || o.Horizon > int64(longestHorizon/time.Second) {
		o.Horizon = def.Horizon
	}
	if !slices.ContainsFunc(forecast.Models, func(m forecast.ModelInfo) bool { return m.Name == o.Model }) {
		o.Model = def.Model
	}
	if !slices.Contains(Levels(), o.Level) {
		o.Level = def.Level
	}
	o.Zoom.Range = sane(o.Zoom.Range)
	o.Tab = min(max(o.Tab, 0), 2)
}

// ConfigText tells a model's options on one line: changepoint_prior_scale 0.5, growth flat.
func ConfigText(config string) string {
	text := strings.NewReplacer("{", "", "}", "", "\"", "", ":", " ", ",", ", ", "\n", " ", "\t", " ").Replace(config)
	if text = strings.Join(strings.Fields(text), " "); text == "" {
		return "the model's own"
	}
	return text
}
