package alert

import (
	"maps"
	"slices"

	"aiops/metric"
)

// Standing is the last of the transitions, ordered by time, of each rule and
// series, ordered by rule and series.
func Standing(all []metric.Transition) []metric.Transition {
	last := map[standing]metric.Transition{}
	for _, t := range all {
		last[standing{t.Rule, t.Key}] = t
	}
	return slices.SortedFunc(maps.Values(last), byRule)
}

// Firing is what fires after the transitions, with the one that made it so.
func Firing(all []metric.Transition) []metric.Transition { return in(all, metric.Firing) }

// PendingNow is what waits to fire after the transitions.
func PendingNow(all []metric.Transition) []metric.Transition { return in(all, metric.Pending) }

func in(all []metric.Transition, s metric.AlertState) []metric.Transition {
	return slices.DeleteFunc(Standing(all), func(t metric.Transition) bool { return t.To != s })
}

// Notified leaves out what nobody is told: waiting alerts, and silenced ones.
func Notified(all []metric.Transition) []metric.Transition {
	var out []metric.Transition
	for _, t := range all {
		if t.Silence == 0 && (t.To == metric.Firing || t.To == metric.Resolved) {
			out = append(out, t)
		}
	}
	return out
}
