package alert

import (
	"math"
	"slices"

	"aiops/forecast/anomaly"
	"aiops/metric"
)

// machine is a VM with what its rules know of it.
type machine struct {
	name   string
	series map[string]*watched
	whole  []*server
}

// watched is a series with the rules that look at it.
type watched struct {
	points    []*tracker // threshold and no data
	unusual   []*tracker
	forecasts []*tracker
	detector  *anomaly.Detector // nil: no rule needs one
	score     anomaly.Point     // of the last point
}

func (e *Engine) machine(vm string) *machine {
	m := e.vms[vm]
	if m == nil {
		m = &machine{name: vm, series: map[string]*watched{}}
		for i := range e.rules {
			if r := &e.rules[i]; r.WholeVM() && r.VM.Match(vm) {
				m.whole = append(m.whole, &server{tr: e.tracker(r, metric.Key{VM: vm})})
			}
		}
		e.vms[vm] = m
	}
	return m
}

// watch finds a series' trackers, or makes them at its first point.
func (e *Engine) watch(m *machine, name string) *watched {
	if w := m.series[name]; w != nil {
		return w
	}
	w, k := &watched{}, metric.Key{VM: m.name, Metric: name}
	m.series[name] = w
	needed := slices.ContainsFunc(m.whole, func(s *server) bool { return s.tr.rule.Metric.Match(name) })
	for i := range e.rules {
		r := &e.rules[i]
		if r.WholeVM() || !r.Takes(k) {
			continue
		}
		tr := e.tracker(r, k)
		switch r.Kind {
		case Forecast:
			w.forecasts = append(w.forecasts, tr)
		case Anomaly:
			w.unusual = append(w.unusual, tr)
			needed = true
		default:
			w.points = append(w.points, tr)
		}
	}
	if needed {
		var o anomaly.Options
		if e.options.Detector != nil {
			o = e.options.Detector(k)
		}
		w.detector = anomaly.New(o)
	}
	return w
}

func (e *Engine) tracker(r *Rule, k metric.Key) *tracker {
	tr := &tracker{rule: r, key: k, state: metric.Inactive, after: e.after, quiet: quiet{&e.maintenance, e.options}, emit: e.emit, value: math.NaN()}
	if t, ok := e.standing[standing{r.Name, k}]; ok {
		tr.state, tr.since, tr.value = t.To, t.Time, t.Value
		tr.after = max(tr.after, t.Time)
	}
	return tr
}

// score gives a detector a point as persons said: in quiet times it is not
// judged, in those that are skipped not learnt from either, and points that are
// missing about them are nothing unusual.
func (e *Engine) score(d *anomaly.Detector, k metric.Key, t int64, x float64) anomaly.Point {
	q := quiet{&e.maintenance, e.options}
	if last, any := d.Newest(); any && t > last && q.ever() {
		for _, at := range [3]int64{last, last + (t-last)/2, t - 1} {
			if q.at(k, at) {
				d.Excuse(t - 1)
				break
			}
		}
	}
	switch {
	case q.skips(k, t):
		return d.Skip(t, x)
	case q.at(k, t):
		return d.Silent(t, x)
	}
	return d.Next(t, x)
}
