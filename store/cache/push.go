package cache

import (
	"context"
	"errors"
	"slices"

	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

// push sends what waits, in its order. A change that meets another one in the
// database, or that the database refuses, is set aside as a clash.
func (s *Store) push(ctx context.Context) error {
	s.pushing.Lock()
	defer s.pushing.Unlock()
	sent := false
	for {
		q, err := s.local.Next(ctx)
		if err != nil {
			return err
		}
		if q == nil {
			break
		}
		if err := s.send(ctx, *q); err != nil {
			return err
		}
		sent = true
		s.recount(ctx)
	}
	if !sent {
		return nil
	}
	return s.remarks(ctx)
}

// send sends one change and notes what became of it.
func (s *Store) send(ctx context.Context, q sqlite.Queued) error {
	if q.Import != nil {
		return s.sendImport(ctx, q)
	}
	id, err := int64(0), error(nil)
	switch {
	case len(q.Transitions) > 0:
		err = s.there().PutTransitions(ctx, q.Transitions)
	case q.Change.ID < 0: // of something that was dropped before it was sent
		err = store.ErrNotFound
	default:
		id, err = s.there().(store.Applier).Apply(ctx, q.Change, q.State == sqlite.Ours)
	}
	if err == nil {
		return s.local.Sent(ctx, q, id)
	}
	return s.refused(ctx, q, err)
}

// refused sets a change aside that the database does not take. One that it
// could not be asked about waits on.
func (s *Store) refused(ctx context.Context, q sqlite.Queued, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case away(err) || errors.Is(err, store.ErrLocked):
		return err
	}
	return s.setAside(ctx, q, err)
}

// setAside makes a change a clash, on top of what is there now: when a person
// decides for it, it takes the place of just that.
func (s *Store) setAside(ctx context.Context, q sqlite.Queued, cause error) error {
	q.State = sqlite.Clash
	switch {
	case errors.Is(cause, store.ErrConflict) && q.Import == nil:
		if err := s.rebase(ctx, &q); err != nil {
			return err
		}
	case errors.Is(cause, store.ErrNotFound):
		q.Theirs = "it is not there any more"
	default:
		q.Theirs = "the database does not take it: " + cause.Error()
	}
	return s.local.Mark(ctx, q)
}

// rebase looks up what is there instead and makes it what the change is about.
func (s *Store) rebase(ctx context.Context, q *sqlite.Queued) error {
	switch {
	case q.NoteWas != nil:
		all, err := s.there().Annotations(ctx, metric.Range{})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(a metric.Annotation) bool { return a.ID == q.Change.ID })
		if i < 0 {
			q.Change.ID, q.NoteWas, q.Theirs = 0, nil, "deleted"
			return nil
		}
		q.NoteWas, q.Theirs = &all[i], noteText(&all[i])
	case q.SilenceWas != nil:
		all, err := s.there().Silences(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(a metric.Silence) bool { return a.ID == q.Change.ID })
		if i < 0 {
			q.Change.ID, q.SilenceWas, q.Theirs = 0, nil, "deleted"
			return nil
		}
		q.SilenceWas, q.Theirs = &all[i], silenceText(&all[i])
	default:
		q.Theirs = "a newer prediction"
	}
	return nil
}
