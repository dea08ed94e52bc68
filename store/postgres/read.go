package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
)

// chunk is the number of points or buckets handed out at once.
const chunk = 8192

// Read streams the query's series from one snapshot of the database. Where
// MaxPoints is set, a series of more than 4 times as many points is put into
// buckets on the server: by the hours' roll-ups, or by the points themselves
// where buckets are finer or the roll-ups are not up to date. Buckets that only
// reach into the range are part of it.
func (s *Store) Read(ctx context.Context, q store.Query, yield func(metric.Envelope) error) error {
	q.Range = orAll(q.Range)
	if q.MaxPoints > 0 || len(q.Keys) == 0 {
		if err := s.freshen(ctx); err != nil {
			return err
		}
	}
	var own, broke error // yield's own error goes back as it is
	handed := false
	err := s.reading(ctx, "read points", func(c *pgx.Conn) (err error) {
		if handed {
			return broke // a part of the answer is out, so it cannot begin anew
		}
		defer func() { broke = err }()
		all, err := s.selected(ctx, c, q.Keys)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(sr series) bool { return sr.rolls && !sr.touches(q.Range) })
		hand := func(e metric.Envelope) error {
			handed = true
			own = yield(e)
			return own
		}
		for len(all) > 0 {
			n := together(all, q)
			if n == 1 {
				err = s.read(ctx, c, all[0], q, hand)
			} else {
				err = s.readTogether(ctx, c, all[:n], q.Range, hand)
			}
			if err != nil {
				return err
			}
			all = all[n:]
		}
		return nil
	})
	if own != nil {
		return own
	}
	return err
}

func (sr series) touches(r metric.Range) bool {
	return sr.Count > 0 && sr.First < r.To && sr.Last >= r.From
}

func (s *Store) read(ctx context.Context, c *pgx.Conn, sr series, q store.Query, yield func(metric.Envelope) error) error {
	step, r, err := s.resolution(ctx, c, sr, q)
	if err != nil {
		return err
	}
	switch {
	case step == 0 && sr.few(q.Range):
		return readColumns(ctx, c, s.layout.facts, sr.Key, q.Range, yield)
	case step == 0:
		return readPoints(ctx, c, s.layout.facts, sr.Key, q.Range, yield)
	}
	r = metric.Range{From: bucket(r.From, step), To: bucket(r.To-1, step) + step}
	from, to := bounds(r)
	length := fmt.Sprintf("interval '%d microseconds'", step)
	if sr.rolls && step%hour == 0 {
		// The mean is moved by a power of two, so that it does not overflow.
		return readBuckets(ctx, c, sr.Key, step, yield, `SELECT date_bin(`+length+`, hour, '1970-01-01'), min(min), max(max),
			sum(mean / 1073741824 * count) / sum(count) * 1073741824, sum(count)::bigint
			FROM aiops.rollups WHERE series_id = $1 AND hour >= $2 AND hour < $3 GROUP BY 1 ORDER BY 1`, sr.id, from, to)
	}
	return readBuckets(ctx, c, sr.Key, step, yield, `SELECT date_bin(`+length+`, "timestamp", '1970-01-01'), min(value)::float8, max(value)::float8,
		(sum(value) / count(*))::float8, count(*) FROM server_metrics_fact
		WHERE vm = $1 AND metric = $2 AND "timestamp" >= $3 AND "timestamp" < $4 AND `+finite+` GROUP BY 1 ORDER BY 1`, sr.VM, sr.Metric, from, to)
}

// points are those of a series inside a range, by time, and how their values
// are read. What is not a finite number is left out by the reader, as looking at it costs the server a tenth.
func (t table) points() (query string, decode func([]byte) float64) {
	value, decode := t.columns["value"].reader("value")
	return `SELECT "timestamp", ` + value + ` AS value FROM server_metrics_fact
		WHERE vm = $1 AND metric = $2 AND "timestamp" >= $3 AND "timestamp" < $4 ORDER BY "timestamp"`, decode
}

func isFinite(v float64) bool { return v-v == 0 }

func readPoints(ctx context.Context, c *pgx.Conn, facts table, k metric.Key, r metric.Range, yield func(metric.Envelope) error) error {
	query, decode := facts.points()
	times, values := make([]int64, 0, chunk), make([]float64, 0, chunk)
	from, to := bounds(r)
	hand := func() error {
		err := yield(metric.Series{Key: k, Times: times, Values: values}.Envelope())
		times, values = times[:0], values[:0]
		if err == nil {
			err = ctx.Err()
		}
		return err
	}
	err := each(ctx, c, query, []any{k.VM, k.Metric, from, to}, func(row [][]byte) error {
		v := decode(row[1])
		if !isFinite(v) {
			return nil
		}
		times, values = append(times, micros(row[0])), append(values, v)
		if len(times) < chunk {
			return nil
		}
		return hand()
	})
	if err == nil && len(times) > 0 {
		err = hand()
	}
	return err
}

