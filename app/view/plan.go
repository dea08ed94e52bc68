package view

import (
	"context"
	"fmt"
	"slices"

	"aiops/metric"
	"aiops/store"
)

// Plan is what has to be read for the present view. It is not changed after it is made.
type Plan struct {
	Generation  int
	Reads       []Read
	Annotations bool
}

// Read is a query, and the part of the cache that its answer goes to.
type Read struct {
	store.Query
	kind    pieceKind
	density float64 // points a microsecond that the query asks for; 0: all
}

// Result is what was read for a plan.
type Result struct {
	Plan        Plan
	pieces      []map[metric.Key]*piece
	annotations []metric.Annotation
}

type pieceKind int

const (
	mainPiece pieceKind = iota
	comparedPiece
	overviewPiece
	pieceKinds
)

// held is what the cache has of a series.
type held struct {
	stale  bool
	pieces [pieceKinds]*piece
}

// piece is a part of a series as it was read. It is not changed.
type piece struct {
	covers  metric.Range
	density float64 // points a microsecond that were asked for
	data    *metric.Pyramid
}

// exact reports whether nothing finer can be read.
func (p *piece) exact() bool { return p.data.Step == 0 }

// wholeBelow is the number of points up to which a series is read whole at once.
const wholeBelow = 20_000

// Plan says what must be read for the present view; false if nothing, or if
// the same plan is under way already.
func (f *Fact) Plan() (Plan, bool) {
	p := Plan{Annotations: !f.noted && f.catalog != nil}
	for _, w := range f.wants() {
		f.add(&p, w)
	}
	if len(p.Reads) == 0 && !p.Annotations {
		return Plan{}, false
	}
	if f.pending != nil && samePlan(*f.pending, p) {
		return Plan{}, false
	}
	f.generation++
	p.Generation = f.generation
	f.pending = &p
	return p, true
}

func samePlan(a, b Plan) bool {
	return a.Annotations == b.Annotations && slices.EqualFunc(a.Reads, b.Reads, func(x, y Read) bool {
		return x.kind == y.kind && x.Range == y.Range && x.MaxPoints == y.MaxPoints && slices.Equal(x.Keys, y.Keys)
	})
}

// want is a range that should be there at a density.
type want struct {
	kind    pieceKind
	need    metric.Range // must be there
	ask     metric.Range // is asked for if it is not
	perUnit float64      // points a microsecond
}

// wants lists the ranges that the view needs: the visible one with the period
// before it, the compared one, and all times for the overview.
func (f *Fact) wants() []want {
	v := f.Visible()
	all := f.extent()
	if v.Empty() || all.Empty() {
		return nil
	}
	dense := 2 * float64(f.width) / float64(v.Len())
	before := metric.Range{From: v.From - v.Len(), To: v.To}
	ask := metric.Range{From: before.From - v.Len()/4, To: v.To + v.Len()/2}
	out := []want{{mainPiece, before, ask, dense}}
	if parts := f.state.Compare.parts(v, f.base.Len(), f.clock.Zone); len(parts) > 0 {
		var r metric.Range
		for _, p := range parts {
			r = r.Union(p.Shift(-p.shift))
		}
		out = append(out, want{comparedPiece, r, expand(r, v.Len()/2), dense})
	}
	return append(out, want{overviewPiece, all, all, float64(f.width) / float64(all.Len())})
}

// add adds the reads that a want needs, series of equal needs in one query.
func (f *Fact) add(p *Plan, w want) {
	part := Read{kind: w.kind, density: w.perUnit}
	part.Range = w.ask
	part.MaxPoints = int(w.perUnit*float64(w.ask.Len())) + 1
	whole := Read{kind: mainPiece}
	for _, e := range f.state.Selection {
		info, ok := f.infos[e.Key]
		switch {
		case !ok || info.Count == 0 || f.has(info, w):
		case info.Count > wholeBelow:
			part.Keys = append(part.Keys, e.Key)
		case w.kind == mainPiece:
			whole.Keys = append(whole.Keys, e.Key)
		}
	}
	if len(whole.Keys) > 0 {
		p.Reads = append(p.Reads, whole)
	}
	if len(part.Keys) > 0 {
		p.Reads = append(p.Reads, part)
	}
}

// has reports whether the cache satisfies a want. Half the wanted density is
// enough, so that not every step of the wheel reads.
func (f *Fact) has(info store.SeriesInfo, w want) bool {
	h := f.cache[info.Key]
	if h == nil || h.stale {
		return false
	}
	need := w.need.Intersect(info.Range())
	if need.Empty() {
		return true
	}
	return slices.ContainsFunc(h.pieces[:], func(p *piece) bool {
		return p != nil && covers(p.covers, need) && (p.exact() || p.density >= w.perUnit/2)
	})
}

