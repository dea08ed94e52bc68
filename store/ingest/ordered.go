package ingest

import (
	"context"
	"math"

	"aiops/metric"
)

// Ordered is a file as it stands: a place for each value in the file's order,
// also where times occur twice or go back, and where the value cannot be used.
type Ordered struct {
	// Series are in the order in which the file names them; their points in the
	// file's order. A value that cannot be used is NaN, a time NoTime. Rows whose
	// series cannot be told belong to the series without a name.
	Series []metric.Series
	Of     []int32 // by place: which series
	Row    []int32 // by place: which row of the file, from 0
	Rows   int
	Whole  bool // a row holds all metrics of its VM at its time, not one of them
}

// NoTime stands for a time that cannot be read.
const NoTime = math.MinInt64

// InOrder reads a file into memory as it stands.
func InOrder(ctx context.Context, path string, o Options) (Ordered, Report, error) {
	r, err := begin(ctx, path, o)
	if err != nil {
		return Ordered{}, r.report, err
	}
	defer r.close()
	out := Ordered{Whole: true}
	c := newCollector(false)
	line := int64(-1)
	ready := func(l *layout) error {
		l.all, l.keep, line = true, true, -1
		out.Whole = out.Whole && l.metric < 0
		return nil
	}
	err = r.parse(ctx, ready, func(b *batch) error {
		c.add(b)
		ids := c.ids[b.parser]
		for i := range b.times {
			id := 0
			if len(b.ids) > 0 {
				id = int(b.ids[i])
			}
			if b.lines[i] != line {
				line = b.lines[i]
				out.Rows++
			}
			out.Of, out.Row = append(out.Of, int32(ids[id])), append(out.Row, int32(out.Rows-1))
		}
		return nil
	})
	if err != nil {
		return Ordered{}, r.report, err
	}
	for _, col := range c.columns {
		out.Series = append(out.Series, col.Series)
	}
	r.report.Rows, r.report.Series = int64(len(out.Of)), len(out.Series)
	return out, r.report, explain(path, r.finish())
}

// Only leaves the places of some series; rows are numbered anew.
func (o Ordered) Only(wanted func(metric.Key) bool) Ordered {
	out := Ordered{Whole: o.Whole}
	place := make([]int32, len(o.Series))
	for i, s := range o.Series {
		place[i] = -1
		if wanted(s.Key) {
			place[i] = int32(len(out.Series))
			out.Series = append(out.Series, s)
		}
	}
	last := int32(-1)
	for i, s := range o.Of {
		if place[s] < 0 {
			continue
		}
		if o.Row[i] != last {
			last = o.Row[i]
			out.Rows++
		}
		out.Of, out.Row = append(out.Of, place[s]), append(out.Row, int32(out.Rows-1))
	}
	return out
}

// missing takes the places of a row that cannot be used, in a file that is
// wanted as it stands.
func (p *parser) missing(fields [][]byte, line int64) {
	switch {
	case p.single():
		p.out.times, p.out.values, p.out.lines = append(p.out.times, p.at), append(p.out.values, math.NaN()), append(p.out.lines, line)
	case p.wide:
		var vm []byte
		if p.vm >= 0 {
			if vm = []byte{}; p.vm < len(fields) && nameReason("vm", fields[p.vm]) == "" {
				vm = fields[p.vm]
			}
		}
		ids := p.wideSeries(vm)
		for i := range ids {
			p.absent(ids, i, vm, line)
		}
	default:
		p.add(p.nearly(fields), p.at, math.NaN(), line)
	}
}

// absent takes the place of one value of a wide row.
func (p *parser) absent(ids []int32, i int, vm []byte, line int64) {
	if ids[i] < 0 {
		ids[i] = int32(p.newSeries(vm, []byte(p.values[i].metric)))
	}
	p.add(uint32(ids[i]), p.at, math.NaN(), line)
}

// nearly is the series of a long row that cannot be used, as far as it can be told.
func (p *parser) nearly(fields [][]byte) uint32 {
	if max(p.vm, p.metric) < len(fields) {
		if vm, name, _, reason := p.names2(fields); reason == "" {
			return p.id(vm, name)
		}
	}
	return p.id([]byte{}, []byte{})
}
