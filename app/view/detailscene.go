package view

import (
	"fmt"
	"math"
	"strings"

	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// DetailScene is everything that is shown of an incident's series at a moment,
// on the screen and in a report. It is not changed after it is made.
type DetailScene struct {
	Clock    Clock
	Range    metric.Range // visible
	Key      metric.Key
	Slot     int
	Incident IncidentRow
	Span     anomaly.Span // of the series; of the first mover if it has none
	Own      bool         // the series has one
	Values   Interval
	Titled   bool // the series is named above the plot

	points []anomaly.Point
	step   int64
	notes  []metric.Annotation
}

// Scene is what is shown now; false while no incident is looked at.
func (d *Detail) Scene() (DetailScene, bool) {
	row, ok := d.page.Focus()
	if !ok {
		return DetailScene{}, false
	}
	sp, own := d.span()
	s := d.page.found.scene(row, d.Key(), d.page.fact.annotations)
	s.Range, s.Slot, s.Values = d.Visible(), max(0, d.state.Selection.Slot(d.Key())), d.zoom.Values["detail"]
	s.Span, s.Own = sp, own
	return s, true
}

// scene is a series of an incident, all of it.
func (f *Findings) scene(row IncidentRow, k metric.Key, notes []metric.Annotation) DetailScene {
	sc, _ := f.scored(k)
	s := DetailScene{Clock: f.Plan.clock, Key: k, Incident: row, Span: row.Spans[0], points: sc.All(), step: max(1, sc.Step), notes: notes}
	s.Own = s.Span.Key == k
	s.Range = around(metric.Range{From: row.From, To: row.End}, fewestSteps*s.step)
	return s
}

// spans are the incident's anomalies of the series.
func (s DetailScene) spans() (out []anomaly.Span) {
	for _, sp := range s.Incident.Spans {
		if sp.Key == s.Key {
			out = append(out, sp)
		}
	}
	return out
}

// Figure is the chart: expected values with their band, the line, its
// anomalous part, and a ring on the first point.
func (s DetailScene) Figure(theme charts.Theme) charts.Figure {
	f := charts.Figure{Theme: theme, Zone: s.Clock.Zone, Range: s.Range, ThisYear: s.Clock.Now().In(s.Clock.Zone).Year()}
	shown := within(s.points, expand(s.Range, s.Range.Len()/4+3*s.step))
	p := charts.Panel{Unit: metric.UnitOf(s.Key.Metric), LegendRight: true}
	if s.Titled {
		p.Title = s.Key.String()
	}
	if s.Values.Hi > s.Values.Lo {
		p.Lo, p.Hi = s.Values.Lo, s.Values.Hi
	}
	band, expected, fact := s.curves(shown)
	p.Bands = []charts.Band{band}
	p.Lines = []charts.Line{{Name: "expected", Data: pyramid(expected), Slot: s.Slot, Style: charts.Expected},
		{Name: "fact", Data: pyramid(fact), Slot: s.Slot, GapNote: s.Key.VM}}
	for _, sp := range s.spans() {
		s.alarm(&f, &p, sp, fact)
	}
	if !s.Own {
		f.Spans = append(f.Spans, charts.Span{Range: metric.Range{From: s.Incident.From, To: s.Incident.End}})
	}
	f.Flags = s.flags()
	f.Panels = []charts.Panel{p}
	return f
}

// curves are the band, the expected values and the fact of points.
func (s DetailScene) curves(points []anomaly.Point) (band charts.Band, expected, fact metric.Series) {
	expected, fact = metric.Series{Key: s.Key}, metric.Series{Key: s.Key}
	band = charts.Band{Slot: 7, Name: "usual band"}
	for _, q := range points {
		fact.Times, fact.Values = append(fact.Times, q.Time), append(fact.Values, q.Value)
	}
	lo, hi, _ := bounds(fact)
	inside := func(v float64) float64 { return min(max(v, lo), hi) }
	for _, q := range points {
		if math.IsNaN(q.Expected) || math.IsNaN(q.Upper-q.Lower) {
			continue
		}
		expected.Times, expected.Values = append(expected.Times, q.Time), append(expected.Values, inside(q.Expected))
		band.Times, band.Lower, band.Upper = append(band.Times, q.Time), append(band.Lower, inside(q.Lower)), append(band.Upper, inside(q.Upper))
	}
	return band, expected, fact
}

// alarm marks an anomaly.
func (s DetailScene) alarm(f *charts.Figure, p *charts.Panel, sp anomaly.Span, fact metric.Series) {
	f.Spans = append(f.Spans, charts.Span{Range: metric.Range{From: sp.From, To: max(sp.To, sp.From+s.step/2)}, Kind: charts.SpanIncident})
	i, j := metric.Range{From: sp.From, To: sp.To + 1}.Indexes(fact.Times)
	if i >= j {
		return
	}
	p.Marks = append(p.Marks, charts.Mark{Time: fact.Times[i], Value: fact.Values[i], Slot: s.Slot, Ring: true})
	if j-i < 2 { // the way up and down of a lonely point
		i, j = max(0, i-1), min(len(fact.Times), j+1)
	}
	if sp.Kind == anomaly.Gap {
		return
	}
	part := metric.Series{Key: s.Key, Times: fact.Times[i:j], Values: fact.Values[i:j]}
	p.Lines = append(p.Lines, charts.Line{Data: pyramid(part), Slot: s.Slot, Style: charts.Alarming})
}

// flags are the annotations that concern the series.
func (s DetailScene) flags() (out []charts.Flag) {
	for _, a := range s.notes {
		if r := a.Span(); r.From < s.Range.To && r.To > s.Range.From && a.Concerns(s.Key) {
			out = append(out, charts.Flag{Time: a.From, Text: a.Text})
		}
	}
	return out
}

// Words are what happened: the time and the size, then the first mover. Causes
// are not claimed, only what came shortly before.
func (s DetailScene) Words() (lead, rest string) {
	r := s.Incident
	lead = r.When
	if d := r.End - r.From; !r.Goes && r.To > r.From {
		lead += " (" + Duration(d) + ")"
	} else if r.Goes {
		lead += ", for " + Duration(d)
	}
	lead += ". "
	if s.Own {
		lead += s.size()
	} else {
		lead += s.Key.String() + " is not unusual in itself then."
	}
	if t, text := s.shortlyBefore(); text != "" {
		lead = strings.TrimSuffix(lead, ".") + ", starting " + Duration(r.From-t) + " after “" + text + "”."
		if r.From-t < s.step {
			lead = strings.Replace(lead, "starting "+Duration(r.From-t)+" after", "starting with", 1)
		}
	}
	if keys, _ := places(r.Incident); keys > 1 {
		rest = " First mover of " + r.What + ": " + r.Spans[0].Key.String() + "."
		if r.Spans[0].Key == s.Key {
			rest = " First mover of " + r.What + "."
		}
	}
	return lead, rest
}

// size tells how far the value was from what was expected.
func (s DetailScene) size() string {
	u := metric.UnitOf(s.Key.Metric)
	switch {
	case s.Span.Kind == anomaly.Gap:
		return "No points for " + Duration(s.Span.To-s.Span.From) + "."
	case s.Span.Kind == anomaly.Flat:
		return "The value stays at " + u.Format(s.Span.Value) + "."
	case math.IsNaN(s.Span.Expected):
		return "Up to " + u.Format(s.Span.Value) + "."
	case u != metric.Percent && s.Span.Expected > 0 && s.Span.Value >= 2*s.Span.Expected:
		return fmt.Sprintf("%s, %.1f times the expected %s.", u.Format(s.Span.Value), s.Span.Value/s.Span.Expected, u.Format(s.Span.Expected))
	}
	return fmt.Sprintf("%s where %s was expected (%s).", u.Format(s.Span.Value), u.Format(s.Span.Expected), u.FormatChange(s.Span.Expected, s.Span.Value))
}

// shortly is how long before an incident a deployment is told with it.
const shortly = 30 * 60e6

// shortlyBefore is the last deployment before the incident, if it was shortly before.
func (s DetailScene) shortlyBefore() (at int64, text string) {
	for _, a := range s.notes {
		d := s.Incident.From - a.From
		if a.Kind == metric.Deployment && d >= 0 && d <= shortly && a.Concerns(s.Key) && a.From >= at {
			at, text = a.From, a.Text
		}
	}
	return at, text
}

// Reason is a part of the score.
type Reason struct {
	Name  string
	Text  string  // for a person
	Value string  // 0.38
	Share float64 // of the score
}

// Reasons are what the score of the most unusual point is made of.
func (s DetailScene) Reasons() (score string, out []Reason) {
	if !s.Own {
		return "", nil
	}
	at := within(s.points, metric.Range{From: s.Span.At, To: s.Span.At + 1})
	if len(at) == 0 {
		return "", nil
	}
	for _, p := range at[0].Parts {
		out = append(out, Reason{Name: reasonName(p.Name), Text: p.Text, Value: fmt.Sprintf("%.2f", p.Share*s.Span.Score), Share: p.Share})
	}
	return fmt.Sprintf("%.2f", s.Span.Score), out
}

// reasonName is a part's name as people read it.
func reasonName(name string) string {
	switch name {
	case "value":
		return "Unheard-of value"
	case "step":
		return "Size of the step"
	case "level":
		return "Level"
	case "last points":
		return "Distance of the last points"
	case "shape":
		return "Shape"
	}
	return ModelName(name)
}

// Reading is what the crosshair at a time says.
func (s DetailScene) Reading(t int64) Reading {
	r := Reading{Time: t, Tag: s.Clock.Hour(t)}
	best := -1
	near := within(s.points, metric.Range{From: t - 2*s.step, To: t + 2*s.step + 1})
	for i, p := range near {
		if best < 0 || distanceOf(p.Time, t) < distanceOf(near[best].Time, t) {
			best = i
		}
	}
	u := metric.UnitOf(s.Key.Metric)
	row := ReadingRow{Key: s.Key, Slot: s.Slot, Name: s.Key.String(), Value: math.NaN(), Missing: true, Text: u.Format(math.NaN())}
	if best >= 0 {
		p := near[best]
		r.Time, r.Tag = p.Time, s.Clock.Hour(p.Time)
		row.Time, row.Value, row.Missing, row.Text, row.Over = p.Time, p.Value, false, u.Format(p.Value), p.Anomalous()
		if !math.IsNaN(p.Expected) {
			r.Remarks = append(r.Remarks, Remark{"expected " + u.Format(p.Expected) + ", usually " + span(u, p.Lower, p.Upper), false})
		}
		if score := max(p.Score, p.Alert); score >= anomaly.Threshold/2 {
			text := fmt.Sprintf("score %.2f", score)
			if p.Kind != "" {
				text += ", " + string(p.Kind)
			}
			r.Remarks = append(r.Remarks, Remark{text, score >= anomaly.Threshold})
		}
	}
	r.Rows = []ReadingRow{row}
	r.Head = s.Clock.Date(r.Time) + ", " + r.Tag
	return r
}

func distanceOf(a, b int64) int64 { return max(a-b, b-a) }

// Annotation is a note about the incident, to be edited and stored.
func (s DetailScene) Annotation() metric.Annotation {
	return metric.Annotation{From: s.Incident.From, To: s.Incident.To, Kind: metric.Incident, Text: s.Incident.Title, VM: s.Incident.Spans[0].VM}
}
