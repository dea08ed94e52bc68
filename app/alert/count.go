package alert

import (
	"cmp"
	"slices"
	"time"

	"aiops/metric"
)

// Count is how much one rule, VM, severity or series was up to.
type Count struct {
	Name      string     // the rule's, the VM's, the severity's; the rule's of a series
	Key       metric.Key // of a series
	Fired     int
	Changes   int           // transitions of any kind
	PerDay    float64       // Fired in 24 hours of the range
	Busiest   int           // changes to firing and resolved within the busiest hour
	Firing    time.Duration // how long something fired in all
	ToResolve Distribution
}

// Flapping reports whether a series changed so often within an hour that
// telling each change helps nobody.
func (c Count) Flapping() bool { return c.Busiest >= flapping }

// flapping is how many changes in an hour are too many.
const flapping = 6

// tally counts up one Count.
type tally struct {
	Count
	took    []time.Duration
	changes []int64
}

// of says what a transition is counted under.
type of func(t metric.Transition) (name string, key metric.Key)

func ofRule(t metric.Transition) (string, metric.Key)     { return t.Rule, metric.Key{} }
func ofVM(t metric.Transition) (string, metric.Key)       { return t.VM, metric.Key{} }
func ofSeverity(t metric.Transition) (string, metric.Key) { return string(t.Severity), metric.Key{} }
func ofSeries(t metric.Transition) (string, metric.Key)   { return t.Rule, t.Key }

// counts sums up by what of says, the noisiest first.
func counts(all []metric.Transition, eps []episode, r metric.Range, by of) []Count {
	tallies := map[standing]*tally{}
	find := func(t metric.Transition) *tally {
		name, key := by(t)
		one := tallies[standing{name, key}]
		if one == nil {
			one = &tally{Count: Count{Name: name, Key: key}}
			tallies[standing{name, key}] = one
		}
		return one
	}
	for _, t := range all {
		find(t).add(t)
	}
	for _, e := range eps {
		one := find(e.began)
		one.Firing += e.took
		if e.resolved {
			one.took = append(one.took, e.took)
		}
	}
	days := max(r.Duration().Hours()/24, 1.0/24)
	var out []Count
	for _, one := range tallies {
		one.PerDay, one.Busiest, one.ToResolve = float64(one.Fired)/days, busiest(one.changes), distribution(one.took)
		out = append(out, one.Count)
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Fired, a.Fired), cmp.Compare(a.Name, b.Name), a.Key.Compare(b.Key))
	})
	return out
}

func (one *tally) add(t metric.Transition) {
	one.Changes++
	switch t.To {
	case metric.Firing:
		one.Fired++
		one.changes = append(one.changes, t.Time)
	case metric.Resolved:
		one.changes = append(one.changes, t.Time)
	}
}

// busiest is how many of ascending times lie within the busiest hour.
func busiest(times []int64) int {
	first, most := 0, 0
	for i, t := range times {
		for times[first] <= t-3600e6 {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
