package view

import "aiops/metric"

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
	i, j := visible(e, r)
	e.Times, e.Min, e.Max, e.Mean = e.Times[i:j], e.Min[i:j], e.Max[i:j], e.Mean[i:j]
	if e.Count != nil {
		e.Count = e.Count[i:j]
	}
	return e
}

// visible returns i, j so that the points i..j-1 lie inside the range. Of
// rolled-up points the bucket that the range begins in belongs to it.
func visible(e metric.Envelope, r metric.Range) (i, j int) {
	if e.Step > 0 {
		r.From -= e.Step - 1
	}
	return r.Indexes(e.Times)
}
