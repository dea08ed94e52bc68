package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"aiops/metric"
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
