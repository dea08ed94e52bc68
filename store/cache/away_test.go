package cache

import (
	"context"
	"errors"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

// both runs a test with a copy of an SQLite file and of a Postgres.
func both(t *testing.T, test func(t *testing.T, remote store.Store)) {
	t.Run("SQLite", func(t *testing.T) { test(t, file(t)) })
	t.Run("Postgres", func(t *testing.T) { test(t, server(t)) })
}

// cut takes the database away.
func cut(s *Store, w *wire) {
	w.set(true)
	s.lost(ctx, store.ErrAway)
}

// back brings the database back and sends what waits.
func back(t *testing.T, s *Store, w *wire) {
	t.Helper()
	w.set(false)
	if err := s.Push(ctx); err != nil {
		t.Fatal("push:", err)
	}
}

func pull(t *testing.T, s *Store, keys ...metric.Key) Pulled {
	t.Helper()
	p, err := s.Pull(ctx, keys, metric.Range{}, nil)
	if err != nil {
		t.Fatal("pull:", err)
	}
	return p
}

func notes(t *testing.T, s store.Store) []metric.Annotation {
	t.Helper()
	all, err := s.Annotations(ctx, metric.Range{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func put(t *testing.T, s store.Store, a metric.Annotation) int64 {
	t.Helper()
	id, err := s.PutAnnotation(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// What was pulled is read while the database is away, with all series listed.
func TestReadsWhileAway(t *testing.T) {
	both(t, func(t *testing.T, remote store.Store) {
		memory := metric.Key{VM: "web-01", Metric: "memory"}
		write(t, remote, line(cpu, 5000, 1), line(memory, 300, 5))
		id := put(t, remote, metric.Annotation{VM: "web-01", From: base, To: base + second, Kind: metric.Note, Text: "a"})
		s, w := linked(t, remote)
		if p := pull(t, s, cpu); p.Points != 5000 || p.Series != 1 {
			t.Errorf("pulled %+v", p)
		}
		cut(s, w)
		if got := points(t, s, cpu); got.Len() != 5000 || got.Values[8] != 2 {
			t.Errorf("%d points", got.Len())
		}
		if got := points(t, s, memory); got.Len() != 0 {
			t.Errorf("%d points that were not pulled", got.Len())
		}
		all, err := s.Catalog(ctx)
		if err != nil || len(all) != 2 || all[1].Key != memory || all[1].Count != 300 {
			t.Errorf("catalog %+v, %v", all, err)
		}
		if got := notes(t, s); len(got) != 1 || got[0].ID != id {
			t.Errorf("annotations %v", got)
		}
		if l := s.Link(); l.Online || !errors.Is(l.Cause, store.ErrAway) || l.CopiedAt.IsZero() {
			t.Errorf("link %+v", l)
		}
	})
}

// Each kind of change is made while the database is away, seen at once, and
// there once when it is back, under one ID.
func TestChangesAreSentOnce(t *testing.T) {
	both(t, func(t *testing.T, remote store.Store) {
		write(t, remote, line(cpu, 100, 1))
		edited := put(t, remote, metric.Annotation{From: base, To: base, Kind: metric.Note, Text: "edited"})
		gone := put(t, remote, metric.Annotation{From: base, To: base, Kind: metric.Note, Text: "gone"})
		s, w := linked(t, remote)
		pull(t, s)
		cut(s, w)
		made := put(t, s, metric.Annotation{From: base + 5, To: base + 5, Kind: metric.Note, Text: "made"})
		put(t, s, metric.Annotation{ID: made, From: base + 6, To: base + 6, Kind: metric.Note, Text: "made, and changed"})
		put(t, s, metric.Annotation{ID: edited, From: base, To: base, Kind: metric.Note, Text: "edited here"})
		p := metric.Prediction{Key: cpu, Made: base, Model: "auto", Level: 0.8, Times: []int64{base}, Value: []float64{1}, Lower: []float64{0}, Upper: []float64{2}}
		silence, err := s.PutSilence(ctx, metric.Silence{VM: "web-*", From: base, To: base + second})
		if err := errors.Join(err, s.DeleteAnnotation(ctx, gone), s.PutPredictions(ctx, []metric.Prediction{p}),
			s.PutTransitions(ctx, []metric.Transition{{Key: cpu, Rule: "high", Time: base, From: metric.Inactive, To: metric.Firing}})); err != nil {
			t.Fatal(err)
		}
		more := line(metric.Key{VM: "db-01", Metric: "cpu"}, 500, 3)
		write(t, s, more)
		here := notes(t, s)
		if len(here) != 2 || here[0].Text != "edited here" || here[1].Text != "made, and changed" || here[1].ID != made || made >= 0 || silence >= 0 {
			t.Errorf("seen at once: %v", here)
		}
		if got := points(t, s, more.Key); got.Len() != 500 {
			t.Errorf("%d points seen at once", got.Len())
		}
		if l := s.Link(); l.Queued != 8 || l.Clashes != 0 {
			t.Errorf("link %+v", l)
		}
		for range 2 {
			back(t, s, w)
			there := notes(t, remote)
			if len(there) != 2 || there[0].Text != "edited here" || there[1].Text != "made, and changed" || there[1].ID <= 0 {
				t.Fatalf("there: %v", there)
			}
			past, err := remote.PastPredictions(ctx, cpu, metric.Range{})
			if err != nil || len(past) != 1 {
				t.Errorf("predictions %v, %v", past, err)
			}
			silences, err := remote.Silences(ctx)
			if err != nil || len(silences) != 1 {
				t.Errorf("silences %v, %v", silences, err)
			}
			changes, err := remote.Transitions(ctx, store.TransitionQuery{})
			if err != nil || len(changes) != 1 || points(t, remote, more.Key).Len() != 500 {
				t.Errorf("transitions %v, %v", changes, err)
			}
		}
		if l := s.Link(); !l.Online || l.Queued != 0 {
			t.Errorf("link %+v", l)
		}
		// Who still knows it by the ID that it had can go on with that.
		put(t, s, metric.Annotation{ID: made, From: base + 7, To: base + 7, Kind: metric.Note, Text: "later"})
		if there := notes(t, remote); len(there) != 2 || there[1].Text != "later" {
			t.Errorf("there: %v", there)
		}
		cut(s, w)
		if here := notes(t, s); len(here) != 2 || here[1].ID <= 0 {
			t.Errorf("in the copy afterwards: %v", here)
		}
	})
}

// What somebody else changed too is never overwritten silently.
func TestClashesAreShown(t *testing.T) {
	both(t, func(t *testing.T, remote store.Store) {
		write(t, remote, line(cpu, 10, 1))
		a := metric.Annotation{From: base, To: base, Kind: metric.Note, Text: "first"}
		a.ID = put(t, remote, a)
		deleted := put(t, remote, a2(a, "deleted there"))
		s, w := linked(t, remote)
		pull(t, s)
		cut(s, w)
		put(t, s, with(a, "ours"))
		put(t, s, metric.Annotation{ID: deleted, From: base, To: base, Kind: metric.Note, Text: "kept here"})
		one := metric.Series{Key: cpu, Times: []int64{base, base + 60*second, base + 600*second}, Values: []float64{100, 101, 102}}
		write(t, s, one)
		put(t, remote, with(a, "theirs"))
		write(t, remote, metric.Series{Key: cpu, Times: []int64{base}, Values: []float64{50}})
		if err := remote.DeleteAnnotation(ctx, deleted); err != nil {
			t.Fatal(err)
		}
		back(t, s, w)
		clashes, err := s.Clashes(ctx)
		if err != nil || len(clashes) != 3 {
			t.Fatalf("clashes %+v, %v", clashes, err)
		}
		if c := clashes[0]; c.What != `annotation "theirs"` || c.Ours[:6] != `"ours"` || c.Theirs[:8] != `"theirs"` {
			t.Errorf("clash %+v", c)
		}
		if clashes[1].Theirs != "deleted" || clashes[2].Ours == "" || clashes[2].Theirs == "" {
			t.Errorf("clashes %+v", clashes)
		}
		// Only the point that others had changed is left; what met nothing is there.
		if got := points(t, remote, cpu); got.Values[0] != 50 || got.Values[1] != 101 || got.Len() != 11 {
			t.Errorf("points %v", got)
		}
		if there := notes(t, remote); len(there) != 1 || there[0].Text != "theirs" {
			t.Errorf("there %v", there)
		}
		for _, c := range clashes[1:] {
			if err := s.Settle(ctx, c.ID, true); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Settle(ctx, clashes[0].ID, false); err != nil {
			t.Fatal(err)
		}
		if err := s.Settle(ctx, 99, true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("settling an unknown one: %v", err)
		}
		back(t, s, w)
		if l := s.Link(); l.Queued != 0 || l.Clashes != 0 {
			left, _ := s.Queue(ctx)
			t.Errorf("link %+v, %+v", l, left)
		}
		there := notes(t, remote)
		if len(there) != 2 || there[0].Text != "theirs" || there[1].Text != "kept here" || points(t, remote, cpu).Values[0] != 100 {
			t.Errorf("there %v, %v", there, points(t, remote, cpu))
		}
		pull(t, s)
		cut(s, w)
		if here := notes(t, s); len(here) != 2 || here[0] != there[0] || here[1] != there[1] {
			t.Errorf("here %v, there %v", here, there)
		}
	})
}

func with(a metric.Annotation, text string) metric.Annotation {
	a.Text = text
	return a
}

func a2(a metric.Annotation, text string) metric.Annotation {
	a.ID = 0
	return with(a, text)
}

// A pull takes over late, replaced and removed points.
func TestPullFollows(t *testing.T) {
	both(t, func(t *testing.T, remote store.Store) {
		write(t, remote, line(cpu, 1000, 1))
		s, w := linked(t, remote)
		pull(t, s)
		write(t, remote, metric.Series{Key: cpu, Times: []int64{base + 30*second, base + 60*second, base + 300_000*second}, Values: []float64{7, 8, 9}})
		p := pull(t, s)
		if _, follows := remote.(store.Follower); follows && p.Points > 100 {
			t.Errorf("%d points for three that changed", p.Points)
		}
		cut(s, w)
		want, got := points(t, remote, cpu), points(t, s, cpu)
		if got.Len() != 1002 || got.Len() != want.Len() {
			t.Fatalf("%d points, want %d", got.Len(), want.Len())
		}
		for i := range want.Times {
			if got.At(i) != want.At(i) {
				t.Fatalf("point %d is %v, want %v", i, got.At(i), want.At(i))
			}
		}
	})
}

// The link comes back by itself, and a look at points keeps them.
func TestComesBackByItself(t *testing.T) {
	remote := server(t)
	write(t, remote, line(cpu, 1000, 1))
	w := &wire{Store: remote}
	s, err := Open(ctx, Options{Path: t.TempDir() + "/copy.db", Remote: func(context.Context) (store.Store, error) { return w, w.err() }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	links := make(chan store.Link, 100)
	stop := s.OnLink(func(l store.Link) {
		select {
		case links <- l:
		default:
		}
	})
	defer stop()
	if got := points(t, s, cpu); got.Len() != 1000 {
		t.Fatal(got.Len())
	}
	until(t, "what was looked at is kept", func() bool {
		kept, err := s.local.Kept(ctx)
		return err == nil && len(kept[cpu]) == 1 && !s.Link().CopiedAt.IsZero()
	})
	w.set(true)
	if got := points(t, s, cpu); got.Len() != 1000 || s.Link().Online {
		t.Errorf("%d points while away, %+v", got.Len(), s.Link())
	}
	put(t, s, metric.Annotation{From: base, To: base, Kind: metric.Note, Text: "offline"})
	until(t, "a next try is told", func() bool { return s.Link().NextTry.After(s.Link().Since) })
	w.set(false)
	s.Retry()
	until(t, "it is back", func() bool { return s.Link().Online && s.Link().Queued == 0 })
	if there := notes(t, remote); len(there) != 1 {
		t.Errorf("there %v", there)
	}
	if len(links) < 2 {
		t.Error("the watcher was not told")
	}
}

func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for range 1000 {
		if f() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("not within 20 s: " + what)
}
