package view

import (
	"cmp"
	"fmt"
	"slices"

	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// mostRings is how many anomalies are marked on a panel at most: the worst ones.
const mostRings = 60

// rings mark the beginnings of a series' anomalies.
func (s Scene) rings(d Drawn) []charts.Mark {
	spans := s.sightings(d.Key, s.Range)
	slices.SortStableFunc(spans, func(a, b anomaly.Span) int { return cmp.Compare(b.Score, a.Score) })
	var out []charts.Mark
	for _, sp := range spans[:min(len(spans), mostRings)] {
		i, ok := nearest(d.Data, sp.From)
		if !ok {
			continue
		}
		out = append(out, charts.Mark{Time: d.Data.Times[i], Value: d.Data.Mean[i], Slot: d.Slot, Ring: true})
	}
	return out
}

// sightings are a series' anomalies that touch a range, by time.
func (s Scene) sightings(k metric.Key, r metric.Range) (out []anomaly.Span) {
	for _, sp := range s.Anomalies {
		if sp.Key == k && sp.From < r.To && sp.To >= r.From {
			out = append(out, sp)
		}
	}
	return out
}

// sightingsAt tells which series are anomalous at a time.
func (s Scene) sightingsAt(t int64, rows []ReadingRow) (out []Remark) {
	near := s.Range.Len() / 400
	for _, row := range rows {
		for _, sp := range s.sightings(row.Key, metric.Range{From: t - near, To: t + near + 1}) {
			out = append(out, Remark{fmt.Sprintf("%s: score %.2f, %s", row.Key, sp.Score, sp.Kind), true})
			break
		}
	}
	return out
}

// AnomalyRow is an anomaly of a shown series as the table below the chart has it.
type AnomalyRow struct {
	Time  int64
	Slot  int
	Cells []string // time, series, kind, length, value, expected, score
}

// AnomalyRows lists the visible anomalies of the shown series, by time.
func (s Scene) AnomalyRows() []AnomalyRow {
	var out []AnomalyRow
	for _, d := range s.Series {
		u := metric.UnitOf(d.Metric)
		for _, sp := range s.sightings(d.Key, s.Range) {
			length := "–"
			if sp.To > sp.From {
				length = Duration(sp.To - sp.From + d.Step)
			}
			out = append(out, AnomalyRow{sp.From, d.Slot, []string{s.Clock.Exact(sp.From), d.Key.String(), string(sp.Kind), length,
				u.Format(sp.Value), u.Format(sp.Expected), fmt.Sprintf("%.2f", sp.Score)}})
		}
	}
	slices.SortStableFunc(out, func(a, b AnomalyRow) int { return cmp.Compare(a.Time, b.Time) })
	return out
}
