package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"aiops/store"
)

// Queued is a change that waits in a local copy.
type Queued struct {
	ID     int64
	State  string // waiting, clash, ours
	Theirs string // of a clash: what is there instead
	Target string
	store.Change
}

// The states of a queued change.
const (
	Waiting = "waiting"
	Clash   = "clash"
	Ours    = "ours" // a person decided that it is done whatever is there
	done    = "done"
)

// Queue does a change in the copy and puts it into the outbox, both or neither.
// What is new gets an ID below zero until it is sent. It is on the disk
// afterwards, also when the machine loses its power.
func (s *Store) Queue(ctx context.Context, c store.Change) (id int64, err error) {
	err = s.durable(ctx, "queue a change", func(conn *sql.Conn) error {
		queued, err := enqueue(ctx, conn, &c)
		if err != nil {
			return err
		}
		id, err = s.perform(ctx, conn, c, queued)
		return err
	})
	return id, err
}

// durable is writing, with the disk waited for.
func (s *Store) durable(ctx context.Context, doing string, f func(*sql.Conn) error) error {
	conn, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer s.unlock(conn)
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = FULL"); err != nil {
		return convert(ctx, s.path, doing, err)
	}
	defer end(ctx, conn, "PRAGMA synchronous = NORMAL")
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

// enqueue writes the change into the outbox. One of something that was made
// offline is sent to the ID that it has in the database, once it has one.
func enqueue(ctx context.Context, conn *sql.Conn, c *store.Change) (int64, error) {
	var err error
	if c.ID, err = resolve(ctx, conn, c.ID); err != nil {
		return 0, err
	}
	body, err := encoded(*c)
	if err != nil {
		return 0, err
	}
	var id int64
	err = conn.QueryRowContext(ctx, `INSERT INTO outbox (target, body, state) VALUES ('', ?, 'waiting') RETURNING id`, body).Scan(&id)
	if err != nil {
		return 0, err
	}
	_, err = conn.ExecContext(ctx, `UPDATE outbox SET target = ? WHERE id = ?`, target(*c, id), id)
	return id, err
}

// resolve replaces an ID that was given offline by the one in the database.
func resolve(ctx context.Context, from querier, id int64) (int64, error) {
	if id >= 0 {
		return id, nil
	}
	var state string
	var result int64
	err := from.QueryRowContext(ctx, `SELECT state, result FROM outbox WHERE id = ?`, -id).Scan(&state, &result)
	if err == nil && state == done {
		id = result
	}
	return id, found(err)
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

type manyQuerier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// target names what a change is about.
func target(c store.Change, queued int64) string {
	id := c.ID
	if id == 0 {
		id = -queued
	}
	switch {
	case c.Note != nil || c.NoteWas != nil:
		return "note " + strconv.FormatInt(id, 10)
	case c.Silence != nil || c.SilenceWas != nil:
		return "silence " + strconv.FormatInt(id, 10)
	case len(c.Predictions) == 1:
		return "prediction " + c.Predictions[0].Key.String()
	case len(c.Predictions) > 1:
		return "predictions"
	case c.Import != nil:
		return "points"
	}
	return "alerts"
}

// targets are the IDs of a kind that have changes in the outbox.
func targets(ctx context.Context, from manyQuerier, kind string) (map[int64]bool, error) {
	rows, err := from.QueryContext(ctx, `SELECT target FROM outbox WHERE state <> 'done' AND target LIKE ? || ' %'`, kind)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]bool{}
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		id, err := strconv.ParseInt(strings.TrimPrefix(t, kind+" "), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the outbox holds %q: %w", t, err)
		}
		out[id] = true
	}
	return out, rows.Err()
}

// Queue puts points and annotations of this write into the outbox: they are
// there when it is committed.
func (t *tx) Queue(ctx context.Context, c store.Change) error {
	if t.done || t.err != nil {
		return errors.Join(t.err, errDone)
	}
	_, err := enqueue(ctx, t.conn, &c)
	return t.fail(convert(ctx, t.s.path, "queue a change", err))
}
