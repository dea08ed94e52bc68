package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// IncidentRow is an incident as the list shows it.
type IncidentRow struct {
	anomaly.Incident
	ID       string
	Title    string // db-01 disk_read, level shift
	When     string // 10:38 – 11:30
	What     string // 7 metrics on 4 VMs
	ScoreNow string // 0.97; – of a gap
	Goes     bool   // on to the newest point
	Normal   bool   // marked as normal
	Silent   bool   // no data come any more
	End      int64  // of the last anomalous point's step
	shape    *metric.Pyramid
	shapeIn  metric.Range
}

// SeverityWord is how a severity is written.
func SeverityWord(s anomaly.Severity) string {
	switch s {
	case anomaly.Critical:
		return "Critical"
	case anomaly.Warning:
		return "Warning"
	}
	return "Note"
}

// severityRank orders severities, the worst first.
func severityRank(s anomaly.Severity) int {
	return slices.Index([]anomaly.Severity{anomaly.Critical, anomaly.Warning, anomaly.Notice}, s)
}

// list makes the rows of all incidents, by time.
func (f *Findings) list() []IncidentRow {
	var out []IncidentRow
	for _, in := range f.Analysis.Incidents {
		out = append(out, f.row(in))
	}
	for _, in := range f.silences() {
		row := f.row(in)
		row.Goes, row.Silent = true, true
		row.When = f.when(in, true)
		out = append(out, row)
	}
	return out
}

// row makes an incident's row.
func (f *Findings) row(in anomaly.Incident) IncidentRow {
	in.Spans = slices.Clone(in.Spans)
	var step int64 = 1
	for i := range in.Spans {
		sp := &in.Spans[i]
		sc, _ := f.scored(sp.Key)
		step = max(step, sc.Step)
		if sp.Kind == anomaly.Gap && sp.From == sp.At { // it began with the last point before it
			sp.From = f.before(sp.Key, sp.At)
			in.From = min(in.From, sp.From)
		}
	}
	first := in.Spans[0]
	r := IncidentRow{Incident: in, ID: fmt.Sprintf("%s %d", first.Key, first.From), ScoreNow: fmt.Sprintf("%.2f", in.Score), End: in.To + step}
	r.Title, r.What = titleOf(in), whatOf(in)
	if first.Kind == anomaly.Gap || in.Score == 0 {
		r.ScoreNow = "–"
	}
	r.Goes = in.To >= f.Plan.basis.last-2*step
	r.When = f.when(in, r.Goes)
	r.shapeIn = around(metric.Range{From: first.From, To: max(first.To, in.To) + step}, 40*step)
	if sc, ok := f.scored(first.Key); ok {
		r.shape = pyramid(pointsIn(sc.Key, sc.All(), r.shapeIn))
	}
	return r
}

// before is the time of the point before another one.
func (f *Findings) before(k metric.Key, t int64) int64 {
	sc, _ := f.scored(k)
	all := sc.All()
	i, _ := slices.BinarySearchFunc(all, t, func(p anomaly.Point, t int64) int { return cmp.Compare(p.Time, t) })
	if i == 0 {
		return t
	}
	return all[i-1].Time
}

// titleOf names an incident by VM, metric and kind; a kind that all metrics of
// one VM share needs no metric.
func titleOf(in anomaly.Incident) string {
	first := in.Spans[0]
	for _, s := range in.Spans {
		if s.VM != first.VM || s.Kind != first.Kind || len(in.Spans) == 1 {
			return first.Key.String() + ", " + string(first.Kind)
		}
	}
	return first.VM + ", " + string(first.Kind)
}

// whatOf counts what is concerned: 7 metrics on 4 VMs.
func whatOf(in anomaly.Incident) string {
	keys, vms := places(in)
	text := counted(int64(keys), "metric")
	if vms > 1 {
		text += " on " + counted(int64(vms), "VM")
	}
	return text
}

// keys are the series that are anomalous in the incident.
func (r IncidentRow) keys() (out []metric.Key) {
	for _, s := range r.Spans {
		out = append(out, s.Key)
	}
	return out
}

// Brief is what is concerned, in few words: 7 metrics, 4 VMs.
func (r IncidentRow) Brief() string { return strings.Replace(r.What, " on ", ", ", 1) }

// places counts the series and the VMs of an incident.
func places(in anomaly.Incident) (keys, vms int) {
	seen := map[metric.Key]bool{}
	machines := map[string]bool{}
	for _, s := range in.Spans {
		seen[s.Key], machines[s.VM] = true, true
	}
	return len(seen), len(machines)
}

// when tells an incident's time, as short as it can be beside the others.
func (f *Findings) when(in anomaly.Incident, goes bool) string {
	c := f.Plan.clock
	tell := func(t int64) string { return c.recent(t, f.Plan.basis.last) }
	switch {
	case goes:
		return tell(in.From) + " – now"
	case in.To == in.From:
		return tell(in.From)
	case c.SameDay(in.From, in.To):
		return tell(in.From) + " – " + c.Hour(in.To)
	}
	return tell(in.From) + " – " + tell(in.To)
}

// recent tells a moment beside a later one, as short as it can be: the hour, the
// weekday of the last days, the day of the last months.
func (c Clock) recent(t, newest int64) string {
	at := c.In(t)
	switch age := newest - t; {
	case c.SameDay(t, newest):
		return at.Format("15:04")
	case age < metric.Micros(6*day):
		return at.Format("Mon 15:04")
	case age < metric.Micros(300*day):
		return at.Format("2 Jan 15:04")
	}
	return at.Format("2 Jan 2006 15:04")
}

// Shape is the row's sparkline: the first mover about the incident.
func (r IncidentRow) Shape(theme charts.Theme) charts.Figure {
	f := charts.Figure{Theme: theme, Bare: true, Range: r.shapeIn}
	p := charts.Panel{Unit: metric.UnitOf(r.Spans[0].Metric), NoLegend: true}
	if r.shape != nil && r.shape.Len() > 0 {
		p.Lines = []charts.Line{{Data: r.shape}}
	}
	f.Panels = []charts.Panel{p}
	return f
}

func compareIncidents(o IncidentOrder, x, y IncidentRow) int {
	newest := cmp.Compare(y.From, x.From)
	score := cmp.Compare(y.Score, x.Score)
	if x.Normal != y.Normal { // what is normal comes last
		if x.Normal {
			return 1
		}
		return -1
	}
	switch o {
	case ByTime:
		return cmp.Or(newest, score)
	case ByScore:
		return cmp.Or(score, newest)
	}
	return cmp.Or(cmp.Compare(severityRank(x.Severity), severityRank(y.Severity)), score, newest)
}

// CopyIncidents is the list as tab-separated text.
func CopyIncidents(rows []IncidentRow) string {
	var b strings.Builder
	b.WriteString("Severity\tIncident\tWhen\tConcerns\tScore\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\n", SeverityWord(r.Severity), r.Title, r.When, r.What, r.ScoreNow)
	}
	return b.String()
}
