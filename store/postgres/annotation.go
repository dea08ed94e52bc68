package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
)

// Annotations lists those that touch the range, by time.
func (s *Store) Annotations(ctx context.Context, r metric.Range) ([]metric.Annotation, error) {
	if s.layout.format == 0 {
		return nil, ctx.Err()
	}
	r = orAll(r)
	return list(ctx, s, "list annotations", func(row pgx.CollectableRow) (a metric.Annotation, err error) {
		err = row.Scan(&a.ID, &a.VM, &a.Metric, &a.From, &a.To, &a.Kind, &a.Text)
		return a, err
	}, `SELECT id, vm, metric, start_us, end_us, kind, text FROM aiops.annotations
		WHERE start_us < $2 AND (end_us > $1 OR start_us >= $1) ORDER BY start_us, id`, r.From, r.To)
}

// list collects the rows of one query.
func list[T any](ctx context.Context, s *Store, doing string, scan pgx.RowToFunc[T], query string, args ...any) (out []T, err error) {
	err = s.reading(ctx, doing, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, scan)
		return err
	})
	return out, err
}

// change runs a statement that returns the ID of the row it changed.
func (s *Store) change(ctx context.Context, doing, statement string, args ...any) (id int64, err error) {
	err = s.writing(ctx, doing, func(c *pgx.Conn) error {
		err := c.QueryRow(ctx, statement, args...).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return store.ErrNotFound
		}
		return err
	})
	return id, err
}

// PutAnnotation adds or replaces an annotation.
func (s *Store) PutAnnotation(ctx context.Context, a metric.Annotation) (int64, error) {
	if a.ID == 0 {
		return s.change(ctx, "save annotation", `INSERT INTO aiops.annotations (vm, metric, start_us, end_us, kind, text)
			VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`, a.VM, a.Metric, a.From, a.To, a.Kind, a.Text)
	}
	return s.change(ctx, "save annotation", `UPDATE aiops.annotations SET vm = $1, metric = $2, start_us = $3, end_us = $4, kind = $5, text = $6
		WHERE id = $7 RETURNING id`, a.VM, a.Metric, a.From, a.To, a.Kind, a.Text, a.ID)
}

// DeleteAnnotation removes an annotation.
func (s *Store) DeleteAnnotation(ctx context.Context, id int64) error {
	_, err := s.change(ctx, "delete annotation", `DELETE FROM aiops.annotations WHERE id = $1 RETURNING id`, id)
	return err
}

// Annotate adds an annotation unless an equal one is there.
func (t *tx) Annotate(ctx context.Context, a metric.Annotation) error {
	defer t.use()()
	if t.done {
		return errDone
	}
	if t.err != nil {
		return t.err
	}
	_, err := t.conn.Exec(ctx, `INSERT INTO aiops.annotations (vm, metric, start_us, end_us, kind, text)
		SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT FROM aiops.annotations WHERE start_us = $3
		AND end_us = $4 AND vm = $1 AND metric = $2 AND kind = $5 AND text = $6)`,
		a.VM, a.Metric, a.From, a.To, a.Kind, a.Text)
	return t.fail(t.s.convert(ctx, "save annotation", err))
}
