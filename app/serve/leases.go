package serve

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	"aiops/store"
)

// begin makes the groups where they are not there yet, and takes the first ones.
func (h *shares) begin(ctx context.Context) error {
	jobs := []store.NewJob{{Kind: hereKind, Run: h.me, Key: "here", Tries: math.MaxInt32, Again: true}}
	for g := range groups {
		jobs = append(jobs, store.NewJob{Kind: groupKind, Key: strconv.Itoa(g), Tries: math.MaxInt32})
	}
	if _, err := h.q.Enqueue(ctx, jobs); err != nil {
		return err
	}
	mine, err := h.q.Take(ctx, store.Taker{Kind: hereKind, Run: h.me, Worker: h.me, Most: 1, Lease: shareLease})
	if err != nil {
		return err
	}
	if len(mine) == 1 {
		h.here = mine[0]
	}
	return h.turn(ctx)
}

// turn lengthens what is held, gives away what others should have, and takes what nobody has.
func (h *shares) turn(ctx context.Context) error {
	if h.here.ID == 0 {
		return h.begin(ctx)
	}
	failed := []error{h.keep(ctx)}
	alive, err := h.alive(ctx)
	if err != nil {
		return errors.Join(append(failed, err)...)
	}
	most := (groups + alive - 1) / alive
	failed = append(failed, h.release(ctx, most))
	h.mu.Lock()
	free := most - len(h.held)
	h.mu.Unlock()
	if free > 0 {
		failed = append(failed, h.takeUp(ctx, free))
	}
	return errors.Join(failed...)
}

// keep lengthens the leases; what is lost belongs to another instance.
func (h *shares) keep(ctx context.Context) error {
	err := h.q.Keep(ctx, h.here, shareLease)
	if errors.Is(err, store.ErrLeaseLost) {
		h.here = store.Job{} // others thought that this instance was dead: it begins anew
		err = nil
	}
	failed := []error{err}
	h.mu.Lock()
	held := make(map[int]store.Job, len(h.held))
	for g, s := range h.held {
		held[g] = s.job
	}
	h.mu.Unlock()
	for g, j := range held {
		began := time.Now()
		err := h.q.Keep(ctx, j, shareLease)
		h.mu.Lock()
		switch s := h.held[g]; {
		case err == nil:
			s.kept = began
		case errors.Is(err, store.ErrLeaseLost) || !s.valid():
			delete(h.held, g)
		default:
			failed = append(failed, err)
		}
		h.mu.Unlock()
	}
	return errors.Join(failed...)
}

// alive counts the instances, and forgets those that are long dead.
func (h *shares) alive(ctx context.Context) (n int, err error) {
	all, err := h.q.Jobs(ctx, store.JobQuery{Kind: hereKind, State: store.Running})
	if err != nil {
		return 0, err
	}
	var newest time.Time // about now by the queue's clock, and a lease
	for _, j := range all {
		if j.Due.After(newest) {
			newest = j.Due
		}
	}
	for _, j := range all {
		switch age := newest.Sub(j.Due); {
		case age < shareLease:
			n++
		case age > time.Hour:
			if err := h.q.Cancel(ctx, j.ID); err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
				return n, err
			}
		}
	}
	return max(1, n), nil
}

// release gives groups back until so many are left; group 0 stays longest.
func (h *shares) release(ctx context.Context, most int) error {
	h.mu.Lock()
	var away []int
	for g := range h.held {
		away = append(away, g)
	}
	h.mu.Unlock()
	slices.Sort(away)
	if len(away) <= most {
		return nil
	}
	if err := h.save(ctx); err != nil {
		return err
	}
	var failed []error
	for _, g := range away[most:] {
		h.mu.Lock()
		j := h.held[g].job
		delete(h.held, g)
		h.mu.Unlock()
		if err := h.q.Fail(ctx, j, "given to another instance", 0); err != nil && !errors.Is(err, store.ErrLeaseLost) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// takeUp takes groups that nobody holds.
func (h *shares) takeUp(ctx context.Context, most int) error {
	began := time.Now()
	jobs, err := h.q.Take(ctx, store.Taker{Kind: groupKind, Worker: h.me, Most: most, Lease: shareLease})
	if err != nil || len(jobs) == 0 {
		return err
	}
	h.mu.Lock()
	for _, j := range jobs {
		g, err := strconv.Atoi(j.Key)
		if err != nil || g < 0 || g >= groups {
			continue // of another version, whose groups are not these
		}
		s := &share{job: j, kept: began}
		if len(j.Payload) > 0 && json.Unmarshal(j.Payload, &s.state) != nil {
			s.state = shareState{} // what it learns again does no harm
		}
		h.held[g] = s
	}
	h.mu.Unlock()
	h.gained()
	return nil
}

// end gives all away.
func (h *shares) end(ctx context.Context) error {
	err := h.release(ctx, 0)
	if h.here.ID != 0 {
		err = errors.Join(err, h.q.Done(ctx, h.here, nil))
	}
	if errors.Is(err, store.ErrLeaseLost) {
		return nil
	}
	return err
}
