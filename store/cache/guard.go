package cache

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aiops/metric"
	"aiops/store"
)

const (
	doubt = 3 * time.Second // how long an answer may take before the database is asked whether it is there
	sign  = 5 * time.Second // how long that may take
)

// asked asks the database something. An answer may take its time as long as the
// database is there: when it gives no sign of that, the question is given up.
func (s *Store) asked(ctx context.Context, question func(context.Context) error) error {
	inner, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	watch := time.AfterFunc(doubt, func() { s.watch(inner, giveUp) })
	defer watch.Stop()
	err := question(inner)
	if cause := context.Cause(inner); err != nil && ctx.Err() == nil && errors.Is(cause, store.ErrAway) {
		return cause
	}
	return err
}

// watch looks again and again whether the database is there.
func (s *Store) watch(ctx context.Context, giveUp context.CancelCauseFunc) {
	for ctx.Err() == nil {
		if remote := s.there(); remote != nil && !exhausted(remote) {
			soon, cancel := context.WithTimeout(ctx, sign)
			_, err := remote.Annotations(soon, metric.Range{From: 0, To: 1})
			cancel()
			if ctx.Err() == nil && away(err) && !exhausted(remote) {
				giveUp(fmt.Errorf("%w: no answer within %v", store.ErrAway, sign))
				return
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(sign):
		}
	}
}

// exhausted reports that every connection is at work, so that waiting for one says nothing.
func exhausted(remote store.Store) bool {
	pool, ok := remote.(interface{ Connections() (open, busy, most int) })
	if !ok {
		return false
	}
	_, busy, most := pool.Connections()
	return busy >= most
}
