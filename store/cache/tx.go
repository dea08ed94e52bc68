package cache

import (
	"context"
	"crypto/rand"
	"errors"
	"math"

	"aiops/metric"
	"aiops/store"
)

// Begin starts a write: in the database while it is there, otherwise in the
// copy, from where it is sent later. One that was begun in the database and
// loses it is not stored.
func (s *Store) Begin(ctx context.Context, origin store.Origin) (store.Tx, error) {
	if remote := s.online(); remote != nil {
		t, err := remote.Begin(ctx, origin)
		if err == nil {
			return &direct{Tx: t, s: s}, nil
		}
		if !s.lost(ctx, err) {
			return nil, err
		}
	}
	t, err := s.local.Begin(ctx, origin)
	if err != nil {
		return nil, err
	}
	return &queued{Tx: t.(copyTx), s: s, part: store.Imported{Source: origin.Source, Batch: rand.Text()}}, nil
}

// direct is a write in the database.
type direct struct {
	store.Tx
	s *Store
}

func (t *direct) Write(ctx context.Context, one metric.Series, on store.OnConflict) (store.Written, error) {
	w, err := t.Tx.Write(ctx, one, on)
	t.s.lost(ctx, err)
	return w, err
}

func (t *direct) Commit() error {
	err := t.Tx.Commit()
	t.s.lost(t.s.ctx, err)
	return err
}

// copyTx is a write of the copy.
type copyTx interface {
	store.Tx
	Queue(ctx context.Context, c store.Change) error
}

// queued is a write of the copy that is sent later.
type queued struct {
	Tx    copyTx
	s     *Store
	part  store.Imported
	n     int
	err   error
	ended bool
}

func (t *queued) Write(ctx context.Context, one metric.Series, on store.OnConflict) (store.Written, error) {
	was, err := t.was(ctx, one)
	if err != nil {
		return store.Written{}, t.fail(err)
	}
	w, err := t.Tx.Write(ctx, one, on)
	if err != nil || len(one.Times) == 0 {
		return w, err
	}
	rejected := map[int]bool{}
	for _, c := range w.Rejected {
		rejected[c.Index] = true
	}
	taken, before := metric.Series{Key: one.Key}, []float64(nil)
	for i := range one.Times {
		if !rejected[i] {
			taken.Times, taken.Values = append(taken.Times, one.Times[i]), append(taken.Values, one.Values[i])
			before = append(before, was(one.Times[i]))
		}
	}
	if t.part.On != on {
		if err := t.flush(ctx); err != nil {
			return w, err
		}
		t.part.On = on
	}
	t.part.Series, t.part.Was = append(t.part.Series, taken), append(t.part.Was, before)
	if t.n += taken.Len(); t.n >= t.s.o.change {
		return w, t.flush(ctx)
	}
	return w, nil
}

// was looks up what the copy, and so the database as far as it is known, had
// before this write.
func (t *queued) was(ctx context.Context, one metric.Series) (func(int64) float64, error) {
	var r metric.Range
	for i, at := range one.Times {
		if p := (metric.Range{From: at, To: at + 1}); i == 0 {
			r = p
		} else {
			r = r.Union(p)
		}
	}
	have := map[int64]float64{}
	if r.Empty() {
		return func(int64) float64 { return math.NaN() }, nil
	}
	old, err := store.Points(ctx, t.s.local, one.Key, r)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for i, at := range old.Times {
		have[at] = old.Values[i]
	}
	return func(at int64) float64 {
		if v, ok := have[at]; ok {
			return v
		}
		return math.NaN()
	}, nil
}

func (t *queued) fail(err error) error {
	t.err = errors.Join(t.err, err)
	return err
}

// Annotate adds an annotation; it is sent with the points.
func (t *queued) Annotate(ctx context.Context, a metric.Annotation) error {
	if err := t.Tx.Annotate(ctx, a); err != nil {
		return err
	}
	a.ID = 0
	t.part.Notes = append(t.part.Notes, a)
	return nil
}

// flush puts what was written so far into the outbox.
func (t *queued) flush(ctx context.Context) error {
	if len(t.part.Series)+len(t.part.Notes) == 0 {
		return nil
	}
	part := t.part
	err := t.Tx.Queue(ctx, store.Change{Op: rand.Text(), Made: t.s.o.Now(), Import: &part})
	t.part, t.n = store.Imported{Source: part.Source, Batch: part.Batch, On: part.On}, 0
	return t.fail(err)
}

// Commit makes points and outbox durable, both or neither.
func (t *queued) Commit() error {
	if !t.ended && t.err == nil {
		t.err = t.flush(context.Background())
	}
	if t.err != nil && !t.ended {
		return errors.Join(t.err, t.Rollback())
	}
	t.ended = true
	err := t.Tx.Commit()
	if err == nil {
		err = t.s.local.Durable(context.Background())
	}
	if err == nil {
		t.s.recount(context.Background())
		t.s.hurry()
	}
	return err
}

// Rollback undoes the write; after Commit it does nothing.
func (t *queued) Rollback() error {
	t.ended = true
	return t.Tx.Rollback()
}
