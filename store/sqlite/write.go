package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"
	"sort"
	"strings"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// lookup is the number of points that are compared with the stored ones at once.
const lookup = 4096

// Write merges points into a series as if they came one after the other.
func (t *tx) Write(ctx context.Context, s metric.Series, on store.OnConflict) (store.Written, error) {
	var w store.Written
	if t.done {
		return w, errDone
	}
	if t.err != nil || len(s.Times) == 0 && len(s.Values) == 0 {
		return w, t.err
	}
	b, err := merge.Arrange(s)
	if err != nil {
		return w, t.fail(err)
	}
	sr, err := t.find(ctx, s.Key)
	if err == nil {
		err = t.merge(ctx, sr, b, on, &w)
	}
	merge.SortRejected(&w)
	return w, t.fail(convert(ctx, t.s.path, "write "+s.Key.String(), err))
}

func (t *tx) merge(ctx context.Context, sr *series, b merge.Batch, on store.OnConflict, w *store.Written) error {
	n := len(b.Times)
	if sr.count == 0 && n >= worthwhile {
		sr.measure(b.Times, int64(n))
	}
	known := 0 // points up to here may be stored already
	if sr.count > 0 {
		known = sort.Search(n, func(i int) bool { return b.Times[i] > sr.last })
	}
	for i := 0; i < n; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var have merge.Stored
		end := min(n, i+lookup)
		if i < known {
			end = min(end, known)
		}
		end = b.Group(end - 1)
		if i < known {
			if err := t.stored(ctx, sr, b.Times[i:end], &have); err != nil {
				return err
			}
		}
		err := b.Decide(i, end, &have, on, w, func(o merge.Outcome) error {
			if o.New {
				return t.insert(ctx, sr, o.Time, o.Value)
			}
			if o.Changed {
				return t.update(ctx, sr, o.Time, o.Value)
			}
			return nil
		})
		if err != nil {
			return err
		}
		i = end
	}
	return nil
}

func (t *tx) insert(ctx context.Context, sr *series, at int64, v float64) error {
	sr.extend(at, v)
	if len(sr.levels) > 0 {
		if err := t.roll(ctx, sr, at, v); err != nil {
			return err
		}
	}
	return t.inserts.add(ctx, sr.id, seconds(at), number(v))
}

func (t *tx) update(ctx context.Context, sr *series, at int64, v float64) error {
	if at == sr.last {
		sr.lastValue = v
	}
	if len(sr.levels) > 0 {
		if sr.dirty == nil {
			sr.dirty = map[int64]bool{}
		}
		sr.dirty[bucket(at, sr.levels[0].step)] = true
		if len(sr.dirty) > 100_000 {
			if err := t.settle(ctx, sr); err != nil {
				return err
			}
		}
	}
	return t.updates.add(ctx, sr.id, seconds(at), number(v))
}

// stored reads the points that have one of the times, and perhaps others. A
// dense stretch is read through, single points in a long series are looked up.
func (t *tx) stored(ctx context.Context, sr *series, times []int64, p *merge.Stored) error {
	if err := t.flushPoints(ctx); err != nil {
		return err
	}
	limit := 4*len(times) + 64
	err := each(ctx, t.conn, `SELECT ts, value FROM points WHERE series_id = ? AND ts >= ? AND ts <= ? ORDER BY ts LIMIT ?`,
		[]any{sr.id, seconds(times[0]), seconds(times[len(times)-1]), int64(limit)}, into(p))
	if err != nil || len(p.Times) < limit {
		return err
	}
	i, _ := slices.BinarySearch(times, p.Times[limit-1]+1)
	for ; i < len(times); i += 100 {
		part := times[i:min(i+100, len(times))]
		args := []any{sr.id}
		for _, at := range part {
			args = append(args, seconds(at))
		}
		err := each(ctx, t.conn, `SELECT ts, value FROM points WHERE series_id = ? AND ts IN (`+
			strings.TrimSuffix(strings.Repeat("?,", len(part)), ",")+`) ORDER BY ts`, args, into(p))
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) flushPoints(ctx context.Context) error {
	if err := t.inserts.flush(ctx); err != nil {
		return err
	}
	return t.updates.flush(ctx)
}

// into collects rows of times and values.
func into(p *merge.Stored) func([]driver.Value) error {
	return func(row []driver.Value) error {
		p.Times, p.Values = append(p.Times, micros(row[0])), append(p.Values, float(row[1]))
		return nil
	}
}
