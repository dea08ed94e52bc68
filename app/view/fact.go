package view

import (
	"slices"

	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store"
)

// Fact is the model of the Fact page. One goroutine, the window's, owns it;
// what takes long is done elsewhere: Fetch reads for a Plan, and a Scene can be
// read from anywhere.
type Fact struct {
	viewport
	catalog     []store.SeriesInfo
	infos       map[metric.Key]store.SeriesInfo
	annotations []metric.Annotation
	noted       bool           // annotations are read
	queued      map[int64]bool // those with changes that wait to be sent
	away        string         // the database that cannot be reached; empty: it can
	base        metric.Range
	baseNote    string
	width       int // of the plot in pixels
	cache       map[metric.Key]*held
	generation  int
	applied     int
	pending     *Plan
	err         error
	cursors     Cursors
	anomalies   []anomaly.Span // that a search found
}

// NewFact makes the page's model over a state, which it keeps up to date.
func NewFact(st *State, clock Clock) *Fact {
	f := &Fact{width: 1200}
	f.viewport = viewport{state: st, zoom: &st.Zoom, clock: clock, page: f}
	f.Reset()
	return f
}

// State is the state that the model keeps.
func (f *Fact) State() *State { return f.state }

// Clock is the model's clock.
func (f *Fact) Clock() Clock { return f.clock }

// Reset forgets everything that was read: another database is open.
func (f *Fact) Reset() {
	f.catalog, f.infos, f.annotations, f.noted = nil, nil, nil, false
	f.cache = map[metric.Key]*held{}
	f.pending, f.err = nil, nil
	f.generation++
	f.applied = f.generation
	f.cursors = Cursors{}
	f.past, f.future = nil, nil
	f.rebase()
}

// SetCatalog takes a fresh list of the series. Series that changed are read
// again; what is there of them stays until then. A relative range moves on.
func (f *Fact) SetCatalog(catalog []store.SeriesInfo) {
	infos := make(map[metric.Key]store.SeriesInfo, len(catalog))
	for _, info := range catalog {
		infos[info.Key] = info
		if old, ok := f.infos[info.Key]; ok && old != info {
			if h := f.cache[info.Key]; h != nil {
				h.stale = true
			}
		}
	}
	for k := range f.cache {
		if _, ok := infos[k]; !ok {
			delete(f.cache, k)
		}
	}
	f.catalog, f.infos = catalog, infos
	f.noted = false
	f.pending = nil
	f.rebase()
}

// SetAnnotations takes a fresh list of the annotations.
func (f *Fact) SetAnnotations(all []metric.Annotation) { f.annotations, f.noted = all, true }

// SetWidth says how many pixels the plot is wide, which decides how finely series are read.
func (f *Fact) SetWidth(pixels int) { f.width = max(100, pixels) }

// Toggle selects a series or deselects it.
func (f *Fact) Toggle(k metric.Key) {
	if f.state.Selection.Has(k) {
		f.Deselect(k)
	} else {
		f.Select(k)
	}
}

// ToggleVM selects all of the series given, or deselects them if all are selected.
func (f *Fact) ToggleVM(row VMRow) {
	if row.Box == Ticked {
		f.Deselect(row.Keys()...)
	} else {
		f.Select(row.Keys()...)
	}
}

// Select adds series to the selection.
func (f *Fact) Select(keys ...metric.Key) {
	f.state.Selection.Add(keys...)
	f.selected()
}

// Deselect takes series out of the selection.
func (f *Fact) Deselect(keys ...metric.Key) {
	f.state.Selection.Remove(keys...)
	f.selected()
}

// Clear deselects everything.
func (f *Fact) Clear() {
	f.state.Selection = nil
	f.selected()
}

func (f *Fact) selected() {
	f.rebase()
	for k := range f.cache {
		if !f.state.Selection.Has(k) {
			delete(f.cache, k)
		}
	}
}

// Tree lists the sidebar's rows.
func (f *Fact) Tree(filter string) Tree { return NewTree(f.catalog, f.state, filter) }

// Catalog is the list of series.
func (f *Fact) Catalog() []store.SeriesInfo { return f.catalog }

// SetCompare chooses the compared period; the same kind again ends the comparison.
func (f *Fact) SetCompare(c Compare) {
	if c == f.state.Compare {
		c = Compare{}
	}
	f.state.Compare = c
}

// SetArrange chooses how the series are divided into panels.
func (f *Fact) SetArrange(a Arrangement) { f.state.Arrange = a }

// OfferPerVM reports whether there are so many series that one panel a VM should be offered.
func (f *Fact) OfferPerVM() bool {
	return len(f.state.Selection) > ManySeries && f.state.Arrange != PerVM
}

// extent is the range of the selected series' points; of all series while none is selected.
func (f *Fact) extent() metric.Range {
	var r metric.Range
	for _, e := range f.state.Selection {
		r = r.Union(f.infos[e.Key].Range())
	}
	if len(f.state.Selection) == 0 {
		for _, info := range f.catalog {
			r = r.Union(info.Range())
		}
	}
	return r
}

// step is the closest distance of points of the selected series, 0 if unknown.
func (f *Fact) step() int64 {
	var step int64
	for _, e := range f.state.Selection {
		if s := f.infos[e.Key].Step; s > 0 && (step == 0 || s < step) {
			step = s
		}
	}
	return step
}

// Scene is what is shown now.
func (f *Fact) Scene() Scene {
	s := Scene{
		Clock: f.clock, Range: f.Visible(), Arrange: f.state.Arrange, Annotations: f.annotations, Queued: f.queued,
		Thresholds: slices.Clone(f.state.Thresholds), Values: f.state.Zoom.Values,
		Compare: f.state.Compare, Period: f.base.Len(), Extent: f.extent(), Cursors: f.cursors, Sort: f.state.Sort,
	}
	s.Cursors.On = f.state.Tool == CursorsTool
	if !f.state.Review.Unmarked {
		s.Anomalies = f.anomalies
	}
	parts := s.Compare.parts(s.Range, s.Period, f.clock.Zone)
	for _, e := range f.state.Selection {
		if _, ok := f.infos[e.Key]; ok {
			s.Series = append(s.Series, f.drawn(e, s.Range, parts))
		}
	}
	return s
}

// Figure is the chart.
func (f *Fact) Figure(theme charts.Theme) charts.Figure { return f.Scene().Figure(theme) }

// Overview is the strip below the chart.
func (f *Fact) Overview(theme charts.Theme) charts.Figure { return f.Scene().Overview(theme) }

// Reading is what the crosshair at a time says of a panel; panel < 0 is every panel.
func (f *Fact) Reading(t int64, panel int) Reading { return f.Scene().Reading(t, panel) }

// CursorPanel is the right panel of the two cursors.
func (f *Fact) CursorPanel() CursorPanel { return f.Scene().CursorPanel() }

// SetAnomalies takes what a search found, to be marked on the chart.
func (f *Fact) SetAnomalies(spans []anomaly.Span) { f.anomalies = spans }
