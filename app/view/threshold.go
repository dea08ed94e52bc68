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
	Below  bool    `json:"below,omitempty"` // what matters is falling below it
}

// Thresholds are the limits that the user set.
type Thresholds []Threshold

// Of is the limit that a series must not exceed: its own, otherwise its metric's.
func (ts Thresholds) Of(k metric.Key) (float64, bool) {
	t, ok := ts.Limit(k)
	return t.Value, ok && !t.Below
}

// Limit is the limit of a series, whichever way it must not be passed.
func (ts Thresholds) Limit(k metric.Key) (out Threshold, ok bool) {
	for _, t := range ts {
		switch {
		case t.Metric != k.Metric:
		case t.VM == k.VM:
			return t, true
		case t.VM == "":
			out, ok = t, true
		}
	}
	return out, ok
}

// usualPercent is the limit of metrics in per cent that have none of their own.
const usualPercent = 90

// Watched is the limit that forecasts are held against: the one that was set,
// 90 % for metrics in per cent otherwise.
func (ts Thresholds) Watched(k metric.Key) (Threshold, bool) {
	if t, ok := ts.Limit(k); ok {
		return t, true
	}
	return Threshold{Metric: k.Metric, Value: usualPercent}, metric.UnitOf(k.Metric) == metric.Percent
}

// Text tells the limit: above 90 %.
func (t Threshold) Text() string {
	side := "above "
	if t.Below {
		side = "below "
	}
	return side + shortValue(metric.UnitOf(t.Metric), t.Value)
}

// Passed reports whether a value is beyond the limit.
func (t Threshold) Passed(v float64) bool {
	if t.Below {
		return v < t.Value
	}
	return v > t.Value
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

// Drop takes the limit that a series has away.
func (ts *Thresholds) Drop(k metric.Key) {
	if t, ok := ts.Limit(k); ok {
		ts.Remove(t.Metric, t.VM)
	}
}

// figures are the limits of the series of one panel, each value once.
func (ts Thresholds) figures(u metric.Unit, keys []metric.Key) []charts.Threshold {
	var out []charts.Threshold
	for _, k := range keys {
		limit, ok := ts.Limit(k)
		v := limit.Value
		if !ok || slices.ContainsFunc(out, func(t charts.Threshold) bool { return t.Value == v }) {
			continue
		}
		out = append(out, charts.Threshold{Value: v, Label: "Threshold " + shortValue(u, v)})
	}
	return out
}
