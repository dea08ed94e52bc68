package view

import (
	"math"

	"aiops/metric"
)

// CursorPanel is what the right panel of two cursors shows.
type CursorPanel struct {
	A, B      string // Mon 23 Nov 10:30:00
	Length    string // 35 min
	Compared  string // "Compared with Mon 16 Nov, same time of day"; empty: no comparison
	Blocks    []CursorBlock
	Between   []BetweenRow
	BetweenBy string // "mean against Mon 16 Nov"; empty: no comparison
}

// CursorBlock is a series at the two cursors.
type CursorBlock struct {
	Slot     int
	Name     string // cpu, or "db-01 cpu" where VMs differ
	Unit     string // %
	Headline string // +46.4 points
	Change   string // ×2.1
	Rows     []CursorRow
}

// CursorRow is a line of a block: Today, Mon 16 Nov, Difference.
type CursorRow struct{ Label, A, B, Diff string }

// BetweenRow is what a series did between the cursors.
type BetweenRow struct {
	Slot                    int
	Name, Mean, Max, Change string
}

// CursorPanel tells the values at the two cursors and what lies between them.
func (s Scene) CursorPanel() CursorPanel {
	r := s.Cursors.Range()
	if r.Empty() {
		return CursorPanel{}
	}
	p := CursorPanel{A: s.Clock.Seconds(s.Cursors.A), B: s.Clock.Seconds(s.Cursors.B), Length: Duration(r.Len())}
	label := s.Compare.Label(s.Range, s.Period, s.Clock)
	if label != "" {
		p.Compared = "Compared with " + s.Compare.Describe(s.Range, s.Period, s.Clock)
		p.BetweenBy = "mean against " + label
	}
	names := s.names()
	for i, d := range s.Series {
		p.Blocks = append(p.Blocks, s.cursorBlock(d, names[i], label))
		p.Between = append(p.Between, s.between(d, names[i], r))
	}
	return p
}

// names tell the series apart: only the metric where there is one VM.
func (s Scene) names() []string {
	oneVM := len(s.vms()) == 1
	out := make([]string, len(s.Series))
	for i, d := range s.Series {
		out[i] = d.Key.String()
		if oneVM {
			out[i] = d.Metric
		}
	}
	return out
}

func (s Scene) cursorBlock(d Drawn, name, label string) CursorBlock {
	a, b := d.at(s.Cursors.A), d.at(s.Cursors.B)
	ea, eb := d.earlier(s.Cursors.A), d.earlier(s.Cursors.B)
	u := metric.UnitOf(d.Metric)
	scale := ScaleFor(u, largest(a, b, ea, eb))
	block := CursorBlock{Slot: d.Slot, Name: name, Unit: scale.Unit, Headline: scale.DeltaText(b - a), Change: factor(u, a, b)}
	row := func(label string, a, b float64) CursorRow {
		return CursorRow{label, scale.Number(a), scale.Number(b), scale.Delta(b - a)}
	}
	block.Rows = append(block.Rows, row(capital(s.nowLabel()), a, b))
	if label != "" {
		block.Rows = append(block.Rows, row(label, ea, eb), CursorRow{"Difference", scale.Delta(a - ea), scale.Delta(b - eb), ""})
	}
	return block
}

func (s Scene) between(d Drawn, name string, r metric.Range) BetweenRow {
	r.To++ // the point under the later cursor belongs to it
	now := summarize(d.Data, r)
	u := metric.UnitOf(d.Metric)
	scale := ScaleFor(u, now.Max)
	row := BetweenRow{Slot: d.Slot, Name: name, Mean: scale.Text(now.Mean), Max: scale.Text(now.Max), Change: "–"}
	var parts []metric.Envelope
	for _, e := range d.Earlier {
		if x := e.Range.Intersect(r); !x.Empty() {
			parts = append(parts, slice(e.Data.Envelope, x.Shift(-e.Shift)))
		}
	}
	if len(parts) > 0 {
		row.Change = u.FormatChange(metric.Summarize(join(parts)).Mean, now.Mean)
	}
	return row
}

// at is the value at a time, NaN in a gap.
func (d Drawn) at(t int64) float64 {
	if i, ok := nearest(d.Data, t); ok {
		return d.Data.Mean[i]
	}
	return math.NaN()
}

// earlier is the compared period's value at a visible time, NaN without one.
func (d Drawn) earlier(t int64) float64 {
	if v, ok := d.earlierAt(t); ok {
		return v
	}
	return math.NaN()
}

// factor tells how many times B is of A from double on, otherwise the change in per cent.
func factor(u metric.Unit, a, b float64) string {
	if u == metric.Percent {
		if a > 0 && b >= 2*a {
			return metric.None.FormatChange(a, b)
		}
		return ""
	}
	return u.FormatChange(a, b)
}

func largest(values ...float64) float64 {
	out := 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			out = max(out, math.Abs(v))
		}
	}
	return out
}

func capital(s string) string {
	if s == "today" {
		return "Today"
	}
	return s
}

// Copy is the panel as tab-separated text.
func (p CursorPanel) Copy() string {
	rows := [][]string{{"", p.A, p.B, p.Length}}
	for _, b := range p.Blocks {
		rows = append(rows, []string{b.Name + unitSuffix(b.Unit), "A", "B", "B − A"})
		for _, r := range b.Rows {
			rows = append(rows, []string{r.Label, r.A, r.B, r.Diff})
		}
	}
	rows = append(rows, []string{"Between A and B", "Mean", "Max", "Change"})
	for _, b := range p.Between {
		rows = append(rows, []string{b.Name, b.Mean, b.Max, b.Change})
	}
	return tabbed(rows)
}
