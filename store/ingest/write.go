package ingest

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"aiops/metric"
	"aiops/store"
)

// flushPoints is how many points are gathered before they are written: enough
// that a database gets them sorted, few enough that memory stays bounded.
const flushPoints = 2 << 20

// into writes the file's points into a transaction, which begins when the
// file's form is known.
func (r *reading) into(ctx context.Context, st store.Store) (tx store.Tx, err error) {
	c := newCollector(r.o.OnConflict == store.Keep)
	ready := func(*layout) (err error) {
		if tx == nil {
			tx, err = st.Begin(ctx, store.Origin{Source: r.src.path, Began: r.began})
		}
		return err
	}
	err = r.parse(ctx, ready, func(b *batch) error {
		c.add(b)
		if c.points < flushPoints {
			return nil
		}
		return r.flush(ctx, tx, c)
	})
	if err == nil && tx != nil {
		err = explain(r.src.path, r.flush(ctx, tx, c))
	}
	r.report.Series = len(c.columns)
	return tx, err
}

// flush writes what was gathered.
func (r *reading) flush(ctx context.Context, tx store.Tx, c *collector) error {
	for _, col := range c.sorted() {
		if err := r.write(ctx, tx, col); err != nil {
			return err
		}
	}
	c.reset()
	return nil
}

// write writes points of one series and counts what became of them.
func (r *reading) write(ctx context.Context, tx store.Tx, col *column) error {
	w, err := tx.Write(ctx, col.Series, r.o.OnConflict)
	if err != nil {
		return fmt.Errorf("write %s: %w", col.Key, err)
	}
	r.report.Stored += w.Stored
	r.report.Duplicates += w.Duplicates + w.Replaced
	r.report.Replaced += w.Replaced
	for _, cl := range w.Rejected {
		r.report.Rows-- // counted again as a bad row
		if err := r.reject(clash(col, cl.Index, cl.Stored)); err != nil {
			return err
		}
	}
	return nil
}

// clash is the bad row of point i, whose time has another value.
func clash(col *column, i int, stored float64) Rejected {
	value := strconv.FormatFloat(col.Values[i], 'g', -1, 64)
	bad := Rejected{
		Field:  "value",
		Reason: fmt.Sprintf("another value (%s) is stored for this vm, timestamp, metric", strconv.FormatFloat(stored, 'g', -1, 64)),
		Row:    fmt.Sprintf("%s,%s,%s,%s", col.VM, metric.Time(col.Times[i]).Format(time.RFC3339Nano), col.Metric, value),
		count:  1,
	}
	if i < len(col.lines) {
		bad.Line = col.lines[i]
	}
	return bad
}
