package alert

import (
	"slices"

	"aiops/forecast/anomaly"
)

// judge is a threshold's verdict of a value; that something came at all ends
// an alert about missing data.
func (r *Rule) judge(v float64) verdict {
	if r.Kind == NoData {
		return verdict{value: v}
	}
	bad := r.Above != nil && v > *r.Above || r.Below != nil && v < *r.Below
	stay := bad
	if r.Resolve != nil {
		stay = r.Above != nil && v > *r.Resolve || r.Below != nil && v < *r.Resolve
	}
	return verdict{begin: bad, hold: bad, stay: stay || bad, value: v}
}

// judgeScore is a detector's: the alert score begins it, as that one rests
// afterwards, and the anomaly score carries it on; what fires is over when the
// points are usual.
func (r *Rule) judgeScore(p anomaly.Point) verdict {
	if r.Direction == "up" && !p.Up() || r.Direction == "down" && p.Up() {
		return verdict{value: p.Score}
	}
	on := max(p.Score, p.Alert) >= r.Score
	return verdict{begin: p.Alert >= r.Score, hold: on, stay: on || p.Anomalous(), value: max(p.Score, p.Alert)}
}

// server is a rule on a whole VM.
type server struct {
	tr    *tracker
	state anomaly.Server
}

// observe takes in the points that the VM's metrics had at one time.
func (s *server) observe(t int64, samples []Sample, m *machine) {
	var names []string
	var points []anomaly.Point
	for _, sample := range samples {
		w := m.series[sample.Metric]
		if w != nil && w.score.Time == t && s.tr.rule.Metric.Match(sample.Metric) && !slices.Contains(names, sample.Metric) {
			names, points = append(names, sample.Metric), append(points, w.score)
		}
	}
	if len(points) == 0 {
		return
	}
	p := s.state.Next(t, names, points)
	if r := s.tr.rule; r.Share > 0 {
		v := s.share(t, m)
		s.tr.step(t, verdict{begin: v >= r.Share, hold: v >= r.Share, stay: v >= r.Share, value: v})
		return
	}
	on := max(p.Score, p.Alert) >= s.tr.rule.Score
	s.tr.step(t, verdict{begin: p.Alert >= s.tr.rule.Score, hold: on, stay: on || p.Score >= anomaly.Threshold, value: max(p.Score, p.Alert)})
}

// share is how many of the VM's metrics are unusual now, of those that sent
// something in the last quarter of an hour or with the present points.
func (s *server) share(t int64, m *machine) float64 {
	const recent = 15 * 60e6
	var all, unusual float64
	for name, w := range m.series {
		if w.detector == nil || !s.tr.rule.Metric.Match(name) || w.score.Time < t-recent {
			continue
		}
		all++
		if w.score.Anomalous() {
			unusual++
		}
	}
	return unusual / max(1, all)
}
