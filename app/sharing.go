package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"aiops/metric"
	"aiops/store"
)

// Sharing says how instances share a run over many series.
type Sharing struct {
	Kind, Run string        // instances with the same ones share
	Batch     int           // series that are taken at once; 0: 32
	Lease     time.Duration // after which a dead instance's series go to others; 0: 15 s
	Wait      time.Duration // between looks while others work on the last ones; 0: 250 ms
}

func (s Sharing) complete() Sharing {
	if s.Batch == 0 {
		s.Batch = 32
	}
	if s.Lease == 0 {
		s.Lease = 15 * time.Second
	}
	if s.Wait == 0 {
		s.Wait = 250 * time.Millisecond
	}
	return s
}

// Share works on series together with other instances until all of the run are
// done. work handles some series and stores what it finds; series of an instance
// that dies are worked on again by another, so it must do no harm twice.
// A run that has ended can be joined: then there is nothing left to do.
func Share(ctx context.Context, q store.Queue, s Sharing, keys []metric.Key, work func(context.Context, []metric.Key) error, p Progress) error {
	s = s.complete()
	jobs := make([]store.NewJob, len(keys))
	for i, k := range keys {
		payload, err := json.Marshal(k)
		if err != nil {
			return fmt.Errorf("name the series %v: %w", k, err)
		}
		jobs[i] = store.NewJob{Kind: s.Kind, Run: s.Run, Key: strconv.Quote(k.VM) + " " + strconv.Quote(k.Metric), Payload: payload}
	}
	if _, err := q.Enqueue(ctx, jobs); err != nil {
		return err
	}
	for {
		took, err := s.batch(ctx, q, work)
		if err != nil {
			return err
		}
		left, failed, err := s.left(ctx, q, p)
		switch {
		case err != nil:
			return err
		case took > 0:
			continue
		case left == 0 && failed > 0:
			return fmt.Errorf("%d series of the shared run %q were given up, as each instance that took them failed or went away", failed, s.Run)
		case left == 0:
			return nil
		}
		select { // others work on the last ones; if they die, these come here
		case <-time.After(s.Wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// left counts what the run still has to do, and tells the progress.
func (s Sharing) left(ctx context.Context, q store.Queue, p Progress) (left, failed int, err error) {
	counts, err := q.Count(ctx, s.Kind, s.Run)
	if err != nil {
		return 0, 0, err
	}
	left, total := counts[store.Waiting]+counts[store.Running], 0
	for _, n := range counts {
		total += n
	}
	if p != nil {
		p(int64(total-left), int64(total))
	}
	return left, counts[store.Failed], nil
}

// batch takes some series and works on them.
func (s Sharing) batch(ctx context.Context, q store.Queue, work func(context.Context, []metric.Key) error) (int, error) {
	jobs, err := q.Take(ctx, store.Taker{Kind: s.Kind, Run: s.Run, Worker: instance(), Most: s.Batch, Lease: s.Lease})
	if err != nil || len(jobs) == 0 {
		return 0, err
	}
	keys := make([]metric.Key, len(jobs))
	for i, j := range jobs {
		if err := json.Unmarshal(j.Payload, &keys[i]); err != nil {
			return 0, fmt.Errorf("job %d names no series: %w", j.ID, err)
		}
	}
	stop := keepAll(ctx, q, jobs, s.Lease)
	err = work(ctx, keys)
	stop()
	after := context.WithoutCancel(ctx)
	for _, j := range jobs {
		e := error(nil)
		if err == nil {
			e = q.Done(after, j, nil)
		} else {
			e = q.Fail(after, j, err.Error(), 0) // at once for others
		}
		if e != nil && !errors.Is(e, store.ErrLeaseLost) { // another one does it once more
			return 0, errors.Join(err, e)
		}
	}
	return len(jobs), err
}

// keepAll lengthens the jobs' leases until it is stopped. What cannot be kept
// goes to another instance.
func keepAll(ctx context.Context, q store.Queue, jobs []store.Job, lease time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for tick := time.NewTicker(lease / 3); ; {
			select {
			case <-tick.C:
			case <-ctx.Done():
				tick.Stop()
				return
			}
			for _, j := range jobs {
				_ = q.Keep(ctx, j, lease) // Done tells whose the job is
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

// instance names this process for people.
func instance() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return host + "/" + strconv.Itoa(os.Getpid())
}
