// Package postgres keeps metrics in a shared Postgres database: in the tables
// that other systems know, and what they do not know in a schema of its own.
package postgres

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"aiops/store"
)

// Store is an open database. It implements store.Store.
type Store struct {
	pool     *pgxpool.Pool
	where    place
	replica  *replica // nil: none
	mine     position // of this program's last write
	readOnly bool
	now      func() time.Time
	layout   layout
	slot     chan struct{}      // held by whoever writes
	write    atomic.Pointer[tx] // the last one
	closing  sync.Once

	slice    float64     // rows that are taken in at once
	settling atomic.Bool // changes are taken in meanwhile
	work     sync.WaitGroup
	life     context.Context // ends with Close
	end      context.CancelFunc
}

// Info describes the database.
func (s *Store) Info() store.Info {
	return store.Info{Name: s.where.database, Kind: "Postgres", Path: s.where.String()}
}

// idle is how long Close lets a write be that nobody goes on with.
const idle = 2 * time.Second

// Close waits for reads and the open write, if any, to end. A write that is not
// gone on with is undone.
func (s *Store) Close() error {
	s.closing.Do(func() {
		ended := make(chan struct{})
		s.end()
		go func() {
			defer close(ended)
			s.work.Wait()
			s.pool.Close()
			if s.replica != nil {
				s.replica.pool.Close()
			}
		}()
		for {
			select {
			case <-ended:
				return
			case <-time.After(idle / 10):
				if t := s.write.Load(); t != nil {
					t.abandoned()
				}
			}
		}
	})
	return nil
}

// Connections are how many connections there are, how many of them are busy,
// and how many there may be.
func (s *Store) Connections() (open, busy, most int) {
	st := s.pool.Stat()
	return int(st.TotalConns()), int(st.AcquiredConns()), int(st.MaxConns())
}

// writable says why nothing can be written, if so.
func (s *Store) writable() error {
	switch {
	case s.readOnly:
		return refuse(store.ErrReadOnly, "%s is open for reading only, so nothing can be written to it", s.where)
	case s.layout.format == 0:
		return refuse(store.ErrReadOnly, "%s lacks this program's schema aiops, and %s may not create it. Ask the database's owner to run `aiops db migrate` once", s.where, s.where.user)
	}
	return nil
}

// lock takes the turn of this program's writers.
func (s *Store) lock(ctx context.Context) error {
	if err := s.writable(); err != nil {
		return err
	}
	select {
	case s.slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errClosed = errors.New("the database is closed")

var _ store.Store = (*Store)(nil)
