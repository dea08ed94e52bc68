package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// A database that is the copy of another one holds rows with the other's IDs.
// The methods here put what is there in place of what the copy has; targets
// names what has changes that wait in the outbox, which stays as it is.

// MirrorAnnotations makes the annotations those of another database.
func (s *Store) MirrorAnnotations(ctx context.Context, all []metric.Annotation) error {
	return s.mirror(ctx, "annotations", "note", len(all), func(conn *sql.Conn, i int, keep func(int64) bool) error {
		a := all[i]
		if keep(a.ID) {
			return nil
		}
		_, err := conn.ExecContext(ctx, `INSERT INTO annotations (id, vm, metric, start_us, end_us, kind, text) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			a.ID, a.VM, a.Metric, a.From, a.To, a.Kind, a.Text)
		return err
	})
}

// MirrorSilences makes the silences those of another database.
func (s *Store) MirrorSilences(ctx context.Context, all []metric.Silence) error {
	return s.mirror(ctx, "silences", "silence", len(all), func(conn *sql.Conn, i int, keep func(int64) bool) error {
		if keep(all[i].ID) {
			return nil
		}
		_, err := conn.ExecContext(ctx, `INSERT INTO silences (id, rule, vm, metric, severity, start_us, end_us, recurs, weekdays, begin_min, end_min, zone, comment)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append([]any{all[i].ID}, silenceValues(all[i])...)...)
		return err
	})
}

func (s *Store) mirror(ctx context.Context, table, kind string, n int, insert func(conn *sql.Conn, i int, keep func(int64) bool) error) error {
	return s.writing(ctx, "keep "+table, func(conn *sql.Conn) error {
		waiting, err := targets(ctx, conn, kind)
		if err != nil {
			return err
		}
		keep := func(id int64) bool { return waiting[id] }
		_, err = conn.ExecContext(ctx, `DELETE FROM `+table+` WHERE ? || ' ' || id NOT IN (SELECT target FROM outbox WHERE state <> 'done')`, kind)
		for i := 0; err == nil && i < n; i++ {
			err = insert(conn, i, keep)
		}
		return err
	})
}

// Foreseen is all that is predicted of a series: now, and as it was made, the newest first.
type Foreseen struct {
	Current metric.Prediction
	Past    []metric.Prediction
}

