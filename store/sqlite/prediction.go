package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"math"

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
	conn, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer s.unlock(conn)
	return convert(ctx, s.path, "save predictions", s.putPredictions(ctx, conn, all))
}

func (s *Store) putPredictions(ctx context.Context, conn *sql.Conn, all []metric.Prediction) error {
	if err := s.begin(ctx, conn); err != nil {
		return err
	}
	w := newForecastWriter(conn)
	err := w.putAll(ctx, all)
	w.close()
	if err != nil {
		return errors.Join(err, end(ctx, conn, "ROLLBACK"))
	}
	return end(ctx, conn, "COMMIT")
}

// forecastWriter writes predictions inside a transaction.
type forecastWriter struct {
	conn          *sql.Conn
	current, kept rows
}

func newForecastWriter(conn *sql.Conn) *forecastWriter {
	return &forecastWriter{conn: conn,
		current: newRows(conn, "INSERT INTO predictions VALUES ", "", 5, 50),
		kept:    newRows(conn, "INSERT INTO run_points VALUES ", "", 4, 50)}
}

func (w *forecastWriter) close() {
	w.current.close()
	w.kept.close()
}

func (w *forecastWriter) putAll(ctx context.Context, all []metric.Prediction) error {
	for _, p := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.put(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (w *forecastWriter) put(ctx context.Context, p metric.Prediction) error {
	sr, err := findSeries(ctx, w.conn, p.Key)
	if err != nil {
		return err
	}
	if _, err := w.conn.ExecContext(ctx, `DELETE FROM predictions WHERE series_id = ? AND ts >= ?`, sr.id, seconds(p.Times[0])); err != nil {
		return err
	}
	for i, t := range p.Times {
		if err := w.current.add(ctx, sr.id, seconds(t), number(p.Value[i]), bound(p.Lower[i]), bound(p.Upper[i]), seconds(p.Made)); err != nil {
			return err
		}
	}
	if err := errors.Join(w.current.flush(ctx), w.keep(ctx, sr.id, p)); err != nil {
		return err
	}
	return w.forget(ctx, sr.id)
}

// keep writes a prediction as it was made.
func (w *forecastWriter) keep(ctx context.Context, series int64, p metric.Prediction) error {
	var run int64
	err := w.conn.QueryRowContext(ctx, `INSERT INTO runs (series_id, made, model, level, first, last) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		series, p.Made, p.Model, p.Level, seconds(p.Times[0]), seconds(p.Times[len(p.Times)-1])).Scan(&run)
	if err != nil {
		return err
	}
	for i, t := range p.Times {
		if err := w.kept.add(ctx, run, seconds(t), number(p.Value[i]), bound(p.Lower[i]), bound(p.Upper[i])); err != nil {
			return err
		}
	}
	return w.kept.flush(ctx)
}

// forget deletes the kept predictions of a series that are too many.
func (w *forecastWriter) forget(ctx context.Context, series int64) error {
	var newest sql.NullInt64 // of those to delete
	err := w.conn.QueryRowContext(ctx, `SELECT id FROM runs WHERE series_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?`,
		series, store.KeptPredictions).Scan(&newest)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = w.conn.ExecContext(ctx, `DELETE FROM run_points WHERE run_id IN (SELECT id FROM runs WHERE series_id = ? AND id <= ?)`, series, newest.Int64)
	if err != nil {
		return err
	}
	_, err = w.conn.ExecContext(ctx, `DELETE FROM runs WHERE series_id = ? AND id <= ?`, series, newest.Int64)
	return err
}

// bound is a bound as the database keeps it: NULL where it says nothing.
func bound(v float64) any {
	if math.IsNaN(merge.Bound(v)) {
		return nil
	}
	return number(v)
}

// Predictions lists the current ones, ordered by key.
func (s *Store) Predictions(ctx context.Context, keys []metric.Key, r metric.Range) ([]metric.Prediction, error) {
	var out []metric.Prediction
	err := s.readPredictions(ctx, keys, func(conn *sql.Conn, sr *series) error {
		p := metric.Prediction{Key: sr.Key}
		from, to := bounds(orAll(r))
		err := each(ctx, conn, `SELECT ts, value, lower, upper FROM predictions WHERE series_id = ? AND ts >= ? AND ts < ? ORDER BY ts`,
			[]any{sr.id, from, to}, intoPrediction(&p))
		if err != nil || len(p.Times) == 0 {
			return err
		}
		err = conn.QueryRowContext(ctx, `SELECT made, model, level FROM runs WHERE series_id = ? ORDER BY id DESC LIMIT 1`, sr.id).
			Scan(&p.Made, &p.Model, &p.Level)
		out = append(out, p)
		return err
	})
	return out, err
}

// PastPredictions lists the kept ones that touch the range, the newest first.
func (s *Store) PastPredictions(ctx context.Context, k metric.Key, r metric.Range) ([]metric.Prediction, error) {
	var out []metric.Prediction
	err := s.readPredictions(ctx, []metric.Key{k}, func(conn *sql.Conn, sr *series) error {
		from, to := bounds(orAll(r))
		var ids []int64
		err := each(ctx, conn, `SELECT id, made, model, level FROM runs WHERE series_id = ? AND first < ? AND last >= ? ORDER BY id DESC`,
			[]any{sr.id, to, from}, func(row []driver.Value) error {
				id, _ := row[0].(int64)
				made, _ := row[1].(int64)
				model, _ := row[2].(string)
				ids = append(ids, id)
				out = append(out, metric.Prediction{Key: k, Made: made, Model: model, Level: float(row[3])})
				return nil
			})
		for i, id := range ids {
			if err != nil {
				break
			}
			err = each(ctx, conn, `SELECT ts, value, lower, upper FROM run_points WHERE run_id = ? ORDER BY ts`, []any{id}, intoPrediction(&out[i]))
		}
		return err
	})
	return out, err
}

// readPredictions calls f for the series of the keys in one snapshot. A
// database of the first format, open for reading, has no predictions.
func (s *Store) readPredictions(ctx context.Context, keys []metric.Key, f func(*sql.Conn, *series) error) error {
	conn, err := s.readers.Conn(ctx)
	if err != nil {
		return convert(ctx, s.path, "read predictions", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return convert(ctx, s.path, "read predictions", err)
	}
	defer end(ctx, conn, "ROLLBACK")
	var version int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil || version < 2 {
		return convert(ctx, s.path, "read predictions", err)
	}
	all, err := selected(ctx, conn, keys)
	for _, sr := range all {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			break
		}
		err = f(conn, sr)
	}
	return convert(ctx, s.path, "read predictions", err)
}

func orAll(r metric.Range) metric.Range {
	if r == (metric.Range{}) {
		return metric.All
	}
	return r
}

// intoPrediction collects rows of times, values and bounds.
func intoPrediction(p *metric.Prediction) func([]driver.Value) error {
	return func(row []driver.Value) error {
		p.Times, p.Value = append(p.Times, micros(row[0])), append(p.Value, float(row[1]))
		p.Lower, p.Upper = append(p.Lower, float(row[2])), append(p.Upper, float(row[3]))
		return nil
	}
}
