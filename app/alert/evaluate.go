package alert

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"aiops/metric"
	"aiops/store"
)

// Progress is told how many VMs of how many are done.
type Progress func(done, total int64)

// EvaluateOptions are what an evaluation over history is told. The zero value is right for most.
type EvaluateOptions struct {
	Options
	Unsilenced bool     // as if there were no silences
	Progress   Progress // nil: nobody wants to know
}

// learning is how many points before the range a detector learns from.
const learning = 6000

// Evaluate says what rules would have done over a range of the database's
// history (the zero Range: all of it). Nothing is stored. It ends at the newest
// point of the database at the latest, so that what stopped before is missing
// data, and the present time is not asked for.
func Evaluate(ctx context.Context, st store.Store, rules []Rule, r metric.Range, o EvaluateOptions) ([]metric.Transition, error) {
	all, err := st.Catalog(ctx)
	if err != nil {
		return nil, err
	}
	if r == (metric.Range{}) {
		r = metric.All
	}
	h := history{st: st, rules: rules, told: r, options: o}
	h.end = math.MinInt64
	for _, info := range all {
		if info.Count > 0 {
			h.end = max(h.end, info.Last)
		}
	}
	h.end = min(h.end, r.To)
	if h.notes, err = st.Annotations(ctx, metric.Range{}); err != nil {
		return nil, err
	}
	if !o.Unsilenced {
		if h.silences, err = st.Silences(ctx); err != nil {
			return nil, err
		}
	}
	return h.run(ctx, machines(all, rules))
}

// machines are the series that rules need, a list for each VM.
func machines(all []store.SeriesInfo, rules []Rule) [][]store.SeriesInfo {
	var out [][]store.SeriesInfo
	for _, info := range all {
		if info.Count == 0 || !slices.ContainsFunc(rules, func(r Rule) bool { return r.Takes(info.Key) }) {
			continue
		}
		if n := len(out); n == 0 || out[n-1][0].VM != info.VM {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], info)
	}
	return out
}

// history evaluates over what is stored.
type history struct {
	st       store.Store
	rules    []Rule
	told     metric.Range
	end      int64
	options  EvaluateOptions
	notes    []metric.Annotation
	silences []metric.Silence
}

// run works on the VMs on all cores; the result is the same in any order.
func (h history) run(ctx context.Context, vms [][]store.SeriesInfo) ([]metric.Transition, error) {
	found := make([][]metric.Transition, len(vms))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	var done atomic.Int64
	for i, infos := range vms {
		g.Go(func() (err error) {
			found[i], err = h.vm(ctx, infos)
			if n := done.Add(1); h.options.Progress != nil {
				h.options.Progress(n, int64(len(vms)))
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out := slices.Concat(found...)
	slices.SortStableFunc(out, func(a, b metric.Transition) int { return cmp.Compare(a.Time, b.Time) })
	return out, nil
}

func (h history) vm(ctx context.Context, infos []store.SeriesInfo) ([]metric.Transition, error) {
	keys, before := make([]metric.Key, len(infos)), int64(0)
	for i, info := range infos {
		keys[i], before = info.Key, max(before, lookback(h.rules, info))
	}
	r := h.told
	if r.From > math.MinInt64/2+before && h.told != metric.All {
		r.From -= before
	}
	series, err := read(ctx, h.st, keys, r)
	if err != nil {
		return nil, err
	}
	predictions, err := predictionsOf(ctx, h.st, h.rules, keys, r)
	if err != nil {
		return nil, err
	}
	e := NewEngine(h.rules, h.options.Options)
	e.Context(h.silences, h.notes)
	var out []metric.Transition
	keep := func(all []metric.Transition) {
		for _, t := range all {
			if h.told.Contains(t.Time) {
				out = append(out, t)
			}
		}
	}
	if err := e.feed(ctx, series, predictions, keep); err != nil {
		return nil, err
	}
	keep(e.Tick(h.end))
	return out, ctx.Err()
}

// lookback is how much before a range decides what rules say at its beginning.
func lookback(rules []Rule, info store.SeriesInfo) int64 {
	step := max(1, info.Step)
	out := 10 * step
	for _, r := range rules {
		if r.WholeVM() && !r.VM.Match(info.VM) || !r.Takes(info.Key) {
			continue
		}
		out = max(out, 2*r.lookback()+10*step)
		if r.Kind == Anomaly || r.WholeVM() {
			out = max(out, learning*step)
		}
	}
	return min(out, 400*86400e6)
}

func read(ctx context.Context, st store.Store, keys []metric.Key, r metric.Range) ([]metric.Series, error) {
	all, err := store.Envelopes(ctx, st, store.Query{Keys: keys, Range: r})
	out := make([]metric.Series, len(all))
	for i, e := range all {
		out[i] = metric.Series{Key: e.Key, Times: e.Times, Values: e.Mean}
	}
	return out, err
}

// predictionsOf are the stored ones that forecast rules ask for, by when they were made.
func predictionsOf(ctx context.Context, st store.Store, rules []Rule, keys []metric.Key, r metric.Range) ([]metric.Prediction, error) {
	var out []metric.Prediction
	for _, k := range keys {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.Kind == Forecast && r.Takes(k) }) {
			continue
		}
		all, err := st.PastPredictions(ctx, k, metric.Range{})
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			if r.Contains(p.Made) {
				out = append(out, p)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b metric.Prediction) int { return cmp.Compare(a.Made, b.Made) })
	return out, nil
}
