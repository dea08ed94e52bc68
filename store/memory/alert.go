package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// PutTransitions adds changes of alerts' states.
func (s *Store) PutTransitions(ctx context.Context, all []metric.Transition) error {
	for _, t := range all {
		if err := merge.CheckTransition(t); err != nil {
			return err
		}
	}
	return s.alone(ctx, func() error {
		for _, t := range all {
			s.putTransition(t)
		}
		return nil
	})
}

func (s *Store) putTransition(t metric.Transition) {
	first, _ := slices.BinarySearchFunc(s.changes, t.Time, func(o metric.Transition, at int64) int { return cmp.Compare(o.Time, at) })
	i := first
	for ; i < len(s.changes) && s.changes[i].Time == t.Time; i++ {
		if merge.SameTransition(s.changes[i], t) {
			return
		}
	}
	s.lastID++
	t.ID, t.Labels = s.lastID, maps.Clone(t.Labels)
	s.changes = slices.Insert(s.changes, i, t)
}

// Transitions lists those that the query selects, by time.
func (s *Store) Transitions(ctx context.Context, q store.TransitionQuery) ([]metric.Transition, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, errClosed
	}
	var out []metric.Transition
	for _, t := range slices.Backward(s.changes) {
		if q.Takes(t) {
			t.Labels = maps.Clone(t.Labels)
			out = append(out, t)
		}
		if q.Newest > 0 && len(out) == q.Newest {
			break
		}
	}
	slices.Reverse(out)
	return out, ctx.Err()
}

// Silences lists all of them.
func (s *Store) Silences(ctx context.Context) ([]metric.Silence, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, errClosed
	}
	out := slices.SortedFunc(maps.Values(s.silences), func(a, b metric.Silence) int { return cmp.Compare(a.ID, b.ID) })
	return out, ctx.Err()
}

// PutSilence adds or replaces a silence.
func (s *Store) PutSilence(ctx context.Context, a metric.Silence) (int64, error) {
	err := s.alone(ctx, func() error {
		if a.ID == 0 {
			s.lastID++
			a.ID = s.lastID
		} else if _, ok := s.silences[a.ID]; !ok {
			return store.ErrNotFound
		}
		s.silences[a.ID] = a
		return nil
	})
	return a.ID, err
}

// DeleteSilence removes a silence.
func (s *Store) DeleteSilence(ctx context.Context, id int64) error {
	return s.alone(ctx, func() error {
		if _, ok := s.silences[id]; !ok {
			return store.ErrNotFound
		}
		delete(s.silences, id)
		return nil
	})
}
