package script

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"aiops/app/alert"
	"aiops/metric"
)

// Result is what became of a script.
type Result struct {
	Expected int // how many expectations there were
	Failures []error
	Cases    []Case
}

// Case is what a part of a script, up to clear, was about.
type Case struct {
	Series      []metric.Series
	Predictions []metric.Prediction
	Rules       []alert.Rule
	Silences    []metric.Silence
	Notes       []metric.Annotation
	Until       int64 // of the last eval
	Transitions []metric.Transition
}

// Run does what a script says. A failure names file, line, what was expected
// and what was got instead.
func (s Script) Run(ctx context.Context) Result {
	r := &runner{}
	r.begin()
	for _, st := range s.statements {
		err := ctx.Err()
		if err == nil {
			err = st.do(r)
		}
		var unmet *unmetError
		switch {
		case errors.As(err, &unmet):
			r.result.Failures = append(r.result.Failures, fmt.Errorf("%s:%d: %w", s.Name, st.line, err))
		case err != nil:
			r.result.Failures = append(r.result.Failures, fmt.Errorf("%s:%d: %w", s.Name, st.line, err))
			return r.result
		}
	}
	r.end()
	return r.result
}

// runner is a script under way.
type runner struct {
	result      Result
	series      map[metric.Key]metric.Series
	predictions []metric.Prediction
	rules       []alert.Rule
	silences    []metric.Silence
	notes       []metric.Annotation
	engine      *alert.Engine // nil before the first eval
	now         int64
	all         []metric.Transition
}

func (r *runner) begin() {
	*r = runner{result: r.result, series: map[metric.Key]metric.Series{}, now: math.MinInt64}
}

// end keeps what the case was about.
func (r *runner) end() {
	if r.engine == nil {
		return
	}
	c := Case{Predictions: r.predictions, Rules: r.rules, Silences: r.silences, Notes: r.notes, Until: r.now, Transitions: r.all}
	for _, s := range r.series {
		c.Series = append(c.Series, s)
	}
	slices.SortFunc(c.Series, func(a, b metric.Series) int { return a.Key.Compare(b.Key) })
	r.result.Cases = append(r.result.Cases, c)
}

func (r *runner) clear() error {
	r.end()
	r.begin()
	return nil
}

func (r *runner) load(all []metric.Series) error {
	for _, s := range all {
		had := r.series[s.Key]
		if had.Len() > 0 && s.Len() > 0 && s.Times[0] <= had.Times[had.Len()-1] {
			return fmt.Errorf("%v is loaded already up to there; write load STEP from a later time", s.Key)
		}
		if s.Len() > 0 && s.Times[0] <= r.now {
			return fmt.Errorf("%v begins before the last eval; load it before, or from a later time", s.Key)
		}
		had.Key = s.Key
		had.Times, had.Values = append(had.Times, s.Times...), append(had.Values, s.Values...)
		r.series[s.Key] = had
	}
	return nil
}

func (r *runner) setRules(rules []alert.Rule) error {
	if r.engine != nil {
		return errors.New("rules cannot change after eval; write clear before them")
	}
	r.rules = append(r.rules, rules...)
	return nil
}

func (r *runner) silence(s metric.Silence) error {
	s.ID = int64(len(r.silences) + 1)
	r.silences = append(r.silences, s)
	return nil
}

// eval evaluates everything up to a time, as if it came bit by bit.
func (r *runner) eval(t int64) error {
	if len(r.rules) == 0 {
		return errors.New("there are no rules to evaluate; write rules before eval")
	}
	if t <= r.now {
		return errors.New("eval goes forward only; write a later time, or clear")
	}
	if r.engine == nil {
		r.engine = alert.NewEngine(r.rules, alert.Options{})
	}
	r.engine.Context(r.silences, r.notes)
	r.all = append(r.all, r.feed(r.now, t)...)
	r.now = t
	r.all = append(r.all, r.engine.Tick(t)...)
	slices.SortStableFunc(r.all, func(a, b metric.Transition) int { return cmp.Compare(a.Time, b.Time) })
	return nil
}

// restart is what happens when the program is stopped and started again: the
// engine is made anew from the recorded changes, and learns from what was.
func (r *runner) restart() error {
	if r.engine == nil {
		return errors.New("nothing runs yet; write eval before restart")
	}
	r.engine = alert.NewEngine(r.rules, alert.Options{})
	r.engine.Context(r.silences, r.notes)
	r.engine.Restore(r.all)
	r.engine.Begin(r.now + 1)
	r.feed(math.MinInt64, r.now)
	return nil
}

// feed gives the engine what came after one time, up to another.
func (r *runner) feed(after, to int64) []metric.Transition {
	var out []metric.Transition
	for _, vm := range r.vms() {
		part := metric.Range{From: after + 1, To: to + 1}
		if after == math.MinInt64 {
			part.From = after
		}
		var series []metric.Series
		for k, s := range r.series {
			if k.VM == vm && s.Slice(part).Len() > 0 {
				series = append(series, s.Slice(part))
			}
		}
		slices.SortFunc(series, func(a, b metric.Series) int { return a.Key.Compare(b.Key) })
		var predictions []metric.Prediction
		for _, p := range r.predictions {
			if p.VM == vm && part.Contains(p.Made) {
				predictions = append(predictions, p)
			}
		}
		out = append(out, r.engine.Feed(series, predictions)...)
	}
	return out
}

// vms are the VMs of points and predictions, in order.
func (r *runner) vms() []string {
	var out []string
	for k := range r.series {
		out = append(out, k.VM)
	}
	for _, p := range r.predictions {
		out = append(out, p.VM)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