func covers(outer, inner metric.Range) bool { return outer.From <= inner.From && outer.To >= inner.To }

// Fetch reads a plan. It may block, and runs on any goroutine.
func Fetch(ctx context.Context, s store.Store, p Plan) (Result, error) {
	out := Result{Plan: p}
	for _, r := range p.Reads {
		all, err := store.Envelopes(ctx, s, r.Query)
		if err != nil {
			return out, fmt.Errorf("read points: %w", err)
		}
		pieces := map[metric.Key]*piece{}
		for _, k := range r.Keys { // a series without points there is known to have none
			pieces[k] = r.piece(metric.Envelope{Key: k})
		}
		for _, e := range all {
			pieces[e.Key] = r.piece(e)
		}
		out.pieces = append(out.pieces, pieces)
	}
	if p.Annotations {
		var err error
		if out.annotations, err = readAnnotations(ctx, s); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (r Read) piece(e metric.Envelope) *piece {
	covered := r.Range
	if covered == (metric.Range{}) {
		covered = metric.All
	}
	return &piece{covers: covered, density: r.density, data: metric.NewPyramid(e)}
}

// Apply takes a result in; false if a newer one is in already.
func (f *Fact) Apply(r Result) bool {
	if r.Plan.Generation <= f.applied {
		return false
	}
	f.applied = r.Plan.Generation
	if f.pending != nil && f.pending.Generation == r.Plan.Generation {
		f.pending = nil
	}
	f.err = nil
	for i, read := range r.Plan.Reads {
		for k, p := range r.pieces[i] {
			f.hold(k, read.kind, p)
		}
	}
	if r.Plan.Annotations {
		f.SetAnnotations(r.annotations)
	}
	return true
}

func (f *Fact) hold(k metric.Key, kind pieceKind, p *piece) {
	if !f.state.Selection.Has(k) {
		return
	}
	h := f.cache[k]
	if h == nil || h.stale {
		h = &held{}
		f.cache[k] = h
	}
	h.pieces[kind] = p
}

// Fail takes note that a plan could not be read, so that it is tried again.
func (f *Fact) Fail(p Plan, err error) {
	if f.pending != nil && f.pending.Generation == p.Generation {
		f.pending, f.err = nil, err
	}
}

// Err is the error of the last read, nil if it went well.
func (f *Fact) Err() error { return f.err }

// Loading reports whether something that is visible has still to be read.
func (f *Fact) Loading() bool { return f.pending != nil }

// drawn puts together what the cache has of a series.
func (f *Fact) drawn(e Selected, visible metric.Range, parts []part) Drawn {
	d := Drawn{Key: e.Key, Slot: e.Slot, Step: f.infos[e.Key].Step}
	h := f.cache[e.Key]
	if h == nil {
		d.Loading = f.infos[e.Key].Count > 0
		return d
	}
	extent := f.infos[e.Key].Range()
	d.Data = h.best(visible, extent)
	d.Before = h.best(visible.Shift(-visible.Len()), extent)
	if p := h.pieces[overviewPiece]; p != nil {
		d.Whole = p.data
	}
	for _, p := range parts {
		data := h.best(p.Shift(-p.shift), extent)
		if data == nil {
			continue
		}
		if len(parts) > 1 {
			data = metric.NewPyramid(slice(data.Envelope, p.Shift(-p.shift)))
		}
		d.Earlier = append(d.Earlier, Earlier{Data: data, Range: p.Range, Shift: p.shift})
	}
	return d
}

// best is the finest data that covers a range as far as the series goes;
// otherwise what covers the most of it.
func (h *held) best(r, extent metric.Range) *metric.Pyramid {
	var found *piece
	var score float64
	need := r.Intersect(extent)
	for _, p := range h.pieces {
		if p == nil || p.data.Len() == 0 {
			continue
		}
		s := 1 / float64(max(1, p.data.Step))
		if !covers(p.covers, need) {
			s = -1 / (1 + float64(p.covers.Intersect(need).Len()))
		}
		if found == nil || s > score {
			found, score = p, s
		}
	}
	if found == nil {
		return nil
	}
	return found.data
}

// slice is the part of an envelope inside a range; the columns are shared.
func slice(e metric.Envelope, r metric.Range) metric.Envelope {
	i, j := r.Indexes(e.Times)
	e.Times, e.Min, e.Max, e.Mean = e.Times[i:j], e.Min[i:j], e.Max[i:j], e.Mean[i:j]
	if e.Count != nil {
		e.Count = e.Count[i:j]
	}
	return e
}
