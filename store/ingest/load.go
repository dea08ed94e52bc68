package ingest

import (
	"context"

	"aiops/metric"
	"aiops/store"
)

// Load reads a file into memory: series in the order in which the file names
// them first, points by time.
func Load(ctx context.Context, path string, o Options) ([]metric.Series, Report, error) {
	r, err := begin(ctx, path, o)
	if err != nil {
		return nil, r.report, err
	}
	defer r.close()
	c := newCollector(o.OnConflict == store.Keep)
	c.expect = r.expect
	err = r.parse(ctx, func(l *layout) error {
		c.even = l.vm < 0 && l.metric < 0
		return nil
	}, func(b *batch) error {
		r.taken += int64(b.bytes)
		c.add(b)
		return nil
	})
	if err != nil {
		return nil, r.report, err
	}
	var out []metric.Series
	for _, col := range c.filled() {
		col.sort()
		if err := r.unique(col); err != nil {
			return nil, r.report, explain(path, err)
		}
		r.report.Stored += int64(col.Len())
		out = append(out, col.Series)
	}
	r.report.Series = len(out)
	if err := r.quarantine.prepare(); err != nil {
		return nil, r.report, explain(path, err)
	}
	return out, r.report, explain(path, r.finish())
}

// expect estimates from the part of the text that was taken how many points a
// column will have in the end.
func (r *reading) expect(points int) int {
	done, text := r.src.done.Load(), r.src.text.Load()
	if done == 0 || r.taken == 0 {
		return 0
	}
	whole := float64(text) / float64(done) * float64(r.src.size)
	return int(float64(points) * whole / float64(r.taken) * 1.03)
}

// unique leaves one point of each time; what becomes of the others is counted.
func (r *reading) unique(col *column) error {
	t, v := col.Times, col.Values
	n := 0
	for i := range t {
		if n == 0 || t[i] != t[n-1] {
			if n != i {
				t[n], v[n] = t[i], v[i]
			}
			n++
			continue
		}
		switch {
		case v[i] == v[n-1]:
			r.report.Duplicates++
		case r.o.OnConflict == store.Replace:
			v[n-1] = v[i]
			r.report.Duplicates++
			r.report.Replaced++
		default:
			r.report.Rows-- // counted again as a bad row
			if err := r.reject(clash(col, i, v[n-1])); err != nil {
				return err
			}
		}
	}
	col.Times, col.Values = t[:n], v[:n]
	return nil
}
