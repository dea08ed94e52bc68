// Package sqlite keeps a database of metrics in one SQLite file.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"aiops/store"
)

// Store is an open database file. It implements store.Store.
type Store struct {
	path     string
	readOnly bool
	now      func() time.Time
	wait     time.Duration
	readers  *sql.DB
	writer   *sql.DB       // nil when read-only; one connection
	slot     chan struct{} // held by whoever writes
	bulk     bool
	from     string    // of a snapshot
	takenAt  time.Time // of a snapshot
}

// Info describes the database.
func (s *Store) Info() store.Info {
	base := filepath.Base(s.path)
	return store.Info{Name: strings.TrimSuffix(base, filepath.Ext(base)), Kind: "SQLite", Path: s.path, From: s.from, TakenAt: s.takenAt}
}

// Close waits for the open write, if any, to end.
func (s *Store) Close() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		s.slot <- struct{}{}
		errs = append(errs, s.writer.Close())
		s.writer = nil
		<-s.slot
	}
	return errors.Join(errs...)
}

// lock takes the writer; the caller must give it back with unlock.
func (s *Store) lock(ctx context.Context) (*sql.Conn, error) {
	if !s.takenAt.IsZero() && s.writer == nil {
		return nil, s.sealed()
	}
	if s.readOnly {
		return nil, readOnly(s.path)
	}
	select {
	case s.slot <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s.writer == nil {
		<-s.slot
		return nil, errors.New("write to a closed database")
	}
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		<-s.slot
		return nil, convert(ctx, s.path, "open database", err)
	}
	return conn, nil
}

func (s *Store) unlock(conn *sql.Conn) {
	conn.Close()
	<-s.slot
}

// begin starts a transaction that may write.
func (s *Store) begin(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	return err
}

// Catalog lists every series.
func (s *Store) Catalog(ctx context.Context) ([]store.SeriesInfo, error) {
	all, err := s.series(ctx)
	out := make([]store.SeriesInfo, 0, len(all))
	for _, sr := range all {
		out = append(out, store.SeriesInfo{Key: sr.Key, Count: sr.count, First: sr.first, Last: sr.last, LastValue: sr.lastValue, Step: sr.step})
	}
	return out, convert(ctx, s.path, "list series", err)
}

func (s *Store) series(ctx context.Context) ([]*series, error) {
	conn, err := s.readers.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return selected(ctx, conn, nil)
}
