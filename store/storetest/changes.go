package storetest

import (
	"errors"
	"testing"

	"aiops/metric"
	"aiops/store"
)

// RunChanges checks the promises of store.Applier.
func RunChanges(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, store.Store, store.Applier)
	}{
		{"once", testOnce},
		{"not as it was", testNotAsItWas},
		{"silences", testAppliedSilences},
		{"predictions", testAppliedPredictions},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			defer s.Close()
			c.test(t, s, s.(store.Applier))
		})
	}
}

func apply(t *testing.T, a store.Applier, c store.Change, want error) int64 {
	t.Helper()
	id, err := a.Apply(ctx, c, false)
	if !errors.Is(err, want) {
		t.Fatalf("apply %s: %v, want %v", c.Op, err, want)
	}
	return id
}

func texts(t *testing.T, s store.Store, want ...string) {
	t.Helper()
	all, err := s.Annotations(ctx, metric.Range{})
	if err != nil || len(all) != len(want) {
		t.Fatalf("annotations %v, %v, want %q", all, err, want)
	}
	for i, a := range all {
		if a.Text != want[i] {
			t.Fatalf("annotations %v, want %q", all, want)
		}
	}
}

func testOnce(t *testing.T, s store.Store, a store.Applier) {
	note := metric.Annotation{VM: "web-01", From: base, To: base + 5, Kind: metric.Note, Text: "a"}
	id := apply(t, a, store.Change{Op: "1", Note: &note}, nil)
	edited := note
	edited.Text = "b"
	edit := store.Change{Op: "2", ID: id, NoteWas: &note, Note: &edited}
	for range 2 {
		if again := apply(t, a, store.Change{Op: "1", Note: &note}, nil); again != id {
			t.Errorf("sent again it has the ID %d, not %d", again, id)
		}
		apply(t, a, edit, nil)
	}
	texts(t, s, "b")
	if _, err := s.PutAnnotation(ctx, metric.Annotation{ID: id, Text: "c"}); err != nil {
		t.Fatal(err)
	}
	apply(t, a, edit, nil) // it was done, whatever somebody made of it since
	texts(t, s, "c")
	if other := apply(t, a, store.Change{Op: "3", Note: &note}, nil); other == id {
		t.Error("two have one ID")
	}
	texts(t, s, "c", "a")
}

func testNotAsItWas(t *testing.T, s store.Store, a store.Applier) {
	note := metric.Annotation{From: base, To: base, Kind: metric.Note, Text: "theirs"}
	id, err := s.PutAnnotation(ctx, note)
	if err != nil {
		t.Fatal(err)
	}
	was, ours := note, note
	was.Text, ours.Text = "first", "ours"
	edit := store.Change{Op: "1", ID: id, NoteWas: &was, Note: &ours}
	apply(t, a, edit, store.ErrConflict)
	apply(t, a, store.Change{Op: "2", ID: id, NoteWas: &was}, store.ErrConflict)
	texts(t, s, "theirs")
	apply(t, a, store.Change{Op: "3", ID: id, NoteWas: &was, Note: &note}, nil) // it is what it is to be
	edit.NoteWas = &note
	apply(t, a, edit, nil) // what was refused was not noted as done
	texts(t, s, "ours")
	apply(t, a, store.Change{Op: "4", ID: id, NoteWas: &ours}, nil)
	texts(t, s)
	apply(t, a, store.Change{Op: "5", ID: id, NoteWas: &ours}, nil) // both deleted it
	apply(t, a, store.Change{Op: "6", ID: id, NoteWas: &ours, Note: &note}, store.ErrConflict)
	texts(t, s)
}

func testAppliedSilences(t *testing.T, s store.Store, a store.Applier) {
	one := metric.Silence{VM: "web-*", From: base, Recurs: true, Weekdays: "06", Begin: 60, End: 120, Zone: "Europe/Berlin", Comment: "x"}
	id := apply(t, a, store.Change{Op: "1", Silence: &one}, nil)
	longer := one
	longer.End = 180
	apply(t, a, store.Change{Op: "2", ID: id, SilenceWas: &one, Silence: &longer}, nil)
	apply(t, a, store.Change{Op: "3", ID: id, SilenceWas: &one}, store.ErrConflict)
	longer.ID = id
	if all, err := s.Silences(ctx); err != nil || len(all) != 1 || all[0] != longer {
		t.Errorf("silences %+v, %v", all, err)
	}
	apply(t, a, store.Change{Op: "4", ID: id, SilenceWas: &longer}, nil)
	if all, err := s.Silences(ctx); err != nil || len(all) != 0 {
		t.Errorf("silences %+v, %v", all, err)
	}
}

func testAppliedPredictions(t *testing.T, s store.Store, a store.Applier) {
	p := predict(cpu, base, 5, 1)
	for range 2 {
		apply(t, a, store.Change{Op: "1", Predictions: []metric.Prediction{p}}, nil)
	}
	samePredictions(t, past(t, s, cpu, metric.Range{}), p)
	older := predict(cpu, base, 5, 2)
	older.Made--
	change := store.Change{Op: "2", Predictions: []metric.Prediction{older}}
	apply(t, a, change, store.ErrConflict)
	samePredictions(t, current(t, s, metric.Range{}), p)
	if _, err := a.Apply(ctx, change, true); err != nil {
		t.Fatal(err)
	}
	samePredictions(t, current(t, s, metric.Range{}), older)
	if _, err := a.Apply(ctx, store.Change{Op: "3", Predictions: []metric.Prediction{{Key: cpu}}}, false); err == nil {
		t.Error("a prediction without times was taken")
	}
}
