package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/gob"
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
func targets(ctx context.Context, conn *sql.Conn, kind string) (map[int64]bool, error) {
	rows, err := conn.QueryContext(ctx, `SELECT target FROM outbox WHERE state <> 'done' AND target LIKE ? || ' %'`, kind)
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

// Outbox lists the changes that wait, in their order. Next is the first of
// them that can be sent: no earlier one of its target waits.
func (s *Store) Outbox(ctx context.Context) ([]Queued, error) {
	return s.outbox(ctx, `SELECT id, target, body, state, theirs FROM outbox WHERE state <> 'done' ORDER BY id`)
}

// Next is the first change that can be sent: one whose target has no clash before it.
func (s *Store) Next(ctx context.Context) (*Queued, error) {
	all, err := s.outbox(ctx, `SELECT id, target, body, state, theirs FROM outbox o WHERE state IN ('waiting', 'ours')
		AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.target = o.target AND b.id < o.id AND b.state = 'clash') ORDER BY id LIMIT 1`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

func (s *Store) outbox(ctx context.Context, query string) ([]Queued, error) {
	rows, err := s.readers.QueryContext(ctx, query)
	if err != nil {
		return nil, convert(ctx, s.path, "read the outbox", err)
	}
	defer rows.Close()
	var out []Queued
	for rows.Next() {
		var q Queued
		var body []byte
		if err := rows.Scan(&q.ID, &q.Target, &body, &q.State, &q.Theirs); err != nil {
			return nil, convert(ctx, s.path, "read the outbox", err)
		}
		if err := gob.NewDecoder(bytes.NewReader(body)).Decode(&q.Change); err != nil {
			return nil, damaged(s.path, "change "+strconv.FormatInt(q.ID, 10)+" of its outbox cannot be read")
		}
		out = append(out, q)
	}
	if err := rows.Err(); err != nil {
		return nil, convert(ctx, s.path, "read the outbox", err)
	}
	for i := range out {
		// One that is not there any more is told of when it is sent.
		if id, err := s.Resolve(ctx, out[i].Change.ID); err == nil {
			out[i].Change.ID = id
		} else if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return out, nil
}

// Resolve is the ID in the database of what was made offline, once it was sent.
func (s *Store) Resolve(ctx context.Context, id int64) (int64, error) {
	return resolve(ctx, s.readers, id)
}

// Waits counts the changes that wait, and those of them that are clashes.
func (s *Store) Waits(ctx context.Context) (queued, clashes int, err error) {
	err = s.readers.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(state = 'clash'), 0) FROM outbox WHERE state <> 'done'`).Scan(&queued, &clashes)
	return queued, clashes, convert(ctx, s.path, "read the outbox", err)
}

// Sent notes that a change is done in the database, where what it is about has
// the ID. Changes of the same thing that wait behind it are about that ID now.
func (s *Store) Sent(ctx context.Context, q Queued, result int64) error {
	return s.durable(ctx, "note that a change was sent", func(conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, `UPDATE outbox SET state = 'done', body = NULL, theirs = '', result = ? WHERE id = ?`, result, q.ID)
		if err != nil || q.Change.ID != 0 || result == 0 {
			return err
		}
		return rename(ctx, conn, q, result)
	})
}

// rename gives what was made offline the ID that it has in the database.
func rename(ctx context.Context, conn *sql.Conn, q Queued, id int64) error {
	kind, table := "note", "annotations"
	if q.Silence != nil {
		kind, table = "silence", "silences"
	}
	if q.Note == nil && q.Silence == nil {
		return nil
	}
	if _, err := conn.ExecContext(ctx, `UPDATE OR REPLACE `+table+` SET id = ? WHERE id = ?`, id, -q.ID); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, `UPDATE outbox SET target = ? WHERE target = ?`, fmt.Sprint(kind, " ", id), fmt.Sprint(kind, " ", -q.ID))
	return err
}

// Mark sets the state of a queued change, and what of it is left to do;
// ErrNotFound if it does not wait.
func (s *Store) Mark(ctx context.Context, q Queued) error {
	return s.durable(ctx, "note what became of a change", func(conn *sql.Conn) error {
		body, err := encoded(q.Change)
		if err != nil {
			return err
		}
		return found(conn.QueryRowContext(ctx, `UPDATE outbox SET state = ?, theirs = ?, body = ? WHERE id = ? AND state <> 'done' RETURNING id`,
			q.State, q.Theirs, body, q.ID).Scan(&q.ID))
	})
}

func encoded(c store.Change) ([]byte, error) {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(c); err != nil {
		return nil, fmt.Errorf("write down a change: %w", err)
	}
	return body.Bytes(), nil
}

// Drop takes a change out of the outbox; what it changed in the copy stays
// until the copy is made like the database again.
func (s *Store) Drop(ctx context.Context, id int64) error {
	return s.durable(ctx, "drop a change", func(conn *sql.Conn) error {
		return found(conn.QueryRowContext(ctx, `DELETE FROM outbox WHERE id = ? AND state <> 'done' RETURNING id`, id).Scan(&id))
	})
}
