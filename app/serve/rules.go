package serve

import (
	"context"
	"time"

	"aiops/app/alert"
	"aiops/store"
)

// between is the least time between two evaluations of the rules; they also
// take at most a quarter of the time.
const between = time.Second

// ruling evaluates the rules as long as this instance is the one that does.
type ruling struct {
	w       *watcher
	live    *alert.Live
	lease   int64 // under which live was begun
	newest  int64 // recorded change
	unknown bool  // whether people were told up to newest
	fresh   bool  // nothing was evaluated since live was begun
}

// rules evaluates the rules whenever there is something new.
func (w *watcher) rules(ctx context.Context) {
	r := &ruling{w: w}
	tick := time.NewTicker(between / 2)
	defer tick.Stop()
	for {
		select {
		case <-w.poll:
		case <-tick.C:
			r.settle(ctx)
			continue
		case <-ctx.Done():
			if stop := w.file.set.stop; stop != nil {
				stop()
			}
			r.settle(context.WithoutCancel(ctx))
			return
		}
		began := time.Now()
		if err := r.poll(ctx); err != nil && ctx.Err() == nil {
			w.s.opt.Log.Error("evaluate the alert rules", "error.message", err.Error())
		}
		select {
		case <-time.After(max(between, 3*time.Since(began))):
		case <-ctx.Done():
		}
	}
}

// poll evaluates what is new, if that is this instance's.
func (r *ruling) poll(ctx context.Context) error {
	s := r.w.s
	r.renew()
	lease, told, yes := s.shares.leads()
	if !yes {
		r.live = nil
		return nil
	}
	if r.live == nil || lease != r.lease {
		if err := r.begin(ctx, lease, told); err != nil {
			return err
		}
	}
	changes, err := r.live.Poll(ctx)
	if err != nil {
		return err
	}
	for _, t := range changes {
		s.tell(alertEvent, alertOf(t))
	}
	s.counts.transitions.Add(float64(len(changes)))
	if len(changes) > 0 || r.fresh {
		r.fresh = false
		if r.newest, err = newestChange(ctx, s.store); err == nil {
			r.unknown = true
			r.settle(ctx)
		}
	}
	return err
}

// begin takes up from what is recorded, and from what an instance before has told.
func (r *ruling) begin(ctx context.Context, lease int64, told *int64) error {
	s := r.w.s
	newest, err := newestChange(ctx, s.store)
	if err != nil {
		return err
	}
	known := newest // nobody evaluated before: what is recorded is old
	if told != nil {
		known = *told
	}
	set := r.w.file.set
	r.live = alert.NewLive(s.store, set.rules, alert.LiveOptions{Options: s.opt.Watch.Options, Now: s.opt.Now, Repeat: set.repeat, Teller: set.teller, ToldTo: func() int64 { return known }})
	r.lease, r.unknown, r.fresh = lease, false, true
	s.shares.told(known)
	return s.shares.save(ctx)
}

// newestChange is the number of the change that was recorded last. It is not
// always the one with the latest time, as some series come late.
func newestChange(ctx context.Context, st store.Store) (id int64, err error) {
	all, err := st.Transitions(ctx, store.TransitionQuery{Newest: 1000})
	for _, t := range all {
		id = max(id, t.ID)
	}
	return id, err
}

// settle keeps that people were told, once the channels have done it. What is
// not kept when this instance dies is told by the next one.
func (r *ruling) settle(ctx context.Context) {
	s := r.w.s
	if r.live == nil || !r.unknown {
		return
	}
	if idle, ok := r.w.file.set.teller.(interface{ Idle() bool }); ok && !idle.Idle() {
		return
	}
	r.told()
	if err := s.shares.save(ctx); err != nil {
		s.opt.Log.Warn("keep that alerts were told", "error.message", err.Error())
		r.unknown = true
	}
}

// told notes that people know what was recorded up to here.
func (r *ruling) told() {
	if r.live != nil && r.unknown {
		r.w.s.shares.told(r.newest)
		r.unknown = false
	}
}
