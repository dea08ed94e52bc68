package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"

	"aiops/metric"
	"aiops/store"
)

// Link is the state of the connection now.
func (s *Store) Link() store.Link {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.link
}

// OnLink calls f after every change of Link.
func (s *Store) OnLink(f func(store.Link)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextID++
	id := s.nextID
	s.watchers[id] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, id)
	}
}

// Retry tries to reach the database now.
func (s *Store) Retry() {
	select {
	case s.wake <- struct{}{}:
	default: // somebody else asked already
	}
}

// change changes the link and tells the watchers.
func (s *Store) change(f func(*store.Link)) {
	s.mu.Lock()
	f(&s.link)
	now := s.link
	all := make([]func(store.Link), 0, len(s.watchers))
	for _, w := range s.watchers {
		all = append(all, w)
	}
	s.mu.Unlock()
	for _, w := range all {
		w(now)
	}
}

// there is the database, also while it is away; nil until it was reached once.
func (s *Store) there() store.Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remote
}

// hurry has the outbox sent when the database is there again since.
func (s *Store) hurry() {
	if s.online() != nil {
		s.Retry()
	}
}

// recount takes over what waits in the outbox.
func (s *Store) recount(ctx context.Context) {
	var now store.Link
	if err := s.count(ctx, &now); err != nil {
		return // the next one tells
	}
	s.change(func(l *store.Link) { l.Queued, l.Clashes, l.Notes = now.Queued, now.Clashes, now.Notes })
}

// count says in a link what waits in the outbox.
func (s *Store) count(ctx context.Context, l *store.Link) (err error) {
	if l.Queued, l.Clashes, err = s.local.Waits(ctx); err == nil {
		l.Notes, err = s.local.WaitingNotes(ctx)
	}
	return err
}

// away reports that an error means that the database cannot be reached.
func away(err error) bool {
	var n net.Error
	return err != nil && (errors.Is(err, store.ErrAway) || errors.As(err, &n) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE))
}

// lost takes note of an error of the database and reports that it is away.
func (s *Store) lost(ctx context.Context, err error) bool {
	if !away(err) || ctx.Err() != nil {
		return false
	}
	s.change(func(l *store.Link) {
		if l.Online {
			l.Online, l.Since, l.NextTry = false, s.o.Now(), s.o.Now()
			s.Retry()
		}
		l.Cause = err
	})
	return true
}

// connect reaches the database, sends what waits and says that it is online.
func (s *Store) connect(ctx context.Context) error {
	s.connecting.Lock()
	defer s.connecting.Unlock()
	err := s.reach(ctx)
	if err == nil {
		err = s.push(ctx)
	}
	s.change(func(l *store.Link) {
		if online := err == nil; l.Online != online {
			l.Online, l.Since = online, s.o.Now()
		}
		l.Cause = err
		if err == nil {
			l.NextTry = time.Time{}
		}
	})
	return err
}

// reach opens the database, or asks it something.
func (s *Store) reach(ctx context.Context) error {
	remote := s.there()
	if remote == nil {
		opened, err := s.o.Remote(ctx)
		if err != nil {
			return err
		}
		if _, ok := opened.(store.Applier); !ok {
			return errors.Join(fmt.Errorf("%s cannot take changes that were made offline", opened.Info().Path), opened.Close())
		}
		if err := s.note(ctx, noteInfo, opened.Info()); err != nil {
			return errors.Join(err, opened.Close())
		}
		s.mu.Lock()
		s.remote, s.info, remote = opened, opened.Info(), opened
		s.mu.Unlock()
	}
	began := time.Now()
	soon, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	_, err := remote.Annotations(soon, metric.Range{From: 0, To: 1})
	if err == nil {
		s.change(func(l *store.Link) { l.Latency = time.Since(began) })
	}
	return err
}

const (
	firstTry = time.Second
	lastTry  = time.Minute
	answer   = 15 * time.Second // how long a database that is asked has time
	ping     = 20 * time.Second // how often a database that is there is asked
)

// run keeps the link: it tries again while the database is away, and while it
// is there sends what is queued and keeps what is looked at.
func (s *Store) run() {
	pause := &backoff.ExponentialBackOff{InitialInterval: firstTry, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: lastTry}
	pause.Reset()
	if s.online() != nil {
		s.refreshed(s.ctx)
	}
	for s.ctx.Err() == nil {
		if s.online() != nil {
			pause.Reset()
			s.attend()
			continue
		}
		wait := pause.NextBackOff()
		s.change(func(l *store.Link) { l.NextTry = s.o.Now().Add(wait) })
		select {
		case <-s.ctx.Done():
			return
		case <-s.wake:
			pause.Reset()
		case <-time.After(wait):
		}
		if err := s.connect(s.ctx); err == nil {
			s.refreshed(s.ctx)
		}
	}
}

// attend does what is to be done while the database is there.
func (s *Store) attend() {
	var err error
	select {
	case <-s.ctx.Done():
		return
	case <-s.wake:
		if err = s.asked(s.ctx, s.push); err == nil && s.stale() {
			s.refreshed(s.ctx)
		}
	case w := <-s.wants:
		err = s.asked(s.ctx, func(ctx context.Context) error { return s.keep(ctx, w) })
	case <-time.After(ping):
		if err = s.reach(s.ctx); err == nil && s.stale() {
			s.refreshed(s.ctx)
		}
	}
	if err != nil && s.ctx.Err() == nil && !s.lost(s.ctx, err) {
		s.change(func(l *store.Link) { l.Cause = err }) // online, and what the copy lacks for
	}
}

// fresh is how old the copy of the small things may become while the database is there.
const fresh = time.Minute

func (s *Store) stale() bool {
	return s.o.Now().Sub(s.Link().CopiedAt) > fresh
}

// refreshed brings the copy's small things up to date; what keeps it from that
// is told by the link.
func (s *Store) refreshed(ctx context.Context) {
	if err := s.asked(ctx, s.refresh); err != nil && !s.lost(ctx, err) && ctx.Err() == nil {
		s.change(func(l *store.Link) { l.Cause = err })
	}
}
