package view

import (
	"fmt"
	"math"
	"strings"
	"time"

	"aiops/charts"
	"aiops/forecast"
	"aiops/metric"
)

// Backtest is what the card says of how a model did in the past.
type Backtest struct {
	About string   // 12 origins, 27 Jul – 12 Oct
	Error string   // what the curves are: Mean absolute error, % points, by horizon
	Head  []string // of the columns: Auto, Prophet, Naive
	Rows  []ScoreRow
	Note  string // instead of all that: why there is none
	all   []forecast.Evaluation
}

// ScoreRow is a score of each model.
type ScoreRow struct {
	Name  string
	Cells []string
}

// mostModels is how many models stand beside each other.
const mostModels = 3

// Backtest is the backtest of the present view; false while it is being made.
func (f *Forecast) Backtest() (Backtest, bool) {
	all := f.assessments()
	if _, ok := f.Assessed(); !ok {
		if err := f.AssessError(); err != nil {
			return Backtest{Note: upperFirst(err.Error())}, true
		}
		if m := f.current(); m != nil && m.Lack != "" {
			return Backtest{Note: "A backtest needs more history."}, true
		}
		return Backtest{}, false
	}
	return NewBacktest(all, f.clock, HorizonText(f.state.Outlook.Span())), true
}

// NewBacktest puts backtests of one series side by side, the first one's model in front.
func NewBacktest(all []forecast.Evaluation, clock Clock, horizon string) Backtest {
	all = all[:min(len(all), mostModels)]
	e := all[0]
	if e.Scores.N == 0 && len(e.ByHorizon) == 0 {
		return Backtest{Note: "The history is too short for a backtest over " + horizon + ": choose a shorter horizon, or wait for more points."}
	}
	if n := len(e.ByHorizon); n > 0 { // it may be shorter than was asked for
		horizon = HorizonText(time.Duration(e.ByHorizon[n-1].To) * time.Duration(e.Step.Micros()) * time.Microsecond)
	}
	b := Backtest{all: all, Error: "Mean absolute error" + unitWords(metric.UnitOf(e.Metric)) + ", by horizon"}
	if n := len(e.Past); n == 1 {
		b.About = "1 origin, " + clock.In(e.Past[0].Origin).Format("2 Jan 15:04")
	} else if n > 0 {
		b.About = fmt.Sprintf("%s, %s", counted(int64(n), "origin"), shortDates(clock, e.Past[0].Origin, e.Past[n-1].Origin))
	}
	scores := make([]forecast.Scores, 0, len(all)+1)
	for _, o := range all {
		b.Head = append(b.Head, ModelName(o.Model))
		scores = append(scores, o.Scores)
	}
	b.Head = append(b.Head, "Naive")
	scores = append(scores, e.Reference)
	for _, r := range []struct {
		name string
		text func(forecast.Scores) string
	}{
		{"MASE, " + horizon, func(s forecast.Scores) string { return score(s.MASE, "%.2f") }},
		{"sMAPE, " + horizon, func(s forecast.Scores) string { return score(s.SMAPE, "%.1f\u00a0%%") }},
		{LevelText(e.Level) + " interval covers", func(s forecast.Scores) string { return score(100*s.Coverage, "%.0f\u00a0%%") }},
		{"Scaled WIS", func(s forecast.Scores) string { return score(s.WIS, "%.2f") }},
	} {
		row := ScoreRow{Name: r.name}
		for _, s := range scores {
			cell := "–"
			if s.N > 0 {
				cell = r.text(s)
			}
			row.Cells = append(row.Cells, cell)
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}

func score(v float64, format string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	return fmt.Sprintf(format, v)
}

func unitWords(u metric.Unit) string {
	switch u {
	case metric.Percent:
		return ", % points"
	case metric.Bytes, metric.BytesPerSecond, metric.None:
		return ""
	}
	return ", " + string(u)
}

func upperFirst(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// shortDates tells two moments: their days, or the times where it is one day.
func shortDates(c Clock, a, b int64) string {
	if c.SameDay(a, b) {
		return c.In(a).Format("2 Jan 15:04") + " – " + c.Hour(b)
	}
	return c.In(a).Format("2 Jan") + " – " + c.In(b).Format("2 Jan")
}

// Curves are the errors by horizon, each model beside the seasonal naive. The
// axis has one place for each stretch of the horizon.
func (b Backtest) Curves(theme charts.Theme) charts.Figure {
	if len(b.all) == 0 || len(b.all[0].ByHorizon) == 0 {
		return charts.Figure{Theme: theme}
	}
	e := b.all[0]
	u := metric.UnitOf(e.Metric)
	if u == metric.Percent {
		u = metric.None
	}
	n := len(e.ByHorizon)
	f := charts.Figure{Theme: theme, Range: metric.Range{From: -10, To: int64(150*max(n-1, 1)) + 10}} // a third for the names
	p := charts.Panel{Unit: u, NoLegend: true}
	for i, h := range e.ByHorizon {
		f.Ticks = append(f.Ticks, charts.Tick{Time: int64(100 * i), Text: briefSpan(int64(h.To) * e.Step.Micros())})
	}
	addCurve(&p, e.ByHorizon, charts.Line{Name: "Naive", Slot: 7, Style: charts.Expected}, func(h forecast.HorizonScores) forecast.Scores { return h.Reference })
	for i := len(b.all) - 1; i >= 0; i-- {
		addCurve(&p, b.all[i].ByHorizon, charts.Line{Name: b.Head[i], Slot: i}, func(h forecast.HorizonScores) forecast.Scores { return h.Scores })
	}
	joinLabels(&p)
	for _, m := range p.Marks { // errors are told from 0 on
		p.Hi = max(p.Hi, 1.06*m.Value)
	}
	f.Panels = []charts.Panel{p}
	return f
}

// joinLabels makes one label of those that would lie on each other.
func joinLabels(p *charts.Panel) {
	most := 0.0
	for _, m := range p.Marks {
		most = max(most, m.Value)
	}
	for i := range p.Marks {
		for j := i + 1; j < len(p.Marks); j++ {
			a, b := &p.Marks[i], &p.Marks[j]
			if a.Label != "" && b.Label != "" && math.Abs(a.Value-b.Value) <= 0.09*most {
				b.Label, a.Label = b.Label+", "+a.Label, ""
			}
		}
	}
}

// addCurve adds a model's errors: a line with a dot at each place and its name at the end.
func addCurve(p *charts.Panel, all []forecast.HorizonScores, l charts.Line, of func(forecast.HorizonScores) forecast.Scores) {
	var s metric.Series
	for i, h := range all {
		if sc := of(h); sc.N > 0 && !math.IsNaN(sc.MAE) && !math.IsInf(sc.MAE, 0) {
			s.Times, s.Values = append(s.Times, int64(100*i)), append(s.Values, sc.MAE)
			p.Marks = append(p.Marks, charts.Mark{Time: int64(100 * i), Value: sc.MAE, Slot: l.Slot})
		}
	}
	if s.Len() == 0 {
		return
	}
	p.Marks[len(p.Marks)-1].Label = l.Name
	l.Data = metric.NewPyramid(s.Envelope())
	p.Lines = append(p.Lines, l)
}

// briefSpan tells a length of time in a narrow place: 30 min, 4 h, 7 d.
func briefSpan(micros int64) string {
	const minute, hour, day = int64(60e6), 60 * int64(60e6), 24 * 60 * int64(60e6)
	switch {
	case micros >= day && (micros%day == 0 || micros >= 10*day):
		return fmt.Sprintf("%d d", (micros+day/2)/day)
	case micros >= day:
		return short1(float64(micros)/float64(day)) + " d"
	case micros >= hour && (micros%hour == 0 || micros >= 10*hour):
		return fmt.Sprintf("%d h", (micros+hour/2)/hour)
	case micros >= hour:
		return short1(float64(micros)/float64(hour)) + " h"
	case micros >= minute:
		return fmt.Sprintf("%d min", (micros+minute/2)/minute)
	}
	return Duration(micros)
}

// short1 writes a number with one decimal, unless that is 0.
func short1(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }

// overPast draws past forecasts over what came.
func (s ForecastScene) overPast(p *charts.Panel) {
	slot := s.Slot + 1
	for i, past := range s.Past.Past {
		line := metric.Series{Times: past.Times, Values: past.Value}
		l := charts.Line{Data: metric.NewPyramid(line.Envelope()), Slot: slot, Style: charts.Predicted}
		b := charts.Band{Times: past.Times, Lower: past.Lower, Upper: past.Upper, Slot: slot}
		if i == 0 {
			l.Name, b.Name = "past forecasts", LevelText(s.Past.Level)+" interval"
		}
		p.Lines, p.Bands = append(p.Lines, l), append(p.Bands, b)
	}
}

// pastRange is the range of a backtest's forecasts.
func pastRange(e forecast.Evaluation) metric.Range {
	var r metric.Range
	for _, p := range e.Past {
		if n := len(p.Times); n > 0 {
			r = r.Union(metric.Range{From: p.Origin, To: p.Times[n-1] + 1})
		}
	}
	return metric.Range{From: r.From - r.Len()/10, To: r.To + max(1, r.Len()/200)}
}

// pastRows are what past forecasts said of a time, the newest first.
func (s ForecastScene) pastRows(t int64) (out []ReadingRow) {
	u := metric.UnitOf(s.Plan.Key.Metric)
	for i := len(s.Past.Past) - 1; i >= 0 && len(out) < 3; i-- {
		p := s.Past.Past[i]
		n := len(p.Times)
		if n == 0 || t < p.Times[0] || t > p.Times[n-1] {
			continue
		}
		k := nearestIndex(p.Times, t)
		out = append(out, ReadingRow{Key: s.Plan.Key, Slot: s.Slot + 1, Name: "foreseen " + s.Clock.brief(p.Origin, s.last(), day), Time: p.Times[k], Value: p.Value[k], Text: u.Format(p.Value[k])})
	}
	return out
}
