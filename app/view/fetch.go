package view

import (
	"context"
	"fmt"

	"aiops/metric"
	"aiops/store"
)

// Result is what was read for a plan.
type Result struct {
	Plan        Plan
	pieces      []map[metric.Key]*piece
	annotations []metric.Annotation
}

// Keeper is a store that has series whole in memory. They are drawn from there,
// without a copy, and zooming never reads again.
type Keeper interface {
	// Pyramid is the series whole, nil if the store does not have it so. It does not change.
	Pyramid(k metric.Key) *metric.Pyramid
}

// Fetch reads a plan. It may block, and runs on any goroutine.
func Fetch(ctx context.Context, s store.Store, p Plan) (Result, error) {
	out := Result{Plan: p}
	for _, r := range p.Reads {
		pieces, err := r.fetch(ctx, s)
		if err != nil {
			return out, fmt.Errorf("read points: %w", err)
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

func (r Read) fetch(ctx context.Context, s store.Store) (map[metric.Key]*piece, error) {
	pieces := map[metric.Key]*piece{}
	q := r.Query
	q.Keys = nil
	keeper, keeps := s.(Keeper)
	for _, k := range r.Keys {
		if keeps {
			if whole := keeper.Pyramid(k); whole != nil {
				pieces[k] = &piece{covers: metric.All, data: whole}
				continue
			}
		}
		q.Keys = append(q.Keys, k)
		pieces[k] = r.piece(metric.Envelope{Key: k}) // known to have no points there
	}
	if len(q.Keys) == 0 {
		return pieces, ctx.Err()
	}
	all, err := store.Envelopes(ctx, s, q)
	for _, e := range all {
		pieces[e.Key] = r.piece(e)
	}
	return pieces, err
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
	f.SetTool(f.state.Tool) // cursors that came on with the state stand on points now
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
