package cache

import (
	"context"
	"slices"
	"time"

	"aiops/metric"
	"aiops/store"
)

// from asks the database while it is there and the copy while it is not.
func from[T any](ctx context.Context, s *Store, ask func(context.Context, store.Store) (T, error)) (T, error) {
	if remote := s.online(); remote != nil {
		began := time.Now()
		var out T
		err := s.asked(ctx, func(ctx context.Context) (err error) {
			out, err = ask(ctx, remote)
			return err
		})
		if err == nil || !s.lost(ctx, err) {
			if took := time.Since(began); err == nil {
				s.mu.Lock()
				s.link.Latency = took
				s.mu.Unlock()
			}
			return out, err
		}
	}
	return ask(ctx, s.local)
}

// Catalog lists every series; offline those of the last catalog too of which
// the copy holds no points.
func (s *Store) Catalog(ctx context.Context) ([]store.SeriesInfo, error) {
	return from(ctx, s, func(ctx context.Context, st store.Store) ([]store.SeriesInfo, error) {
		all, err := st.Catalog(ctx)
		if err != nil || st != s.local {
			return all, err
		}
		var last []store.SeriesInfo
		if _, err := s.noted(ctx, noteCatalog, &last); err != nil {
			return nil, err
		}
		return joined(last, all), nil
	})
}

// joined is a catalog with what the copy has besides it, both ordered by key.
func joined(last, own []store.SeriesInfo) []store.SeriesInfo {
	for _, o := range own {
		i, found := slices.BinarySearchFunc(last, o.Key, func(a store.SeriesInfo, k metric.Key) int { return a.Key.Compare(k) })
		switch {
		case !found:
			last = slices.Insert(last, i, o)
		case o.Count == 0:
		case last[i].Count == 0:
			last[i] = o
		default:
			l := &last[i]
			if o.Last >= l.Last {
				l.Last, l.LastValue = o.Last, o.LastValue
			}
			l.First, l.Count = min(l.First, o.First), max(l.Count, o.Count)
		}
	}
	return last
}

// Read streams points. What was answered in part is not asked for again
// elsewhere: the error goes back.
func (s *Store) Read(ctx context.Context, q store.Query, yield func(metric.Envelope) error) error {
	if remote := s.online(); remote != nil {
		begun := false
		err := s.asked(ctx, func(ctx context.Context) error {
			return remote.Read(ctx, q, func(e metric.Envelope) error {
				begun = true
				return yield(e)
			})
		})
		if err == nil {
			s.want(want{keys: slices.Clone(q.Keys), r: q.Range})
		}
		if err == nil || !s.lost(ctx, err) || begun {
			return err
		}
	}
	return s.local.Read(ctx, q, yield)
}

// want notes what was looked at. Where too much is noted already, it is not
// kept this time.
func (s *Store) want(w want) {
	if s.o.Quiet {
		return
	}
	select {
	case s.wants <- w:
	default:
	}
}

// Annotations lists those that touch the range.
func (s *Store) Annotations(ctx context.Context, r metric.Range) ([]metric.Annotation, error) {
	return from(ctx, s, func(ctx context.Context, st store.Store) ([]metric.Annotation, error) { return st.Annotations(ctx, r) })
}

// Predictions are the current ones of the series.
func (s *Store) Predictions(ctx context.Context, keys []metric.Key, r metric.Range) ([]metric.Prediction, error) {
	return from(ctx, s, func(ctx context.Context, st store.Store) ([]metric.Prediction, error) {
		out, err := st.Predictions(ctx, keys, r)
		if err == nil && st != s.local && len(out) > 0 {
			s.want(want{keys: keysOf(out), foreseen: true})
		}
		return out, err
	})
}

func keysOf(all []metric.Prediction) []metric.Key {
	out := make([]metric.Key, len(all))
	for i, p := range all {
		out[i] = p.Key
	}
	return out
}

// PastPredictions are the kept ones.
func (s *Store) PastPredictions(ctx context.Context, k metric.Key, r metric.Range) ([]metric.Prediction, error) {
	return from(ctx, s, func(ctx context.Context, st store.Store) ([]metric.Prediction, error) {
		return st.PastPredictions(ctx, k, r)
	})
}

// Transitions are changes of alerts' states.
func (s *Store) Transitions(ctx context.Context, q store.TransitionQuery) ([]metric.Transition, error) {
	return from(ctx, s, func(ctx context.Context, st store.Store) ([]metric.Transition, error) { return st.Transitions(ctx, q) })
}

// Silences lists all of them.
func (s *Store) Silences(ctx context.Context) ([]metric.Silence, error) {
	return from(ctx, s, func(ctx context.Context, st store.Store) ([]metric.Silence, error) { return st.Silences(ctx) })
}

// Interrupted lists the writes that were killed, here and there.
func (s *Store) Interrupted(ctx context.Context) ([]store.Origin, error) {
	own, err := s.local.Interrupted(ctx)
	if remote := s.online(); err == nil && remote != nil {
		var there []store.Origin
		if there, err = remote.Interrupted(ctx); s.lost(ctx, err) {
			err = nil
		}
		own = append(own, there...)
	}
	return own, err
}
