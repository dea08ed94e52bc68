package alert

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"aiops/metric"
	"aiops/store"
)

// Teller is told of changes; package notify's Notifier is one.
type Teller interface{ Notify(all []metric.Transition) }

// LiveOptions are how rules are run as points come in.
type LiveOptions struct {
	Options
	Now     func() time.Time // nil: time.Now
	CatchUp time.Duration    // how much of the time before the start is evaluated; 0: a day
	Repeat  time.Duration    // what still fires is told again after that; 0: once
	Teller  Teller           // nil: nobody is told
	// ToldTo, if set, is the last recorded change that an earlier run has told;
	// what is recorded after it is told now. nil: all that is recorded was told.
	ToldTo func() int64
}

// Live runs rules over what comes into a database, records each change and
// tells it. It takes up from what is recorded. It is for one goroutine.
type Live struct {
	st     store.Store
	rules  []Rule
	o      LiveOptions
	engine *Engine             // nil before the first Poll
	seen   map[metric.Key]mark // up to where each series is known
	told   map[standing]told
}

// mark is up to where a series and its predictions were evaluated.
type mark struct{ point, made int64 }

// told is what people know of an alert.
type told struct {
	firing bool
	at     int64
}

// NewLive makes a run of rules over a database; nothing is read yet.
func NewLive(st store.Store, rules []Rule, o LiveOptions) *Live {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.CatchUp = cmp.Or(o.CatchUp, 24*time.Hour)
	return &Live{st: st, rules: rules, o: o, seen: map[metric.Key]mark{}, told: map[standing]told{}}
}

