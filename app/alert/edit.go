package alert

import (
	"cmp"
	"slices"

	"aiops/metric"
)

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

// phase is a time in which a rule had one text.
type phase struct {
	hash  string
	from  int64
	fired int
}

// edits are where a rule's text changed between its transitions.
func edits(all []metric.Transition, r metric.Range) []Edit {
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
		out = append(out, between(rule, phases[rule], min(r.To, all[len(all)-1].Time))...)
	}
	slices.SortStableFunc(out, func(a, b Edit) int { return cmp.Compare(a.At, b.At) })
	return out
}

// between are the edits that lie between a rule's phases.
func between(rule string, p []phase, end int64) []Edit {
	const day = 86400e6
	var out []Edit
	for i := 1; i < len(p); i++ {
		to := end
		if i+1 < len(p) {
			to = p[i+1].from
		}
		out = append(out, Edit{Rule: rule, At: p[i].from, Before: p[i-1].hash, After: p[i].hash, FiredBefore: p[i-1].fired, FiredAfter: p[i].fired,
			DaysBefore: float64(p[i].from-p[i-1].from) / day, DaysAfter: float64(to-p[i].from) / day})
	}
	return out
}
