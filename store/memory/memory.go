// Package memory keeps metrics in memory, for files that are looked at without being kept.
package memory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"aiops/metric"
	"aiops/store"
)

// Store holds series in memory. It implements store.Store.
type Store struct {
	name string
	slot chan struct{} // held by whoever writes

	mu     sync.RWMutex
	series map[metric.Key]entry
	// pyramids are those asked for; one is out of date when its series has other columns.
	pyramids map[metric.Key]*metric.Pyramid
	notes    map[int64]metric.Annotation
	lastID   int64
	current  map[metric.Key]metric.Prediction
	past     map[metric.Key][]metric.Prediction // the newest last
	changes  []metric.Transition                // by time, then ID
	silences map[int64]metric.Silence
	closed   bool
}

// entry is never changed: a write puts another one in its place.
type entry struct {
	metric.Series
	step int64
}

var errClosed = errors.New("the files are closed")

// New makes an empty store that people see under the name.
func New(name string) *Store {
	return &Store{name: name, slot: make(chan struct{}, 1), series: map[metric.Key]entry{}, notes: map[int64]metric.Annotation{},
		current: map[metric.Key]metric.Prediction{}, past: map[metric.Key][]metric.Prediction{}, silences: map[int64]metric.Silence{}}
}

// Put sets a whole series. The columns are shared, not copied: times must
// ascend strictly, values be finite, and neither may be changed afterwards.
// It must not be called while a write is open.
func (s *Store) Put(series metric.Series) {
	e := entry{series, metric.Spacing(series.Times)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.series[series.Key] = e
}

// Info describes the store.
func (s *Store) Info() store.Info { return store.Info{Name: s.name, Kind: "Files"} }

// Catalog lists every series.
func (s *Store) Catalog(ctx context.Context) ([]store.SeriesInfo, error) {
	all, err := s.sorted(ctx, nil)
	out := make([]store.SeriesInfo, 0, len(all))
	for _, e := range all {
		info := store.SeriesInfo{Key: e.Key, Count: int64(e.Len()), Step: e.step}
		if n := e.Len(); n > 0 {
			info.First, info.Last, info.LastValue = e.Times[0], e.Times[n-1], e.Values[n-1]
		}
		out = append(out, info)
	}
	return out, err
}

// Read hands out each series in one chunk that shares the stored columns, so
// that they must not be changed. Points cost nothing here: MaxPoints is ignored.
func (s *Store) Read(ctx context.Context, q store.Query, yield func(metric.Envelope) error) error {
	all, err := s.sorted(ctx, q.Keys)
	if err != nil {
		return err
	}
	for _, e := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := e.Series
		if q.Range != (metric.Range{}) {
			part = part.Slice(q.Range)
		}
		if part.Len() == 0 {
			continue
		}
		if err := yield(part.Envelope()); err != nil {
			return err
		}
	}
	return nil
}

// sorted is the series with the keys, all for none, ordered by key.
func (s *Store) sorted(ctx context.Context, keys []metric.Key) ([]entry, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, errClosed
	}
	var out []entry
	for _, k := range keys {
		if e, ok := s.series[k]; ok {
			out = append(out, e)
		}
	}
	if len(keys) == 0 {
		for _, e := range s.series {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b entry) int { return a.Key.Compare(b.Key) })
	return slices.CompactFunc(out, func(a, b entry) bool { return a.Key == b.Key }), ctx.Err()
}

// Interrupted is always empty: what was killed is gone.
func (s *Store) Interrupted(ctx context.Context) ([]store.Origin, error) { return nil, ctx.Err() }

// Annotations lists those that touch the range, by time.
func (s *Store) Annotations(ctx context.Context, r metric.Range) ([]metric.Annotation, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []metric.Annotation
	for _, a := range s.notes {
		if r == (metric.Range{}) || a.From < r.To && a.Span().To > r.From {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b metric.Annotation) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
	return out, ctx.Err()
}

// PutAnnotation adds or replaces an annotation.
func (s *Store) PutAnnotation(ctx context.Context, a metric.Annotation) (int64, error) {
	err := s.alone(ctx, func() error {
		if a.ID == 0 {
			s.lastID++
			a.ID = s.lastID
		} else if _, ok := s.notes[a.ID]; !ok {
			return store.ErrNotFound
		}
		s.notes[a.ID] = a
		return nil
	})
	return a.ID, err
}

// DeleteAnnotation removes an annotation.
func (s *Store) DeleteAnnotation(ctx context.Context, id int64) error {
	return s.alone(ctx, func() error {
		if _, ok := s.notes[id]; !ok {
			return store.ErrNotFound
		}
		delete(s.notes, id)
		return nil
	})
}

// alone changes something while nobody else writes or reads.
func (s *Store) alone(ctx context.Context, f func() error) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer func() { <-s.slot }()
	s.mu.Lock()
	defer s.mu.Unlock()
	return f()
}

func (s *Store) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.slot <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		<-s.slot
		return errClosed
	}
	return nil
}

// Close waits for the open write, if any, and forgets everything.
func (s *Store) Close() error {
	s.slot <- struct{}{}
	defer func() { <-s.slot }()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.series, s.notes, s.pyramids, s.current, s.past = true, nil, nil, nil, nil, nil
	s.changes, s.silences = nil, nil
	return nil
}

var _ store.Store = (*Store)(nil)