// Run polls until the context ends. A poll that fails is logged and tried again.
func (l *Live) Run(ctx context.Context, every time.Duration) error {
	for {
		if _, err := l.Poll(ctx); err != nil && ctx.Err() == nil {
			slog.Error("evaluate the alert rules", "error", err)
		}
		t := time.NewTimer(every)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// Poll evaluates what came since the last one, and returns what changed. The
// changes are recorded before they are told; when recording fails, the next
// Poll begins anew from what is recorded.
func (l *Live) Poll(ctx context.Context) ([]metric.Transition, error) {
	out, err := l.poll(ctx)
	if err != nil {
		l.engine = nil
		return nil, err
	}
	l.tell(out)
	return out, nil
}

// Standing is how each alert stands, by rule and series.
func (l *Live) Standing() []metric.Transition {
	if l.engine == nil {
		return nil
	}
	return l.engine.Standing()
}

func (l *Live) poll(ctx context.Context) ([]metric.Transition, error) {
	now := l.o.Now().UnixMicro()
	var out []metric.Transition
	if l.engine == nil {
		gone, err := l.begin(ctx, now)
		if err != nil {
			return nil, err
		}
		out = gone
	}
	silences, err := l.st.Silences(ctx)
	if err != nil {
		return nil, err
	}
	notes, err := l.st.Annotations(ctx, metric.Range{})
	if err != nil {
		return nil, err
	}
	l.engine.Context(silences, notes)
	all, err := l.st.Catalog(ctx)
	if err != nil {
		return nil, err
	}
	for _, infos := range machines(all, l.rules) {
		if err := l.vm(ctx, infos, now, &out); err != nil {
			return nil, err
		}
	}
	out = append(out, l.engine.Tick(now)...)
	slices.SortStableFunc(out, func(a, b metric.Transition) int { return cmp.Compare(a.Time, b.Time) })
	if len(out) == 0 {
		return nil, nil
	}
	if err := l.st.PutTransitions(ctx, out); err != nil {
		return nil, fmt.Errorf("record alerts: %w", err)
	}
	return out, nil
}

// begin makes an engine that takes up from what is recorded. What fired under
// a rule that is no more is over.
func (l *Live) begin(ctx context.Context, now int64) (gone []metric.Transition, err error) {
	recorded, err := l.st.Transitions(ctx, store.TransitionQuery{})
	if err != nil {
		return nil, err
	}
	l.engine = NewEngine(l.rules, l.o.Options)
	l.engine.Begin(now - l.o.CatchUp.Microseconds())
	l.seen = map[metric.Key]mark{}
	for _, t := range Standing(recorded) {
		known := slices.ContainsFunc(l.rules, func(r Rule) bool {
			return r.Name == t.Rule && (r.WholeVM() == (t.Metric == "")) && (r.Takes(t.Key) || r.WholeVM() && r.VM.Match(t.VM))
		})
		if known {
			l.engine.Restore([]metric.Transition{t})
		} else if end, open := over(t, now); open {
			gone = append(gone, end)
		}
	}
	l.recall(recorded, now)
	return gone, nil
}

// recall finds out what people know of each alert. One that fires for long is
// taken as repeated in time until now, so that a restart tells nobody anew.
func (l *Live) recall(recorded []metric.Transition, now int64) {
	if l.o.ToldTo != nil {
		last := l.o.ToldTo()
		recorded = slices.DeleteFunc(recorded, func(t metric.Transition) bool { return t.ID > last })
	}
	for _, t := range Standing(recorded) {
		if _, ok := l.told[standing{t.Rule, t.Key}]; !ok {
			at := t.Time
			if every := l.o.Repeat.Microseconds(); every > 0 && at < now {
				at = now - (now-at)%every
			}
			l.told[standing{t.Rule, t.Key}] = told{t.To == metric.Firing && t.Silence == 0, at}
		}
	}
}

// over is the end of an alert whose rule is no more.
func over(t metric.Transition, now int64) (metric.Transition, bool) {
	end := t
	end.ID, end.Time, end.From, end.Value, end.Summary = 0, now, t.To, math.NaN(), "the rule is no more"
	switch t.To {
	case metric.Firing:
		end.To = metric.Resolved
	case metric.Pending:
		end.To = metric.Inactive
	default:
		return end, false
	}
	return end, true
}

// vm evaluates what is new of one VM.
func (l *Live) vm(ctx context.Context, infos []store.SeriesInfo, now int64, out *[]metric.Transition) error {
	var series []metric.Series
	var predictions []metric.Prediction
	for _, info := range infos {
		m, known := l.seen[info.Key]
		if !known {
			from := now - l.o.CatchUp.Microseconds() - lookback(l.rules, info)
			m = mark{min(from, info.Last-1), now - l.o.CatchUp.Microseconds()}
		}
		if info.Last > m.point {
			part, err := read(ctx, l.st, []metric.Key{info.Key}, metric.Range{From: m.point + 1, To: now + 1})
			if err != nil {
				return err
			}
			series = append(series, part...)
			if len(part) == 1 {
				m.point = part[0].Times[part[0].Len()-1]
			}
		}
		made, err := l.predictions(ctx, info.Key, &m, now)
		if err != nil {
			return err
		}
		predictions = append(predictions, made...)
		l.seen[info.Key] = m
	}
	slices.SortStableFunc(predictions, func(a, b metric.Prediction) int { return cmp.Compare(a.Made, b.Made) })
	*out = append(*out, l.engine.Feed(series, predictions)...)
	return nil
}

// predictions is the series' current one, where it is newer than what was evaluated.
func (l *Live) predictions(ctx context.Context, k metric.Key, m *mark, now int64) ([]metric.Prediction, error) {
	if !slices.ContainsFunc(l.rules, func(r Rule) bool { return r.Kind == Forecast && r.Takes(k) }) {
		return nil, nil
	}
	all, err := l.st.Predictions(ctx, []metric.Key{k}, metric.Range{From: m.made, To: metric.All.To})
	if err != nil || len(all) == 0 || all[0].Made <= m.made || all[0].Made > now {
		return nil, err
	}
	m.made = all[0].Made
	return all, nil
}
