package ingest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"aiops/metric"
	"aiops/store"
)

// fake is a store of maps: slow, and simple enough to be right.
type fake struct {
	store.Store
	points map[metric.Key]map[int64]float64
	notes  []metric.Annotation
	tx     *fakeTx
}

type fakeTx struct {
	of     *fake
	points map[metric.Key]map[int64]float64
	notes  []metric.Annotation
	done   bool
}

func newFake() *fake { return &fake{points: map[metric.Key]map[int64]float64{}} }

func (f *fake) Begin(context.Context, store.Origin) (store.Tx, error) {
	if f.tx != nil && !f.tx.done {
		return nil, errors.New("a write is open")
	}
	f.tx = &fakeTx{of: f, points: map[metric.Key]map[int64]float64{}, notes: slices.Clone(f.notes)}
	for k, p := range f.points {
		f.tx.points[k] = maps.Clone(p)
	}
	return f.tx, nil
}

func (t *fakeTx) Write(_ context.Context, s metric.Series, on store.OnConflict) (w store.Written, err error) {
	if t.points[s.Key] == nil {
		t.points[s.Key] = map[int64]float64{}
	}
	for i, at := range s.Times {
		old, there := t.points[s.Key][at]
		switch {
		case !there:
			w.Stored++
			t.points[s.Key][at] = s.Values[i]
		case old == s.Values[i]:
			w.Duplicates++
		case on == store.Replace:
			w.Replaced++
			t.points[s.Key][at] = s.Values[i]
		default:
			w.Rejected = append(w.Rejected, store.Clash{Index: i, Stored: old})
		}
	}
	return w, nil
}

func (t *fakeTx) Annotate(_ context.Context, a metric.Annotation) error {
	t.notes = append(t.notes, a)
	return nil
}

func (t *fakeTx) Commit() error {
	t.done = true
	t.of.points, t.of.notes = t.points, t.notes
	return nil
}

func (t *fakeTx) Rollback() error {
	t.done = true
	return nil
}

func (f *fake) count() (n int64) {
	for _, p := range f.points {
		n += int64(len(p))
	}
	return n
}

// imported imports a file and checks that each of its rows is accounted for.
func imported(t *testing.T, f *fake, path string, o Options) Report {
	t.Helper()
	r, err := Import(t.Context(), f, path, o)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	if r.Rows != r.Stored+r.Duplicates+r.Quarantined {
		t.Errorf("%s: %d rows are not %d + %d + %d", path, r.Rows, r.Stored, r.Duplicates, r.Quarantined)
	}
	return r
}
