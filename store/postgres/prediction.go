package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// PutPredictions stores them as the current ones and keeps each one apart.
func (s *Store) PutPredictions(ctx context.Context, all []metric.Prediction) error {
	for _, p := range all {
		if err := merge.CheckPrediction(p); err != nil {
			return err
		}
	}
	return s.writing(ctx, "save predictions", func(c *pgx.Conn) error { return s.predict(ctx, c, all) })
}

// predict stores predictions inside a transaction.
func (s *Store) predict(ctx context.Context, c *pgx.Conn, all []metric.Prediction) error {
	if !s.layout.pred.there {
		return refuse(store.ErrReadOnly, "%s has no table server_metrics_predictions. Ask the database's owner to run `aiops db migrate` once", s.where)
	}
	if _, err := c.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(lockPredict)); err != nil {
		return err
	}
	for len(all) > 0 { // a bounded number of statements on their way at once
		n := min(len(all), 100)
		var b pgx.Batch
		for _, p := range all[:n] {
			s.layout.queuePrediction(&b, p)
		}
		if err := c.SendBatch(ctx, &b).Close(); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

func (l layout) queuePrediction(b *pgx.Batch, p metric.Prediction) {
	p = merge.CopyPrediction(p)
	n := len(p.Times)
	b.Queue(`DELETE FROM server_metrics_predictions WHERE vm = $1 AND metric = $2 AND "timestamp" >= $3`, p.VM, p.Metric, metric.Time(p.Times[0]))
	columns, values := l.pred.identity("p.id")
	b.Queue(fmt.Sprintf(`INSERT INTO server_metrics_predictions (%svm, metric, "timestamp", value_predicted, lower_bound, upper_bound)
		SELECT %s$1, $2, p.at, p.value::numeric::%s, p.lower::numeric::%s, p.upper::numeric::%s FROM unnest($3::uuid[], $4::%s[], $5::text[], $6::text[], $7::text[]) p(id, at, value, lower, upper)`,
		columns, values, l.pred.columns["value_predicted"].kind, l.pred.columns["lower_bound"].kind, l.pred.columns["upper_bound"].kind, l.pred.time()),
		p.VM, p.Metric, newIDs(n), moments(p.Times), texts(p.Value), texts(p.Lower), texts(p.Upper))
	b.Queue(`INSERT INTO aiops.runs (vm, metric, made, model, level, first, last, times, value, lower, upper, alone)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NOT EXISTS (SELECT FROM aiops.series WHERE vm = $1 AND metric = $2))`,
		p.VM, p.Metric, p.Made, p.Model, p.Level, p.Times[0], p.Times[n-1], p.Times, p.Value, p.Lower, p.Upper)
	b.Queue(`DELETE FROM aiops.runs WHERE vm = $1 AND metric = $2 AND id <=
		(SELECT id FROM aiops.runs WHERE vm = $1 AND metric = $2 ORDER BY id DESC LIMIT 1 OFFSET $3)`, p.VM, p.Metric, store.KeptPredictions)
}

// moments and texts are columns as parameters; a text keeps every digit, and
// what is not a number is absent.
func moments(times []int64) []time.Time {
	out := make([]time.Time, len(times))
	for i, t := range times {
		out[i] = metric.Time(t)
	}
	return out
}

func texts(values []float64) []*string {
	out := make([]*string, len(values))
	for i, v := range values {
		if !math.IsNaN(v) {
			text := strconv.FormatFloat(v, 'g', -1, 64)
			out[i] = &text
		}
	}
	return out
}

// Predictions lists the current ones, ordered by key.
func (s *Store) Predictions(ctx context.Context, keys []metric.Key, r metric.Range) ([]metric.Prediction, error) {
	if !s.layout.pred.there {
		return nil, ctx.Err()
	}
	var out []metric.Prediction
	err := s.reading(ctx, "read predictions", func(c *pgx.Conn) error {
		out = nil
		from, to := bounds(orAll(r))
		vms, metrics := split(keys)
		made := "NULL"
		if _, ok := s.layout.pred.columns["created_at"]; ok {
			made = "created_at"
		}
		err := each(ctx, c, `SELECT convert_to(vm, 'UTF8'), convert_to(metric, 'UTF8'), "timestamp", value_predicted::float8, lower_bound::float8, upper_bound::float8,
			`+made+`::timestamptz FROM server_metrics_predictions WHERE "timestamp" >= $1 AND "timestamp" < $2
			AND ($3::text[] IS NULL OR vm = ANY ($3) AND (vm::text, metric::text) IN (SELECT * FROM unnest($3, $4::text[])))
			ORDER BY vm COLLATE "C", metric COLLATE "C", "timestamp"`, []any{from, to, vms, metrics}, func(row [][]byte) error {
			k := metric.Key{VM: string(row[0]), Metric: string(row[1])}
			if n := len(out); n == 0 || out[n-1].Key != k {
				out = append(out, metric.Prediction{Key: k})
			}
			p := &out[len(out)-1]
			p.Times, p.Value = append(p.Times, micros(row[2])), append(p.Value, float(row[3]))
			p.Lower, p.Upper = append(p.Lower, float(row[4])), append(p.Upper, float(row[5]))
			if len(row[6]) == 8 {
				p.Made = max(p.Made, micros(row[6])) // where no run says so
			}
			return nil
		})
		if err != nil || s.layout.format == 0 {
			return err
		}
		return describe(ctx, c, out)
	})
	return out, err
}

// describe adds what the newest run of each series says of it.
func describe(ctx context.Context, c *pgx.Conn, all []metric.Prediction) error {
	if len(all) == 0 {
		return nil
	}
	keys := make([]metric.Key, len(all))
	for i, p := range all {
		keys[i] = p.Key
	}
	vms, metrics := split(keys)
	rows, err := c.Query(ctx, `SELECT k.n, r.made, r.model, r.level FROM unnest($1::text[], $2::text[]) WITH ORDINALITY k(vm, metric, n)
		CROSS JOIN LATERAL (SELECT made, model, level FROM aiops.runs WHERE vm = k.vm AND metric = k.metric ORDER BY id DESC LIMIT 1) r`, vms, metrics)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		var p metric.Prediction
		if err := rows.Scan(&n, &p.Made, &p.Model, &p.Level); err != nil {
			return err
		}
		if n < 1 || n > len(all) {
			return errors.New("the server numbers rows in a way that is not known")
		}
		all[n-1].Made, all[n-1].Model, all[n-1].Level = p.Made, p.Model, p.Level
	}
	return rows.Err()
}

// PastPredictions lists the kept ones that touch the range, the newest first.
func (s *Store) PastPredictions(ctx context.Context, k metric.Key, r metric.Range) ([]metric.Prediction, error) {
	if s.layout.format == 0 {
		return nil, ctx.Err()
	}
	r = orAll(r)
	return list(ctx, s, "read predictions", func(row pgx.CollectableRow) (metric.Prediction, error) {
		p := metric.Prediction{Key: k}
		err := row.Scan(&p.Made, &p.Model, &p.Level, &p.Times, &p.Value, &p.Lower, &p.Upper)
		return p, err
	}, `SELECT made, model, level, times, value, lower, upper FROM aiops.runs WHERE vm = $1 AND metric = $2 AND first < $3 AND last >= $4
		ORDER BY id DESC`, k.VM, k.Metric, r.To, r.From)
}

// split makes columns of keys; none stay none.
func split(keys []metric.Key) (vms, metrics []string) {
	for _, k := range keys {
		vms, metrics = append(vms, k.VM), append(metrics, k.Metric)
	}
	return vms, metrics
}
