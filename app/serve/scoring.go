package serve

import (
	"context"
	"errors"
	"math"
	"runtime"
	"time"

	"aiops/app"
	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store"
)

// learning is how many points a detector that knows nothing learns from.
const learning = 6000

func (w *watcher) look(ctx context.Context, keys []metric.Key) error {
	infos, err := store.Find(ctx, w.s.store, keys)
	if err != nil {
		return err
	}
	if err := w.ask(ctx); err != nil {
		return err
	}
	var failed []error
	near := news{since: math.MaxInt64}
	for _, info := range infos {
		if info.Count == 0 || !w.s.shares.owns(info.Key) {
			continue
		}
		seen, known, err := w.newest(info.Key)
		switch {
		case err != nil:
			failed = append(failed, err)
		case !known:
			failed = append(failed, w.several(ctx, news{[]metric.Key{info.Key}, info.Last - learning*max(1, info.Step)}))
		case seen < info.Last-int64(time.Hour/time.Microsecond):
			failed = append(failed, w.several(ctx, news{[]metric.Key{info.Key}, seen + 1}))
		default:
			near.keys, near.since = append(near.keys, info.Key), min(near.since, seen+1)
		}
	}
	return errors.Join(append(failed, w.several(ctx, near))...)
}

// news are points of series from a time on.
type news struct {
	keys  []metric.Key
	since int64
}

// several scores what is new of some series, read at once.
func (w *watcher) several(ctx context.Context, n news) error {
	if len(n.keys) == 0 {
		return nil
	}
	all, err := store.Envelopes(ctx, w.s.store, store.Query{Keys: n.keys, Range: metric.Range{From: n.since, To: metric.All.To}})
	if err != nil {
		return err
	}
	var failed []error
	for _, e := range all {
		failed = append(failed, w.one(metric.Series{Key: e.Key, Times: e.Times, Values: e.Mean}))
	}
	return errors.Join(failed...)
}

// ask takes in what persons said of metrics and times, maintenance included.
func (w *watcher) ask(ctx context.Context) error {
	if w.s.opt.Detection == nil {
		return nil
	}
	r, err := w.s.opt.Detection.Request(ctx, w.s.store, app.AnalyseRequest{})
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.detectors.Know(app.Knowledge{Options: r.Options, Quiet: r.Quiet, Skip: r.Skip})
	return nil
}

// one scores what is new of a series and tells of unusual points: those that
// neither this instance nor the one that had the series before has seen.
func (w *watcher) one(points metric.Series) error {
	seen, known, err := w.newest(points.Key)
	if err != nil {
		return err
	}
	told, other := w.s.shares.seen(points.Key)
	if told = max(told, seen); other {
		told, _ = w.s.shares.seen(points.Key)
	}
	if known {
		points = points.Slice(metric.Range{From: seen + 1, To: metric.All.To})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scored = true
	for i, t := range points.Times {
		if i%64 == 0 {
			runtime.Gosched() // requests go first, also on one core
		}
		p, err := w.detectors.Next(points.Key, t, points.Values[i])
		if err != nil {
			return err
		}
		if (known || other) && t > told && p.Alert >= anomaly.Threshold {
			w.s.counts.anomalies.Inc()
			w.s.tell(anomalyEvent, anomalyOf(anomaly.Span{Key: points.Key, From: t, To: t, At: t, Points: 1, Score: max(p.Score, p.Alert), Kind: p.Kind, Value: p.Value, Expected: p.Expected}))
		}
	}
	if n := points.Len(); n > 0 {
		w.s.shares.saw(points.Key, points.Times[n-1])
	}
	return nil
}
