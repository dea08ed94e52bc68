package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

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
