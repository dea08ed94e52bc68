package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"slices"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// PutTransitions adds changes of alerts' states.
func (s *Store) PutTransitions(ctx context.Context, all []metric.Transition) error {
	for _, t := range all {
		if err := merge.CheckTransition(t); err != nil {
			return err
		}
	}
	conn, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer s.unlock(conn)
	if err := s.begin(ctx, conn); err != nil {
		return convert(ctx, s.path, "save alerts", err)
	}
	for _, t := range all {
		if err = insertTransition(ctx, conn, t); err != nil {
			return convert(ctx, s.path, "save alerts", errors.Join(err, end(ctx, conn, "ROLLBACK")))
		}
	}
	return convert(ctx, s.path, "save alerts", end(ctx, conn, "COMMIT"))
}

func insertTransition(ctx context.Context, conn *sql.Conn, t metric.Transition) error {
	labels := []byte{}
	if len(t.Labels) > 0 {
		var err error
		if labels, err = json.Marshal(t.Labels); err != nil {
			return err
		}
	}
	value := sql.NullFloat64{Float64: t.Value, Valid: !math.IsNaN(t.Value) && !math.IsInf(t.Value, 0)}
	_, err := conn.ExecContext(ctx, `INSERT INTO alert_transitions (rule, rule_hash, vm, metric, at_us, from_state, to_state, severity, value,
		summary, labels, silence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		t.Rule, t.Hash, t.VM, t.Metric, t.Time, t.From, t.To, t.Severity, value, t.Summary, string(labels), t.Silence)
	return err
}

// Transitions lists those that the query selects, by time. A database of an
// earlier format, open for reading, has none.
func (s *Store) Transitions(ctx context.Context, q store.TransitionQuery) ([]metric.Transition, error) {
	if old, err := s.before(ctx, 3); err != nil || old {
		return nil, err
	}
	r := orAll(q.Range)
	rows, err := s.readers.QueryContext(ctx, `SELECT id, rule, rule_hash, vm, metric, at_us, from_state, to_state, severity, value, summary,
		labels, silence FROM alert_transitions WHERE at_us >= ?1 AND at_us < ?2 AND (?3 = '' OR rule = ?3) AND (?4 = '' OR vm = ?4)
		AND (?5 = '' OR metric = ?5) ORDER BY at_us DESC, id DESC LIMIT ?6`, r.From, r.To, q.Rule, q.VM, q.Metric, cmp.Or(q.Newest, -1))
	if err != nil {
		return nil, convert(ctx, s.path, "list alerts", err)
	}
	defer rows.Close()
	var out []metric.Transition
	for rows.Next() {
		t, err := scanTransition(rows)
		if err != nil {
			return nil, convert(ctx, s.path, "list alerts", err)
		}
		out = append(out, t)
	}
	slices.Reverse(out)
	return out, convert(ctx, s.path, "list alerts", rows.Err())
}

func scanTransition(rows *sql.Rows) (metric.Transition, error) {
	var t metric.Transition
	var value sql.NullFloat64
	var labels string
	err := rows.Scan(&t.ID, &t.Rule, &t.Hash, &t.VM, &t.Metric, &t.Time, &t.From, &t.To, &t.Severity, &value, &t.Summary, &labels, &t.Silence)
	t.Value = math.NaN()
	if value.Valid {
		t.Value = value.Float64
	}
	if err == nil && labels != "" {
		err = json.Unmarshal([]byte(labels), &t.Labels)
	}
	return t, err
}

// before reports whether the database is of an earlier format than the named one.
func (s *Store) before(ctx context.Context, format int) (bool, error) {
	var version int
	err := s.readers.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version < format, convert(ctx, s.path, "read database", err)
}
