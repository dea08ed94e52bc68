package alert

import (
	"cmp"
	"slices"
	"time"

	"aiops/metric"
)

// Analysis is what a history of transitions says about the rules.
type Analysis struct {
	Range      metric.Range // from the first to the last transition, or what was asked for
	Fired      int          // how often something began to fire
	FiringNow  int
	Silenced   int     // of Fired
	Rules      []Count // the noisiest first
	VMs        []Count
	Severities []Count
	Series     []Count      // a rule on a series; those that flap first
	Weeks      [7][24]int   // how often something began to fire, by weekday (0 is Monday) and hour in the zone
	Edits      []Edit       // by time
	ToResolve  Distribution // of everything that resolved
}

// Count is how much one rule, VM, severity or series was up to.
type Count struct {
	Name      string     // the rule's, the VM's, the severity's; the rule's of a series
	Key       metric.Key // of a series
	Fired     int
	Changes   int           // transitions of any kind
	PerDay    float64       // Fired in 24 hours of the range
	PerHour   float64       // Changes to firing and resolved in the busiest hour: flapping
	Firing    time.Duration // how long something fired in all
	ToResolve Distribution
}

// Flapping reports whether a series changed so often within an hour that
// telling each change helps nobody.
func (c Count) Flapping() bool { return c.PerHour >= flapping }

// flapping is how many changes in an hour are too many.
const flapping = 6

// Distribution is how long it took.
type Distribution struct {
	N           int
	Median, P90 time.Duration
}

// Edit is a change of a rule's text, with what it did before and after.
type Edit struct {
	Rule          string
	At            int64  // of the first transition with the new text
	Before, After string // the hashes
	FiredBefore   int    // in the time that the text was in force, as far as it is known
	FiredAfter    int
	DaysBefore    float64
	DaysAfter     float64
}

// Analyze sums up transitions that are ordered by time. The zero Range is the
// transitions' own.
func Analyze(all []metric.Transition, r metric.Range, zone *time.Location) Analysis {
	if r == (metric.Range{}) && len(all) > 0 {
		r = metric.Range{From: all[0].Time, To: all[len(all)-1].Time + 1}
	}
	all = slices.DeleteFunc(slices.Clone(all), func(t metric.Transition) bool { return !r.Contains(t.Time) })
	a := Analysis{Range: r, FiringNow: len(Firing(all)), Edits: edits(all, r)}
	eps := episodes(all, r.To)
	var took []time.Duration
	for _, t := range all {
		if t.To != metric.Firing {
			continue
		}
		a.Fired++
		if t.Silence != 0 {
			a.Silenced++
		}
		at := metric.Time(t.Time).In(zone)
		a.Weeks[(at.Weekday()+6)%7][at.Hour()]++
	}
	for _, e := range eps {
		if e.resolved {
			took = append(took, e.took)
		}
	}
	a.ToResolve = distribution(took)
	a.Rules = counts(all, eps, r, func(t metric.Transition) (string, metric.Key) { return t.Rule, metric.Key{} })
	a.VMs = counts(all, eps, r, func(t metric.Transition) (string, metric.Key) { return t.VM, metric.Key{} })
	a.Severities = counts(all, eps, r, func(t metric.Transition) (string, metric.Key) { return string(t.Severity), metric.Key{} })
	a.Series = counts(all, eps, r, func(t metric.Transition) (string, metric.Key) { return t.Rule, t.Key })
	slices.SortStableFunc(a.Series, func(x, y Count) int { return cmp.Compare(y.PerHour, x.PerHour) })
	return a
}

// episode is a time in which an alert fired.
type episode struct {
	began    metric.Transition
	took     time.Duration
	resolved bool
}

