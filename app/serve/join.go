package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/memory"
)

// instanceName tells this process from others on the database.
func instanceName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:6])
}

// join finds out what is shared with other instances on the database: where the
// store can tell others at once, series and jobs are divided among all; a
// database without a table of jobs, or of this computer, is one instance's.
func (s *Server) join() error {
	var q store.Queue = memory.NewQueue(nil)
	if all, ok := s.opt.Store.(store.Queuer); ok {
		soon, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		switch _, err := all.Jobs().Purge(soon, time.Time{}); {
		case err == nil:
			q = all.Jobs()
		case !errors.Is(err, store.ErrReadOnly):
			return fmt.Errorf("open the queue of jobs: %w", err)
		}
	}
	s.jobs = newJobs(s, q)
	groups := store.Queue(memory.NewQueue(nil))
	out, shared := s.opt.Store.(store.Signaller)
	if _, ok := q.(*memory.Queue); shared && !ok {
		groups = q
		s.relay = newRelay(s, out)
	}
	s.shares = newShares(groups, s.me, func() {
		if s.watch != nil {
			s.watch.sweepSoon()
		}
	})
	return nil
}

// stale forgets answers that were made before another instance wrote.
func (s *Server) stale() { s.opt.Cache.Heard() }

// attend lets the series that are this instance's be looked at.
func (s *Server) attend(keys []metric.Key) {
	if s.watch == nil {
		return
	}
	mine := keys[:0:0]
	for _, k := range keys {
		if s.shares.owns(k) {
			mine = append(mine, k)
		}
	}
	s.counts.noted(mine)
	s.duty.wrote(mine)
	s.watch.wake()
}

// hold keeps this instance's share of the series until the context ends.
func (s *Server) hold(ctx context.Context) {
	for {
		soon, cancel := context.WithTimeout(ctx, shareLease)
		if err := errors.Join(s.shares.save(soon), s.shares.turn(soon)); err != nil && ctx.Err() == nil {
			s.opt.Log.Warn("share the series with other instances", "error.message", err.Error())
		}
		cancel()
		select {
		case <-time.After(shareTurn):
		case <-ctx.Done():
			after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if err := s.shares.end(after); err != nil {
				s.opt.Log.Warn("give the series to other instances", "error.message", err.Error())
			}
			return
		}
	}
}
