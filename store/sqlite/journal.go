package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"runtime"
	"syscall"
	"time"

	"aiops/metric"
	"aiops/store"
)

// note writes into the journal that a write begins. It reaches the disk before
// the write does, so that a killed or powered-off write can be told of.
func (s *Store) note(ctx context.Context, conn *sql.Conn, o store.Origin) (id int64, err error) {
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = FULL"); err != nil {
		return 0, err
	}
	defer func() {
		_, e := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = NORMAL")
		err = errors.Join(err, e)
	}()
	if err := s.begin(ctx, conn); err != nil {
		return 0, err
	}
	err = conn.QueryRowContext(ctx, `INSERT INTO imports (source, began, pid) VALUES (?, ?, ?) RETURNING id`,
		o.Source, o.Began.UnixMicro(), os.Getpid()).Scan(&id)
	if err != nil {
		return 0, errors.Join(err, end(ctx, conn, "ROLLBACK"))
	}
	return id, end(ctx, conn, "COMMIT")
}

// end ends a transaction even when the context is cancelled.
func end(ctx context.Context, conn *sql.Conn, how string) error {
	_, err := conn.ExecContext(context.WithoutCancel(ctx), how)
	return err
}

// Interrupted lists the writes that were killed, and forgets them. Where
// somebody is writing at this moment it lists nothing: the next call will.
func (s *Store) Interrupted(ctx context.Context) ([]store.Origin, error) {
	if s.readOnly {
		return nil, nil
	}
	select {
	case s.slot <- struct{}{}:
	default:
		return nil, nil
	}
	if s.writer == nil {
		<-s.slot
		return nil, errors.New("read the journal of a closed database")
	}
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		<-s.slot
		return nil, convert(ctx, s.path, "read the journal", err)
	}
	defer s.unlock(conn)
	out, err := s.interrupted(ctx, conn)
	return out, convert(ctx, s.path, "read the journal", err)
}

func (s *Store) interrupted(ctx context.Context, conn *sql.Conn) ([]store.Origin, error) {
	var open bool
	err := conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM imports WHERE finished IS NULL)`).Scan(&open)
	if err != nil || !open {
		return nil, err
	}
	// Whoever gets the lock knows that nobody is in the middle of a write.
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return nil, err
	}
	_, err = conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	if _, e := conn.ExecContext(ctx, "PRAGMA "+s.timeout()); e != nil {
		return nil, errors.Join(err, e)
	}
	if busy(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out, err := s.killed(ctx, conn)
	if err != nil {
		return nil, errors.Join(err, end(ctx, conn, "ROLLBACK"))
	}
	return out, end(ctx, conn, "COMMIT")
}

func (s *Store) killed(ctx context.Context, conn *sql.Conn) ([]store.Origin, error) {
	rows, err := conn.QueryContext(ctx, `SELECT id, source, began, pid FROM imports WHERE finished IS NULL ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Origin
	var ids []int64
	for rows.Next() {
		var id, began int64
		var pid int
		var o store.Origin
		if err := rows.Scan(&id, &o.Source, &began, &pid); err != nil {
			return nil, err
		}
		o.Began = metric.Time(began)
		if pid != os.Getpid() && alive(pid) && s.now().Sub(o.Began).Abs() < time.Hour {
			continue // between its note and its lock
		}
		out, ids = append(out, o), append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if _, err := conn.ExecContext(ctx, `DELETE FROM imports WHERE id = ?`, id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// alive reports whether a process of this machine has the id.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	if runtime.GOOS == "windows" {
		return true // there only a process that runs is found
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
