package cache

import (
	"context"

	"aiops/metric"
	"aiops/store"
	"aiops/store/snapshot"
)

// Pulled says what a pull brought.
type Pulled struct {
	Series  int   // of which points came
	Points  int64 // that were read
	Changed int   // series that others changed where the copy had them
}

// Pull brings the copy up to date: first what changed where it has points, then
// what it lacks of the series (none: those that it has) in the range. What is
// done is done: after a kill the next pull goes on from there.
func (s *Store) Pull(ctx context.Context, keys []metric.Key, r metric.Range, progress func(done, total int64)) (Pulled, error) {
	var p Pulled
	err := s.pull(ctx, keys, r, progress, &p)
	if err != nil && s.lost(ctx, err) {
		return p, err
	}
	return p, err
}

func (s *Store) pull(ctx context.Context, keys []metric.Key, r metric.Range, progress func(done, total int64), p *Pulled) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	s.pulling.Lock()
	defer s.pulling.Unlock()
	if progress == nil {
		progress = func(int64, int64) {}
	}
	c := &copier{s: s, progress: progress, done: p}
	if err := c.look(ctx); err != nil {
		return err
	}
	if err := c.follow(ctx); err != nil {
		return err
	}
	if err := c.copyParts(ctx, c.lacking(keys, r), true); err != nil {
		return err
	}
	return s.remarksAnd(ctx, c.catalog)
}

// Push sends what waits; what is left afterwards are clashes.
func (s *Store) Push(ctx context.Context) error { return s.connect(ctx) }

// keep copies what somebody looked at.
func (s *Store) keep(ctx context.Context, w want) error {
	s.pulling.Lock()
	defer s.pulling.Unlock()
	if w.small {
		return s.remarks(ctx)
	}
	if w.foreseen {
		return s.foreseen(ctx, w.keys)
	}
	c := &copier{s: s, progress: func(int64, int64) {}, done: &Pulled{}}
	if err := c.look(ctx); err != nil {
		return err
	}
	if len(w.keys) > 0 {
		if err := s.local.Used(ctx, w.keys); err != nil {
			return err
		}
	}
	parts := c.lacking(w.keys, w.r)
	if c.portions(parts) > mostKept {
		return nil // a report or a snapshot of all of it: that is not somebody who looks
	}
	if err := c.copyParts(ctx, parts, true); err != nil {
		return err
	}
	return s.shrink(ctx)
}

// refresh copies the small things, and what changed where the copy has points.
func (s *Store) refresh(ctx context.Context) error {
	s.pulling.Lock()
	defer s.pulling.Unlock()
	c := &copier{s: s, progress: func(int64, int64) {}, done: &Pulled{}}
	if err := c.look(ctx); err != nil {
		return err
	}
	if err := c.follow(ctx); err != nil {
		return err
	}
	return s.remarksAnd(ctx, c.catalog)
}

// foreseen copies what is predicted of series.
func (s *Store) foreseen(ctx context.Context, keys []metric.Key) error {
	all, err := snapshot.Foreseen(ctx, s.there(), keys)
	if err != nil {
		return err
	}
	return s.local.MirrorPredictions(ctx, keys, all)
}

// remarksAnd copies the small things and the catalog, and notes when.
func (s *Store) remarksAnd(ctx context.Context, catalog []store.SeriesInfo) error {
	if err := s.remarks(ctx); err != nil {
		return err
	}
	if err := s.note(ctx, noteCatalog, catalog); err != nil {
		return err
	}
	at := s.o.Now()
	if err := s.note(ctx, noteCopied, at); err != nil {
		return err
	}
	s.change(func(l *store.Link) { l.CopiedAt = at })
	return nil
}

// history is how much of the alerts' history the copy has.
const history = 10_000

// remarks copies annotations, silences and the alerts' history.
func (s *Store) remarks(ctx context.Context) error {
	notes, err := s.there().Annotations(ctx, metric.Range{})
	if err != nil {
		return err
	}
	if err := s.local.MirrorAnnotations(ctx, notes); err != nil {
		return err
	}
	silences, err := s.there().Silences(ctx)
	if err != nil {
		return err
	}
	if err := s.local.MirrorSilences(ctx, silences); err != nil {
		return err
	}
	changes, err := s.there().Transitions(ctx, store.TransitionQuery{Newest: history})
	if err != nil || len(changes) == 0 {
		return err
	}
	return s.local.PutTransitions(ctx, changes)
}
