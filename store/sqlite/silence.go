package sqlite

import (
	"context"

	"aiops/metric"
)

// Silences lists all of them.
func (s *Store) Silences(ctx context.Context) ([]metric.Silence, error) {
	if old, err := s.before(ctx, 3); err != nil || old {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, `SELECT id, rule, vm, metric, severity, start_us, end_us, recurs, weekdays, begin_min, end_min, zone,
		comment FROM silences ORDER BY id < 0, abs(id)`)
	if err != nil {
		return nil, convert(ctx, s.path, "list silences", err)
	}
	defer rows.Close()
	var out []metric.Silence
	for rows.Next() {
		var a metric.Silence
		if err := rows.Scan(&a.ID, &a.Rule, &a.VM, &a.Metric, &a.Severity, &a.From, &a.To, &a.Recurs, &a.Weekdays, &a.Begin, &a.End, &a.Zone, &a.Comment); err != nil {
			return nil, convert(ctx, s.path, "list silences", err)
		}
		out = append(out, a)
	}
	return out, convert(ctx, s.path, "list silences", rows.Err())
}

// PutSilence adds or replaces a silence.
func (s *Store) PutSilence(ctx context.Context, a metric.Silence) (int64, error) {
	conn, err := s.lock(ctx)
	if err != nil {
		return 0, err
	}
	defer s.unlock(conn)
	values := silenceValues(a)
	statement := `INSERT INTO silences (rule, vm, metric, severity, start_us, end_us, recurs, weekdays, begin_min, end_min, zone, comment)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`
	if a.ID != 0 {
		statement = `UPDATE silences SET rule = ?, vm = ?, metric = ?, severity = ?, start_us = ?, end_us = ?, recurs = ?, weekdays = ?,
			begin_min = ?, end_min = ?, zone = ?, comment = ? WHERE id = ? RETURNING id`
		values = append(values, a.ID)
	}
	err = conn.QueryRowContext(ctx, statement, values...).Scan(&a.ID)
	return a.ID, convert(ctx, s.path, "save silence", found(err))
}

func silenceValues(a metric.Silence) []any {
	return []any{a.Rule, a.VM, a.Metric, a.Severity, a.From, a.To, a.Recurs, a.Weekdays, a.Begin, a.End, a.Zone, a.Comment}
}

// DeleteSilence removes a silence.
func (s *Store) DeleteSilence(ctx context.Context, id int64) error {
	conn, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer s.unlock(conn)
	err = conn.QueryRowContext(ctx, `DELETE FROM silences WHERE id = ? RETURNING id`, id).Scan(&id)
	return convert(ctx, s.path, "delete silence", found(err))
}