// MirrorPredictions makes the predictions of series those of another database.
func (s *Store) MirrorPredictions(ctx context.Context, keys []metric.Key, all map[metric.Key]Foreseen) error {
	return s.writing(ctx, "keep predictions", func(conn *sql.Conn) error {
		w := newForecastWriter(conn)
		defer w.close()
		for _, k := range keys {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := w.replace(ctx, k, all[k]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *forecastWriter) replace(ctx context.Context, k metric.Key, f Foreseen) error {
	var waiting bool
	err := w.conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM outbox WHERE target = ? AND state <> 'done')`, "prediction "+k.String()).Scan(&waiting)
	if err != nil || waiting {
		return err
	}
	sr, err := findSeries(ctx, w.conn, k)
	if err != nil {
		return err
	}
	for _, clear := range []string{`DELETE FROM predictions WHERE series_id = ?`,
		`DELETE FROM run_points WHERE run_id IN (SELECT id FROM runs WHERE series_id = ?)`, `DELETE FROM runs WHERE series_id = ?`} {
		if _, err := w.conn.ExecContext(ctx, clear, sr.id); err != nil {
			return err
		}
	}
	for _, p := range slices.Backward(f.Past) {
		if err := w.keep(ctx, sr.id, p); err != nil {
			return err
		}
	}
	for i, t := range f.Current.Times {
		p := f.Current
		if err := w.current.add(ctx, sr.id, seconds(t), number(p.Value[i]), bound(p.Lower[i]), bound(p.Upper[i]), seconds(p.Made)); err != nil {
			return err
		}
	}
	if len(f.Past) == 0 && len(f.Current.Times) > 0 { // what others predicted: the model is not known, the time is
		return w.keep(ctx, sr.id, f.Current)
	}
	return errors.Join(w.current.flush(ctx), w.kept.flush(ctx))
}

// MirrorPoints makes the points of a series inside the range exactly these.
// Given are all of them.
func (s *Store) MirrorPoints(ctx context.Context, one metric.Series, r metric.Range) error {
	conn, err := s.lock(ctx)
	if err != nil {
		return err
	}
	if err := s.begin(ctx, conn); err != nil {
		s.unlock(conn)
		return convert(ctx, s.path, "keep "+one.Key.String(), err)
	}
	t := newTx(s, conn)
	err = t.mirror(ctx, one, r)
	if err == nil {
		err = t.finish(ctx)
	}
	t.close()
	if err != nil {
		err = errors.Join(err, end(ctx, conn, "ROLLBACK"))
	} else {
		s.trim(ctx, conn)
	}
	s.unlock(conn)
	return convert(ctx, s.path, "keep "+one.Key.String(), err)
}

func (t *tx) mirror(ctx context.Context, one metric.Series, r metric.Range) error {
	b, err := merge.Arrange(one)
	if err != nil {
		return err
	}
	sr, err := t.find(ctx, one.Key)
	if err != nil {
		return err
	}
	from, to := bounds(r)
	var had int64
	if err := t.conn.QueryRowContext(ctx, `SELECT count(*) FROM points WHERE series_id = ? AND ts >= ? AND ts < ?`, sr.id, from, to).Scan(&had); err != nil {
		return err
	}
	var w store.Written
	if err := t.merge(ctx, sr, b, store.Replace, &w); err != nil || w.Stored+had == int64(one.Len()) {
		return err
	}
	return t.remove(ctx, sr, one, r) // some were removed there
}

// remove deletes the points of the range that the series does not have, and
// computes anew what is known of the series.
func (t *tx) remove(ctx context.Context, sr *series, one metric.Series, r metric.Range) error {
	if err := t.settle(ctx, sr); err != nil {
		return err
	}
	from, to := bounds(r)
	if _, err := t.conn.ExecContext(ctx, `DELETE FROM points WHERE series_id = ? AND ts >= ? AND ts < ?`, sr.id, from, to); err != nil {
		return err
	}
	for i, at := range one.Times {
		if err := t.inserts.add(ctx, sr.id, seconds(at), number(one.Values[i])); err != nil {
			return err
		}
	}
	if err := t.flushPoints(ctx); err != nil {
		return err
	}
	return t.recount(ctx, sr)
}

// recount computes what is known of a series, and its roll-ups, from its points.
func (t *tx) recount(ctx context.Context, sr *series) error {
	var first, last any
	var value sql.NullFloat64
	err := t.conn.QueryRowContext(ctx, `SELECT count(*), min(ts), max(ts), (SELECT value FROM points WHERE series_id = ?1 ORDER BY ts DESC LIMIT 1)
		FROM points WHERE series_id = ?1`, sr.id).Scan(&sr.count, &first, &last, &value)
	if err != nil {
		return err
	}
	sr.first, sr.last, sr.lastValue = micros(first), micros(last), value.Float64
	return t.rebuild(ctx, sr)
}

// Forget deletes all points of a series from a copy, and what it says it holds of it.
func (s *Store) Forget(ctx context.Context, k metric.Key) error {
	return s.writing(ctx, "make room in the copy", func(conn *sql.Conn) error {
		sr, err := findSeries(ctx, conn, k)
		if err != nil {
			return err
		}
		for _, q := range []string{`DELETE FROM points WHERE series_id = ?`, `DELETE FROM rollups WHERE series_id = ?`,
			`UPDATE series SET count = 0, first = 0, last = 0, last_value = 0, step = 0, sized = 0, levels = '' WHERE id = ?`} {
			if _, err := conn.ExecContext(ctx, q, sr.id); err != nil {
				return err
			}
		}
		_, err = conn.ExecContext(ctx, `DELETE FROM kept WHERE vm = ? AND metric = ?`, k.VM, k.Metric)
		return err
	})
}
