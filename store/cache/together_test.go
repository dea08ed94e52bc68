package cache

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"aiops/metric"
)

// Two programs with one copy: both queue while the database is away and both
// send when it is back; each change is there once.
func TestTwoProgramsWithOneCopy(t *testing.T) {
	remote := server(t)
	write(t, remote, line(cpu, 3000, 1))
	w := &wire{Store: remote}
	path := filepath.Join(t.TempDir(), "copy.db")
	all := []*Store{again(t, w, path), again(t, w, path)}
	pull(t, all[0])
	w.set(true)
	var wg sync.WaitGroup
	for p, s := range all {
		cut(s, w)
		wg.Go(func() {
			for i := range 20 {
				if _, err := s.PutAnnotation(ctx, metric.Annotation{From: base, To: base, Kind: metric.Note, Text: fmt.Sprint(p, "-", i)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if here := notes(t, all[1]); len(here) != 40 {
		t.Errorf("%d of 40 are seen by the other program", len(here))
	}
	w.set(false)
	for _, s := range all {
		wg.Go(func() {
			if err := s.Push(ctx); err != nil {
				t.Error(err)
			}
			if _, err := s.Pull(ctx, nil, metric.Range{}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	times := map[string]int{}
	for _, a := range notes(t, remote) {
		times[a.Text]++
	}
	if len(times) != 40 || len(notes(t, remote)) != 40 {
		t.Errorf("%d different ones of 40, %d in all", len(times), len(notes(t, remote)))
	}
}

// The copy stays within its limit: what was not looked at for long goes.
func TestLimit(t *testing.T) {
	remote := file(t)
	other := metric.Key{VM: "web-02", Metric: "cpu"}
	write(t, remote, line(cpu, 30_000, 1), line(other, 30_000, 1))
	s, w := linked(t, remote)
	look := func(k metric.Key) {
		t.Helper()
		if err := s.keep(ctx, want{keys: []metric.Key{k}}); err != nil {
			t.Fatal(err)
		}
	}
	look(cpu)
	size, err := s.local.Size(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.o.Limit = size + size/4 // enough for one of them
	look(other)
	cut(s, w)
	if a, b := points(t, s, cpu).Len(), points(t, s, other).Len(); a != 0 || b != 30_000 {
		t.Errorf("the copy has %d and %d points", a, b)
	}
}
