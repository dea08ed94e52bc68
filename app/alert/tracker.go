package alert

import (
	"math"
	"slices"

	"aiops/metric"
)

// verdict is what a rule says of one moment.
type verdict struct {
	begin bool    // enough to begin
	hold  bool    // enough to go on while it waits
	stay  bool    // enough to stay when it fires
	value float64 // that decided
}

// tracker is one rule on one series, or on one VM.
type tracker struct {
	rule  *Rule
	key   metric.Key
	state metric.AlertState
	since int64 // when it came into its state
	after int64 // nothing is decided up to then: it was before
	seen  bool  // a moment was
	last  int64 // time of the last moment
	gaps  gaps
	bad   []int64 // times that count for N in T
	held  int64   // the last moment that was enough to stay firing
	value float64

	due   int64 // no_data: it does not fire before, as far as was looked
	quiet quiet
	emit  func(tr *tracker, t int64, to metric.AlertState, value float64)
}

// gone is how long nothing must come from a series until what fires on it is
// taken as over.
const gone = 24 * int64(3600e6)

// step takes in the verdict of a moment.
func (tr *tracker) step(t int64, v verdict) {
	if tr.seen && t <= tr.last {
		return // too late to matter
	}
	tr.elapse(t, true)
	broken := tr.seen && tr.gaps.broken(t-tr.last)
	tr.note(t)
	if tr.state != metric.Firing && tr.quiet.at(tr.key, t) {
		v = verdict{value: v.value}
	}
	if v = tr.count(t, v); v.stay {
		tr.held = t
	}
	if t > tr.after {
		tr.decide(t, v, broken)
	}
}

// note takes in that a moment was.
func (tr *tracker) note(t int64) {
	if tr.seen {
		tr.gaps.add(t - tr.last)
	}
	tr.seen, tr.last, tr.due = true, t, 0
}

// count turns verdicts into "so many times within so long".
func (tr *tracker) count(t int64, v verdict) verdict {
	if tr.rule.Times == 0 {
		return v
	}
	if v.begin || v.hold {
		tr.bad = append(tr.bad, t)
	}
	first := 0
	for first < len(tr.bad) && tr.bad[first] <= t-tr.rule.Within {
		first++
	}
	tr.bad = slices.Delete(tr.bad, 0, first)
	enough := len(tr.bad) >= tr.rule.Times
	return verdict{begin: enough, hold: enough, stay: enough || tr.rule.Resolve != nil && v.stay, value: v.value}
}

func (tr *tracker) decide(t int64, v verdict, broken bool) {
	switch tr.state {
	case metric.Firing:
		if !v.stay && t-max(tr.held, tr.since) >= tr.rule.Keep {
			tr.to(t, metric.Resolved, v.value)
		}
	case metric.Pending:
		switch {
		case !v.hold:
			tr.to(t, metric.Inactive, v.value)
		case broken: // nobody knows what was in between
			tr.to(t, metric.Inactive, v.value)
			tr.to(t, metric.Pending, v.value)
		case t-tr.since >= tr.rule.For:
			tr.to(t, metric.Firing, v.value)
		}
	default:
		switch {
		case v.begin && tr.rule.For == 0:
			tr.to(t, metric.Firing, v.value)
		case v.begin:
			tr.to(t, metric.Pending, v.value)
		}
	}
}

func (tr *tracker) to(t int64, s metric.AlertState, value float64) {
	tr.value = value
	tr.emit(tr, t, s, value)
	tr.state, tr.since = s, t
}

// elapse is told that it is now t: what matters is that nothing came. At a
// point that comes just then, it did come in time.
func (tr *tracker) elapse(t int64, point bool) {
	if !tr.seen {
		return
	}
	if tr.rule.Kind == NoData {
		tr.missing(t, point)
		return
	}
	over := max(tr.last+max(gone, tr.gaps.usual()*4, 2*tr.rule.For), tr.after+1)
	if t <= over {
		return
	}
	switch tr.state {
	case metric.Firing:
		tr.to(over, metric.Resolved, math.NaN())
	case metric.Pending:
		tr.to(over, metric.Inactive, math.NaN())
	}
}

// missing fires where nothing came for long enough, after quiet times at the earliest.
func (tr *tracker) missing(t int64, point bool) {
	if tr.state == metric.Firing {
		return
	}
	tr.due = max(tr.due, tr.last+tr.rule.For, tr.after+1)
	for tr.due <= t && tr.quiet.at(tr.key, tr.due) {
		tr.due = tr.quiet.next(tr.key, tr.due)
	}
	if tr.due < t || tr.due == t && !point {
		tr.to(tr.due, metric.Firing, math.NaN())
	}
}

// gaps remembers the last distances of moments.
type gaps struct {
	list [9]int64
	n    int
}

func (g *gaps) add(d int64) {
	g.list[g.n%len(g.list)] = d
	g.n++
}

// usual is the middle one of them; 0 when there is none.
func (g *gaps) usual() int64 {
	n := min(g.n, len(g.list))
	if n == 0 {
		return 0
	}
	sorted := g.list
	slices.Sort(sorted[:n])
	return sorted[n/2]
}

// broken reports whether a distance is so long that points are missing in it.
func (g *gaps) broken(d int64) bool { return g.n >= 3 && d > 4*g.usual() }
