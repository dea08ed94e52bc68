package view

import (
	"context"
	"fmt"
	"slices"

	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

// assessID names a backtest by what it depends on.
type assessID struct {
	forecastID
	level float64
}

// serves reports whether a backtest still tells what is asked for: it is of the
// same options, and few points have come since.
func (id assessID) serves(want assessID) bool {
	few := want.count >= id.count && 50*(want.count-id.count) <= want.count
	id.count, id.last = want.count, want.last
	return few && id == want
}

// AssessPlan is a backtest that has to be made for the present view.
type AssessPlan struct {
	Key     metric.Key
	Options forecast.Options
	Origins int
	id      assessID
}

// usualOrigins is how many past forecasts a backtest makes unless somebody asks for more.
const usualOrigins = 12

// tests are the backtests that were made.
type tests struct {
	pending *AssessPlan
	failed  map[assessID]error
	done    []assessed // the newest last
}

type assessed struct {
	id assessID
	forecast.Evaluation
}

// mostAssessed is how many backtests are kept.
const mostAssessed = 24

func (t *tests) find(id assessID) (forecast.Evaluation, bool) {
	for _, a := range t.done {
		if a.id.serves(id) {
			return a.Evaluation, true
		}
	}
	return forecast.Evaluation{}, false
}

func (t *tests) forget(gone func(metric.Key) bool) {
	t.done = slices.DeleteFunc(t.done, func(a assessed) bool { return gone(a.id.Key) })
	t.pending, t.failed = nil, nil
}

// Assess tests a model on a series: it forecasts from earlier origins and
// compares with what came. It may block, and runs on any goroutine.
func Assess(ctx context.Context, s store.Store, f forecast.Forecaster, p AssessPlan, progress forecast.Progress) (forecast.Evaluation, error) {
	series, err := wholeSeries(ctx, s, p.Key)
	if err != nil {
		return forecast.Evaluation{}, fmt.Errorf("read points: %w", err)
	}
	e, err := f.Evaluate(ctx, series, p.Options, p.Origins, progress)
	if err != nil {
		return e, fmt.Errorf("backtest: %w", err)
	}
	lo, hi, limited := bounds(series)
	if limited {
		for i := range e.Past {
			past := &e.Past[i]
			past.Value, past.Lower, past.Upper = clamped(past.Value, lo, hi), clamped(past.Lower, lo, hi), clamped(past.Upper, lo, hi)
		}
	}
	return e, ctx.Err()
}

func (f *Forecast) assessID() (assessID, bool) {
	info, ok := f.info()
	return assessID{f.id(info), f.state.Outlook.Level}, ok && info.Count > 0
}

// AssessPlan says which backtest the present view lacks; false if none, if it
// is under way already, or if there is no forecast yet to be judged.
func (f *Forecast) AssessPlan() (AssessPlan, bool) {
	id, ok := f.assessID()
	if !ok {
		return AssessPlan{}, false
	}
	m := f.find(id.forecastID)
	_, done := f.tests.find(id)
	if m == nil || m.Lack != "" || done || f.tests.failed[id] != nil || f.tests.pending != nil && f.tests.pending.id == id {
		return AssessPlan{}, false
	}
	p := f.assessPlan(id, usualOrigins)
	f.tests.pending = &p
	return p, true
}

func (f *Forecast) assessPlan(id assessID, origins int) AssessPlan {
	return AssessPlan{Key: id.Key, Options: f.Options(id.Key), Origins: origins, id: id}
}

// AssessWith is the backtest of the present view with a number of origins, whether it was made or not.
func (f *Forecast) AssessWith(origins int) (AssessPlan, bool) {
	id, ok := f.assessID()
	return f.assessPlan(id, origins), ok
}

// Judge takes a backtest in; false if it is not what is asked for any more.
func (f *Forecast) Judge(p AssessPlan, e forecast.Evaluation, err error) bool {
	if f.tests.pending != nil && f.tests.pending.id == p.id {
		f.tests.pending = nil
	}
	now := p.id
	info, ok := f.fact.infos[p.Key]
	now.count, now.last = info.Count, info.Last
	if !ok || !p.id.serves(now) {
		return false
	}
	if err != nil {
		if f.tests.failed == nil {
			f.tests.failed = map[assessID]error{}
		}
		f.tests.failed[p.id] = err
		return true
	}
	f.tests.done = slices.DeleteFunc(f.tests.done, func(a assessed) bool {
		older := p.id
		older.model, older.config, older.span, older.level = a.id.model, a.id.config, a.id.span, a.id.level
		return a.id.serves(p.id) || a.id.Key == p.id.Key && !a.id.serves(older)
	})
	f.tests.done = append(f.tests.done, assessed{p.id, e})
	if len(f.tests.done) > mostAssessed {
		f.tests.done = f.tests.done[1:]
	}
	return true
}

// Abandon takes note that a backtest was given up.
func (f *Forecast) Abandon(p AssessPlan) {
	if f.tests.pending != nil && f.tests.pending.id == p.id {
		f.tests.pending = nil
	}
}

// Assessed is the backtest of what is shown; false if it is not made yet.
func (f *Forecast) Assessed() (forecast.Evaluation, bool) {
	id, ok := f.assessID()
	if !ok {
		return forecast.Evaluation{}, false
	}
	return f.tests.find(id)
}

// assessments are the backtests of the shown series with the same horizon and
// interval: that of the chosen model first, then those of models tried before.
func (f *Forecast) assessments() (out []forecast.Evaluation) {
	id, ok := f.assessID()
	if !ok {
		return nil
	}
	if e, ok := f.tests.find(id); ok {
		out = append(out, e)
	}
	for i := len(f.tests.done) - 1; i >= 0; i-- {
		a := f.tests.done[i]
		same := a.id
		same.model, same.config = id.model, id.config
		if same.serves(id) && a.id.model != id.model && !slices.ContainsFunc(out, func(e forecast.Evaluation) bool { return e.Model == a.Model }) {
			out = append(out, a.Evaluation)
		}
	}
	return out
}

// AssessError says why there is no backtest, nil if nothing is wrong.
func (f *Forecast) AssessError() error {
	id, _ := f.assessID()
	return f.tests.failed[id]
}
