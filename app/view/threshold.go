package view

import (
	"slices"

	"aiops/charts"
	"aiops/metric"
)

// Threshold is a limit for a metric on every VM, or on one VM only.
type Threshold struct {
	Metric string  `json:"metric"`
	VM     string  `json:"vm,omitempty"`
	Value  float64 `json:"value"`
}

// Thresholds are the limits that the user set.
type Thresholds []Threshold

// Of is the limit of a series: its own, otherwise its metric's.
func (ts Thresholds) Of(k metric.Key) (float64, bool) {
	v, ok := 0.0, false
	for _, t := range ts {
		switch {
		case t.Metric != k.Metric:
		case t.VM == k.VM:
			return t.Value, true
		case t.VM == "":
			v, ok = t.Value, true
		}
	}
	return v, ok
}

// Set sets or replaces a limit.
func (ts *Thresholds) Set(t Threshold) {
	ts.Remove(t.Metric, t.VM)
	*ts = append(*ts, t)
}

// Remove takes a limit away.
func (ts *Thresholds) Remove(metricName, vm string) {
	*ts = slices.DeleteFunc(*ts, func(t Threshold) bool { return t.Metric == metricName && t.VM == vm })
}

// figures are the limits of the series of one panel, each value once.
func (ts Thresholds) figures(u metric.Unit, keys []metric.Key) []charts.Threshold {
	var out []charts.Threshold
	for _, k := range keys {
		v, ok := ts.Of(k)
		if !ok || slices.ContainsFunc(out, func(t charts.Threshold) bool { return t.Value == v }) {
			continue
		}
		out = append(out, charts.Threshold{Value: v, Label: "Threshold " + shortValue(u, v)})
	}
	return out
}
