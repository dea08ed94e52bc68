package view

import (
	"slices"

	"aiops/app"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Analysis is the model of the Analysis page. It shares selection, times and
// zoom with the Fact page's model. One goroutine, the window's, owns it; what
// takes long is done elsewhere: Examine for a SearchPlan, Inquire for an
// InquiryPlan, Explore for an ExplorePlan.
type Analysis struct {
	fact       *Fact
	search     *app.Search
	generation int
	applied    int
	pending    *SearchPlan
	err        error
	lost       basis // of the search that failed
	found      *Findings
	coming     map[string][]Lane // of VMs that the running search has done
	focus      focus
	detail     Detail
	first      int            // lane that is the upper one
	reveal     bool           // the lane of what is looked at comes into sight
	width      int            // of the lanes in pixels
	detection  *app.Detection // what persons said; nil: nothing
	knobs      int            // how often that changed
	marked     []IncidentRow  // as normal, while the window is open
	explored   *Explored
	exploring  *ExplorePlan
	exploreKey metric.Key
	exploreGen int
}

// focus is the incident that is looked at, and which of its metrics.
type focus struct {
	incident string
	key      metric.Key
}

// NewAnalysis makes the page's model beside that of the Fact page.
func NewAnalysis(fact *Fact) *Analysis {
	a := &Analysis{fact: fact, width: 800}
	a.detail.page = a
	a.detail.viewport = viewport{state: fact.state, zoom: &Zoom{}, clock: fact.clock, page: &a.detail}
	a.Reset()
	return a
}

// Reset forgets everything that was found: another database is open.
func (a *Analysis) Reset() {
	a.search, a.found, a.pending, a.err, a.coming = new(app.Search), nil, nil, nil, nil
	a.generation++
	a.applied = a.generation
	a.focus, a.first, a.marked = focus{}, 0, nil
	a.explored, a.exploring = nil, nil
	a.detail.clear()
	a.fact.SetAnomalies(nil)
}

// Review is the part of the state that this model keeps.
func (a *Analysis) Review() *Review { return &a.fact.state.Review }

// SetWidth says how many pixels the lanes are wide.
func (a *Analysis) SetWidth(pixels int) { a.width = max(100, pixels) }

// SetDetection takes what persons said of metrics and times.
func (a *Analysis) SetDetection(d *app.Detection) { a.detection = d }

// Found is what the last search found, nil before the first one.
func (a *Analysis) Found() *Findings { return a.found }

// Err is why the last search failed.
func (a *Analysis) Err() error { return a.err }

// Findings are the result of a search.
type Findings struct {
	Plan SearchPlan
	app.Analysis
	incidents []IncidentRow
	places    map[metric.Key]int
	points    int64
	lanes     map[string][]Lane
}

func (f *Findings) spans() []anomaly.Span {
	var out []anomaly.Span
	for _, in := range f.Analysis.Incidents {
		out = append(out, in.Spans...)
	}
	return out
}

// scored is a series of the findings.
func (f *Findings) scored(k metric.Key) (app.Scored, bool) {
	i, ok := f.places[k]
	if !ok {
		return app.Scored{}, false
	}
	return f.Series[i], true
}

// Empty is what stands in the page's place when there is nothing to search.
func (a *Analysis) Empty() (Room, bool) {
	if len(a.fact.catalog) == 0 {
		return Room{Text: "There is nothing to search yet", Button: "Open or import...", Do: OpenFile}, true
	}
	return Room{}, false
}

// Status is the footer's line.
func (a *Analysis) Status() string {
	f := a.found
	if f == nil {
		return ""
	}
	text := counted(f.points, "point") + " scored, " + metric.Grouped(int64(len(f.Series))) + " series"
	var failed int64
	for _, s := range f.Series {
		if s.Err != nil {
			failed++
		}
	}
	if failed > 0 {
		text += ", " + metric.Grouped(failed) + " of them not readable"
	}
	return text
}

// VMs are those that have incidents, for the filter.
func (a *Analysis) VMs() []string {
	var out []string
	if a.found == nil {
		return nil
	}
	for _, in := range a.found.incidents {
		for _, s := range in.Spans {
			if !slices.Contains(out, s.VM) {
				out = append(out, s.VM)
			}
		}
	}
	slices.Sort(out)
	return out
}
