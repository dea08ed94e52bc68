package postgres

import (
	"context"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

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
	return s.writing(ctx, "save alerts", func(c *pgx.Conn) error {
		var b pgx.Batch
		for _, t := range all {
			labels, value := t.Labels, &t.Value
			if labels == nil {
				labels = map[string]string{}
			}
			if math.IsNaN(t.Value) || math.IsInf(t.Value, 0) {
				value = nil
			}
			b.Queue(`INSERT INTO aiops.transitions (rule, rule_hash, vm, metric, at_us, from_state, to_state, severity, value,
				summary, labels, silence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
				t.Rule, t.Hash, t.VM, t.Metric, t.Time, t.From, t.To, t.Severity, value, t.Summary, labels, t.Silence)
		}
		return c.SendBatch(ctx, &b).Close()
	})
}

// Transitions lists those that the query selects, by time.
func (s *Store) Transitions(ctx context.Context, q store.TransitionQuery) ([]metric.Transition, error) {
	if s.layout.format == 0 {
		return nil, ctx.Err()
	}
	r := orAll(q.Range)
	var most any // no limit
	if q.Newest > 0 {
		most = q.Newest
	}
	out, err := list(ctx, s, "list alerts", scanTransition, `SELECT id, rule, rule_hash, vm, metric, at_us, from_state, to_state, severity, value, summary,
		labels, silence FROM aiops.transitions WHERE at_us >= $1 AND at_us < $2 AND ($3 = '' OR rule = $3) AND ($4 = '' OR vm = $4)
		AND ($5 = '' OR metric = $5) ORDER BY at_us DESC, id DESC LIMIT $6`, r.From, r.To, q.Rule, q.VM, q.Metric, most)
	slices.Reverse(out)
	return out, err
}

func scanTransition(row pgx.CollectableRow) (t metric.Transition, err error) {
	var value *float64
	err = row.Scan(&t.ID, &t.Rule, &t.Hash, &t.VM, &t.Metric, &t.Time, &t.From, &t.To, &t.Severity, &value, &t.Summary, &t.Labels, &t.Silence)
	t.Value = math.NaN()
	if value != nil {
		t.Value = *value
	}
	if len(t.Labels) == 0 {
		t.Labels = nil
	}
	return t, err
}
