package view

import (
	"cmp"
	"slices"

	"aiops/forecast/anomaly"
	"aiops/metric"
)

// around is a range with some time before and after it: as much as it is long,
// and no less than least.
func around(r metric.Range, least int64) metric.Range { return expand(r, max(r.Len(), least)) }

// pointsIn is the part of a scored series inside a range.
func pointsIn(k metric.Key, all []anomaly.Point, r metric.Range) metric.Series {
	out := metric.Series{Key: k}
	for _, p := range within(all, r) {
		out.Times, out.Values = append(out.Times, p.Time), append(out.Values, p.Value)
	}
	return out
}

// within are the points inside a range.
func within(all []anomaly.Point, r metric.Range) []anomaly.Point {
	find := func(t int64) int {
		i, _ := slices.BinarySearchFunc(all, t, func(p anomaly.Point, t int64) int { return cmp.Compare(p.Time, t) })
		return i
	}
	i, j := find(r.From), find(r.To)
	return all[i:max(i, j)]
}

// Incidents are the rows of the list: those that the filters leave, in the chosen order.
func (a *Analysis) Incidents() []IncidentRow {
	if a.found == nil {
		return nil
	}
	v, r := a.fact.Visible(), a.Review()
	var out []IncidentRow
	for _, row := range a.rows() {
		switch {
		case row.From >= v.To || row.End <= v.From:
		case r.Least != "" && severityRank(row.Severity) > severityRank(r.Least):
		case r.VM != "" && !slices.ContainsFunc(row.Spans, func(s anomaly.Span) bool { return s.VM == r.VM }):
		default:
			out = append(out, row)
		}
	}
	slices.SortStableFunc(out, func(x, y IncidentRow) int { return compareIncidents(r.Order, x, y) })
	return out
}

// IncidentsAbout is the list's remark: 7 in 24 h.
func (a *Analysis) IncidentsAbout(shown int) string {
	if a.found == nil {
		return ""
	}
	v := a.fact.Visible()
	all := 0
	for _, row := range a.found.incidents {
		if row.From < v.To && row.End > v.From {
			all++
		}
	}
	text := metric.Grouped(int64(shown))
	if shown < all {
		text += " of " + metric.Grouped(int64(all))
	}
	return text + " in " + Duration(v.Len())
}

// NoIncidents is what stands in the list's place when there is no row.
func (a *Analysis) NoIncidents() string {
	r := a.Review()
	switch {
	case a.err != nil:
		return "The search for anomalies failed. Retry it in the chart above."
	case a.found == nil:
		return "Searching. Incidents appear here when all series are done."
	case r.VM != "" || r.Least != "":
		return "No incident is left by the filters. Choose all severities and VMs above."
	}
	return "No anomalies in this range. Choose a longer one on the left, or a higher sensitivity above."
}

// SetFocus looks at an incident: its first mover first.
func (a *Analysis) SetFocus(id string) {
	if a.found == nil {
		return
	}
	for _, row := range a.rows() {
		if row.ID == id {
			a.focus, a.reveal = focus{id, row.Spans[0].Key}, true
			a.detail.clear()
		}
	}
}

// Focus is the incident that is looked at.
func (a *Analysis) Focus() (IncidentRow, bool) {
	if a.found == nil || a.focus.incident == "" {
		return IncidentRow{}, false
	}
	for _, row := range a.rows() {
		if row.ID == a.focus.incident {
			return row, true
		}
	}
	return IncidentRow{}, false
}

// IncidentAt is the incident of a VM at a time, the worst of several; false if there is none.
func (a *Analysis) IncidentAt(k metric.Key, r metric.Range) (string, bool) {
	best, found := IncidentRow{}, false
	if a.found == nil {
		return "", false
	}
	for _, row := range a.found.incidents {
		concerns := slices.ContainsFunc(row.Spans, func(s anomaly.Span) bool {
			return s.VM == k.VM && (k.Metric == "" || s.Metric == k.Metric) && s.From < r.To && s.To >= r.From
		})
		if concerns && (!found || row.Score > best.Score) {
			best, found = row, true
		}
	}
	return best.ID, found
}
