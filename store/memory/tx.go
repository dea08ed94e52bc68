package memory

import (
	"context"
	"errors"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// tx is a write: it keeps its own series and notes until Commit.
type tx struct {
	s      *Store
	series map[metric.Key]metric.Series
	notes  []metric.Annotation
	err    error
	done   bool
}

var errDone = errors.New("the write has ended already")

// Begin starts a write; there is no journal, as nothing survives the program.
func (s *Store) Begin(ctx context.Context, _ store.Origin) (store.Tx, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	return &tx{s: s, series: map[metric.Key]metric.Series{}}, nil
}

// Write merges points into a series as if they came one after the other.
func (t *tx) Write(ctx context.Context, s metric.Series, on store.OnConflict) (store.Written, error) {
	var w store.Written
	if t.done {
		return w, errDone
	}
	if t.err == nil {
		t.err = ctx.Err()
	}
	if t.err != nil || len(s.Times) == 0 && len(s.Values) == 0 {
		return w, t.err
	}
	b, err := merge.Arrange(s)
	if err != nil {
		t.err = err
		return w, err
	}
	old, mine := t.series[s.Key]
	if !mine {
		t.s.mu.RLock()
		old = t.s.series[s.Key].Series
		t.s.mu.RUnlock()
		// Appending must not touch columns that readers share.
		old.Times, old.Values = old.Times[:old.Len():old.Len()], old.Values[:old.Len():old.Len()]
	}
	old.Key = s.Key
	t.series[s.Key] = join(old, b, on, &w)
	merge.SortRejected(&w)
	return w, nil
}

// join makes the columns with the batch in them. Points after the last one are
// appended, otherwise the columns from the first new time on are made anew.
func join(old metric.Series, b merge.Batch, on store.OnConflict, w *store.Written) metric.Series {
	from, _ := metric.Range{From: b.Times[0], To: b.Times[0]}.Indexes(old.Times)
	tail := merge.Stored{Times: old.Times[from:], Values: old.Values[from:]}
	out := old
	if len(tail.Times) > 0 {
		size := old.Len() + len(b.Times)
		out.Times = append(make([]int64, 0, size), old.Times[:from]...)
		out.Values = append(make([]float64, 0, size), old.Values[:from]...)
	}
	next := 0
	keep := func(until func(t int64) bool) {
		for ; next < len(tail.Times) && until(tail.Times[next]); next++ {
			out.Times, out.Values = append(out.Times, tail.Times[next]), append(out.Values, tail.Values[next])
		}
	}
	have := tail
	b.Decide(0, len(b.Times), &have, on, w, func(o merge.Outcome) error {
		keep(func(t int64) bool { return t < o.Time })
		if !o.New {
			next++
		}
		out.Times, out.Values = append(out.Times, o.Time), append(out.Values, o.Value)
		return nil
	})
	keep(func(int64) bool { return true })
	return out
}

// Annotate adds an annotation unless an equal one is there.
func (t *tx) Annotate(ctx context.Context, a metric.Annotation) error {
	if t.done {
		return errDone
	}
	if t.err != nil || ctx.Err() != nil {
		return errors.Join(t.err, ctx.Err())
	}
	a.ID = 0
	t.notes = append(t.notes, a)
	return nil
}

// Commit makes the write visible. After an error of Write it undoes the write
// and returns that error.
func (t *tx) Commit() error {
	if t.done {
		return errDone
	}
	if t.err != nil {
		return errors.Join(t.err, t.Rollback())
	}
	t.done = true
	defer func() { <-t.s.slot }()
	changed := make(map[metric.Key]entry, len(t.series))
	for k, s := range t.series {
		changed[k] = entry{s, metric.Spacing(s.Times)}
	}
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	for k, e := range changed {
		t.s.series[k] = e
	}
	t.s.annotate(t.notes)
	return nil
}

func (s *Store) annotate(notes []metric.Annotation) {
	known := make(map[metric.Annotation]bool, len(s.notes))
	for _, a := range s.notes {
		a.ID = 0
		known[a] = true
	}
	for _, a := range notes {
		if known[a] {
			continue
		}
		known[a] = true
		s.lastID++
		a.ID = s.lastID
		s.notes[a.ID] = a
	}
}

// Rollback undoes the write; after Commit it does nothing.
func (t *tx) Rollback() error {
	if !t.done {
		t.done = true
		<-t.s.slot
	}
	return nil
}
