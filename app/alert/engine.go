package alert

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"aiops/forecast"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Engine evaluates rules over points as they come. It looks at no clock and no
// store: the same points give the same transitions. It is for one goroutine.
type Engine struct {
	rules       []Rule
	hashes      []string
	options     Options
	silences    []metric.Silence
	maintenance maintenance
	vms         map[string]*machine
	standing    map[standing]metric.Transition // the last one of each rule and series
	after       int64                          // nothing is decided up to then, unless restored
	out         []metric.Transition
}

// Options are what evaluation is told besides the rules. The zero value is right for most.
type Options struct {
	Detector func(k metric.Key) anomaly.Options // what a person knows of a metric; nil: nothing
	Quiet    func(k metric.Key, t int64) bool   // when nothing begins to fire, besides the maintenance in the database; nil: never
	Skip     func(k metric.Key, t int64) bool   // the same, and detectors do not even learn; nil: never
}

// standing names one alert.
type standing struct {
	rule string
	key  metric.Key
}

// Sample is a new value of one of a VM's metrics.
type Sample struct {
	Metric string
	Value  float64
}

// NewEngine makes an engine that has seen nothing.
func NewEngine(rules []Rule, o Options) *Engine {
	e := &Engine{rules: slices.Clone(rules), options: o, vms: map[string]*machine{}, standing: map[standing]metric.Transition{}, after: math.MinInt64}
	for _, r := range rules {
		e.hashes = append(e.hashes, r.Hash())
	}
	return e
}

// Context sets what else counts from now on: silences, and annotations, of
// which those of maintenance keep rules from firing.
func (e *Engine) Context(silences []metric.Silence, notes []metric.Annotation) {
	e.silences, e.maintenance = silences, newMaintenance(notes)
}

// Begin says that points up to a time are only learnt from.
func (e *Engine) Begin(t int64) { e.after = t - 1 }

// Restore takes up how alerts stood, as their stored transitions tell, before
// the first point. Only the newest of each rule and series counts.
func (e *Engine) Restore(all []metric.Transition) {
	for _, t := range all {
		e.standing[standing{t.Rule, t.Key}] = t
	}
}

// Observe takes in what a VM sent at one time and returns what changed.
func (e *Engine) Observe(vm string, t int64, samples []Sample) []metric.Transition {
	m := e.machine(vm)
	for _, s := range samples {
		if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
			continue
		}
		w := e.watch(m, s.Metric)
		for _, tr := range w.points {
			tr.step(t, tr.rule.judge(s.Value))
		}
		if w.detector == nil {
			continue
		}
		w.score = e.score(w.detector, metric.Key{VM: vm, Metric: s.Metric}, t, s.Value)
		for _, tr := range w.unusual {
			tr.step(t, tr.rule.judgeScore(w.score))
		}
	}
	for _, s := range m.whole {
		s.observe(t, samples, m)
	}
	return e.take()
}

// Tick tells that it is now t: what no point tells is that none came.
func (e *Engine) Tick(t int64) []metric.Transition {
	for _, name := range slices.Sorted(maps.Keys(e.vms)) {
		m := e.vms[name]
		for _, k := range slices.Sorted(maps.Keys(m.series)) {
			w := m.series[k]
			for _, tr := range slices.Concat(w.points, w.unusual) {
				tr.elapse(t, false)
			}
		}
		for _, s := range m.whole {
			s.tr.elapse(t, false)
		}
	}
	return e.take()
}

// Predicted takes in a stored prediction: what it says is true from when it was made.
func (e *Engine) Predicted(p metric.Prediction) []metric.Transition {
	return e.predicted(p.Key, p.Made, func(r *Rule) verdict { return r.judgeChance(chanceOfPrediction(r, p)) })
}

// Forecast takes in a forecast, whose chances are exact.
func (e *Engine) Forecast(f forecast.Forecast) []metric.Transition {
	return e.predicted(f.Key, f.Made, func(r *Rule) verdict { return r.judgeChance(chanceOfForecast(r, f)) })
}

func (e *Engine) predicted(k metric.Key, made int64, judge func(*Rule) verdict) []metric.Transition {
	for _, tr := range e.watch(e.machine(k.VM), k.Metric).forecasts {
		tr.step(made, judge(tr.rule))
	}
	return e.take()
}

// emit notes a change; a silence marks it.
func (e *Engine) emit(tr *tracker, at int64, to metric.AlertState, value float64) {
	t := metric.Transition{Key: tr.key, Rule: tr.rule.Name, Hash: e.hash(tr.rule), Time: at, From: tr.state, To: to,
		Severity: tr.rule.Severity, Value: value, Summary: tr.rule.summary(tr.key, at, to, value), Labels: maps.Clone(tr.rule.Labels)}
	t.Silence = SilencedBy(e.silences, t)
	e.standing[standing{t.Rule, t.Key}] = t
	e.out = append(e.out, t)
}

func (e *Engine) hash(r *Rule) string {
	for i := range e.rules {
		if &e.rules[i] == r {
			return e.hashes[i]
		}
	}
	return ""
}

// take hands out what changed, by time, then in the order of the rules' file.
func (e *Engine) take() []metric.Transition {
	out := e.out
	e.out = nil
	slices.SortStableFunc(out, func(a, b metric.Transition) int { return cmp.Compare(a.Time, b.Time) })
	return out
}

// Standing is the last transition of each rule and series, by rule and series.
func (e *Engine) Standing() []metric.Transition {
	return slices.SortedFunc(maps.Values(e.standing), byRule)
}

func byRule(a, b metric.Transition) int {
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), a.Key.Compare(b.Key))
}

// silencedAt reports whether a standing alert is silenced at a time.
func (e *Engine) silencedAt(t metric.Transition, at int64) bool {
	t.Time = at
	return SilencedBy(e.silences, t) != 0
}
