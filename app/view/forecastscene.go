package view

import (
	"fmt"
	"time"

	"aiops/charts"
	"aiops/forecast"
	"aiops/metric"
)

// ForecastScene is everything that is shown of a forecast at a moment, on the
// screen and in a report. It is not changed after it is made.
type ForecastScene struct {
	*Foreseen
	Clock   Clock
	Range   metric.Range // visible
	Span    time.Duration
	Level   float64 // of the interval
	Slot    int
	Limit   Threshold
	Limited bool
	Values  Interval             // fixed value axis, if Hi > Lo
	Past    *forecast.Evaluation // past forecasts over what came instead of the forecast
	Titled  bool                 // the series is named above the plot
}

// Scene is what is shown now; false while there is nothing.
func (f *Forecast) Scene() (ForecastScene, bool) {
	m := f.current()
	if m == nil || m.History == nil {
		return ForecastScene{}, false
	}
	o := f.state.Outlook
	s := ForecastScene{Foreseen: m, Clock: f.clock, Range: f.Visible(), Span: m.Plan.Options.Span, Level: o.Level, Slot: f.Slot(), Values: f.zoom.Values["forecast"]}
	s.Limit, s.Limited = f.Limit()
	if e, ok := f.Assessed(); ok && o.Past && len(e.Past) > 0 {
		s.Past = &e
	}
	return s, true
}

// SceneOf is a forecast as it stands in a report: history as long as the range,
// and the whole horizon.
func SceneOf(m *Foreseen, r metric.Range, level float64, limits Thresholds, clock Clock) ForecastScene {
	s := ForecastScene{Foreseen: m, Clock: clock, Span: m.Plan.Options.Span, Level: level, Titled: true}
	s.Limit, s.Limited = limits.Watched(m.Plan.Key)
	last := m.last()
	end := last
	if n := len(m.Forecast.Times); n > 0 {
		end = m.Forecast.Times[n-1]
	}
	from := max(min(r.From, last-(end-last)/2), m.History.Times[0])
	s.Range = metric.Range{From: from, To: end + max(1, (end-from)/200)}
	return s
}

// last is the time of the newest point.
func (m *Foreseen) last() int64 { return m.History.Times[m.History.Len()-1] }

// lastValue is the newest value.
func (m *Foreseen) lastValue() float64 { return m.History.Mean[m.History.Len()-1] }

// Reach is when the forecast passes the limit; false without a limit.
func (s ForecastScene) Reach() (Reach, bool) {
	if !s.Limited || len(s.Forecast.Times) == 0 {
		return Reach{}, false
	}
	return reachOf(s.Forecast, s.Limit, s.lastValue()), true
}

// Figure is the chart: history, prediction with its intervals, the present,
// what changed, and when the limit is reached.
func (s ForecastScene) Figure(theme charts.Theme) charts.Figure {
	f := charts.Figure{Theme: theme, Zone: s.Clock.Zone, Range: s.Range, ThisYear: s.Clock.Now().In(s.Clock.Zone).Year()}
	p := charts.Panel{Unit: metric.UnitOf(s.Plan.Key.Metric), LegendRight: true}
	if s.Titled {
		p.Title = s.Plan.Key.String()
	}
	if s.Values.Hi > s.Values.Lo {
		p.Lo, p.Hi = s.Values.Lo, s.Values.Hi
	}
	p.Lines = []charts.Line{{Name: "fact", Data: s.History, Slot: s.Slot, GapNote: s.Plan.Key.VM}}
	if s.Limited {
		p.Thresholds = []charts.Threshold{{Value: s.Limit.Value, Label: "Threshold " + shortValue(p.Unit, s.Limit.Value)}}
	}
	if s.Past != nil {
		s.overPast(&p)
	} else {
		s.ahead(&p)
		f.Now, f.NowText = s.last(), s.nowText()
		f.Flags = s.changes()
	}
	f.Panels = []charts.Panel{p}
	return f
}

// ahead adds what is to come.
func (s ForecastScene) ahead(p *charts.Panel) {
	if len(s.Forecast.Times) == 0 {
		return
	}
	p.Lines = append(p.Lines, charts.Line{Name: "prediction", Data: s.line, Slot: s.Slot, Style: charts.Predicted})
	p.Bands = []charts.Band{s.band(0.5)}
	if s.Level != 0.5 {
		p.Bands = append(p.Bands, s.band(s.Level))
	}
	s.reaches(p)
}

// band is an interval as an area that begins at the last point.
func (s ForecastScene) band(level float64) charts.Band {
	b := charts.Band{Slot: s.Slot, Strong: level == 0.5, Name: LevelText(level) + " interval"}
	lower, upper := s.Forecast.Interval(level)
	last := s.last()
	if last < s.Forecast.Times[0] {
		b.Times, b.Lower, b.Upper = append(b.Times, last), append(b.Lower, s.lastValue()), append(b.Upper, s.lastValue())
	}
	b.Times, b.Lower, b.Upper = append(b.Times, s.Forecast.Times...), append(b.Lower, lower...), append(b.Upper, upper...)
	return b
}

// reaches marks when the limit is reached, and says it in words.
func (s ForecastScene) reaches(p *charts.Panel) {
	r, ok := s.Reach()
	if !ok {
		return
	}
	for _, d := range []charts.Drop{{Time: r.P30, Label: "30 %"}, {Time: r.P50, Label: "50 %", Strong: true}, {Time: r.P90, Label: "90 %"}} {
		if d.Time != 0 && !r.Already {
			d.Value = s.Limit.Value
			p.Drops = append(p.Drops, d)
		}
	}
	c := charts.Callout{Time: r.P50, Value: s.Limit.Value}
	c.Head, c.Text = r.Sentence(s.Clock, s.Limit, s.last(), s.Span)
	if r.P50 == 0 {
		c.Time = r.P30
	}
	c.Free = c.Time == 0 || r.Already
	p.Notes = []charts.Callout{c}
}

// stale is how old the newest point may be for its time to be called now.
const stale = 15 * time.Minute

// nowText is the words above the line between history and forecast.
func (s ForecastScene) nowText() string {
	last := s.last()
	age := s.Clock.Micros() - last
	when := s.Clock.Date(last)
	if s.Span <= 7*day {
		when = s.Clock.Time(last)
	}
	if age > max(metric.Micros(stale), 3*s.Forecast.Step.Micros()) {
		return "Last point, " + when
	}
	return "Now, " + when
}

// changes are the changepoints as flags; where there are many, their words are fewer.
func (s ForecastScene) changes() (out []charts.Flag) {
	for _, c := range s.Forecast.Changes {
		text := s.Clock.brief(c.Time, s.last(), s.Range.Duration())
		if len(s.Forecast.Changes) <= 2 || c.Text == "" {
			text = "Changepoint " + text
		}
		if c.Text != "" {
			text += ": " + c.Text
		}
		out = append(out, charts.Flag{Time: c.Time, Text: text, Change: true})
	}
	return out
}

// Status is the footer's line: which model, on how much.
func (f *Forecast) Status() string {
	m := f.current()
	if m == nil || len(m.Forecast.Times) == 0 {
		return ""
	}
	text := fmt.Sprintf("%s on %s of %s, %s ahead", ModelName(m.Forecast.Model), counted(int64(m.Points), "point"),
		Duration(m.last()-m.History.Times[0]), counted(int64(len(m.Forecast.Times)), "step"))
	if step := m.Forecast.Step; !step.Zero() {
		text += " of " + Duration(step.Micros())
	}
	return text
}
