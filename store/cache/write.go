package cache

import (
	"context"
	"crypto/rand"
	"slices"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// do has a change made in the database, or queues it while that is away. An
// answer that was lost is no harm: the change is sent again under its name.
func (s *Store) do(ctx context.Context, c store.Change, direct func(store.Store) (int64, error)) (int64, error) {
	c.Op, c.Made = rand.Text(), s.o.Now()
	if remote := s.online(); remote != nil {
		id, err := int64(0), error(nil)
		if direct != nil {
			id, err = direct(remote)
		} else {
			err = s.asked(ctx, func(ctx context.Context) (err error) {
				id, err = remote.(store.Applier).Apply(ctx, c, true)
				return err
			})
		}
		if err == nil {
			s.want(want{small: true})
		}
		if err == nil || !s.lost(ctx, err) {
			return id, err
		}
	}
	id, err := s.local.Queue(ctx, c)
	if err == nil {
		s.recount(ctx)
		s.hurry()
	}
	return id, err
}

// PutAnnotation adds or replaces an annotation.
func (s *Store) PutAnnotation(ctx context.Context, a metric.Annotation) (int64, error) {
	c := store.Change{Note: &a}
	if a.ID == 0 {
		return s.do(ctx, c, nil)
	}
	return s.changeNote(ctx, c, a.ID, func(st store.Store, id int64) error {
		a.ID = id
		_, err := st.PutAnnotation(ctx, a)
		return err
	})
}

// DeleteAnnotation removes it.
func (s *Store) DeleteAnnotation(ctx context.Context, id int64) error {
	_, err := s.changeNote(ctx, store.Change{}, id, func(st store.Store, id int64) error { return st.DeleteAnnotation(ctx, id) })
	return err
}

func (s *Store) changeNote(ctx context.Context, c store.Change, id int64, direct func(store.Store, int64) error) (int64, error) {
	id, err := s.local.Resolve(ctx, id)
	if err != nil {
		return 0, err
	}
	c.ID = id
	if c.Note != nil {
		c.Note.ID = id
	}
	all, err := s.local.Annotations(ctx, metric.Range{})
	if err != nil {
		return 0, err
	}
	if i := slices.IndexFunc(all, func(a metric.Annotation) bool { return a.ID == id }); i >= 0 {
		c.NoteWas = &all[i]
	} else {
		return id, s.unknown(ctx, id, direct)
	}
	return s.do(ctx, c, func(st store.Store) (int64, error) { return id, direct(st, id) })
}

// unknown changes what the copy does not have: that cannot wait, as it could
// not be told whether somebody else changed it.
func (s *Store) unknown(ctx context.Context, id int64, direct func(store.Store, int64) error) error {
	remote := s.online()
	if remote == nil {
		return store.ErrNotFound
	}
	err := direct(remote, id)
	s.lost(ctx, err)
	return err
}

// PutSilence adds or replaces a silence.
func (s *Store) PutSilence(ctx context.Context, a metric.Silence) (int64, error) {
	c := store.Change{Silence: &a}
	if a.ID == 0 {
		return s.do(ctx, c, nil)
	}
	return s.changeSilence(ctx, c, a.ID, func(st store.Store, id int64) error {
		a.ID = id
		_, err := st.PutSilence(ctx, a)
		return err
	})
}

// DeleteSilence removes it.
func (s *Store) DeleteSilence(ctx context.Context, id int64) error {
	_, err := s.changeSilence(ctx, store.Change{}, id, func(st store.Store, id int64) error { return st.DeleteSilence(ctx, id) })
	return err
}

func (s *Store) changeSilence(ctx context.Context, c store.Change, id int64, direct func(store.Store, int64) error) (int64, error) {
	id, err := s.local.Resolve(ctx, id)
	if err != nil {
		return 0, err
	}
	c.ID = id
	if c.Silence != nil {
		c.Silence.ID = id
	}
	all, err := s.local.Silences(ctx)
	if err != nil {
		return 0, err
	}
	if i := slices.IndexFunc(all, func(a metric.Silence) bool { return a.ID == id }); i >= 0 {
		c.SilenceWas = &all[i]
	} else {
		return id, s.unknown(ctx, id, direct)
	}
	return s.do(ctx, c, func(st store.Store) (int64, error) { return id, direct(st, id) })
}

// PutPredictions makes each one its series' current prediction.
func (s *Store) PutPredictions(ctx context.Context, all []metric.Prediction) error {
	for _, p := range all {
		if err := merge.CheckPrediction(p); err != nil {
			return err
		}
	}
	if len(all) == 0 {
		return ctx.Err()
	}
	if s.online() != nil {
		_, err := s.do(ctx, store.Change{Predictions: all}, nil)
		if err == nil {
			s.want(want{keys: keysOf(all), foreseen: true})
		}
		return err
	}
	for _, p := range all { // each is sent, or a clash, by itself
		if _, err := s.do(ctx, store.Change{Predictions: []metric.Prediction{p}}, nil); err != nil {
			return err
		}
	}
	return nil
}

// PutTransitions adds changes of alerts' states.
func (s *Store) PutTransitions(ctx context.Context, all []metric.Transition) error {
	if len(all) == 0 {
		return ctx.Err()
	}
	_, err := s.do(ctx, store.Change{Transitions: all}, func(st store.Store) (int64, error) { return 0, st.PutTransitions(ctx, all) })
	return err
}
