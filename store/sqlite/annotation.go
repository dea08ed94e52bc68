package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"aiops/metric"
	"aiops/store"
)

// Annotations lists those that touch the range, by time.
func (s *Store) Annotations(ctx context.Context, r metric.Range) ([]metric.Annotation, error) {
	if r == (metric.Range{}) {
		r = metric.All
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT id, vm, metric, start_us, end_us, kind, text FROM annotations
		WHERE start_us < ?2 AND (end_us > ?1 OR start_us >= ?1) ORDER BY start_us, id < 0, abs(id)`, r.From, r.To)
	if err != nil {
		return nil, convert(ctx, s.path, "list annotations", err)
	}
	defer rows.Close()
	var out []metric.Annotation
	for rows.Next() {
		var a metric.Annotation
		if err := rows.Scan(&a.ID, &a.VM, &a.Metric, &a.From, &a.To, &a.Kind, &a.Text); err != nil {
			return nil, convert(ctx, s.path, "list annotations", err)
		}
		out = append(out, a)
	}
	return out, convert(ctx, s.path, "list annotations", rows.Err())
}

// PutAnnotation adds or replaces an annotation.
func (s *Store) PutAnnotation(ctx context.Context, a metric.Annotation) (int64, error) {
	conn, err := s.lock(ctx)
	if err != nil {
		return 0, err
	}
	defer s.unlock(conn)
	if a.ID == 0 {
		err := conn.QueryRowContext(ctx, insertAnnotation+" RETURNING id", a.VM, a.Metric, a.From, a.To, a.Kind, a.Text).Scan(&a.ID)
		return a.ID, convert(ctx, s.path, "save annotation", err)
	}
	err = conn.QueryRowContext(ctx, `UPDATE annotations SET vm = ?, metric = ?, start_us = ?, end_us = ?, kind = ?, text = ?
		WHERE id = ? RETURNING id`, a.VM, a.Metric, a.From, a.To, a.Kind, a.Text, a.ID).Scan(&a.ID)
	return a.ID, convert(ctx, s.path, "save annotation", found(err))
}

const insertAnnotation = `INSERT INTO annotations (vm, metric, start_us, end_us, kind, text) VALUES (?, ?, ?, ?, ?, ?)`

// DeleteAnnotation removes an annotation.
func (s *Store) DeleteAnnotation(ctx context.Context, id int64) error {
	conn, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer s.unlock(conn)
	err = conn.QueryRowContext(ctx, `DELETE FROM annotations WHERE id = ? RETURNING id`, id).Scan(&id)
	return convert(ctx, s.path, "delete annotation", found(err))
}

func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// Annotate adds an annotation unless an equal one is there.
func (t *tx) Annotate(ctx context.Context, a metric.Annotation) error {
	if t.err != nil {
		return t.err
	}
	_, err := t.conn.ExecContext(ctx, `INSERT INTO annotations (vm, metric, start_us, end_us, kind, text)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM annotations WHERE start_us = ?3
		AND end_us = ?4 AND vm = ?1 AND metric = ?2 AND kind = ?5 AND text = ?6)`,
		a.VM, a.Metric, a.From, a.To, a.Kind, a.Text)
	return t.fail(convert(ctx, t.s.path, "save annotation", err))
}
