package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/gob"
	"errors"
	"fmt"
	"strconv"

	"aiops/store"
)

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

// Following is the next change of the same write that waits; nil where there is
// none. They follow each other, as they were queued in one transaction.
func (s *Store) Following(ctx context.Context, id int64, batch string) (*Queued, error) {
	if batch == "" {
		return nil, nil
	}
	all, err := s.outbox(ctx, `SELECT id, target, body, state, theirs FROM outbox WHERE id = ? AND state = 'waiting'`, id+1)
	if err != nil || len(all) == 0 || all[0].Import == nil || all[0].Import.Batch != batch {
		return nil, err
	}
	return &all[0], nil
}

func (s *Store) outbox(ctx context.Context, query string, args ...any) ([]Queued, error) {
	rows, err := s.readers.QueryContext(ctx, query, args...)
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

// WaitingNotes are the annotations that have changes among those that wait.
func (s *Store) WaitingNotes(ctx context.Context) (map[int64]bool, error) {
	all, err := targets(ctx, s.readers, "note")
	return all, convert(ctx, s.path, "read the outbox", err)
}

// Sent notes that a change is done in the database, where what it is about has
// the ID. Changes of the same thing that wait behind it are about that ID now.
func (s *Store) Sent(ctx context.Context, q Queued, result int64) error {
	return s.durable(ctx, "note that a change was sent", func(conn *sql.Conn) error {
		if err := finish(ctx, conn, q.ID, result); err != nil || q.Change.ID != 0 || result == 0 {
			return err
		}
		return rename(ctx, conn, q, result)
	})
}

func finish(ctx context.Context, conn *sql.Conn, id, result int64) error {
	_, err := conn.ExecContext(ctx, `UPDATE outbox SET state = 'done', body = NULL, theirs = '', result = ? WHERE id = ?`, result, id)
	return err
}

// SentTogether notes what became of changes that were sent in one write: those
// that are clashes now, and the others, which are done.
func (s *Store) SentTogether(ctx context.Context, all []Queued) error {
	return s.durable(ctx, "note that changes were sent", func(conn *sql.Conn) error {
		for _, q := range all {
			err := error(nil)
			if q.State == Clash {
				err = mark(ctx, conn, q)
			} else {
				err = finish(ctx, conn, q.ID, 0)
			}
			if err != nil {
				return err
			}
		}
		return nil
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
	return s.durable(ctx, "note what became of a change", func(conn *sql.Conn) error { return mark(ctx, conn, q) })
}

func mark(ctx context.Context, conn *sql.Conn, q Queued) error {
	body, err := encoded(q.Change)
	if err != nil {
		return err
	}
	return found(conn.QueryRowContext(ctx, `UPDATE outbox SET state = ?, theirs = ?, body = ? WHERE id = ? AND state <> 'done' RETURNING id`,
		q.State, q.Theirs, body, q.ID).Scan(&q.ID))
}

func encoded(c store.Change) ([]byte, error) {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(c); err != nil {
		return nil, fmt.Errorf("write down a change: %w", err)
	}
	return body.Bytes(), nil
}

// Drop takes changes out of the outbox; what they changed in the copy stays
// until the copy is made like the database again.
func (s *Store) Drop(ctx context.Context, ids ...int64) error {
	return s.durable(ctx, "drop a change", func(conn *sql.Conn) error {
		for _, id := range ids {
			if err := found(conn.QueryRowContext(ctx, `DELETE FROM outbox WHERE id = ? AND state <> 'done' RETURNING id`, id).Scan(&id)); err != nil {
				return err
			}
		}
		return nil
	})
}
