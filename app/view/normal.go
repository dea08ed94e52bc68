package view

import (
	"fmt"
	"slices"
	"time"

	"aiops/app"
	"aiops/metric"
)

// CanMark reports whether incidents can be marked as normal.
func (a *Analysis) CanMark() bool { return a.detection != nil }

// rows are the incidents that were found, and those that are marked as normal.
func (a *Analysis) rows() []IncidentRow {
	if a.found == nil {
		return nil
	}
	if len(a.marked) == 0 {
		return a.found.incidents
	}
	out := slices.DeleteFunc(slices.Clone(a.found.incidents), func(r IncidentRow) bool {
		return slices.ContainsFunc(a.marked, func(m IncidentRow) bool { return m.ID == r.ID })
	})
	return append(out, a.marked...)
}

// Marking is an incident that is to be marked as normal, or no longer.
type Marking struct {
	Row       IncidentRow
	detection *app.Detection
}

// Marking is what the incident that is looked at asks for; false if there is none.
func (a *Analysis) Marking() (Marking, bool) {
	row, ok := a.Focus()
	return Marking{row, a.detection}, ok && a.detection != nil && !row.Silent
}

// scores are the highest score of each of the incident's series.
func (m Marking) scores() map[metric.Key]float64 {
	out := map[metric.Key]float64{}
	for _, s := range m.Row.Spans {
		out[s.Key] = max(out[s.Key], s.Score)
	}
	return out
}

// Keep writes it down, so that detection follows. It may block.
func (m Marking) Keep(now time.Time) error {
	for k, score := range m.scores() {
		var err error
		if m.Row.Normal {
			err = m.detection.Unmark(k)
		} else {
			_, err = m.detection.MarkNormal(k, score, now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Marked takes note of a marking that was kept: its series are searched anew.
func (a *Analysis) Marked(m Marking) {
	a.marked = slices.DeleteFunc(a.marked, func(r IncidentRow) bool { return r.ID == m.Row.ID })
	if !m.Row.Normal {
		row := m.Row
		row.Normal = true
		a.marked = append(a.marked, row)
	}
	a.knobs++
	a.search.Forget(m.Row.keys()...)
}

// Text says what was done.
func (m Marking) Text() string {
	n := len(m.scores())
	if m.Row.Normal {
		return fmt.Sprintf("What was said of %s is forgotten", counted(int64(n), "metric"))
	}
	return fmt.Sprintf("Marked as normal: it takes more now for %s to be an anomaly", counted(int64(n), "metric"))
}
