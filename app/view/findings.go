package view

import (
	"slices"

	"aiops/app"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// NewSearch is a search for a report: of some series (none: all) in a range.
func NewSearch(keys []metric.Key, r metric.Range, newest int64, notes []metric.Annotation, clock Clock) SearchPlan {
	return SearchPlan{Keys: keys, Range: r, search: &app.Search{Once: true}, clock: clock, notes: notes, basis: basis{last: newest}}
}

// Worst are the incidents in the order of the list: by severity.
func (f *Findings) Worst() []IncidentRow {
	out := slices.Clone(f.incidents)
	slices.SortStableFunc(out, func(x, y IncidentRow) int { return compareIncidents(BySeverity, x, y) })
	return out
}

// Scene is an incident's first mover with the time around it.
func (f *Findings) Scene(row IncidentRow) DetailScene {
	s := f.scene(row, row.Spans[0].Key, f.Plan.notes)
	for _, sp := range row.Spans { // its most unusual anomaly
		if sp.Key == s.Key && sp.Score > s.Span.Score {
			s.Span = sp
		}
	}
	if s.Range.To > f.Plan.basis.last+1 && row.To <= f.Plan.basis.last {
		s.Range.To = f.Plan.basis.last + 1
	}
	return s
}

// Moved are the metrics that moved with an incident, at most so many.
func (f *Findings) Moved(row IncidentRow, most int) []MovedRow {
	sc, _ := f.scored(row.Spans[0].Key)
	s := f.Scene(row)
	q := Inquiry{Plan: InquiryPlan{Key: sc.Key, Span: metric.Range{From: row.From, To: row.End}, Window: s.Range, with: row.keys(), step: s.step, findings: f}}
	q.relate()
	return q.Moved[:min(most, len(q.Moved))]
}

// Lanes is the lanes of all VMs over a range, for a figure so many pixels wide.
func (f *Findings) Lanes(r metric.Range, width int) LanesScene {
	s := LanesScene{Clock: f.Plan.clock, Range: r, vms: map[string]bool{}, ends: f.Plan.basis.last}
	for _, server := range f.Servers {
		s.lanes = append(s.lanes, f.lanes[server.VM][0])
	}
	s.Cell = cellLength(r, width, s.lanes)
	return s
}

// ShapePoints are a row's sparkline as a series, and the range that it covers.
func (r IncidentRow) ShapePoints() (metric.Envelope, metric.Range) {
	if r.shape == nil {
		return metric.Envelope{}, r.shapeIn
	}
	return r.shape.Envelope, r.shapeIn
}

// SpanRow is an anomaly of an incident as a table of numbers has it.
type SpanRow struct {
	Incident int // from 1 on, by time
	Severity anomaly.Severity
	anomaly.Span
}

// SpanRows are all anomalies, incident after incident.
func (f *Findings) SpanRows() (out []SpanRow) {
	for i, in := range f.incidents {
		for _, s := range in.Spans {
			out = append(out, SpanRow{i + 1, in.Severity, s})
		}
	}
	return out
}

// Height is the height of a figure of the lanes.
func (s LanesScene) Height() float64 { return LaneTop + LaneFoot + LanePitch*float64(len(s.lanes)) }
