package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"aiops/forecast"
	"aiops/metric"
)

// modelFlags say how series are forecast.
type modelFlags struct {
	Model       string `name:"model" default:"auto" placeholder:"NAME" help:"One of ${models}. auto combines those that were right on the series before, and says which."`
	ModelConfig string `name:"model-config" placeholder:"FILE" help:"Options of the model as JSON; for prophet by its constructor's names: growth, cap, floor, seasonality_mode, changepoint_prior_scale, holidays (rows of holiday, ds, lower_window, upper_window) ..."`
	Step        string `name:"step" placeholder:"5m" help:"Distance of the points: 30s, 5m, 1h, 1d, 1b (business days), 1w, 1mo, 1q, 1y. Default: found in each series."`
	Seed        uint64 `name:"seed" default:"1" help:"The same seed gives the same intervals."`
}

// horizonFlags say how far and how sure.
type horizonFlags struct {
	Horizon  string  `name:"horizon" default:"48" placeholder:"N|48h" help:"How far: a number of steps, or a time such as 48h, 7d or 6w."`
	Interval float64 `name:"interval" default:"0.8" placeholder:"P" help:"Probability that the interval holds the value that comes."`
}

// options are the forecaster's, checked before anything is read.
func (m modelFlags) options(h horizonFlags) (forecast.Options, error) {
	o := forecast.Options{Model: m.Model, Level: h.Interval, Seed: m.Seed}
	if !slices.ContainsFunc(forecast.Models, func(i forecast.ModelInfo) bool { return i.Name == m.Model }) {
		return o, usageError{fmt.Errorf("--model %s: there is no such model; choose one of %s", m.Model, modelNames())}
	}
	if !(h.Interval > 0 && h.Interval < 1) {
		return o, usageError{fmt.Errorf("--interval %v is not between 0 and 1; write 0.8 for 80 %%", h.Interval)}
	}
	var err error
	if m.Step != "" {
		if o.Step, err = metric.ParseStep(m.Step); err != nil {
			return o, usageError{fmt.Errorf("--step: %w", err)}
		}
	}
	if o.Config, err = m.config(); err != nil {
		return o, err
	}
	return o, setHorizon(&o, h.Horizon)
}

// config reads the model's options.
func (m modelFlags) config() ([]byte, error) {
	if m.ModelConfig == "" {
		return nil, nil
	}
	text, err := os.ReadFile(m.ModelConfig)
	if err != nil {
		return nil, usageError{fmt.Errorf("--model-config: %w", err)}
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, usageError{fmt.Errorf("--model-config %s is not a JSON object such as {\"growth\": \"linear\"}: %w", m.ModelConfig, err)}
	}
	return text, nil
}

// setHorizon reads a number of steps or a time.
func setHorizon(o *forecast.Options, text string) error {
	n, err := strconv.Atoi(text)
	if err == nil && n >= 1 {
		o.Horizon = n
		return nil
	}
	if d, ok := span(text); err != nil && ok && !strings.HasPrefix(text, "-") {
		o.Span = d
		return nil
	}
	return usageError{fmt.Errorf("--horizon %q: write a number of steps such as 48, or a time such as 48h, 7d or 6w", text)}
}

func modelNames() string {
	var names []string
	for _, m := range forecast.Models {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}
