package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"aiops/store"
)

// Queue keeps jobs in this process. It implements store.Queue.
type Queue struct {
	now  func() time.Time
	mu   sync.Mutex
	last int64
	jobs map[int64]*job
}

type job struct {
	store.Job
	again bool
}

// NewQueue makes an empty queue; now is its clock, nil is time.Now.
func NewQueue(now func() time.Time) *Queue {
	if now == nil {
		now = time.Now
	}
	return &Queue{now: now, jobs: map[int64]*job{}}
}

// Enqueue adds jobs.
func (q *Queue) Enqueue(ctx context.Context, jobs []store.NewJob) (added int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, n := range jobs {
		if old := q.find(n); old != nil {
			if n.Again {
				q.repeat(old, n)
			}
			continue
		}
		q.last++
		added++
		j := &job{Job: store.Job{ID: q.last, Kind: n.Kind, Run: n.Run, Key: n.Key, Payload: slices.Clone(n.Payload), State: store.Waiting,
			Most: cmp.Or(n.Tries, store.DefaultTries), Made: q.now().UTC(), Due: q.now().UTC()}}
		q.jobs[j.ID] = j
	}
	return added, ctx.Err()
}

func (q *Queue) find(n store.NewJob) *job {
	if n.Key == "" {
		return nil
	}
	for _, j := range q.jobs {
		if j.Kind == n.Kind && j.Run == n.Run && j.Key == n.Key {
			return j
		}
	}
	return nil
}

func (q *Queue) repeat(j *job, n store.NewJob) {
	j.Payload, j.Error, j.Finished = slices.Clone(n.Payload), "", time.Time{}
	switch j.State {
	case store.Running:
		j.again = true
	case store.Waiting:
	default:
		j.State, j.Tries, j.Due = store.Waiting, 0, q.now().UTC()
	}
}

// sorted lists what is wanted, by ID.
func (q *Queue) sorted(want func(*job) bool) []*job {
	all := slices.SortedFunc(maps.Values(q.jobs), func(a, b *job) int { return cmp.Compare(a.ID, b.ID) })
	return slices.DeleteFunc(all, func(j *job) bool { return !want(j) })
}

// Take gives jobs to a worker.
func (q *Queue) Take(ctx context.Context, t store.Taker) ([]store.Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now().UTC()
	due := q.sorted(func(j *job) bool {
		return j.Kind == t.Kind && (t.Run == "" || j.Run == t.Run) && (j.State == store.Waiting || j.State == store.Running) && !j.Due.After(now)
	})
	slices.SortStableFunc(due, func(a, b *job) int { return a.Due.Compare(b.Due) })
	var out []store.Job
	for _, j := range due {
		if j.State == store.Running && j.Tries >= j.Most {
			j.State, j.Finished, j.Error = store.Failed, now, "its worker went away each time (the last one: "+j.Worker+")"
			continue
		}
		if len(out) == t.Most {
			break
		}
		j.State, j.Worker, j.Tries, j.Lease, j.Due = store.Running, t.Worker, j.Tries+1, j.Lease+1, now.Add(t.Lease)
		out = append(out, j.Job)
	}
	slices.SortFunc(out, func(a, b store.Job) int { return cmp.Compare(a.ID, b.ID) })
	return out, ctx.Err()
}

// own changes a job that is still this worker's.
func (q *Queue) own(ctx context.Context, j store.Job, f func(*job)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	mine, ok := q.jobs[j.ID]
	if !ok || mine.Lease != j.Lease || mine.State != store.Running {
		return store.ErrLeaseLost
	}
	f(mine)
	return ctx.Err()
}

// Keep lengthens the lease.
func (q *Queue) Keep(ctx context.Context, j store.Job, lease time.Duration) error {
	return q.own(ctx, j, func(j *job) { j.Due = q.now().UTC().Add(lease) })
}

// Note keeps how far a job is.
func (q *Queue) Note(ctx context.Context, j store.Job, result []byte) error {
	return q.own(ctx, j, func(j *job) { j.Result = slices.Clone(result) })
}

// Done ends a job.
func (q *Queue) Done(ctx context.Context, j store.Job, result []byte) error {
	return q.own(ctx, j, func(j *job) {
		j.Result, j.Error = slices.Clone(result), ""
		q.end(j, store.Done, 0)
	})
}

// Fail gives a job back.
func (q *Queue) Fail(ctx context.Context, j store.Job, reason string, pause time.Duration) error {
	return q.own(ctx, j, func(j *job) {
		j.Error = reason
		if j.Tries < j.Most && !j.again {
			j.State, j.Due = store.Waiting, q.now().UTC().Add(pause)
			return
		}
		q.end(j, store.Failed, pause)
	})
}

// end ends a job, or makes it wait again if it was asked for meanwhile.
func (q *Queue) end(j *job, as store.JobState, pause time.Duration) {
	j.State, j.Due, j.Finished = as, q.now().UTC(), q.now().UTC()
	if j.again {
		j.again, j.State, j.Tries, j.Finished, j.Due = false, store.Waiting, 0, time.Time{}, q.now().UTC().Add(pause)
	}
}

// Cancel ends a job.
func (q *Queue) Cancel(ctx context.Context, id int64) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	j, ok := q.jobs[id]
	switch {
	case !ok:
		return store.ErrNotFound
	case j.State != store.Waiting && j.State != store.Running:
		return store.ErrConflict
	}
	j.State, j.again, j.Finished = store.Cancelled, false, q.now().UTC()
	return ctx.Err()
}

// Job is one job.
func (q *Queue) Job(ctx context.Context, id int64) (store.Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if j, ok := q.jobs[id]; ok {
		return j.Job, ctx.Err()
	}
	return store.Job{}, store.ErrNotFound
}

// Jobs are those that the query selects, by ID.
func (q *Queue) Jobs(ctx context.Context, want store.JobQuery) ([]store.Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var out []store.Job
	for _, j := range q.sorted(func(j *job) bool {
		return (want.Kind == "" || j.Kind == want.Kind) && (want.Run == "" || j.Run == want.Run) && (want.State == "" || j.State == want.State)
	}) {
		out = append(out, j.Job)
	}
	if want.Newest > 0 && len(out) > want.Newest {
		out = out[len(out)-want.Newest:]
	}
	return out, ctx.Err()
}

// Count tells how many jobs there are in each state.
func (q *Queue) Count(ctx context.Context, kind, run string) (map[store.JobState]int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := map[store.JobState]int{}
	for _, j := range q.jobs {
		if j.Kind == kind && j.Run == run {
			out[j.State]++
		}
	}
	return out, ctx.Err()
}

// Purge forgets jobs that ended before a time.
func (q *Queue) Purge(ctx context.Context, before time.Time) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for id, j := range q.jobs {
		if !j.Finished.IsZero() && j.Finished.Before(before) {
			delete(q.jobs, id)
			n++
		}
	}
	return n, ctx.Err()
}

var _ store.Queue = (*Queue)(nil)
