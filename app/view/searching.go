package view

import (
	"context"

	"aiops/app"
	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store"
)

// SearchPlan is a search for anomalies that the view lacks.
type SearchPlan struct {
	Generation int
	Keys       []metric.Key // none: all series
	Range      metric.Range
	Detection  *app.Detection // what persons said; nil: nothing
	Factor     float64        // of the sensitivity; 0 is 1

	basis  basis
	search *app.Search
	clock  Clock
	notes  []metric.Annotation
}

// basis is what findings depend on.
type basis struct {
	span        TimeChoice
	sensitivity Sensitivity
	points      int64 // of the catalog
	last        int64
	knobs       int
}

func (a *Analysis) basis() basis {
	b := basis{span: a.fact.state.Span, sensitivity: a.Review().Sensitivity, knobs: a.knobs}
	for _, info := range a.fact.catalog {
		b.points += info.Count
		b.last = max(b.last, info.Last)
	}
	return b
}

// Plan is the search that the view lacks; false while nothing is missing, or
// while the same is being searched for.
func (a *Analysis) Plan() (SearchPlan, bool) {
	b := a.basis()
	if b.points == 0 || a.found != nil && a.found.Plan.basis == b || a.pending != nil && a.pending.basis == b {
		return SearchPlan{}, false
	}
	if a.err != nil && a.pending == nil && a.lost == b {
		return SearchPlan{}, false
	}
	if old := a.latest(); old != nil && old.sensitivity != b.sensitivity {
		a.search = new(app.Search)
	}
	a.generation++
	p := SearchPlan{Generation: a.generation, Range: a.fact.Base(), basis: b, search: a.search, clock: a.fact.clock,
		Detection: a.detection, Factor: b.sensitivity.Factor()}
	a.pending, a.coming, a.err = &p, nil, nil
	return p, true
}

// latest is the basis of the newest search, nil before the first one.
func (a *Analysis) latest() *basis {
	switch {
	case a.pending != nil:
		return &a.pending.basis
	case a.found != nil:
		return &a.found.Plan.basis
	}
	return nil
}

// Ready reports whether what the view wants is found.
func (a *Analysis) Ready() bool { return a.found != nil && a.found.Plan.basis == a.basis() }

// Searching reports whether a search is under way.
func (a *Analysis) Searching() bool { return a.pending != nil }

// Examine searches for anomalies. Lanes of a VM are handed over as soon as all
// its metrics are searched. It may block, and runs on any goroutine.
func Examine(ctx context.Context, s store.Store, p SearchPlan, progress app.Progress, lanes func(string, []Lane)) (*Findings, error) {
	r, err := p.request(ctx, s)
	if err != nil {
		return nil, err
	}
	f := &Findings{Plan: p, places: map[metric.Key]int{}}
	f.Analysis, err = p.search.Run(ctx, s, r, progress, func(server app.ScoredServer, metrics []app.Scored) {
		if lanes != nil {
			lanes(server.VM, lanesOf(server, metrics))
		}
	})
	if err != nil {
		return nil, err
	}
	if f.Plan.notes == nil {
		if f.Plan.notes, err = readAnnotations(ctx, s); err != nil {
			return nil, err
		}
	}
	for i, sc := range f.Series {
		f.places[sc.Key] = i
		f.points += int64(len(sc.Points))
	}
	f.lanes, f.incidents = f.allLanes(), f.list()
	return f, nil
}

// request is the search with what persons said.
func (p SearchPlan) request(ctx context.Context, s store.Store) (r app.AnalyseRequest, err error) {
	r = app.AnalyseRequest{Keys: p.Keys, Range: p.Range}
	if p.Detection != nil {
		if r, err = p.Detection.Request(ctx, s, r); err != nil {
			return r, err
		}
	}
	known := r.Options
	r.Options = func(k metric.Key) anomaly.Options {
		var o anomaly.Options
		if known != nil {
			o = known(k)
		}
		if p.Factor > 0 {
			o.Sensitivity = o.Factor() * p.Factor
		}
		return o
	}
	return r, nil
}

// Coming takes lanes of a search that goes on; false if it is not the newest.
func (a *Analysis) Coming(p SearchPlan, vm string, lanes []Lane) bool {
	if a.pending == nil || a.pending.Generation != p.Generation {
		return false
	}
	if a.coming == nil {
		a.coming = map[string][]Lane{}
	}
	a.coming[vm] = lanes
	return true
}

// Apply takes findings in; false if newer ones are in already. What was looked
// at stays in focus where it is still there.
func (a *Analysis) Apply(f *Findings) bool {
	if f.Plan.Generation <= a.applied {
		return false
	}
	a.applied = f.Plan.Generation
	if a.pending != nil && a.pending.Generation == f.Plan.Generation {
		a.pending, a.coming = nil, nil
	}
	a.found, a.err = f, nil
	a.fact.SetAnomalies(f.spans())
	if !a.fact.noted {
		a.fact.SetAnnotations(f.Plan.notes)
	}
	a.explored = nil
	if _, ok := a.Focus(); !ok {
		a.focus = focus{}
		if rows := a.Incidents(); len(rows) > 0 {
			a.SetFocus(rows[0].ID)
		}
	}
	return true
}

// Fail takes note that a search came to nothing. It is not tried again until
// something changes or Retry is called.
func (a *Analysis) Fail(p SearchPlan, err error) {
	if a.pending != nil && a.pending.Generation == p.Generation {
		a.pending, a.coming, a.err, a.lost = nil, nil, err, p.basis
	}
}

// Retry lets a search that failed be tried again.
func (a *Analysis) Retry() { a.err = nil }

// OnlyNewPoints reports whether the view differs from what was found by points
// that have come since alone.
func (a *Analysis) OnlyNewPoints() bool {
	if a.found == nil {
		return false
	}
	was, now := a.found.Plan.basis, a.basis()
	was.points, was.last = now.points, now.last
	return was == now
}
