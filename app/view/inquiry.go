package view

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store"
)

// Inquiry is what was found out about an incident: what moved with it, and how
// it was at the same time in earlier weeks.
type Inquiry struct {
	Plan    InquiryPlan
	Moved   []MovedRow
	Of      int // metrics that were compared
	Took    time.Duration
	Earlier []EarlierWeek
}

// MovedRow is a metric that moved with an incident.
type MovedRow struct {
	anomaly.Relation
	SameVM      bool
	Change      string // +46 points, ×6.0
	Lag         string // 3 min after
	Correlation string // 0.96
	shape       *metric.Pyramid
	shapeIn     metric.Range
}

// EarlierWeek is the incident's time some weeks ago.
type EarlierWeek struct {
	Weeks  int
	Name   string // Mon 16 Nov
	Mean   string // of the same span
	Change string // of the incident against it
	data   *metric.Pyramid
	shift  int64
}

const (
	mostMoved    = 40
	leastChange  = 1.5 // in usual spreads
	leastMoved   = 0.5 // correlation
	earlierWeeks = 4
	earlierMost  = 4000 // points of a week that are read
)

// Inquire finds out about an incident. It may block, and runs on any goroutine.
func Inquire(ctx context.Context, s store.Store, p InquiryPlan) (*Inquiry, error) {
	q := &Inquiry{Plan: p}
	began := time.Now()
	q.relate()
	q.Took = time.Since(began)
	now := mean(within(p.points(p.Key), p.Span))
	c := p.findings.Plan.clock
	for w := 1; w <= earlierWeeks; w++ {
		shift := p.Span.From - c.In(p.Span.From).AddDate(0, 0, -7*w).UnixMicro()
		all, err := store.Envelopes(ctx, s, store.Query{Keys: []metric.Key{p.Key}, Range: p.Window.Shift(-shift), MaxPoints: earlierMost})
		if err != nil {
			return nil, fmt.Errorf("read earlier weeks: %w", err)
		}
		if len(all) == 0 || all[0].Len() < 2 {
			continue
		}
		u := metric.UnitOf(p.Key.Metric)
		e := EarlierWeek{Weeks: w, Name: c.Date(p.Span.From - shift), Mean: "no data", Change: "–", data: metric.NewPyramid(all[0]), shift: shift}
		if sum := summarize(e.data, p.Span.Shift(-shift)); !math.IsNaN(sum.Mean) {
			e.Mean, e.Change = u.Format(sum.Mean), u.FormatChange(sum.Mean, now)
		}
		q.Earlier = append(q.Earlier, e)
	}
	return q, ctx.Err()
}

func (p InquiryPlan) points(k metric.Key) []anomaly.Point {
	sc, _ := p.findings.scored(k)
	return sc.All()
}

// relate ranks the other metrics: those of the same VM first.
func (q *Inquiry) relate() {
	p := q.Plan
	before := max(2*p.Span.Len(), 36*p.step)
	window := metric.Range{From: p.Span.From - before - 30*p.step, To: p.Span.To + 30*p.step}
	target := pointsIn(p.Key, p.points(p.Key), window)
	var others []metric.Series
	for _, sc := range p.findings.Series {
		if s := pointsIn(sc.Key, sc.All(), window); sc.Key != p.Key && s.Len() > 0 {
			others = append(others, s)
		}
	}
	q.Of = len(others)
	for _, r := range anomaly.Related(target, others, p.Span, before, p.step) {
		clear := math.Abs(r.Change) >= leastChange && math.Abs(r.Correlation) >= leastMoved
		if !clear && !slices.Contains(p.with, r.Key) || len(q.Moved) >= mostMoved {
			continue
		}
		q.Moved = append(q.Moved, q.moved(r, before))
	}
	slices.SortStableFunc(q.Moved, func(a, b MovedRow) int {
		switch {
		case a.SameVM == b.SameVM:
			return 0
		case a.SameVM:
			return -1
		}
		return 1
	})
}

func (q *Inquiry) moved(r anomaly.Relation, before int64) MovedRow {
	p := q.Plan
	all := p.points(r.Key)
	span := p.Span
	was, now := mean(within(all, metric.Range{From: span.From - before, To: span.From})), mean(within(all, span))
	m := MovedRow{Relation: r, SameVM: r.VM == p.Key.VM, Change: metric.UnitOf(r.Metric).FormatChange(was, now), Lag: lagText(r.Lag), Correlation: fmt.Sprintf("%.2f", math.Abs(r.Correlation))}
	if r.Correlation < 0 {
		m.Correlation = "−" + m.Correlation
	}
	m.shapeIn = p.Window
	m.shape = pyramid(pointsIn(r.Key, all, p.Window))
	return m
}

func lagText(micros int64) string {
	switch {
	case micros > 0:
		return Duration(micros) + " after"
	case micros < 0:
		return Duration(-micros) + " before"
	}
	return "at once"
}

func mean(points []anomaly.Point) float64 {
	var sum float64
	for _, p := range points {
		sum += p.Value
	}
	return sum / float64(len(points)) // NaN where there are none
}

// About tells how many metrics were compared: 6 of 72 metrics, compared in 3 ms.
func (q *Inquiry) About() string {
	return fmt.Sprintf("%s of %s, compared in %s", metric.Grouped(int64(len(q.Moved))), counted(int64(q.Of), "metric"), Duration(max(1, q.Took.Microseconds()/1000)*1000))
}

// Shape is the row's sparkline.
func (m MovedRow) Shape(theme charts.Theme) charts.Figure {
	return charts.Figure{Theme: theme, Bare: true, Range: m.shapeIn,
		Panels: []charts.Panel{{Unit: metric.UnitOf(m.Key.Metric), NoLegend: true, Lines: []charts.Line{{Data: m.shape}}}}}
}

// EarlierFigure draws the incident's time over those of earlier weeks.
func (s DetailScene) EarlierFigure(q *Inquiry, theme charts.Theme) charts.Figure {
	f := charts.Figure{Theme: theme, Zone: s.Clock.Zone, Range: q.Plan.Window, ThisYear: s.Clock.Now().In(s.Clock.Zone).Year()}
	f.Spans = []charts.Span{{Range: q.Plan.Span, Kind: charts.SpanIncident}}
	p := charts.Panel{Unit: metric.UnitOf(s.Key.Metric), LegendRight: true}
	for i, e := range q.Earlier {
		p.Lines = append(p.Lines, charts.Line{Name: e.Name, Data: e.data, Slot: i + 1, Style: charts.Compared, Shift: e.shift})
	}
	now := pointsIn(s.Key, s.points, q.Plan.Window)
	p.Lines = append(p.Lines, charts.Line{Name: s.Clock.Date(q.Plan.Span.From), Data: pyramid(now), Slot: s.Slot})
	f.Panels = []charts.Panel{p}
	return f
}
