package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"slices"
	"sort"
	"strings"

	"aiops/metric"
	"aiops/store"
)

// lookup is the number of points that are compared with the stored ones at once.
const lookup = 4096

// Write merges points into a series as if they came one after the other.
func (t *tx) Write(ctx context.Context, s metric.Series, on store.OnConflict) (store.Written, error) {
	var w store.Written
	if t.done {
		return w, errDone
	}
	if t.err != nil {
		return w, t.err
	}
	if len(s.Times) == 0 && len(s.Values) == 0 {
		return w, nil
	}
	b, err := arrange(s)
	if err != nil {
		return w, t.fail(err)
	}
	sr, err := t.find(ctx, s.Key)
	if err == nil {
		err = t.merge(ctx, sr, b, on, &w)
	}
	slices.SortFunc(w.Rejected, func(a, b store.Clash) int { return cmp.Compare(a.Index, b.Index) })
	return w, t.fail(convert(ctx, t.s.path, "write "+s.Key.String(), err))
}

func (t *tx) merge(ctx context.Context, sr *series, b batch, on store.OnConflict, w *store.Written) error {
	n := len(b.times)
	if sr.count == 0 && n >= worthwhile {
		sr.measure(b.times, int64(n))
	}
	known := 0 // points up to here may be stored already
	if sr.count > 0 {
		known = sort.Search(n, func(i int) bool { return b.times[i] > sr.last })
	}
	for i := 0; i < n; {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := min(n, i+lookup)
		var have points
		if i < known {
			end = b.group(min(end, known) - 1)
			if err := t.stored(ctx, sr, b.times[i:end], &have); err != nil {
				return err
			}
		} else if end < n {
			end = b.group(end - 1)
		}
		if err := t.mergeChunk(ctx, sr, b, i, end, have, on, w); err != nil {
			return err
		}
		i = end
	}
	return nil
}

// mergeChunk decides for each time of b[i:end] what becomes of its points.
func (t *tx) mergeChunk(ctx context.Context, sr *series, b batch, i, end int, have points, on store.OnConflict, w *store.Written) error {
	for i < end {
		at := b.times[i]
		old, found := have.at(at)
		value, exists := old, found
		for next := b.group(i); i < next; i++ {
			v := b.values[i]
			switch {
			case !exists:
				value, exists = v, true
				w.Stored++
			case v == value:
				w.Duplicates++
			case on == store.Keep:
				w.Rejected = append(w.Rejected, store.Clash{Index: b.given(i), Stored: value})
			default:
				value = v
				w.Replaced++
			}
		}
		var err error
		if !found {
			err = t.insert(ctx, sr, at, value)
		} else if value != old {
			err = t.update(ctx, sr, at, value)
		}
		if err != nil {
			return err
		}
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

// points are stored ones, by time, that are asked for in ascending order.
type points struct {
	times  []int64
	values []float64
	next   int
}

func (p *points) add(row []driver.Value) error {
	p.times, p.values = append(p.times, micros(row[0])), append(p.values, float(row[1]))
	return nil
}

func (p *points) at(t int64) (float64, bool) {
	for p.next < len(p.times) && p.times[p.next] < t {
		p.next++
	}
	if p.next < len(p.times) && p.times[p.next] == t {
		return p.values[p.next], true
	}
	return 0, false
}

// stored reads the points that have one of the times, and perhaps others. A
// dense stretch is read through, single points in a long series are looked up.
func (t *tx) stored(ctx context.Context, sr *series, times []int64, p *points) error {
	if err := t.flushPoints(ctx); err != nil {
		return err
	}
	limit := 4*len(times) + 64
	err := each(ctx, t.conn, `SELECT ts, value FROM points WHERE series_id = ? AND ts >= ? AND ts <= ? ORDER BY ts LIMIT ?`,
		[]any{sr.id, seconds(times[0]), seconds(times[len(times)-1]), int64(limit)}, p.add)
	if err != nil || len(p.times) < limit {
		return err
	}
	i, _ := slices.BinarySearch(times, p.times[limit-1]+1)
	for ; i < len(times); i += 100 {
		part := times[i:min(i+100, len(times))]
		args := []any{sr.id}
		for _, at := range part {
			args = append(args, seconds(at))
		}
		err := each(ctx, t.conn, `SELECT ts, value FROM points WHERE series_id = ? AND ts IN (`+
			strings.TrimSuffix(strings.Repeat("?,", len(part)), ",")+`) ORDER BY ts`, args, p.add)
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
