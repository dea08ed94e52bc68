package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"aiops/metric"
	"aiops/store"
)

// Names of the notes that make a database a snapshot.
const (
	noteFrom  = "snapshot.from"
	noteTaken = "snapshot.taken"
)

// writing runs f in a transaction of the writer.
func (s *Store) writing(ctx context.Context, doing string, f func(*sql.Conn) error) error {
	conn, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer s.unlock(conn)
	err = s.begin(ctx, conn)
	if err == nil {
		if err = f(conn); err != nil {
			err = errors.Join(err, end(ctx, conn, "ROLLBACK"))
		} else {
			err = end(ctx, conn, "COMMIT")
		}
	}
	return convert(ctx, s.path, doing, err)
}

// Note reads what was noted under a name; nil where nothing was.
func (s *Store) Note(ctx context.Context, name string) ([]byte, error) {
	if old, err := s.before(ctx, 4); err != nil || old {
		return nil, err
	}
	var body []byte
	err := s.readers.QueryRowContext(ctx, `SELECT body FROM notes WHERE name = ?`, name).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return body, convert(ctx, s.path, "read database", err)
}

// SetNote notes something under a name in place of what was.
func (s *Store) SetNote(ctx context.Context, name string, body []byte) error {
	return s.writing(ctx, "write a note", func(conn *sql.Conn) error { return setNote(ctx, conn, name, body) })
}

func setNote(ctx context.Context, conn *sql.Conn, name string, body []byte) error {
	_, err := conn.ExecContext(ctx, `INSERT OR REPLACE INTO notes VALUES (?, ?)`, name, body)
	return err
}

// Seal makes the database a snapshot: it says where and when it is from, is
// opened for reading only, and is one file without a log beside it.
func (s *Store) Seal(ctx context.Context, from string, taken time.Time) error {
	err := s.writing(ctx, "finish the snapshot", func(conn *sql.Conn) error {
		at := strconv.FormatInt(taken.UnixMicro(), 10)
		return errors.Join(setNote(ctx, conn, noteFrom, []byte(from)), setNote(ctx, conn, noteTaken, []byte(at)))
	})
	if err != nil {
		return err
	}
	if err := s.readers.Close(); err != nil { // they would keep the log in use
		return convert(ctx, s.path, "finish the snapshot", err)
	}
	conn, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer s.unlock(conn)
	var mode string
	err = conn.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode)
	if err == nil && mode != "delete" {
		err = fmt.Errorf("its log is still in use (%s)", mode)
	}
	return convert(ctx, s.path, "finish the snapshot", err)
}

// recognize looks whether the database is a snapshot.
func (s *Store) recognize(ctx context.Context) error {
	taken, err := s.Note(ctx, noteTaken)
	if err != nil || taken == nil {
		return err
	}
	from, err := s.Note(ctx, noteFrom)
	if err != nil {
		return err
	}
	at, err := strconv.ParseInt(string(taken), 10, 64)
	if err != nil {
		return damaged(s.path, "its time is not readable")
	}
	s.from, s.takenAt = string(from), metric.Time(at)
	return nil
}

// sealed says what can be done where somebody writes to a snapshot.
func (s *Store) sealed() error {
	return &failure{fmt.Sprintf("%s is a snapshot of %s, taken %s, and stays as it is. `aiops --db sqlite:%s snapshot --writable COPY.db` makes a copy that can be changed",
		s.path, s.from, s.takenAt.Format("2 Jan 2006 15:04 MST"), s.path), store.ErrReadOnly}
}
