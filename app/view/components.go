package view

import (
	"math"
	"slices"
	"strings"
	"time"

	"aiops/charts"
	"aiops/forecast"
	"aiops/metric"
)

// ComponentPanel is a part of a forecast as a small chart: the trend, a season, holidays.
type ComponentPanel struct {
	Title  string // Trend, Week, Day
	Text   string // 0.21, then 0.49 points a day
	Figure charts.Figure
}

// Components are the parts of the shown forecast, the trend first.
func (s ForecastScene) Components(theme charts.Theme) (out []ComponentPanel) {
	order := func(c forecast.Component) int64 {
		switch {
		case c.Name == "trend":
			return math.MinInt64
		case c.Period > 0:
			return -c.Period
		}
		return 0
	}
	parts := slices.Clone(s.Forecast.Components)
	slices.SortStableFunc(parts, func(a, b forecast.Component) int {
		switch x, y := order(a), order(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	for i, c := range parts {
		if len(c.Times) < 2 || len(c.Times) != len(c.Values) {
			continue
		}
		if c.Period > 0 {
			out = append(out, s.season(c, i, theme))
		} else {
			out = append(out, s.course(c, i, theme))
		}
	}
	return out
}

// course is a part over all times: the trend, holidays.
func (s ForecastScene) course(c forecast.Component, i int, theme charts.Theme) ComponentPanel {
	p := ComponentPanel{Title: title(c.Name)}
	u := metric.UnitOf(s.Plan.Key.Metric)
	values, unit := shares(c, u)
	last := s.last()
	k, _ := slices.BinarySearch(c.Times, last+1)
	before := metric.Series{Times: c.Times[:k], Values: values[:k]}
	after := metric.Series{Times: c.Times[max(0, k-1):], Values: values[max(0, k-1):]}
	f := charts.Figure{Theme: theme, Zone: s.Clock.Zone, Range: metric.Range{From: c.Times[0], To: c.Times[len(c.Times)-1] + 1}}
	panel := charts.Panel{Unit: unit, NoLegend: true}
	if c.Name != "trend" {
		panel.Unit = differenceUnit(unit)
	}
	panel.Lines = []charts.Line{{Data: pyramid(before), Slot: i}, {Data: pyramid(after), Slot: i, Style: charts.Predicted}}
	if c.Name == "trend" {
		for _, ch := range s.Forecast.Changes {
			if j, _ := slices.BinarySearch(c.Times, ch.Time); j < len(values) {
				panel.Marks = append(panel.Marks, charts.Mark{Time: ch.Time, Value: values[j], Slot: 5})
			}
		}
		p.Text = s.slopes(c.Times[:k], values[:k], unit)
	} else {
		p.Text = spread(values, unit, c.Factor)
	}
	f.Ticks = s.Clock.threeTicks(f.Range)
	panel.Lo, panel.Hi = snug(values)
	f.Panels = []charts.Panel{panel}
	p.Figure = f
	return p
}

func pyramid(s metric.Series) *metric.Pyramid { return metric.NewPyramid(s.Envelope()) }

// shares are the values in the series' unit; those of a factor in per cent of the trend.
func shares(c forecast.Component, u metric.Unit) ([]float64, metric.Unit) {
	if !c.Factor {
		return c.Values, u
	}
	out := make([]float64, len(c.Values))
	for i, v := range c.Values {
		out[i] = 100 * v
	}
	return out, metric.Percent
}

// snug is a value axis with little room around the values, as small charts need.
func snug(values []float64) (lo, hi float64) {
	if len(values) == 0 {
		return 0, 0
	}
	lo, hi = slices.Min(values), slices.Max(values)
	room := max(0.08*(hi-lo), 1e-6*math.Abs(hi))
	return lo - room, hi + room
}

// differenceUnit is the unit of an axis of differences: those of percentages are points.
func differenceUnit(u metric.Unit) metric.Unit {
	if u == metric.Percent {
		return metric.None
	}
	return u
}

func title(name string) string {
	switch strings.ToLower(name) {
	case "daily":
		return "Day"
	case "weekly":
		return "Week"
	case "yearly":
		return "Year"
	}
	return ModelName(name)
}

// spread tells the lowest and the highest value of a part: −0.6 to +0.5 points,
// of a factor −6.0 to +5.0 % of the trend.
func spread(values []float64, u metric.Unit, factor bool) string {
	lo, hi := slices.Min(values), slices.Max(values)
	sc := ScaleFor(u, max(math.Abs(lo), math.Abs(hi)))
	if factor {
		return sc.Delta(lo) + " to " + sc.Delta(hi) + "\u00a0% of the trend"
	}
	return sc.Delta(lo) + " to " + sc.DeltaText(hi)
}

// slopes tells how fast the trend goes: before and after its last change.
func (s ForecastScene) slopes(times []int64, values []float64, u metric.Unit) string {
	n := len(times)
	if n < 2 {
		return ""
	}
	rate := func(i, j int) float64 {
		return (values[j] - values[i]) / float64(times[j]-times[i]) * float64(metric.Micros(day))
	}
	if c := s.Forecast.Changes; len(c) > 0 {
		if j, _ := slices.BinarySearch(times, c[len(c)-1].Time); j > 0 && j < n-1 {
			a, b := rate(0, j), rate(j, n-1)
			sc := rateScale(u, max(math.Abs(a), math.Abs(b)))
			return sc.Delta(a) + ", then " + sc.DeltaText(b) + " a day"
		}
	}
	v := rate(0, n-1)
	return rateScale(u, v).DeltaText(v) + " a day"
}

// rateScale writes slopes: those of percentages can be small.
func rateScale(u metric.Unit, v float64) Scale {
	sc := ScaleFor(u, v)
	if u == metric.Percent {
		sc.decimals = max(1, min(4, 1-int(math.Floor(math.Log10(max(math.Abs(v), 1e-4))))))
	}
	return sc
}

// threeTicks are days at the start, in the middle and near the end of a range.
func (c Clock) threeTicks(r metric.Range) (out []charts.Tick) {
	layout := "2 Jan"
	switch {
	case r.Duration() <= 2*day:
		layout = "15:04"
	case r.Duration() > 500*day:
		layout = "Jan 2006"
	}
	for _, share := range []float64{0.1, 0.45, 0.8} {
		t := r.From + int64(share*float64(r.Len()))
		out = append(out, charts.Tick{Time: t, Text: c.In(t).Format(layout)})
	}
	return out
}

// season is one turn of a season, on the display zone's clock.
func (s ForecastScene) season(c forecast.Component, i int, theme charts.Theme) ComponentPanel {
	p := ComponentPanel{Title: title(c.Name)}
	values, unit := shares(c, metric.UnitOf(s.Plan.Key.Metric))
	c.Period = nominal(c.Period)
	turn := s.lastTurn(c, values)
	f := charts.Figure{Theme: theme, Zone: s.Clock.Zone, Range: metric.Range{From: 0, To: c.Period}}
	f.Ticks = seasonTicks(c.Period)
	panel := charts.Panel{Unit: differenceUnit(unit), NoLegend: true, Lines: []charts.Line{{Data: pyramid(turn), Slot: i}}}
	panel.Lo, panel.Hi = snug(turn.Values)
	f.Panels = []charts.Panel{panel}
	p.Figure, p.Text = f, spread(turn.Values, unit, c.Factor)
	return p
}

// nominal is the day, week or year that a season found in the data is meant to be.
func nominal(period int64) int64 {
	for _, whole := range []int64{metric.Micros(day), metric.Micros(7 * day), year} {
		if d := period - whole; d < whole/40 && -d < whole/40 {
			return whole
		}
	}
	return period
}

// year is the mean one, in microseconds.
const year = 31_557_600_000_000

// lastTurn is the values of the last whole period by the place in it: weeks
// begin on Monday, days at midnight, years in January.
func (s ForecastScene) lastTurn(c forecast.Component, values []float64) metric.Series {
	n := len(c.Times)
	from, _ := slices.BinarySearch(c.Times, c.Times[n-1]-c.Period+1)
	type spot struct {
		at    int64
		value float64
	}
	var spots []spot
	for k := from; k < n; k++ {
		spots = append(spots, spot{s.phase(c.Times[k], c.Period), values[k]})
	}
	slices.SortStableFunc(spots, func(a, b spot) int { return int(max(-1, min(1, a.at-b.at))) })
	var out metric.Series
	for _, p := range spots {
		if m := out.Len(); m > 0 && out.Times[m-1] == p.at {
			continue
		}
		out.Times, out.Values = append(out.Times, p.at), append(out.Values, p.value)
	}
	return out
}

// phase is how far a time is in its period.
func (s ForecastScene) phase(t, period int64) int64 {
	at := s.Clock.In(t)
	_, offset := at.Zone()
	local := t + int64(offset)*1e6
	switch period {
	case metric.Micros(7 * day):
		local -= metric.Micros(4 * day) // 1 January 1970 was a Thursday
	case year:
		return metric.Micros(time.Duration(at.YearDay()-1)*day) + ((local%metric.Micros(day))+metric.Micros(day))%metric.Micros(day)
	}
	return ((local % period) + period) % period
}

// seasonTicks are the labels of one turn.
func seasonTicks(period int64) (out []charts.Tick) {
	tick := func(share float64, text string) {
		out = append(out, charts.Tick{Time: int64(share * float64(period-1)), Text: text})
	}
	switch {
	case period == metric.Micros(day):
		for _, h := range []string{"00:00", "06:00", "12:00", "18:00", "24:00"} {
			tick(float64(len(out))/4, h)
		}
	case period == metric.Micros(7*day):
		for i, d := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
			tick((float64(i)+0.5)/7, d)
		}
	case period == year:
		for i, m := range []string{"Jan", "Apr", "Jul", "Oct"} {
			tick((float64(i*3)+0.5)/12, m)
		}
	default:
		for i := range 5 {
			text := briefSpan(int64(i) * period / 4)
			if i == 0 {
				text = "0"
			}
			tick(float64(i)/4, text)
		}
	}
	return out
}
