package view

import (
	"math"
	"slices"

	"aiops/charts"
	"aiops/metric"
)

// Card is the figures of a series over the visible range.
type Card struct {
	Slot                      int
	VM, Metric                string
	Against                   string // against the 24 h before
	Last, Min, Mean, P95, Max string
	Change                    string // mean +5.6 points
	Over                      bool   // the maximum lies above the threshold
}

// FewSeries is the number of series up to which cards are shown rather than a summary table.
const FewSeries = 4

// figures are what cards and summary table say of a series.
type figures struct {
	now, before metric.Summary
	over        bool
}

func (s Scene) figures(d Drawn) figures {
	f := figures{now: summarize(d.Data, s.Range), before: s.against(d)}
	limit, limited := s.Thresholds.Of(d.Key)
	f.over = limited && f.now.Max > limit
	return f
}

// against summarizes what the visible range is compared with: the compared
// period while there is one, otherwise the period of the same length before.
func (s Scene) against(d Drawn) metric.Summary {
	if s.Compare.Kind == NoCompare {
		return summarize(d.Before, s.Range.Shift(-s.Range.Len()))
	}
	var parts []metric.Envelope
	for _, e := range d.Earlier {
		parts = append(parts, slice(e.Data.Envelope, e.Range.Shift(-e.Shift)))
	}
	if len(parts) == 1 {
		e := d.Earlier[0]
		return summarize(e.Data, e.Range.Shift(-e.Shift))
	}
	return metric.Summarize(join(parts))
}

// join puts envelopes of one series behind each other.
func join(parts []metric.Envelope) metric.Envelope {
	var out metric.Envelope
	for _, p := range parts {
		for i := range p.Times {
			out.Times = append(out.Times, p.Times[i])
			out.Min, out.Max = append(out.Min, p.Min[i]), append(out.Max, p.Max[i])
			out.Mean = append(out.Mean, p.Mean[i])
			count := int64(1)
			if p.Count != nil {
				count = p.Count[i]
			}
			out.Count = append(out.Count, count)
		}
	}
	return out
}

// Cards are the figures of each series, for up to FewSeries of them. They read
// every visible point: make them off the window's goroutine.
func (s Scene) Cards() []Card {
	var out []Card
	for _, d := range s.Series {
		f, u := s.figures(d), metric.UnitOf(d.Metric)
		c := Card{
			Slot: d.Slot, VM: d.VM, Metric: d.Metric, Over: f.over, Against: s.againstText(),
			Last: u.Format(f.now.Last), Min: u.Format(f.now.Min), Mean: u.Format(f.now.Mean), P95: u.Format(f.now.P95), Max: u.Format(f.now.Max),
			Change: "mean " + u.FormatChange(f.before.Mean, f.now.Mean),
		}
		out = append(out, c)
	}
	return out
}

func (s Scene) againstText() string {
	if s.Compare.Kind == NoCompare {
		return "against the " + Duration(s.Range.Len()) + " before"
	}
	return "against " + s.Compare.Label(s.Range, s.Period, s.Clock)
}

// SummaryTable is a line a series.
type SummaryTable struct {
	Title   string   // Mon 23 Nov 08:30 – 14:30
	Columns []string // heads from the third column on; the first two are Series and Shape
	Rows    []SummaryRow
}

// SummaryRow is a series' line; Cells stand under Columns.
type SummaryRow struct {
	metric.Key
	Slot  int
	Name  string
	Shape func(charts.Theme) charts.Figure // a sparkline; without panels if there are no data
	Cells []string
	Over  bool // the maximum lies above the threshold
}

// MaxColumn is the place of the maximum in a summary row's cells.
const MaxColumn = 4

// SummaryTable is the figures of the scene's series. It reads every visible
// point: make it off the window's goroutine.
func (s Scene) SummaryTable() SummaryTable {
	before := "Mean, " + Duration(s.Range.Len()) + " before"
	if s.Compare.Kind != NoCompare {
		before = "Mean, " + s.Compare.Label(s.Range, s.Period, s.Clock)
	}
	t := SummaryTable{Title: s.Clock.Range(s.Range), Columns: []string{"Last", "Min", "Mean", "p95", "Max", before, "Mean change", "p95 change"}}
	for _, d := range s.Series {
		f, u := s.figures(d), metric.UnitOf(d.Metric)
		scale := ScaleFor(u, max(math.Abs(f.now.Max), math.Abs(f.now.Min)))
		t.Rows = append(t.Rows, SummaryRow{
			Key: d.Key, Slot: d.Slot, Name: d.Key.String(), Over: f.over, Shape: s.sparkline(d),
			Cells: []string{
				scale.Text(f.now.Last), scale.Text(f.now.Min), scale.Text(f.now.Mean), scale.Text(f.now.P95), scale.Text(f.now.Max), scale.Text(f.before.Mean),
				u.FormatChange(f.before.Mean, f.now.Mean), u.FormatChange(f.before.P95, f.now.P95),
			},
		})
	}
	return t
}

// sparkline draws a series without axes.
func (s Scene) sparkline(d Drawn) func(charts.Theme) charts.Figure {
	return func(theme charts.Theme) charts.Figure {
		f := s.blank(theme)
		f.Bare = true
		if d.Data != nil && d.Data.Len() > 0 {
			f.Panels = []charts.Panel{{Unit: metric.UnitOf(d.Metric), NoLegend: true, Lines: []charts.Line{{Data: d.Data, Slot: d.Slot}}}}
		}
		return f
	}
}

// Copy is the table as tab-separated text.
func (t SummaryTable) Copy() string {
	rows := [][]string{append([]string{"Series"}, t.Columns...)}
	for _, r := range t.Rows {
		rows = append(rows, append([]string{r.Name}, r.Cells...))
	}
	return tabbed(rows)
}

// Cards are the figures of up to FewSeries selected series.
func (f *Fact) Cards() []Card { return f.Scene().Cards() }

// SummaryTable is the figures of the selected series.
func (f *Fact) SummaryTable() SummaryTable { return f.Scene().SummaryTable() }

// UseCards reports whether cards are shown rather than the summary table.
func (f *Fact) UseCards() bool {
	return len(f.state.Selection) <= FewSeries && f.state.Tool != CursorsTool && !slices.ContainsFunc(f.state.Selection, func(e Selected) bool {
		return metric.UnitOf(e.Metric) != metric.UnitOf(f.state.Selection[0].Metric)
	})
}
