package view

import (
	"cmp"
	"fmt"

	"aiops/metric"
)

// ForecastRow is what a table says of one series' forecast.
type ForecastRow struct {
	Key       metric.Key
	Model     string
	Now, Next string
	End       string // at the end of the horizon
	Interval  string // there
	Limit     string // empty: none
	By        [3]string
	Reached   bool
	Soon      string // when the limit is probably reached, as a sentence; empty: it is not
	Sure      string // how sure that is
	MASE      string // of the backtests
	Naive     string // the seasonal naive's
	Lead      string // what the model chose
	Why       string // the rest of that
	order     [2]float64
}

// ForecastHead are the columns of a table of forecasts.
func (s ForecastScene) ForecastHead() []string {
	return []string{"Series", "Model", "Now", "Next", "In " + HorizonText(s.Span), LevelText(s.Level) + " interval", "Limit",
		"30\u00a0% by", "50\u00a0% by", "90\u00a0% by", "MASE", "Naive"}
}

// Cells are the row without the series' name, in the order of ForecastHead.
func (r ForecastRow) Cells() []string {
	return []string{r.Model, r.Now, r.Next, r.End, r.Interval, r.Limit, r.By[0], r.By[1], r.By[2], r.MASE, r.Naive}
}

// Row is the forecast as a line of a table.
func (s ForecastScene) Row() ForecastRow {
	f, u := s.Forecast, metric.UnitOf(s.Plan.Key.Metric)
	n := len(f.Times)
	r := ForecastRow{Key: s.Plan.Key, Model: ModelName(f.Model), Now: u.Format(s.lastValue()), Limit: "–", By: [3]string{"–", "–", "–"},
		MASE: "–", Naive: "–", order: [2]float64{2e300, 0}}
	r.Lead, r.Why = WhyOf(f, HorizonText(s.Span))
	if n > 0 {
		r.Next, r.End = u.Format(f.Value[0]), u.Format(f.Value[n-1])
		r.Interval = span(u, f.Quantile(n-1, (1-s.Level)/2), f.Quantile(n-1, (1+s.Level)/2))
	}
	if f.Scores.N > 0 {
		r.MASE = score(f.Scores.MASE, "%.2f")
	}
	if f.SeasonalRef.N > 0 {
		r.Naive = score(f.SeasonalRef.MASE, "%.2f")
	}
	if reach, ok := s.Reach(); ok {
		s.limitOf(&r, reach, u)
	}
	return r
}

// limitOf fills in when the limit is reached.
func (s ForecastScene) limitOf(r *ForecastRow, reach Reach, u metric.Unit) {
	r.Limit, r.Reached = shortValue(u, s.Limit.Value), reach.Already
	if s.Limit.Below {
		r.Limit = "below " + r.Limit
	}
	r.order = [2]float64{1e300, -reach.Chance}
	for i, t := range []int64{reach.P30, reach.P50, reach.P90} {
		switch {
		case reach.Already:
			r.By[i] = "reached"
		case t == 0:
			r.By[i] = Later
		default:
			r.By[i] = s.Clock.brief(t, s.last(), s.Span)
		}
	}
	switch {
	case reach.Already:
		r.order[0] = -1
	case reach.P50 != 0:
		r.order[0] = float64(reach.P50)
		at := " on "
		if s.Span <= 7*day {
			at = ", "
		}
		r.Soon = fmt.Sprintf("%v: %s%s%s", s.Plan.Key, shortValue(u, s.Limit.Value), at, s.Clock.moment(reach.P50, s.Span))
		_, r.Sure = reach.Sentence(s.Clock, s.Limit, s.last(), s.Span)
	}
}

// CompareForecasts ranks rows: limits that are reached, then by the most
// probable date, then by how probable it is at all; series without a limit last.
func CompareForecasts(a, b ForecastRow) int {
	return cmp.Or(cmp.Compare(a.order[0], b.order[0]), cmp.Compare(a.order[1], b.order[1]), a.Key.Compare(b.Key))
}
