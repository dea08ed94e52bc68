package anomaly

import (
	"cmp"
	"slices"

	"aiops/metric"
)

// Span is a time in which one metric was anomalous.
type Span struct {
	metric.Key
	From     int64   // first and last anomalous point
	To       int64   //
	Points   int     // anomalous ones
	Score    float64 // of the most unusual point
	At       int64   // its time
	Kind     Kind    // its kind
	Value    float64 // its value, and what was expected there
	Expected float64
}

// Up reports whether the value lay above what was expected.
func (s Span) Up() bool { return s.Value > s.Expected }

// Incident is spans that belong together, ordered by their beginning: the
// first is the first mover.
type Incident struct {
	From, To int64
	Spans    []Span
	Severity Severity
	Score    float64 // of the most unusual point
}

// Severity says how bad an incident is.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
	Notice   Severity = "notice"
)

// join is how many steps apart anomalous points still belong to one span.
const join = 6

// Spans joins the anomalous points of one series; step is the distance of its points.
func Spans(k metric.Key, points []Point, step int64) []Span {
	var out []Span
	for _, p := range points {
		score := max(p.Score, p.Alert)
		if score < Threshold {
			continue
		}
		n := len(out) - 1
		if n < 0 || p.Time-out[n].To > join*step {
			out = append(out, Span{Key: k, From: p.Time})
			n++
		}
		s := &out[n]
		s.To = p.Time
		s.Points++
		if score > s.Score {
			s.Score, s.At, s.Kind, s.Value, s.Expected = score, p.Time, p.Kind, p.Value, p.Expected
		}
	}
	return out
}

// Group puts spans that begin within `within` microseconds of an incident's
// course into that incident: at once on the same VM, on others only while it is
// young, as what is far apart is seldom one cause.
func Group(spans []Span, within int64) []Incident {
	spans = slices.Clone(spans)
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Or(cmp.Compare(a.From, b.From), a.Key.Compare(b.Key)) })
	var out []Incident
	for _, s := range spans {
		i := slices.IndexFunc(out, func(in Incident) bool { return in.takes(s, within) })
		if i < 0 {
			out = append(out, Incident{From: s.From})
			i = len(out) - 1
		}
		in := &out[i]
		in.Spans = append(in.Spans, s)
		in.To, in.Score = max(in.To, s.To), max(in.Score, s.Score)
	}
	for i := range out {
		out[i].Severity = out[i].severity()
	}
	return out
}

func (in Incident) takes(s Span, within int64) bool {
	if s.From > in.To+within {
		return false
	}
	if s.From <= in.From+within {
		return true
	}
	return slices.ContainsFunc(in.Spans, func(o Span) bool { return o.VM == s.VM })
}

// severity weighs how unusual it was, how many metrics of one VM had it (those
// of others fall together by chance) and how long.
func (in Incident) severity() Severity {
	points, metrics, most := 0, map[string]int{}, 0
	for _, s := range in.Spans {
		points = max(points, s.Points)
		metrics[s.VM]++
		most = max(most, metrics[s.VM])
	}
	switch {
	case in.Score >= 0.8 && (most >= 3 || points >= 6), in.Score >= 0.7 && most >= 2 && points >= 6:
		return Critical
	case in.Score >= 0.65 || most >= 3 || points >= 6:
		return Warning
	}
	return Notice
}