// episodes are those of the transitions; what still fires goes on up to the end.
func episodes(all []metric.Transition, end int64) []episode {
	open := map[standing]int{}
	var out []episode
	for _, t := range all {
		name := standing{t.Rule, t.Key}
		i, fires := open[name]
		switch {
		case t.To == metric.Firing && !fires:
			open[name] = len(out)
			out = append(out, episode{began: t, took: time.Duration(max(0, min(end, longest)-t.Time)) * time.Microsecond})
		case t.To != metric.Firing && fires:
			out[i].took, out[i].resolved = time.Duration(t.Time-out[i].began.Time)*time.Microsecond, true
			delete(open, name)
		}
	}
	return out
}

// longest keeps an open range from being an endless time.
const longest = 1 << 53

func distribution(took []time.Duration) Distribution {
	n := len(took)
	if n == 0 {
		return Distribution{}
	}
	took = slices.Sorted(slices.Values(took))
	return Distribution{n, took[(n-1)/2], took[(9*n+9)/10-1]}
}

// counts sums up by what of says, the noisiest first.
func counts(all []metric.Transition, eps []episode, r metric.Range, of func(metric.Transition) (string, metric.Key)) []Count {
	index := map[standing]int{}
	var out []Count
	var took [][]time.Duration
	var changes [][]int64
	find := func(t metric.Transition) int {
		name, key := of(t)
		i, ok := index[standing{name, key}]
		if !ok {
			i = len(out)
			index[standing{name, key}] = i
			out, took, changes = append(out, Count{Name: name, Key: key}), append(took, nil), append(changes, nil)
		}
		return i
	}
	for _, t := range all {
		i := find(t)
		out[i].Changes++
		if t.To == metric.Firing || t.To == metric.Resolved {
			changes[i] = append(changes[i], t.Time)
		}
		if t.To == metric.Firing {
			out[i].Fired++
		}
	}
	for _, e := range eps {
		i := find(e.began)
		out[i].Firing += e.took
		if e.resolved {
			took[i] = append(took[i], e.took)
		}
	}
	days := max(r.Duration().Hours()/24, 1.0/24)
	for i := range out {
		out[i].PerDay, out[i].PerHour, out[i].ToResolve = float64(out[i].Fired)/days, busiest(changes[i]), distribution(took[i])
	}
	slices.SortStableFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Fired, a.Fired), cmp.Compare(a.Name, b.Name), a.Key.Compare(b.Key))
	})
	return out
}

// busiest is how many of ascending times lie within the busiest hour.
func busiest(times []int64) float64 {
	first, most := 0, 0
	for i, t := range times {
		for times[first] <= t-3600e6 {
			first++
		}
		most = max(most, i-first+1)
	}
	return float64(most)
}

// edits are where a rule's text changed between its transitions.
func edits(all []metric.Transition, r metric.Range) []Edit {
	type phase struct {
		hash  string
		from  int64
		fired int
	}
	phases := map[string][]phase{}
	var rules []string
	for _, t := range all {
		p := phases[t.Rule]
		if len(p) == 0 {
			rules = append(rules, t.Rule)
		}
		if len(p) == 0 || p[len(p)-1].hash != t.Hash {
			p = append(p, phase{hash: t.Hash, from: t.Time})
		}
		if t.To == metric.Firing {
			p[len(p)-1].fired++
		}
		phases[t.Rule] = p
	}
	var out []Edit
	for _, rule := range rules {
		p := phases[rule]
		for i := 1; i < len(p); i++ {
			begin, end := max(r.From, p[0].from), min(r.To, all[len(all)-1].Time)
			if i > 1 {
				begin = p[i-1].from
			}
			if i+1 < len(p) {
				end = p[i+1].from
			}
			out = append(out, Edit{Rule: rule, At: p[i].from, Before: p[i-1].hash, After: p[i].hash, FiredBefore: p[i-1].fired, FiredAfter: p[i].fired,
				DaysBefore: float64(p[i].from-begin) / 86400e6, DaysAfter: float64(end-p[i].from) / 86400e6})
		}
	}
	slices.SortStableFunc(out, func(a, b Edit) int { return cmp.Compare(a.At, b.At) })
	return out
}
