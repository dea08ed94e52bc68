package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Progress is told how far a long piece of work is; Total 0 means unknown.
type Progress func(done, total int64)

// JobStatus says where a job is in its life.
type JobStatus int

// The statuses of a job.
const (
	Running JobStatus = iota
	Done
	Failed
	Cancelled
)

// Job is a snapshot of a long piece of work.
type Job struct {
	ID          int
	Name        string // "Import a.csv"
	Status      JobStatus
	Done, Total int64
	Result      string // what it did, when Done: "1,204 rows stored"
	Err         error  // why, when Failed
	Began       time.Time
	Ended       time.Time
}

// Fraction is the share that is done, 0 when unknown.
func (j Job) Fraction() float64 {
	if j.Total <= 0 {
		return 0
	}
	return min(1, float64(j.Done)/float64(j.Total))
}

// Jobs runs long pieces of work, each in a goroutine of its own, and keeps the
// ended ones for the jobs list.
type Jobs struct {
	mu      sync.Mutex
	wg      sync.WaitGroup
	jobs    []*job
	last    int // number
	watch   func()
	now     func() time.Time
	lastHop time.Time
}

type job struct {
	Job
	cancel context.CancelFunc
}

// NewJobs makes an empty list; now is the clock.
func NewJobs(now func() time.Time) *Jobs { return &Jobs{now: now} }

// Watch sets the function that is called after every change (progress at most
// ten times a second), from any goroutine. There is one watcher.
func (js *Jobs) Watch(f func()) {
	js.mu.Lock()
	defer js.mu.Unlock()
	js.watch = f
}

// Start runs work as a job; the returned channel is closed when it has ended.
func (js *Jobs) Start(ctx context.Context, name string, work func(context.Context, Progress) (string, error)) <-chan struct{} {
	_, ended := js.Begin(ctx, name, work)
	return ended
}

// Begin is Start that also tells the job's number.
func (js *Jobs) Begin(ctx context.Context, name string, work func(context.Context, Progress) (string, error)) (id int, ended <-chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	js.mu.Lock()
	js.last++
	j := &job{Job: Job{ID: js.last, Name: name, Began: js.now()}, cancel: cancel}
	js.jobs = append(js.jobs, j)
	js.forget()
	js.mu.Unlock()
	js.changed()
	over := make(chan struct{})
	js.wg.Go(func() {
		defer close(over)
		defer cancel()
		result, err := guarded(ctx, work, func(done, total int64) { js.progress(j, done, total) })
		js.finish(j, result, err)
	})
	return j.ID, over
}

// keptJobs is how many ended jobs the list has at most.
const keptJobs = 1000

// forget leaves out the oldest jobs that have ended, where there are too many.
func (js *Jobs) forget() {
	if len(js.jobs) <= 2*keptJobs {
		return
	}
	ended := 0
	for _, j := range js.jobs {
		if j.Status != Running {
			ended++
		}
	}
	js.jobs = slices.DeleteFunc(js.jobs, func(j *job) bool {
		old := j.Status != Running && ended > keptJobs
		if old {
			ended--
		}
		return old
	})
}

// Find is a job by its number; false if it is not there, or no more.
func (js *Jobs) Find(id int) (Job, bool) {
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, j := range js.jobs {
		if j.ID == id {
			return j.Job, true
		}
	}
	return Job{}, false
}

// guarded turns a panic of the work into its error: one job must not end the program.
func guarded(ctx context.Context, work func(context.Context, Progress) (string, error), p Progress) (result string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a defect in the program stopped the job: %v", r)
		}
	}()
	return work(ctx, p)
}

func (js *Jobs) progress(j *job, done, total int64) {
	js.mu.Lock()
	j.Done, j.Total = done, total
	now := js.now()
	quiet := now.Sub(js.lastHop) < 100*time.Millisecond
	if !quiet {
		js.lastHop = now
	}
	js.mu.Unlock()
	if !quiet {
		js.changed()
	}
}

func (js *Jobs) finish(j *job, result string, err error) {
	js.mu.Lock()
	j.Result, j.Err, j.Ended = result, err, js.now()
	switch {
	case err == nil:
		j.Status = Done
	case errors.Is(err, context.Canceled):
		j.Status = Cancelled
	default:
		j.Status = Failed
	}
	js.mu.Unlock()
	js.changed()
}

func (js *Jobs) changed() {
	js.mu.Lock()
	f := js.watch
	js.mu.Unlock()
	if f != nil {
		f()
	}
}

// List returns all jobs, the newest first.
func (js *Jobs) List() []Job {
	js.mu.Lock()
	defer js.mu.Unlock()
	out := make([]Job, 0, len(js.jobs))
	for i := len(js.jobs) - 1; i >= 0; i-- {
		out = append(out, js.jobs[i].Job)
	}
	return out
}

// Cancel asks a job to stop.
func (js *Jobs) Cancel(id int) {
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, j := range js.jobs {
		if j.ID == id {
			j.cancel()
		}
	}
}

// Close cancels every job and waits until they have ended.
func (js *Jobs) Close() {
	js.mu.Lock()
	for _, j := range js.jobs {
		j.cancel()
	}
	js.mu.Unlock()
	js.wg.Wait()
}
