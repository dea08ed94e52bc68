package view

import (
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Detail is the chart of the incident that is looked at, with its own zoom.
type Detail struct {
	viewport
	page       *Analysis
	generation int
	pending    *InquiryPlan
	answer     *Inquiry
	err        error
}

// fewestSteps is how many steps are shown before and after an incident at least.
const fewestSteps = 24

// clear forgets the zoom and what was asked about the incident before.
func (d *Detail) clear() {
	*d.zoom = Zoom{}
	d.past, d.future = nil, nil
	d.pending, d.answer, d.err = nil, nil, nil
}

// Detail is the model of the detail's chart.
func (a *Analysis) Detail() *Detail { return &a.detail }

// Key is the series that is shown.
func (d *Detail) Key() metric.Key { return d.page.focus.key }

// Keys are the series that can be shown: the incident's, and another that is shown.
func (d *Detail) Keys() (out []metric.Key) {
	row, ok := d.page.Focus()
	if !ok {
		return nil
	}
	seen := map[metric.Key]bool{}
	add := func(k metric.Key) {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	for _, s := range row.Spans {
		add(s.Key)
	}
	add(d.Key())
	return out
}

// SetKey shows a series of the incident, or one that moved with it.
func (d *Detail) SetKey(k metric.Key) {
	if _, ok := d.page.found.scored(k); ok && k != d.Key() {
		d.page.focus.key = k
		d.zoom.Values = nil
		d.pending, d.answer, d.err = nil, nil, nil
	}
}

// span is the part of the incident that the shown series has: its most unusual
// anomaly; of another series the first mover's.
func (d *Detail) span() (anomaly.Span, bool) {
	row, ok := d.page.Focus()
	if !ok {
		return anomaly.Span{}, false
	}
	var best anomaly.Span
	for _, s := range row.Spans {
		if s.Key == d.Key() && (best.Points == 0 || s.Score > best.Score) {
			best = s
		}
	}
	if best.Points == 0 {
		return row.Spans[0], false
	}
	return best, true
}

func (d *Detail) step() int64 {
	if d.page.found == nil {
		return 1
	}
	sc, _ := d.page.found.scored(d.Key())
	return max(1, sc.Step)
}

// Base is the incident with some time around it.
func (d *Detail) Base() metric.Range {
	row, ok := d.page.Focus()
	if !ok {
		return metric.Range{From: 0, To: 1}
	}
	r := around(metric.Range{From: row.From, To: row.End}, fewestSteps*d.step())
	if newest := d.page.fact.newest() + 1; r.To > newest && newest > row.To {
		r.To = newest
	}
	return r
}

func (d *Detail) extent() metric.Range {
	sc, _ := d.page.found.scored(d.Key())
	all := sc.All()
	if len(all) == 0 {
		return metric.Range{}
	}
	return metric.Range{From: all[0].Time, To: all[len(all)-1].Time + 1}
}

func (d *Detail) shortest() int64 { return max(1000, 4*d.step()) }
func (d *Detail) rebase()         {}

func (d *Detail) panelID(i int) string {
	if i != 0 {
		return ""
	}
	return "detail"
}

// InquiryPlan is what is to be found out about an incident.
type InquiryPlan struct {
	Generation int
	Key        metric.Key
	Span       metric.Range // of the incident
	Window     metric.Range // shown around it
	with       []metric.Key // anomalous in the same incident
	step       int64
	findings   *Findings
}

// Plan is what is not known yet of the incident; false while nothing is
// missing, or while it is being found out.
func (d *Detail) Plan() (InquiryPlan, bool) {
	row, ok := d.page.Focus()
	if !ok || d.err != nil {
		return InquiryPlan{}, false
	}
	p := InquiryPlan{Key: d.Key(), Span: metric.Range{From: row.From, To: row.End}, Window: d.Base(), with: row.keys(), step: d.step(), findings: d.page.found}
	if d.pending != nil && d.pending.same(p) || d.answer != nil && d.answer.Plan.same(p) {
		return InquiryPlan{}, false
	}
	d.generation++
	p.Generation = d.generation
	d.pending = &p
	return p, true
}

func (p InquiryPlan) same(o InquiryPlan) bool { return p.Key == o.Key && p.Span == o.Span }

// Apply takes an answer in; false if it is not the one that is waited for.
func (d *Detail) Apply(q *Inquiry) bool {
	if d.pending == nil || d.pending.Generation != q.Plan.Generation {
		return false
	}
	d.answer, d.pending, d.err = q, nil, nil
	return true
}

// Fail takes note that an inquiry came to nothing.
func (d *Detail) Fail(p InquiryPlan, err error) {
	if d.pending != nil && d.pending.Generation == p.Generation {
		d.pending, d.err = nil, err
	}
}

// Err is why the last inquiry failed.
func (d *Detail) Err() error { return d.err }

// Answer is what is known of the incident; nil before it was found out.
func (d *Detail) Answer() *Inquiry { return d.answer }
