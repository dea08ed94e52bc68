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
	id, err := int64(0), error(nil)
	switch {
	case q.Import != nil:
		err = s.sendPoints(ctx, &q)
	case len(q.Transitions) > 0:
		err = s.there().PutTransitions(ctx, q.Transitions)
	case q.Change.ID < 0: // of something that was dropped before it was sent
		err = store.ErrNotFound
	default:
		id, err = s.there().(store.Applier).Apply(ctx, q.Change, q.State == sqlite.Ours)
	}
	switch {
	case err == nil:
		return s.local.Sent(ctx, q, id)
	case ctx.Err() != nil:
		return ctx.Err()
	case away(err) || errors.Is(err, store.ErrLocked):
		return err
	}
	return s.setAside(ctx, q, err)
}

// errRest says that some points of a change met others.
var errRest = errors.New("points met others")

// sendPoints writes the points of an import where nothing is, or where still is
// what they were to replace. It leaves the others in the change. All of it may
// be sent again at any time.
func (s *Store) sendPoints(ctx context.Context, q *sqlite.Queued) error {
	for try := 0; ; try++ {
		rest, err := s.writePoints(ctx, q)
		if errors.Is(err, store.ErrConflict) && try < 5 {
			continue // somebody wrote at the same moment
		}
		if err == nil && len(rest.Series) > 0 {
			q.Import, err = &rest, errRest
		}
		return err
	}
}

func (s *Store) writePoints(ctx context.Context, q *sqlite.Queued) (rest store.Imported, err error) {
	rest = store.Imported{Source: q.Import.Source, On: store.Replace}
	tx, err := s.there().Begin(ctx, store.Origin{Source: q.Import.Source, Began: q.Made})
	if err != nil {
		return rest, err
	}
	defer tx.Rollback() // after Commit it does nothing
	for i, one := range q.Import.Series {
		w, err := tx.Write(ctx, one, store.Keep)
		if err != nil {
			return rest, err
		}
		free, met, there := sorted(one, q.Import.Was[i], w.Rejected)
		if free.Len() > 0 {
			if _, err := tx.Write(ctx, free, store.Replace); err != nil {
				return rest, err
			}
		}
		if met.Len() > 0 {
			rest.Series, rest.Was = append(rest.Series, met), append(rest.Was, there)
		}
	}
	for _, a := range q.Import.Notes {
		if err := tx.Annotate(ctx, a); err != nil {
			return rest, err
		}
	}
	return rest, tx.Commit()
}

// sorted splits the points that met others into those that replace what they
// were to replace, and those that met something else, with that.
func sorted(one metric.Series, was []float64, rejected []store.Clash) (free, met metric.Series, there []float64) {
	free.Key, met.Key = one.Key, one.Key
	for _, c := range rejected {
		to := &met
		if was[c.Index] == c.Stored {
			to = &free
		} else {
			there = append(there, c.Stored)
		}
		to.Times, to.Values = append(to.Times, one.Times[c.Index]), append(to.Values, one.Values[c.Index])
	}
	return free, met, there
}

// setAside makes a change a clash, on top of what is there now: when a person
// decides for it, it takes the place of just that.
func (s *Store) setAside(ctx context.Context, q sqlite.Queued, cause error) error {
	q.State = sqlite.Clash
	switch {
	case errors.Is(cause, errRest):
		q.Theirs = pointsText(*q.Import, q.Import.Was)
	case errors.Is(cause, store.ErrConflict):
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
