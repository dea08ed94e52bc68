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

// Distribution is how long it took.
type Distribution struct {
	N           int
	Median, P90 time.Duration
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
	a.Rules = counts(all, eps, r, ofRule)
	a.VMs = counts(all, eps, r, ofVM)
	a.Severities = counts(all, eps, r, ofSeverity)
	a.Series = counts(all, eps, r, ofSeries)
	slices.SortStableFunc(a.Series, func(x, y Count) int { return cmp.Compare(y.Busiest, x.Busiest) })
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
