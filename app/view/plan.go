package view

import (
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

type pieceKind int

const (
	mainPiece pieceKind = iota
	comparedPiece
	overviewPiece
	pieceKinds
)

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
