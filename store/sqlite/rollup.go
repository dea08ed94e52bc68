package sqlite

import (
	"context"
	"database/sql/driver"
	"maps"
	"math"
	"slices"
	"time"

	"aiops/metric"
	"aiops/store/merge"
)

// worthwhile is the number of points from which on a series has roll-ups.
const worthwhile = 256

// A finest bucket spans at least perBucket points, so that roll-ups cost about
// a byte a point, and each coarser level at least perLevel buckets.
const perBucket, perLevel = 32, 10

// lengths a bucket can have; each divides the following ones that are chosen with it.
var lengths = [...]time.Duration{
	100 * time.Millisecond, time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour,
	4 * time.Hour, 12 * time.Hour, 2 * 24 * time.Hour, 14 * 24 * time.Hour, 140 * 24 * time.Hour,
}

// level is a roll-up of a series and its bucket that is being filled.
type level struct {
	step int64
	sum  summary
}

// summary is a bucket.
type summary struct {
	start, end     int64
	min, max, mean float64
	count          int64
}

// merge takes another bucket in. The mean is moved so that it neither
// overflows nor leaves what all values agree on.
func (a *summary) merge(b summary) {
	a.min, a.max = min(a.min, b.min), max(a.max, b.max)
	n := float64(a.count + b.count)
	if a.mean != b.mean {
		a.mean = a.mean*(float64(a.count)/n) + b.mean*(float64(b.count)/n)
	}
	a.count += b.count
}

// add takes a value in.
func (a *summary) add(v float64) {
	a.min, a.max = min(a.min, v), max(a.max, v)
	a.count++
	n := float64(a.count)
	if d := v - a.mean; !math.IsInf(d, 0) {
		a.mean += d / n
	} else {
		a.mean += v/n - a.mean/n
	}
}

// mergeBucket does in the database what merge does.
const mergeBucket = ` ON CONFLICT DO UPDATE SET min = min(min, excluded.min), max = max(max, excluded.max),
	mean = iif(mean = excluded.mean, mean, mean * (1.0 * count / (count + excluded.count)) + excluded.mean * (1.0 * excluded.count / (count + excluded.count))),
	count = count + excluded.count`

// levelsFor chooses the roll-ups of a series.
func levelsFor(spacing int64) []level {
	var out []level
	least := perBucket * spacing
	for _, d := range lengths {
		step := metric.Micros(d)
		if spacing > 0 && step >= least && (len(out) == 0 || step%out[len(out)-1].step == 0) {
			out = append(out, level{step: step})
			least = perLevel * step
		}
	}
	return out
}

// measure decides on the roll-ups from neighbouring times.
func (sr *series) measure(times []int64, count int64) {
	sr.step, sr.sized = metric.Spacing(times), count
	sr.levels = nil
	if count >= worthwhile {
		sr.levels = levelsFor(sr.step)
	}
}

// roll takes a new point into the roll-ups.
func (t *tx) roll(ctx context.Context, sr *series, at int64, v float64) error {
	a := &sr.levels[0].sum
	if a.count > 0 && at >= a.start && at < a.end {
		a.add(v)
		return nil
	}
	return t.rollInto(ctx, sr, 0, at, summary{min: v, max: v, mean: v, count: 1})
}

// rollInto merges a part into the open bucket of a level; a full one is
// written and goes into the next level.
func (t *tx) rollInto(ctx context.Context, sr *series, i int, at int64, part summary) error {
	a := &sr.levels[i].sum
	if a.count > 0 && at >= a.start && at < a.end {
		a.merge(part)
		return nil
	}
	if err := t.closeBucket(ctx, sr, i); err != nil {
		return err
	}
	*a = part
	a.start = bucket(at, sr.levels[i].step)
	a.end = a.start + sr.levels[i].step
	return nil
}

func (t *tx) closeBucket(ctx context.Context, sr *series, i int) error {
	l := &sr.levels[i]
	if l.sum.count == 0 {
		return nil
	}
	if err := t.buckets.add(ctx, sr.id, l.row()...); err != nil {
		return err
	}
	full := l.sum
	l.sum.count = 0
	if i+1 == len(sr.levels) {
		return nil
	}
	return t.rollInto(ctx, sr, i+1, full.start, full)
}

func (l *level) row() []any {
	return []any{seconds(l.step), seconds(l.sum.start), number(l.sum.min), number(l.sum.max), number(l.sum.mean), l.sum.count}
}