func readBuckets(ctx context.Context, c *pgx.Conn, k metric.Key, step int64, yield func(metric.Envelope) error, query string, args ...any) error {
	e := metric.Envelope{Key: k, Step: step}
	hand := func() error {
		err := yield(e)
		e.Times, e.Min, e.Max, e.Mean, e.Count = e.Times[:0], e.Min[:0], e.Max[:0], e.Mean[:0], e.Count[:0]
		if err == nil {
			err = ctx.Err()
		}
		return err
	}
	err := each(ctx, c, query, args, func(row [][]byte) error {
		lo, hi := float(row[1]), float(row[2])
		e.Times, e.Count = append(e.Times, micros(row[0])), append(e.Count, integer(row[4]))
		e.Min, e.Max = append(e.Min, lo), append(e.Max, hi)
		e.Mean = append(e.Mean, min(max(float(row[3]), lo), hi)) // rounding must not leave them
		if len(e.Times) < chunk {
			return nil
		}
		return hand()
	})
	if err == nil && len(e.Times) > 0 {
		err = hand()
	}
	return err
}

// lengths that a bucket can have.
var lengths = [...]time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 48 * time.Hour, 4 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 28 * 24 * time.Hour,
	56 * 24 * time.Hour, 112 * 24 * time.Hour, 224 * 24 * time.Hour, 448 * 24 * time.Hour,
}

// resolution is the length of the buckets that answer the query, 0 for points,
// and the part of the range that has points.
func (s *Store) resolution(ctx context.Context, c *pgx.Conn, sr series, q store.Query) (step int64, r metric.Range, err error) {
	limit := int64(q.MaxPoints)
	if limit <= 0 || sr.rolls && sr.Count <= 4*limit {
		return 0, q.Range, nil
	}
	if sr.rolls {
		r = q.Range.Intersect(sr.Range())
	} else if r, err = s.extent(ctx, c, sr.Key, q.Range); err != nil || r.Empty() {
		return 0, r, err
	}
	many, err := s.exceeds(ctx, c, sr, r, 4*limit)
	if err != nil || !many {
		return 0, r, err
	}
	for _, d := range lengths {
		step = metric.Micros(d)
		if r.Len()/step <= limit+limit/4 {
			return step, r, nil
		}
	}
	return step, r, nil
}

// extent is the part of a range from its first to its last point.
func (s *Store) extent(ctx context.Context, c *pgx.Conn, k metric.Key, r metric.Range) (metric.Range, error) {
	from, to := bounds(r)
	out := metric.Range{}
	query := `SELECT "timestamp" FROM server_metrics_fact WHERE vm = $1 AND metric = $2 AND "timestamp" >= $3 AND "timestamp" < $4 AND ` + finite
	err := each(ctx, c, query+` ORDER BY "timestamp" LIMIT 1`, []any{k.VM, k.Metric, from, to}, func(row [][]byte) error {
		out.From = micros(row[0])
		return nil
	})
	if err != nil {
		return out, err
	}
	err = each(ctx, c, query+` ORDER BY "timestamp" DESC LIMIT 1`, []any{k.VM, k.Metric, from, to}, func(row [][]byte) error {
		out.To = micros(row[0]) + 1
		return nil
	})
	return out, err
}

// exceeds reports whether the range has more points than a number.
func (s *Store) exceeds(ctx context.Context, c *pgx.Conn, sr series, r metric.Range, most int64) (bool, error) {
	var n int64
	if sr.rolls {
		if r == sr.Range() {
			return sr.Count > most, nil
		}
		from, to := bounds(hours(r))
		err := c.QueryRow(ctx, `SELECT coalesce(sum(count), 0)::bigint FROM aiops.rollups WHERE series_id = $1 AND hour >= $2 AND hour < $3`, sr.id, from, to).Scan(&n)
		if err != nil || n <= most || r.Len() >= 24*hour {
			return n > most, err
		}
	}
	from, to := bounds(r)
	err := c.QueryRow(ctx, `SELECT count(*) FROM (SELECT FROM server_metrics_fact WHERE vm = $1 AND metric = $2 AND "timestamp" >= $3 AND "timestamp" < $4 LIMIT $5) f`,
		sr.VM, sr.Metric, from, to, most+1).Scan(&n)
	return n > most, err
}
