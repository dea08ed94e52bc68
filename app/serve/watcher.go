package serve

import (
	"context"
	"math"
	"sync"
	"time"

	"aiops/app"
	"aiops/metric"
	"aiops/store"
)

// watcher looks at what came in, off the requests' path: it searches new points
// for anomalies and lets the rules see them. The store is its queue: whatever is
// newer than what a detector has seen is still to be done, also after a kill.
type watcher struct {
	s         *Server
	detectors *app.Detectors
	mu        sync.Mutex // of the detectors
	poll      chan struct{}
	again     chan struct{} // for what is not looked at yet
	scored    bool          // since the detectors were saved
	file      ruleFile
}

func newWatcher(s *Server) (*watcher, error) {
	o := s.opt.Watch
	w := &watcher{s: s, detectors: &app.Detectors{Dir: o.StateDir, Warn: func(err error) { s.opt.Log.Warn("take up a detector", "error.message", err.Error()) }}, poll: make(chan struct{}, 1), again: make(chan struct{}, 1)}
	w.file.set = ruleSet{rules: o.Rules, repeat: o.Repeat, teller: o.Teller}
	_, err := w.reread()
	return w, err
}

// detectors is how many detectors are in memory.
func (s *Server) detectors() int {
	if s.watch == nil {
		return 0
	}
	return s.watch.detectors.Live()
}

// run looks until the context ends, and saves what the detectors have learnt.
func (w *watcher) run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { w.search(ctx) })
	all.Go(func() { w.sweep(ctx) })
	if len(w.file.set.rules) > 0 || w.s.opt.Watch.File != "" {
		all.Go(func() { w.rules(ctx) })
	}
	all.Wait()
	w.save()
}

// wake lets the rules be evaluated soon.
func (w *watcher) wake() {
	select {
	case w.poll <- struct{}{}:
	default:
	}
}

// sweepSoon lets the store be looked at for what is still to be done.
func (w *watcher) sweepSoon() {
	select {
	case w.again <- struct{}{}:
	default:
	}
}

// sweep finds what others wrote, and what was left when the last run ended.
func (w *watcher) sweep(ctx context.Context) {
	for {
		if err := w.leftover(ctx); err != nil && ctx.Err() == nil {
			w.s.opt.Log.Error("look for new points", "error.message", err.Error())
		}
		w.wake()
		select {
		case <-ctx.Done():
			return
		case <-w.again:
		case <-time.After(w.s.opt.Watch.Every):
		}
		w.save()
	}
}

func (w *watcher) leftover(ctx context.Context) error {
	infos, err := w.s.store.Catalog(ctx)
	if err != nil {
		return err
	}
	var keys []metric.Key
	newest := int64(math.MinInt64)
	for _, info := range infos {
		newest = max(newest, info.Last)
	}
	for _, info := range infos {
		if !w.s.shares.owns(info.Key) {
			continue
		}
		if ended(info, newest) {
			if err := w.drop(info.Key); err != nil {
				return err
			}
			continue
		}
		seen, _, err := w.newest(info.Key)
		if err != nil {
			return err
		}
		if info.Count > 0 && info.Last > seen {
			keys = append(keys, info.Key)
		}
	}
	w.s.duty.wrote(keys)
	return nil
}

// ended tells whether a series has no new points while others have, as that of
// a VM that was taken away: no memory is spent on its detector until it goes on.
func ended(info store.SeriesInfo, newest int64) bool {
	const days, steps = 2, 100
	return info.Last < newest-max(days*dayMicros, steps*info.Step)
}

func (w *watcher) drop(k metric.Key) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.detectors.Drop(k)
}

// search scores the points of series that are handed out.
func (w *watcher) search(ctx context.Context) {
	for {
		keys, err := w.s.duty.take(ctx)
		if err != nil {
			return
		}
		if err := w.look(ctx, keys); err != nil && ctx.Err() == nil {
			w.s.opt.Log.Error("search new points for anomalies", "error.message", err.Error())
		}
		w.s.duty.done(keys)
		w.s.counts.looked(keys)
	}
}

func (w *watcher) newest(k metric.Key) (int64, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.detectors.Newest(k)
}

// save keeps what the detectors have learnt. What is lost of it by a kill is
// learnt again from the store.
func (w *watcher) save() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.scored {
		return
	}
	if err := w.detectors.Save(); err != nil {
		w.s.opt.Log.Error("keep what the detectors have learnt", "error.message", err.Error())
		return
	}
	w.scored = false
}