// settle writes the open buckets and computes those of replaced values anew.
func (t *tx) settle(ctx context.Context, sr *series) error {
	if err := t.flushPoints(ctx); err != nil {
		return err
	}
	for i := range sr.levels {
		if err := t.closeBucket(ctx, sr, i); err != nil {
			return err
		}
	}
	if err := t.buckets.flush(ctx); err != nil {
		return err
	}
	starts := slices.Sorted(maps.Keys(sr.dirty))
	sr.dirty = nil
	for i := range sr.levels {
		if err := t.recompute(ctx, sr, i, starts); err != nil {
			return err
		}
	}
	return nil
}

// recompute replaces the buckets of one level that the times lie in: the
// finest from the points, the others from the level below.
func (t *tx) recompute(ctx context.Context, sr *series, i int, times []int64) error {
	step := sr.levels[i].step
	for n := 0; n < len(times); {
		from := bucket(times[n], step)
		to := from + step
		for n++; n < len(times) && times[n] < to+step; n++ {
			to = bucket(times[n], step) + step
		}
		if err := t.recomputeRun(ctx, sr, i, metric.Range{From: from, To: to}); err != nil {
			return err
		}
	}
	return t.rebuilt.flush(ctx)
}

func (t *tx) recomputeRun(ctx context.Context, sr *series, i int, r metric.Range) error {
	query, args := `SELECT ts, value, value, value, 1 FROM points WHERE series_id = ? `, []any{sr.id}
	if i > 0 {
		query, args = `SELECT ts, min, max, mean, count FROM rollups WHERE series_id = ? AND step = ? `, []any{sr.id, seconds(sr.levels[i-1].step)}
	}
	l := level{step: sr.levels[i].step}
	var full []level
	from, to := bounds(r)
	err := each(ctx, t.conn, query+`AND ts >= ? AND ts < ? ORDER BY ts`, append(args, from, to), func(row []driver.Value) error {
		at := micros(row[0])
		n, _ := row[4].(int64)
		part := summary{min: float(row[1]), max: float(row[2]), mean: float(row[3]), count: n}
		if l.sum.count > 0 && at < l.sum.end {
			l.sum.merge(part)
			return nil
		}
		if l.sum.count > 0 {
			full = append(full, l)
		}
		l.sum = part
		l.sum.start = bucket(at, l.step)
		l.sum.end = l.sum.start + l.step
		return nil
	})
	if l.sum.count > 0 {
		full = append(full, l)
	}
	for n := 0; err == nil && n < len(full); n++ {
		err = t.rebuilt.add(ctx, sr.id, full[n].row()...)
	}
	return err
}

// resize looks at the spacing anew whenever the series has doubled, and builds
// other roll-ups when it has changed so much that they would not fit.
func (t *tx) resize(ctx context.Context, sr *series) error {
	if sr.count < 2*sr.sized || sr.count == 0 {
		return nil
	}
	var recent []int64
	err := each(ctx, t.conn, `SELECT ts FROM points WHERE series_id = ? ORDER BY ts DESC LIMIT 2000`, []any{sr.id}, func(row []driver.Value) error {
		recent = append(recent, micros(row[0]))
		return nil
	})
	if err != nil {
		return err
	}
	slices.Reverse(recent)
	spacing := metric.Spacing(recent)
	if len(sr.levels) > 0 && spacing < 4*sr.step && sr.step < 4*spacing {
		sr.step, sr.sized = spacing, sr.count
		return nil
	}
	had := len(sr.levels) > 0
	sr.measure(recent, sr.count)
	if !had && len(sr.levels) == 0 {
		return nil
	}
	return t.rebuild(ctx, sr)
}

// rebuild computes all roll-ups of the series from its points.
func (t *tx) rebuild(ctx context.Context, sr *series) error {
	if _, err := t.conn.ExecContext(ctx, `DELETE FROM rollups WHERE series_id = ?`, sr.id); err != nil {
		return err
	}
	for from := -merge.MaxTime; len(sr.levels) > 0; {
		var p merge.Stored
		err := each(ctx, t.conn, `SELECT ts, value FROM points WHERE series_id = ? AND ts >= ? ORDER BY ts LIMIT ?`,
			[]any{sr.id, seconds(from), int64(chunk)}, into(&p))
		if err != nil {
			return err
		}
		for i, at := range p.Times {
			if err := t.roll(ctx, sr, at, p.Values[i]); err != nil {
				return err
			}
		}
		if len(p.Times) < chunk {
			break
		}
		from = p.Times[chunk-1] + 1
	}
	return t.settle(ctx, sr)
}
