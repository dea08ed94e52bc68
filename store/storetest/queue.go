package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"aiops/store"
)

// RunQueue checks every promise of store.Queue. open returns an empty queue.
func RunQueue(t *testing.T, open func(t *testing.T) store.Queue) {
	for _, c := range []struct {
		name string
		test func(*testing.T, store.Queue)
	}{
		{"a job's way", testJobsWay},
		{"keys", testJobKeys},
		{"again", testJobAgain},
		{"failing", testJobFails},
		{"a worker dies", testWorkerDies},
		{"cancel", testJobCancel},
		{"lists", testJobLists},
		{"many workers", testManyWorkers},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func enqueue(t *testing.T, q store.Queue, want int, jobs ...store.NewJob) {
	t.Helper()
	if n, err := q.Enqueue(ctx, jobs); err != nil || n != want {
		t.Fatalf("%d jobs are new, want %d: %v", n, want, err)
	}
}

func take(t *testing.T, q store.Queue, want, most int, lease time.Duration) []store.Job {
	t.Helper()
	got, err := q.Take(ctx, store.Taker{Kind: "work", Worker: "w", Most: most, Lease: lease})
	if err != nil || len(got) != want {
		t.Fatalf("took %+v, want %d: %v", got, want, err)
	}
	return got
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func jobOf(t *testing.T, q store.Queue, id int64, state store.JobState) store.Job {
	t.Helper()
	j, err := q.Job(ctx, id)
	if err != nil || j.State != state {
		t.Fatalf("job %d is %+v, want %s: %v", id, j, state, err)
	}
	return j
}

func testJobsWay(t *testing.T, q store.Queue) {
	take(t, q, 0, 5, time.Minute)
	enqueue(t, q, 3, store.NewJob{Kind: "work", Run: "r", Key: "a", Payload: []byte{0, 1}}, store.NewJob{Kind: "work", Run: "r", Key: "b"}, store.NewJob{Kind: "other", Key: "a"})
	jobs := take(t, q, 2, 5, time.Minute)
	j := jobs[0]
	if j.Key != "a" || j.Run != "r" || string(j.Payload) != "\x00\x01" || j.State != store.Running || j.Tries != 1 || j.Most != store.DefaultTries || j.Worker != "w" || j.Made.IsZero() {
		t.Errorf("%+v", j)
	}
	take(t, q, 0, 5, time.Minute)
	must(t, q.Keep(ctx, j, time.Hour))
	must(t, q.Note(ctx, j, []byte("half")))
	if half := jobOf(t, q, j.ID, store.Running); string(half.Result) != "half" {
		t.Errorf("%+v", half)
	}
	must(t, q.Done(ctx, j, []byte("result")))
	if j = jobOf(t, q, j.ID, store.Done); string(j.Result) != "result" || j.Finished.IsZero() {
		t.Errorf("%+v", j)
	}
	is(t, q.Done(ctx, j, nil), store.ErrLeaseLost)
	is(t, q.Keep(ctx, j, time.Hour), store.ErrLeaseLost)
	is(t, q.Note(ctx, j, nil), store.ErrLeaseLost)
	if got, err := q.Take(ctx, store.Taker{Kind: "other", Run: "x", Most: 1, Lease: time.Minute}); err != nil || len(got) != 0 {
		t.Errorf("of another run: %+v %v", got, err)
	}
	_, err := q.Job(ctx, 1<<40)
	is(t, err, store.ErrNotFound)
}

func testJobKeys(t *testing.T, q store.Queue) {
	a := store.NewJob{Kind: "work", Run: "r", Key: "a"}
	enqueue(t, q, 1, a, a)
	enqueue(t, q, 2, store.NewJob{Kind: "work"}, store.NewJob{Kind: "work"})
	enqueue(t, q, 1, store.NewJob{Kind: "work", Run: "other", Key: "a"})
	for _, j := range take(t, q, 4, 9, time.Minute) {
		must(t, q.Done(ctx, j, nil))
	}
	enqueue(t, q, 0, a)
	take(t, q, 0, 9, time.Minute)
}

func testJobAgain(t *testing.T, q store.Queue) {
	a := store.NewJob{Kind: "work", Key: "a", Again: true}
	enqueue(t, q, 1, a)
	enqueue(t, q, 0, a)
	j := take(t, q, 1, 9, time.Minute)[0]
	enqueue(t, q, 0, a) // while it runs
	take(t, q, 0, 9, time.Minute)
	must(t, q.Done(ctx, j, nil))
	again := take(t, q, 1, 9, time.Minute)[0]
	if again.ID != j.ID || again.Tries != 1 {
		t.Errorf("%+v", again)
	}
	is(t, q.Done(ctx, j, nil), store.ErrLeaseLost) // the first worker's
	must(t, q.Done(ctx, again, nil))
	take(t, q, 0, 9, time.Minute)
	enqueue(t, q, 0, a)
	take(t, q, 1, 9, time.Minute)
}

func testJobFails(t *testing.T, q store.Queue) {
	enqueue(t, q, 1, store.NewJob{Kind: "work", Tries: 2})
	j := take(t, q, 1, 1, time.Minute)[0]
	must(t, q.Fail(ctx, j, "no luck", 150*time.Millisecond))
	if j = jobOf(t, q, j.ID, store.Waiting); j.Error != "no luck" {
		t.Errorf("%+v", j)
	}
	take(t, q, 0, 1, time.Minute)
	time.Sleep(200 * time.Millisecond)
	j = take(t, q, 1, 1, time.Minute)[0]
	must(t, q.Fail(ctx, j, "no luck again", 0))
	if j = jobOf(t, q, j.ID, store.Failed); j.Error != "no luck again" || j.Tries != 2 || j.Finished.IsZero() {
		t.Errorf("%+v", j)
	}
	take(t, q, 0, 1, time.Minute)
}

// A job whose worker is gone goes to another; one that all die of fails.
func testWorkerDies(t *testing.T, q store.Queue) {
	enqueue(t, q, 1, store.NewJob{Kind: "work", Tries: 2})
	first := take(t, q, 1, 1, 100*time.Millisecond)[0]
	must(t, q.Keep(ctx, first, 300*time.Millisecond))
	time.Sleep(150 * time.Millisecond)
	take(t, q, 0, 1, time.Minute)
	time.Sleep(250 * time.Millisecond)
	second := take(t, q, 1, 1, 50*time.Millisecond)[0]
	if second.ID != first.ID || second.Tries != 2 {
		t.Errorf("%+v", second)
	}
	is(t, q.Keep(ctx, first, time.Minute), store.ErrLeaseLost)
	is(t, q.Done(ctx, first, nil), store.ErrLeaseLost)
	is(t, q.Fail(ctx, first, "x", 0), store.ErrLeaseLost)
	time.Sleep(100 * time.Millisecond)
	take(t, q, 0, 1, time.Minute)
	if j := jobOf(t, q, first.ID, store.Failed); j.Error != "its worker went away each time (the last one: w)" {
		t.Errorf("%+v", j)
	}
}

func testJobCancel(t *testing.T, q store.Queue) {
	enqueue(t, q, 2, store.NewJob{Kind: "work", Key: "a"}, store.NewJob{Kind: "work", Key: "b"})
	running := take(t, q, 1, 1, time.Minute)[0]
	waiting, err := q.Jobs(ctx, store.JobQuery{State: store.Waiting})
	if err != nil || len(waiting) != 1 {
		t.Fatal(waiting, err)
	}
	must(t, q.Cancel(ctx, running.ID))
	must(t, q.Cancel(ctx, waiting[0].ID))
	is(t, q.Keep(ctx, running, time.Minute), store.ErrLeaseLost)
	is(t, q.Cancel(ctx, running.ID), store.ErrConflict)
	is(t, q.Cancel(ctx, 1<<40), store.ErrNotFound)
	take(t, q, 0, 9, time.Minute)
	jobOf(t, q, waiting[0].ID, store.Cancelled)
}

func testJobLists(t *testing.T, q store.Queue) {
	for i := range 5 {
		enqueue(t, q, 1, store.NewJob{Kind: "work", Run: "r", Key: fmt.Sprint(i)})
	}
	enqueue(t, q, 1, store.NewJob{Kind: "other", Run: "r"})
	must(t, q.Done(ctx, take(t, q, 1, 1, time.Minute)[0], nil))
	counts, err := q.Count(ctx, "work", "r")
	if err != nil || len(counts) != 2 || counts[store.Waiting] != 4 || counts[store.Done] != 1 {
		t.Errorf("%v %v", counts, err)
	}
	all, err := q.Jobs(ctx, store.JobQuery{Kind: "work", Run: "r"})
	if err != nil || len(all) != 5 || all[0].ID > all[4].ID {
		t.Errorf("%+v %v", all, err)
	}
	newest, err := q.Jobs(ctx, store.JobQuery{Newest: 2})
	if err != nil || len(newest) != 2 || newest[0].Key != "4" || newest[1].Kind != "other" {
		t.Errorf("%+v %v", newest, err)
	}
	if n, err := q.Purge(ctx, time.Now().Add(time.Hour)); err != nil || n != 1 {
		t.Errorf("%d forgotten, %v", n, err)
	}
	if counts, err = q.Count(ctx, "work", "r"); err != nil || counts[store.Done] != 0 || counts[store.Waiting] != 4 {
		t.Errorf("%v %v", counts, err)
	}
}

// Each job is with one of many workers at a time, and none is lost.
func testManyWorkers(t *testing.T, q store.Queue) {
	const jobs = 120
	for i := range jobs {
		enqueue(t, q, 1, store.NewJob{Kind: "work", Key: fmt.Sprint(i)})
	}
	var mu sync.Mutex
	var wait sync.WaitGroup
	at, times := map[int64]bool{}, map[int64]int{}
	for range 6 {
		wait.Go(func() {
			for {
				got, err := q.Take(ctx, store.Taker{Kind: "work", Worker: "w", Most: 7, Lease: time.Minute})
				if err != nil {
					t.Error(err)
				}
				if len(got) == 0 {
					return
				}
				mu.Lock()
				for _, j := range got {
					if at[j.ID] {
						t.Errorf("job %d is at two places", j.ID)
					}
					at[j.ID] = true
					times[j.ID]++
				}
				mu.Unlock()
				for _, j := range got {
					mu.Lock()
					at[j.ID] = false
					mu.Unlock()
					if err := q.Done(ctx, j, nil); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wait.Wait()
	if len(times) != jobs {
		t.Errorf("%d of %d jobs were done", len(times), jobs)
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("job %d was taken %d times", id, n)
		}
	}
}
