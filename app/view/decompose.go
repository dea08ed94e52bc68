package view

import (
	"math"

	"aiops/charts"
	"aiops/forecast/season"
	"aiops/metric"
)

// decomposition is a series as trend + season + rest.
type decomposition struct {
	trend, season, rest metric.Series
	period              int64 // 0: no season was found
	share               float64
}

// mostDecomposed is how many points a decomposition is made of.
const mostDecomposed = 6000

// decompose divides a series the classical way: the trend is a moving mean over
// whole periods, the season the median of each phase of what is left. What comes
// before the range helps to know them.
func decompose(s metric.Series, told metric.Range) (d decomposition) {
	step := metric.Spacing(s.Times)
	if s.Len() < 16 || step <= 0 {
		return d
	}
	end := s.Times[s.Len()-1] + step
	from := max(s.Times[0], told.From-max(2*told.Len(), metric.Micros(21*day)))
	step = max(step, min((end-from)/mostDecomposed, told.Len()/600)) // the range is told finely, whatever is before it
	r := metric.Range{From: max(from, end-2*mostDecomposed*step), To: end}
	y := onGrid(s, r, step)
	bridge(y)
	if len(y) < 16 {
		return d
	}
	natural := int(metric.Micros(day) / step)
	period := season.Find(y, natural)
	window := period
	if period < 2 || 2*period > len(y) {
		period, window = 0, max(5, len(y)/12)
	}
	trend := movingMean(y, window)
	seasonal := phases(y, trend, period)
	var rest, all float64
	m := meanOf(y)
	for i, v := range y {
		t := r.From + int64(i)*step
		left := v - trend[i] - seasonal[i]
		rest, all = rest+left*left, all+(v-m)*(v-m)
		if !told.Contains(t) {
			continue
		}
		for _, p := range []struct {
			s *metric.Series
			v float64
		}{{&d.trend, trend[i]}, {&d.season, seasonal[i]}, {&d.rest, left}} {
			p.s.Times, p.s.Values = append(p.s.Times, t), append(p.s.Values, p.v)
		}
	}
	d.period = int64(period) * step
	if all > 0 {
		d.share = 1 - rest/all
	}
	return d
}

// bridge fills gaps in a straight line.
func bridge(y []float64) {
	last := -1
	for i, v := range y {
		if math.IsNaN(v) {
			continue
		}
		for k := last + 1; k < i; k++ {
			if last < 0 {
				y[k] = v
			} else {
				y[k] = y[last] + (v-y[last])*float64(k-last)/float64(i-last)
			}
		}
		last = i
	}
	for k := last + 1; k < len(y) && last >= 0; k++ {
		y[k] = y[last]
	}
}

// movingMean is the mean of so many points about each one; at the ends of those
// that there are, as many on both sides.
func movingMean(y []float64, window int) []float64 {
	sums := make([]float64, len(y)+1)
	for i, v := range y {
		sums[i+1] = sums[i] + v
	}
	out := make([]float64, len(y))
	half := window / 2
	for i := range y {
		from, to := i-half, i+window-half
		if from < 0 {
			from, to = 0, min(len(y), window)
		}
		if to > len(y) {
			from, to = max(0, len(y)-window), len(y)
		}
		out[i] = (sums[to] - sums[from]) / float64(to-from)
	}
	return out
}

// phases is the median of each place in the period, which an incident does not
// move; 0 without a period.
func phases(y, trend []float64, period int) []float64 {
	out := make([]float64, len(y))
	if period == 0 {
		return out
	}
	typical := make([]float64, period)
	var left []float64
	for k := range typical {
		left = left[:0]
		for i := k; i < len(y); i += period {
			left = append(left, y[i]-trend[i])
		}
		typical[k] = median(left)
	}
	m := meanOf(typical)
	for i := range out {
		out[i] = typical[i%period] - m
	}
	return out
}

func meanOf(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(1, len(v)))
}

// Parts is the series as trend, season and rest.
func (e *Explored) Parts(theme charts.Theme) charts.Figure {
	d, u := e.parts, metric.UnitOf(e.Plan.Key.Metric)
	f := charts.Figure{Theme: theme, Zone: e.Plan.clock.Zone, Range: e.Plan.Range, ThisYear: e.Plan.clock.Now().In(e.Plan.clock.Zone).Year()}
	for i, part := range []struct {
		title string
		s     metric.Series
		u     metric.Unit
	}{{"Trend", d.trend, u}, {"Season", d.season, differenceUnit(u)}, {"Rest", d.rest, differenceUnit(u)}} {
		if i == 1 && d.period == 0 || part.s.Len() < 2 {
			continue
		}
		p := charts.Panel{Title: part.title, Unit: part.u, NoLegend: true, Lines: []charts.Line{{Data: pyramid(part.s), Slot: e.Plan.Slot}}}
		p.Lo, p.Hi = snug(part.s.Values)
		f.Panels = append(f.Panels, p)
	}
	return f
}

// PartsAbout is the decomposition's remark.
func (e *Explored) PartsAbout() string {
	d := e.parts
	switch {
	case d.trend.Len() < 2:
		return "too few points"
	case d.period == 0:
		return "no season was found"
	}
	return "season of " + Duration(nominal(d.period)) + "; trend and season explain " + metric.Percent.Format(100*max(0, d.share))
}
