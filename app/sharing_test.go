package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/memory"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

func manyKeys(n int) (keys []metric.Key) {
	for i := range n {
		keys = append(keys, metric.Key{VM: fmt.Sprintf("vm %d", i/4), Metric: fmt.Sprintf("m\"%d", i%4)})
	}
	return keys
}

// tally notes who works on which series.
type tally struct {
	mu    sync.Mutex
	at    map[metric.Key]int
	done  map[metric.Key]int
	twice []metric.Key
}

func newTally() *tally { return &tally{at: map[metric.Key]int{}, done: map[metric.Key]int{}} }

func (a *tally) begin(keys []metric.Key) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range keys {
		if a.at[k]++; a.at[k] > 1 {
			a.twice = append(a.twice, k)
		}
	}
}

// end notes that work has ended, and whether it was done.
func (a *tally) end(keys []metric.Key, done bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range keys {
		a.at[k]--
		if done {
			a.done[k]++
		}
	}
}

func (a *tally) check(t *testing.T, keys []metric.Key, most int) {
	t.Helper()
	if len(a.done) != len(keys) || len(a.twice) > 0 {
		t.Errorf("%d of %d series were worked on, %v at two places at once", len(a.done), len(keys), a.twice)
	}
	for k, n := range a.done {
		if n > most {
			t.Errorf("%v was done %d times", k, n)
		}
	}
}

func TestShare(t *testing.T) {
	q, keys, all := memory.NewQueue(nil), manyKeys(50), newTally()
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			err := Share(t.Context(), q, Sharing{Kind: "x", Run: "r", Batch: 4, Wait: time.Millisecond}, keys, func(_ context.Context, keys []metric.Key) error {
				all.begin(keys)
				all.end(keys, true)
				return nil
			}, nil)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	all.check(t, keys, 1)
	worked := false
	if err := Share(t.Context(), q, Sharing{Kind: "x", Run: "r"}, keys, func(context.Context, []metric.Key) error { worked = true; return nil }, nil); err != nil || worked {
		t.Errorf("a run that has ended: %v, worked %v", err, worked)
	}
}

// What fails everywhere is given up and told.
func TestShareGivesUp(t *testing.T) {
	q, no := memory.NewQueue(nil), errors.New("no luck")
	for i := range store.DefaultTries {
		err := Share(t.Context(), q, Sharing{Kind: "x", Run: "r"}, manyKeys(3), func(context.Context, []metric.Key) error { return no }, nil)
		if !errors.Is(err, no) {
			t.Errorf("try %d: %v", i, err)
		}
	}
	err := Share(t.Context(), q, Sharing{Kind: "x", Run: "r"}, manyKeys(3), nil, nil)
	if err == nil || !strings.Contains(err.Error(), "3 series of the shared run") {
		t.Error(err)
	}
}

// An instance whose connections are killed in the middle loses nothing: the
// others take what it had when its lease ends.
func TestShareWhenAnInstanceIsCut(t *testing.T) {
	url := pgtest.URL(t)
	keys, all := manyKeys(60), newTally()
	s := Sharing{Kind: "x", Run: "r", Batch: 5, Lease: 600 * time.Millisecond, Wait: 20 * time.Millisecond}
	open := func() *postgres.Store {
		st, err := postgres.Open(t.Context(), url, postgres.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	cut, good := open(), open()
	defer good.Close()
	took := make(chan int, 1)
	var wait sync.WaitGroup
	wait.Go(func() {
		n := 0
		err := Share(t.Context(), cut.Jobs(), s, keys, func(_ context.Context, keys []metric.Key) error {
			if n++; n < 3 {
				all.begin(keys)
				all.end(keys, true)
				return nil
			}
			took <- len(keys)
			cut.Close() // it can neither keep nor end what it has
			time.Sleep(s.Lease)
			return nil
		}, nil)
		if err == nil {
			t.Error("it was cut and does not know")
		}
	})
	if n := <-took; n == 0 {
		t.Fatal("it took nothing")
	}
	if err := Share(t.Context(), good.Jobs(), s, keys, func(_ context.Context, keys []metric.Key) error {
		all.begin(keys)
		all.end(keys, true)
		return nil
	}, nil); err != nil {
		t.Error(err)
	}
	wait.Wait()
	all.check(t, keys, 1)
	counts, err := good.Jobs().Count(t.Context(), "x", "r")
	if err != nil || counts[store.Done] != len(keys) || len(counts) != 1 {
		t.Errorf("%v %v", counts, err)
	}
}
