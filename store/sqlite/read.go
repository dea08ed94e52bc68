package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// chunk is the number of points or buckets handed out at once.
const chunk = 8192

// Read streams the query's series from one snapshot of the database. Where
// roll-ups are allowed, a series is left as points up to about 4 times
// MaxPoints, and up to 16 times where its finest roll-up would be too coarse;
// buckets that only reach into the range are part of it.
func (s *Store) Read(ctx context.Context, q store.Query, yield func(metric.Envelope) error) error {
	conn, err := s.readers.Conn(ctx)
	if err != nil {
		return convert(ctx, s.path, "read points", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return convert(ctx, s.path, "read points", err)
	}
	defer end(ctx, conn, "ROLLBACK")
	if q.Range == (metric.Range{}) {
		q.Range = metric.All
	}
	all, err := selected(ctx, conn, q.Keys)
	if err != nil {
		return convert(ctx, s.path, "read points", err)
	}
	var own error // yield's own error goes back as it is
	for _, sr := range all {
		if !sr.touches(q.Range) {
			continue
		}
		err := sr.read(ctx, conn, q, func(e metric.Envelope) error {
			own = yield(e)
			return own
		})
		if own != nil {
			return own
		}
		if err != nil {
			return convert(ctx, s.path, "read points", err)
		}
	}
	return nil
}

// selected loads the wanted series, ordered by key.
func selected(ctx context.Context, conn *sql.Conn, keys []metric.Key) ([]*series, error) {
	query, args := selectSeries, []any(nil)
	if len(keys) > 0 && len(keys) <= 100 {
		query += " WHERE (vm, metric) IN (VALUES " + strings.TrimSuffix(strings.Repeat("(?, ?),", len(keys)), ",") + ")"
		for _, k := range keys {
			args = append(args, k.VM, k.Metric)
		}
	}
	rows, err := conn.QueryContext(ctx, query+" ORDER BY vm, metric", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	wanted := make(map[metric.Key]bool, len(keys))
	for _, k := range keys {
		wanted[k] = true
	}
	var out []*series
	for rows.Next() {
		sr, err := scanSeries(rows)
		if err != nil {
			return nil, err
		}
		if len(keys) == 0 || wanted[sr.Key] {
			out = append(out, sr)
		}
	}
	return out, rows.Err()
}

func (sr *series) read(ctx context.Context, conn *sql.Conn, q store.Query, yield func(metric.Envelope) error) error {
	step, err := sr.resolution(ctx, conn, q)
	if err != nil {
		return err
	}
	if step == 0 {
		return sr.readPoints(ctx, conn, q.Range, func(times []int64, values []float64) error {
			return yield(metric.Series{Key: sr.Key, Times: times, Values: values}.Envelope())
		})
	}
	return sr.readBuckets(ctx, conn, step, q.Range, yield)
}

// readPoints streams the points in the range.
func (sr *series) readPoints(ctx context.Context, conn *sql.Conn, r metric.Range, yield func([]int64, []float64) error) error {
	times, values := make([]int64, 0, chunk), make([]float64, 0, chunk)
	from, to := bounds(r)
	err := each(ctx, conn, `SELECT ts, value FROM points WHERE series_id = ? AND ts >= ? AND ts < ? ORDER BY ts`,
		[]any{sr.id, from, to}, func(row []driver.Value) error {
			at, v := micros(row[0]), float(row[1])
			if math.IsNaN(v) || math.IsInf(v, 0) || len(times) > 0 && at <= times[len(times)-1] {
				return errMangled
			}
			times, values = append(times, at), append(values, v)
			if len(times) < chunk {
				return nil
			}
			err := yield(times, values)
			times, values = times[:0], values[:0]
			return errors.Join(err, ctx.Err())
		})
	if err == nil && len(times) > 0 {
		err = yield(times, values)
	}
	return err
}

// readBuckets streams the buckets of one length that reach into the range.
func (sr *series) readBuckets(ctx context.Context, conn *sql.Conn, step int64, r metric.Range, yield func(metric.Envelope) error) error {
	e := metric.Envelope{Key: sr.Key, Step: step}
	r.From = max(r.From, metric.All.From)
	from, to := bounds(metric.Range{From: bucket(r.From, step), To: r.To})
	err := each(ctx, conn, `SELECT ts, min, max, mean, count FROM rollups
		WHERE series_id = ? AND step = ? AND ts >= ? AND ts < ? ORDER BY ts`,
		[]any{sr.id, seconds(step), from, to}, func(row []driver.Value) error {
			n, _ := row[4].(int64)
			at := micros(row[0])
			if d := float(row[2]) - float(row[1]); math.IsNaN(d) || math.IsNaN(float(row[3])) || len(e.Times) > 0 && at <= e.Times[len(e.Times)-1] {
				return errMangled
			}
			e.Times, e.Count = append(e.Times, at), append(e.Count, n)
			e.Min, e.Max, e.Mean = append(e.Min, float(row[1])), append(e.Max, float(row[2])), append(e.Mean, float(row[3]))
			if len(e.Times) < chunk {
				return nil
			}
			err := yield(e)
			e.Times, e.Min, e.Max, e.Mean, e.Count = e.Times[:0], e.Min[:0], e.Max[:0], e.Mean[:0], e.Count[:0]
			return errors.Join(err, ctx.Err())
		})
	if err == nil && len(e.Times) > 0 {
		err = yield(e)
	}
	return err
}

func bounds(r metric.Range) (from, to any) {
	return seconds(max(r.From, -merge.MaxTime)), seconds(min(r.To, merge.MaxTime))
}

// each runs a query without database/sql's conversions, which cost more than
// the reading itself.
func each(ctx context.Context, conn *sql.Conn, query string, args []any, f func([]driver.Value) error) error {
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return conn.Raw(func(dc any) error {
		q, ok := dc.(driver.QueryerContext)
		if !ok {
			return errors.New("the driver cannot run queries")
		}
		rows, err := q.QueryContext(ctx, query, named)
		if err != nil {
			return err
		}
		defer rows.Close()
		row := make([]driver.Value, len(rows.Columns()))
		for {
			if err := rows.Next(row); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			if err := f(row); err != nil {
				return err
			}
		}
	})
}

// resolution is the length of the buckets that answer the query, 0 for points.
func (sr *series) resolution(ctx context.Context, conn *sql.Conn, q store.Query) (int64, error) {
	limit := int64(q.MaxPoints)
	r := q.Range.Intersect(metric.Range{From: sr.first, To: sr.last + 1})
	if limit <= 0 || len(sr.levels) == 0 || sr.count <= 4*limit {
		return 0, nil
	}
	points, err := sr.countPoints(ctx, conn, r)
	if err != nil {
		return 0, err
	}
	step, finer, n := int64(0), int64(0), points
	before := n // number of points or buckets one level finer
	for i := 0; n > 4*limit && i < len(sr.levels); i++ {
		finer, before = step, n
		step = sr.levels[i].step
		n = min(points, r.Len()/step+1)
	}
	if n < limit/2 && before <= 16*limit {
		return finer, nil
	}
	return step, nil
}

// countPoints is about the number of points in the range, from the coarsest
// roll-up that still resolves it.
func (sr *series) countPoints(ctx context.Context, conn *sql.Conn, r metric.Range) (int64, error) {
	if r == (metric.Range{From: sr.first, To: sr.last + 1}) {
		return sr.count, nil
	}
	step := sr.levels[0].step
	for _, l := range sr.levels {
		if r.Len()/l.step >= 8 {
			step = l.step
		}
	}
	var n int64
	from, to := bounds(metric.Range{From: bucket(r.From, step), To: r.To})
	err := conn.QueryRowContext(ctx, `SELECT coalesce(sum(count), 0) FROM rollups WHERE series_id = ? AND step = ? AND ts >= ? AND ts < ?`,
		sr.id, seconds(step), from, to).Scan(&n)
	return n, err
}

func levelText(levels []level) string {
	parts := make([]string, len(levels))
	for i, l := range levels {
		parts[i] = strconv.FormatInt(l.step, 10)
	}
	return strings.Join(parts, " ")
}
