package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
)

// Silences lists all of them.
func (s *Store) Silences(ctx context.Context) ([]metric.Silence, error) {
	if s.layout.format == 0 {
		return nil, ctx.Err()
	}
	return list(ctx, s, "list silences", func(row pgx.CollectableRow) (a metric.Silence, err error) {
		err = row.Scan(&a.ID, &a.Rule, &a.VM, &a.Metric, &a.Severity, &a.From, &a.To, &a.Recurs, &a.Weekdays, &a.Begin, &a.End, &a.Zone, &a.Comment)
		return a, err
	}, `SELECT id, rule, vm, metric, severity, start_us, end_us, recurs, weekdays, begin_min, end_min, zone, comment FROM aiops.silences ORDER BY id`)
}

// PutSilence adds or replaces a silence.
func (s *Store) PutSilence(ctx context.Context, a metric.Silence) (int64, error) {
	values := []any{a.Rule, a.VM, a.Metric, a.Severity, a.From, a.To, a.Recurs, a.Weekdays, a.Begin, a.End, a.Zone, a.Comment}
	if a.ID == 0 {
		return s.change(ctx, "save silence", `INSERT INTO aiops.silences (rule, vm, metric, severity, start_us, end_us, recurs, weekdays,
			begin_min, end_min, zone, comment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`, values...)
	}
	return s.change(ctx, "save silence", `UPDATE aiops.silences SET rule = $1, vm = $2, metric = $3, severity = $4, start_us = $5, end_us = $6,
		recurs = $7, weekdays = $8, begin_min = $9, end_min = $10, zone = $11, comment = $12 WHERE id = $13 RETURNING id`, append(values, a.ID)...)
}

// DeleteSilence removes a silence.
func (s *Store) DeleteSilence(ctx context.Context, id int64) error {
	_, err := s.change(ctx, "delete silence", `DELETE FROM aiops.silences WHERE id = $1 RETURNING id`, id)
	return err
}
