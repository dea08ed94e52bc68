package view

import (
	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Scene is everything that is shown at a moment: what figures, readings, cards
// and tables are made from, on the screen and in a report. It is not changed
// after it is made, so every goroutine may read it.
type Scene struct {
	Clock       Clock
	Range       metric.Range // visible
	Series      []Drawn
	Arrange     Arrangement
	Annotations []metric.Annotation
	Queued      map[int64]bool // annotations that have changes which wait to be sent
	Thresholds  Thresholds
	Values      map[string]Interval // fixed value axes by panel ID
	Compare     Compare
	Period      int64        // length of the chosen range, for PreviousPeriod
	Extent      metric.Range // of all points of the series, for the overview
	Cursors     Cursors
	Sort        Sort
	Anomalies   []anomaly.Span // that are marked
}

// Drawn is a series as a scene has it. The data reach over the visible range
// and usually further.
type Drawn struct {
	metric.Key
	Slot    int
	Step    int64           // typical distance of the stored points, 0 if unknown
	Data    *metric.Pyramid // nil: not read yet, or no points
	Earlier []Earlier       // the compared period
	Before  *metric.Pyramid // covers the period of the same length before; nil: unknown
	Whole   *metric.Pyramid // all times at low resolution; nil: Data
	Loading bool            // the visible range is not read yet
}

// Earlier is a part of the compared period: data whose times are Shift before
// the visible ones of Range.
type Earlier struct {
	Data  *metric.Pyramid
	Range metric.Range
	Shift int64
}

// Draw turns series as they were read into the series of a scene; slots go by order.
func Draw(envelopes []metric.Envelope) []Drawn {
	out := make([]Drawn, len(envelopes))
	for i, e := range envelopes {
		out[i] = Drawn{Key: e.Key, Slot: i, Step: metric.Spacing(e.Times), Data: metric.NewPyramid(e)}
	}
	return out
}

// Groups divides the scene's series into its panels.
func (s Scene) Groups() []Group { return Groups(s.Arrange, s.Series) }

// Figure is the scene as a chart.
func (s Scene) Figure(theme charts.Theme) charts.Figure {
	f := s.blank(theme)
	for _, g := range s.Groups() {
		f.Panels = append(f.Panels, s.panel(g))
	}
	f.Spans, f.Flags = s.remarks()
	if s.Cursors.On {
		if r := s.Cursors.Range(); !r.Empty() {
			f.Spans = append(f.Spans, charts.Span{Range: r, Kind: charts.SpanSelected, Label: Duration(r.Len())})
		}
	}
	return f
}

// blank is a figure of the visible range without panels.
func (s Scene) blank(theme charts.Theme) charts.Figure {
	return charts.Figure{Theme: theme, Zone: s.Clock.Zone, Range: s.Range, ThisYear: s.Clock.Now().In(s.Clock.Zone).Year()}
}

// VMFigure is the figure of one VM.
type VMFigure struct {
	VM     string
	Keys   []metric.Key
	Figure charts.Figure
}

// VMFigures are the scene's figures one a VM, each with the annotations that
// concern it; series of equal units share a panel.
func (s Scene) VMFigures(theme charts.Theme) []VMFigure {
	var out []VMFigure
	for _, vm := range s.vms() {
		one := s
		one.Series = nil
		for _, d := range s.Series {
			if d.VM == vm {
				d.Slot = len(one.Series)
				one.Series = append(one.Series, d)
			}
		}
		out = append(out, VMFigure{VM: vm, Keys: one.keys(), Figure: one.Figure(theme)})
	}
	return out
}

// SeriesFigure is the figure of one of the scene's series.
func (s Scene) SeriesFigure(k metric.Key, theme charts.Theme) charts.Figure {
	one := s
	one.Series = nil
	for _, d := range s.Series {
		if d.Key == k {
			d.Slot = 0
			one.Series = append(one.Series, d)
		}
	}
	f := one.Figure(theme)
	for i := range f.Panels {
		f.Panels[i].Title = ""
	}
	return f
}

func (s Scene) vms() []string {
	var out []string
	seen := map[string]bool{}
	for _, d := range s.Series {
		if !seen[d.VM] {
			seen[d.VM] = true
			out = append(out, d.VM)
		}
	}
	return out
}

func (s Scene) keys() []metric.Key {
	out := make([]metric.Key, len(s.Series))
	for i, d := range s.Series {
		out[i] = d.Key
	}
	return out
}

// panel makes a group's panel.
func (s Scene) panel(g Group) charts.Panel {
	p := charts.Panel{Title: g.Title, Unit: g.Unit, Thresholds: s.Thresholds.figures(g.Unit, g.keys())}
	if v, ok := s.Values[g.ID]; ok && v.Hi > v.Lo {
		p.Lo, p.Hi = v.Lo, v.Hi
	}
	single := len(g.Series) == 1
	label := s.Compare.Label(s.Range, s.Period, s.Clock)
	p.NoLegend = single && label == ""
	var compared []charts.Line
	for i, d := range g.Series {
		if d.Data == nil {
			continue
		}
		line := charts.Line{Name: g.Names[i], Data: d.Data, Slot: d.Slot}
		if len(g.Series) <= 8 {
			line.GapNote = d.VM
		}
		if single && label != "" {
			line.Name = s.nowLabel()
		}
		for _, e := range d.Earlier {
			old := charts.Line{Data: e.Data, Slot: d.Slot, Style: charts.Compared, Shift: e.Shift}
			if len(compared) == 0 { // one entry in the legend for all of them
				old.Name = label
			}
			compared = append(compared, old)
		}
		p.Lines = append(p.Lines, line)
		p.Marks = append(p.Marks, s.rings(d)...)
	}
	p.Lines = append(p.Lines, compared...)
	return p
}

// nowLabel names the visible period beside a compared one: today, or its days.
func (s Scene) nowLabel() string {
	first, last := s.Range.From, s.Range.To-1
	switch {
	case s.Clock.SameDay(first, last) && s.Clock.SameDay(first, s.Clock.Micros()):
		return "today"
	case s.Clock.SameDay(first, last):
		return s.Clock.Date(first)
	}
	return s.Clock.Date(first) + " – " + s.Clock.Date(last)
}

// Overview is the strip below the chart: all times of the first panel's series,
// without axes. The visible range in it is the scene's Range.
func (s Scene) Overview(theme charts.Theme) charts.Figure {
	f := s.blank(theme)
	f.Range, f.Bare = s.Extent.Union(s.Range), true
	groups := s.Groups()
	if len(groups) == 0 {
		return f
	}
	p := charts.Panel{Unit: groups[0].Unit, NoLegend: true}
	for _, d := range groups[0].Series[:min(4, len(groups[0].Series))] {
		if data := d.whole(); data != nil {
			p.Lines = append(p.Lines, charts.Line{Data: data, Slot: d.Slot})
		}
	}
	f.Panels = []charts.Panel{p}
	return f
}

func (d Drawn) whole() *metric.Pyramid {
	if d.Whole != nil {
		return d.Whole
	}
	return d.Data
}
