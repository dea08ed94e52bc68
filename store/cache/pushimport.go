package cache

import (
	"context"
	"errors"

	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

// sendImport sends an import in one write, with the changes that it is divided
// into. Points that met others become clashes; all of it may be sent again at any time.
func (s *Store) sendImport(ctx context.Context, q sqlite.Queued) error {
	for try := 0; ; try++ {
		sent, err := s.writeImport(ctx, q)
		switch {
		case err == nil:
			return s.local.SentTogether(ctx, sent)
		case errors.Is(err, store.ErrConflict) && try < 5:
			continue // somebody wrote at the same moment
		}
		return s.refused(ctx, q, err)
	}
}

// writeImport stores all changes of an import or none, and says what became of each.
func (s *Store) writeImport(ctx context.Context, first sqlite.Queued) (sent []sqlite.Queued, err error) {
	tx, err := s.there().Begin(ctx, store.Origin{Source: first.Import.Source, Began: first.Made})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // after Commit it does nothing
	for q := &first; q != nil; {
		rest, err := writePoints(ctx, tx, *q.Import)
		if err != nil {
			return nil, err
		}
		one := sqlite.Queued{ID: q.ID, State: q.State, Change: q.Change}
		one.Import = nil // it is stored
		if len(rest.Series) > 0 {
			one.State, one.Theirs, one.Import = sqlite.Clash, pointsText(rest, rest.Was), &rest
		}
		sent = append(sent, one)
		if q, err = s.local.Following(ctx, q.ID, q.Import.Batch); err != nil {
			return nil, err
		}
	}
	return sent, tx.Commit()
}

// writePoints writes the points of a change where nothing is, or where still is
// what they were to replace. The others are left.
func writePoints(ctx context.Context, tx store.Tx, part store.Imported) (rest store.Imported, err error) {
	rest = store.Imported{Source: part.Source, Batch: part.Batch, On: store.Replace}
	for i, one := range part.Series {
		w, err := tx.Write(ctx, one, store.Keep)
		if err != nil {
			return rest, err
		}
		free, met, there := sorted(one, part.Was[i], w.Rejected)
		if free.Len() > 0 {
			if _, err := tx.Write(ctx, free, store.Replace); err != nil {
				return rest, err
			}
		}
		if met.Len() > 0 {
			rest.Series, rest.Was = append(rest.Series, met), append(rest.Was, there)
		}
	}
	for _, a := range part.Notes {
		if err := tx.Annotate(ctx, a); err != nil {
			return rest, err
		}
	}
	return rest, nil
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
