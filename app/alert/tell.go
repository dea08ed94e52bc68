package alert

import (
	"cmp"
	"slices"

	"aiops/metric"
)

// tell tells what fires and what is over: each once, and of what changed more
// than once since the last time only how it stands. An alert whose silence has
// ended while it fires is told then.
func (l *Live) tell(changes []metric.Transition) {
	now := l.o.Now().UnixMicro()
	var out []metric.Transition
	all := l.engine.Standing()
	for _, t := range changes { // of rules that are no more
		if t.Summary == "the rule is no more" {
			all = append(all, t)
		}
	}
	for _, t := range all {
		name := standing{t.Rule, t.Key}
		was := l.told[name]
		fires := t.To == metric.Firing
		silenced := l.engine.silencedAt(t, now)
		again := fires && was.firing && l.o.Repeat > 0 && now-was.at >= l.o.Repeat.Microseconds()
		if silenced || fires == was.firing && !again || !fires && t.To != metric.Resolved {
			continue
		}
		out = append(out, t)
		l.told[name] = told{fires, now}
	}
	slices.SortStableFunc(out, func(a, b metric.Transition) int { return cmp.Compare(a.Time, b.Time) })
	if len(out) > 0 && l.o.Teller != nil {
		l.o.Teller.Notify(out)
	}
}
