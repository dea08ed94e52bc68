package cli

import (
	"encoding/json"
	"fmt"

	"aiops/forecast"
	"aiops/metric"
)

// detail is what --details tells of a series. Times are RFC 3339; what is not
// finite is null.
type detail struct {
	VM         string           `json:"vm"`
	Metric     string           `json:"metric"`
	Error      string           `json:"error,omitempty"` // why there is no forecast
	Model      string           `json:"model,omitempty"`
	Why        string           `json:"why,omitempty"`
	Step       string           `json:"step,omitempty"`
	Origin     wire             `json:"origin,omitzero"` // the last point that the forecast knows
	Made       wire             `json:"made,omitzero"`
	Horizon    int              `json:"horizon,omitempty"` // steps
	Interval   float64          `json:"interval,omitempty"`
	Parameters any              `json:"parameters,omitempty"`
	Weights    []weight         `json:"weights,omitempty"`
	Components []component      `json:"components,omitempty"`
	Changes    []change         `json:"changepoints,omitempty"`
	Scores     *forecast.Scores `json:"backtest,omitempty"`
	Reference  *forecast.Scores `json:"backtest_seasonal_naive,omitempty"`
	Warnings   []string         `json:"warnings"`
}

type weight struct {
	Name  string `json:"name"`
	Share num    `json:"share"`
}

type component struct {
	Name   string  `json:"name"`
	Period float64 `json:"period_seconds,omitempty"`
	Factor bool    `json:"factor,omitempty"`
	Times  []wire  `json:"times"`
	Values []num   `json:"values"`
}

type change struct {
	Time wire   `json:"time"`
	Text string `json:"text"`
}

func detailOf(f forecast.Forecast, level float64) detail {
	d := detail{VM: f.VM, Metric: f.Metric, Model: f.Model, Why: f.Why, Step: f.Step.String(), Origin: wire(f.Origin), Made: wire(f.Made),
		Horizon: len(f.Times), Interval: level, Scores: &f.Scores, Reference: &f.SeasonalRef, Warnings: f.Warnings}
	if len(f.Params) > 0 {
		d.Parameters = finite(f.Params)
	}
	for _, w := range f.Weights {
		d.Weights = append(d.Weights, weight{w.Name, num(w.Share)})
	}
	for _, c := range f.Components {
		d.Components = append(d.Components, component{Name: c.Name, Period: float64(c.Period) / 1e6, Factor: c.Factor, Times: wires(c.Times), Values: nums(c.Values)})
	}
	for _, c := range f.Changes {
		d.Changes = append(d.Changes, change{wire(c.Time), c.Text})
	}
	if d.Warnings == nil {
		d.Warnings = []string{}
	}
	return d
}

// wire is a time in RFC 3339, num a number or null.
type (
	wire int64
	num  float64
)

func (w wire) MarshalJSON() ([]byte, error) {
	return metric.Time(int64(w)).AppendFormat(nil, `"`+wireTime+`"`), nil
}

func (n num) MarshalJSON() ([]byte, error) {
	if b := appendNumber(nil, float64(n)); len(b) > 0 {
		return b, nil
	}
	return []byte("null"), nil
}

func wires(times []int64) []wire {
	out := make([]wire, len(times))
	for i, t := range times {
		out[i] = wire(t)
	}
	return out
}

func nums(values []float64) []num {
	out := make([]num, len(values))
	for i, v := range values {
		out[i] = num(v)
	}
	return out
}

// details writes a JSON array, an element a line.
type details struct {
	out  *output
	rows int
}

func newDetails(out *output) *details { return &details{out: out} }

func (d *details) add(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", d.out.path, err)
	}
	before := ",\n"
	if d.rows == 0 {
		before = "[\n"
	}
	d.rows++
	_, err = d.out.WriteString(before + string(text))
	return err
}

func (d *details) commit() error {
	end := "\n]\n"
	if d.rows == 0 {
		end = "[]\n"
	}
	_, _ = d.out.WriteString(end) // commit tells the error
	return d.out.commit()
}
