package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"aiops/metric"
	"aiops/store"
)

// tx is a write. One goroutine uses it at a time.
type tx struct {
	s       *Store
	conn    *sql.Conn
	journal int64
	series  map[metric.Key]*series
	inserts rows // points with new times
	updates rows // points whose value changes
	buckets rows // merged into the stored buckets
	rebuilt rows // stand in for the stored buckets
	err     error
	done    bool
}

// Begin notes the origin in the journal and starts the write.
func (s *Store) Begin(ctx context.Context, origin store.Origin) (store.Tx, error) {
	conn, err := s.lock(ctx)
	if err != nil {
		return nil, err
	}
	if origin.Began.IsZero() {
		origin.Began = s.now()
	}
	t := newTx(s, conn)
	if t.journal, err = s.note(ctx, conn, origin); err == nil {
		err = s.begin(ctx, conn)
	}
	if err != nil {
		s.unlock(conn)
		return nil, convert(ctx, s.path, "begin to write", err)
	}
	return t, nil
}

func newTx(s *Store, conn *sql.Conn) *tx {
	return &tx{s: s, conn: conn, series: map[metric.Key]*series{},
		inserts: newRows(conn, "INSERT INTO points VALUES ", "", 2, 100),
		updates: newRows(conn, "INSERT OR REPLACE INTO points VALUES ", "", 2, 100),
		buckets: newRows(conn, "INSERT INTO rollups VALUES ", mergeBucket, 6, 20),
		rebuilt: newRows(conn, "INSERT OR REPLACE INTO rollups VALUES ", "", 6, 20)}
}

// fail remembers the first error: after it the write can only be rolled back.
func (t *tx) fail(err error) error {
	if err != nil && t.err == nil {
		t.err = err
	}
	return err
}

var errDone = errors.New("the write has ended already")

// Commit stores the write. After an error of Write or Annotate it rolls back
// and returns that error.
func (t *tx) Commit() error {
	if t.done {
		return errDone
	}
	ctx := context.Background()
	if t.err == nil {
		t.err = convert(ctx, t.s.path, "save points", t.finish(ctx))
	}
	if t.err != nil {
		return errors.Join(t.err, t.Rollback())
	}
	t.close()
	t.s.trim(ctx, t.conn)
	t.s.unlock(t.conn)
	return nil
}

// finish writes what is still in memory and commits.
func (t *tx) finish(ctx context.Context) error {
	var stored int64
	for _, sr := range t.series {
		if err := t.settle(ctx, sr); err != nil {
			return err
		}
		if err := t.resize(ctx, sr); err != nil {
			return err
		}
		if err := t.save(ctx, sr); err != nil {
			return err
		}
		stored += sr.stored
	}
	_, err := t.conn.ExecContext(ctx, `UPDATE imports SET finished = ?, stored = ? WHERE id = ?`, t.s.now().UnixMicro(), stored, t.journal)
	if err != nil {
		return err
	}
	return end(ctx, t.conn, "COMMIT")
}

// Rollback undoes the write and takes it out of the journal.
func (t *tx) Rollback() error {
	if t.done {
		return nil
	}
	t.close()
	defer t.s.unlock(t.conn)
	ctx := context.Background()
	if err := end(ctx, t.conn, "ROLLBACK"); err != nil && !ended(err) {
		return convert(ctx, t.s.path, "undo the write", err)
	}
	_, err := t.conn.ExecContext(ctx, `DELETE FROM imports WHERE id = ?`, t.journal)
	return convert(ctx, t.s.path, "undo the write", err)
}

func (t *tx) close() {
	t.done = true
	for _, r := range []*rows{&t.inserts, &t.updates, &t.buckets, &t.rebuilt} {
		r.close()
	}
}

// trim moves the log of a large write into the database and frees its space.
// A reader that still needs it is let be: a later write does it.
func (s *Store) trim(ctx context.Context, conn *sql.Conn) {
	if logSize(s.path) > 8<<20 {
		conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
}
