package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"aiops/app"
	"aiops/store"
)

func (js *jobs) rouse() {
	select {
	case js.wake <- struct{}{}:
	default:
	}
}

// run does jobs until the context ends; those that are not done then are given back.
func (js *jobs) run(ctx context.Context) {
	forgot := time.Time{}
	for ctx.Err() == nil {
		if err := js.take(ctx); err != nil && ctx.Err() == nil {
			js.s.opt.Log.Warn("look for jobs", "error.message", err.Error())
		}
		if time.Since(forgot) > time.Hour {
			forgot = time.Now()
			if _, err := js.q.Purge(ctx, js.s.opt.Now().Add(-jobsKept)); err != nil && ctx.Err() == nil {
				js.s.opt.Log.Warn("forget old jobs", "error.message", err.Error())
			}
		}
		js.measure(ctx)
		select {
		case <-js.wake:
		case <-time.After(jobLook):
		case <-ctx.Done():
		}
	}
	js.works.Wait()
}

// take begins as many jobs as there is room for.
func (js *jobs) take(ctx context.Context) error {
	js.mu.Lock()
	free := mostRunning - len(js.running)
	js.mu.Unlock()
	if free <= 0 {
		return nil
	}
	taken, err := js.q.Take(ctx, store.Taker{Kind: jobKind, Worker: js.s.me, Most: free, Lease: jobLease})
	for _, j := range taken {
		work, cancel := context.WithCancelCause(ctx)
		js.mu.Lock()
		js.running[j.ID] = cancel
		js.mu.Unlock()
		js.works.Go(func() {
			js.do(work, j)
			js.mu.Lock()
			delete(js.running, j.ID)
			js.mu.Unlock()
			cancel(nil)
			js.rouse()
		})
	}
	return err
}

// errHalted is that a job is not wanted any more, or another's now.
var errHalted = errors.New("the job was taken away")

// halt stops a job that runs here.
func (js *jobs) halt(id string) {
	n, _ := strconv.ParseInt(id, 10, 64) // no number is no job
	js.mu.Lock()
	defer js.mu.Unlock()
	if cancel := js.running[n]; cancel != nil {
		cancel(errHalted)
	}
}

// do does one job and keeps what came of it.
func (js *jobs) do(ctx context.Context, j store.Job) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go js.keep(ctx, j, cancel)
	p := &progress{js: js, j: j}
	p.tell(ctx, true)
	text, err := js.s.work1(ctx, j, func(done, total int64) {
		p.out.Done, p.out.Total = done, total
		p.tell(ctx, false)
	})
	after, end := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer end()
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errHalted):
		err = nil
	case cause != nil:
		err = js.q.Fail(after, j, "the instance stopped", 0) // at once for others
	default:
		p.out.Text = text
		if err != nil {
			p.out.Failed = err.Error()
		}
		var result []byte
		if result, err = json.Marshal(p.out); err == nil {
			err = js.q.Done(after, j, result)
		}
	}
	if err != nil && !errors.Is(err, store.ErrLeaseLost) { // when its lease ends it is done again
		js.s.opt.Log.Error("end a job", "job", j.ID, "error.message", err.Error())
		return
	}
	if row, err := js.find(after, strconv.FormatInt(j.ID, 10)); err == nil {
		js.s.tell(jobEvent, row)
	}
}

// keep lengthens the lease, and stops the work when it is lost.
func (js *jobs) keep(ctx context.Context, j store.Job, stop context.CancelCauseFunc) {
	for {
		select {
		case <-time.After(jobKeep):
		case <-ctx.Done():
			return
		}
		if errors.Is(js.q.Keep(ctx, j, jobLease), store.ErrLeaseLost) {
			stop(errHalted)
			return
		}
	}
}

// progress keeps how far a job is, at most twice a second. Calls come one after the other.
type progress struct {
	js   *jobs
	j    store.Job
	out  outcome
	last time.Time
}

func (p *progress) tell(ctx context.Context, now bool) {
	if !now && time.Since(p.last) < 500*time.Millisecond {
		return
	}
	p.last = time.Now()
	text, err := json.Marshal(p.out)
	if err == nil {
		err = p.js.q.Note(ctx, p.j, text)
	}
	if err == nil {
		p.j.Result = text
		p.js.s.tell(jobEvent, jobRowOf(p.j))
	}
}

// work1 does what a job orders.
func (s *Server) work1(ctx context.Context, j store.Job, p app.Progress) (text string, err error) {
	defer func() {
		if v := recover(); v != nil {
			s.opt.Log.Error("a job broke", "job", j.ID, "error.message", fmt.Sprint(v), "error.stack_trace", string(debug.Stack()))
			err = errors.New("the job broke; this is a defect in the program")
		}
	}()
	var o order
	if err := json.Unmarshal(j.Payload, &o); err != nil {
		return "", fmt.Errorf("the job cannot be read: %w", err)
	}
	switch o.What {
	case "predict":
		return s.predictJob(ctx, o.Args, p)
	case "train":
		return s.trainJob(ctx, o.Args, p)
	case "retention":
		return s.retentionJob(ctx, o.Args, p)
	}
	return "", fmt.Errorf("this version knows no jobs of kind %q", o.What)
}

// measure tells Prometheus how many jobs there are, and how long the oldest waits.
func (js *jobs) measure(ctx context.Context) {
	var age float64
	n := 0
	for _, state := range []store.JobState{store.Waiting, store.Running} {
		all, err := js.q.Jobs(ctx, store.JobQuery{Kind: jobKind, State: state, Newest: mostListed})
		if err != nil {
			return // take has told
		}
		n += len(all)
		if state == store.Waiting && len(all) > 0 {
			age = max(0, js.s.opt.Now().Sub(all[0].Due).Seconds())
		}
	}
	js.s.counts.jobs.Set(float64(n))
	js.s.counts.jobAge.Set(age)
}
