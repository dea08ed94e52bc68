package forecast

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"aiops/forecast/auto"
	"aiops/forecast/backtest"
	"aiops/forecast/level"
	"aiops/metric"
)

// families say which of the automatic model's candidates a model by name is
// made of; the automatic one has them all.
var families = map[string]func(candidate string) bool{
	"auto":           nil,
	"prophet":        nil, // a model of its own
	"autoregression": func(c string) bool { return strings.Contains(c, "regression") },
	"smoothing":      func(c string) bool { return strings.Contains(c, "smoothing") },
	"theta":          func(c string) bool { return c == "theta" },
	"profile": func(c string) bool {
		return strings.Contains(c, "profile") || strings.Contains(c, "weeks") && c != "weeks regression"
	},
	"median":         func(c string) bool { return strings.HasPrefix(c, "median") },
	"seasonal-naive": func(c string) bool { return c == "season before" },
	"naive":          func(c string) bool { return c == "naive" },
}

// recent leaves out what is too old to matter: of very long series only the
// last thirty short or four long seasons are learnt from, but never less than
// some thousand points.
func (g Grid) recent(s Seasons) Grid {
	n := max(4000, 30*s.Short, 4*s.Long)
	if drop := len(g.Values) - n; drop > 0 {
		g.Times, g.Values = g.Times[drop:], g.Values[drop:]
		if g.Missing != nil {
			g.Missing = g.Missing[drop:]
		}
	}
	return g
}

// from leaves out what came before a time.
func (g Grid) from(t int64) Grid {
	i, _ := slices.BinarySearch(g.Times, t)
	g.Times, g.Values = g.Times[i:], g.Values[i:]
	return g
}

// family is the model by name that the automatic one is tuned to; its own name otherwise.
func (m Model) family() (string, error) {
	if m.Kind != "auto" || m.Config == "" {
		return m.Kind, nil
	}
	var c struct {
		Model string `json:"model"`
	}
	d := json.NewDecoder(strings.NewReader(m.Config))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return "", fmt.Errorf(`the options of the automatic model are not understood (%w); write {"model": "theta"}`, err)
	}
	if _, ok := families[c.Model]; !ok {
		return "", fmt.Errorf("there is no model %q to tune the automatic one to", c.Model)
	}
	return c.Model, nil
}

func (m *Model) trainAuto(ctx context.Context, g Grid, wanted func(string) bool, level float64) (err error) {
	a := auto.Options{Short: m.Seasons.Short, Long: m.Seasons.Long, Horizon: m.Horizon, Wanted: wanted}
	if m.percent(g.Values) {
		a.Lo, a.Hi = 0, 100
	}
	if m.Step.Micros() > 43_200_000_000 { // Prophet's yearly and weekly seasons take part
		a.Times = g.Times
	}
	if m.Auto, err = auto.Train(ctx, g.Values, a); err != nil {
		return err
	}
	m.score(g.Values[m.Auto.Cut:], level)
	m.Promise = m.Scores.MAE
	return nil
}

// percent reports whether the series is one of percentages that keep to 0..100.
func (m Model) percent(y []float64) bool {
	return metric.UnitOf(m.Metric) == metric.Percent && slices.Min(y) >= 0 && slices.Max(y) <= 100
}

// score tells how the backtests did, and the seasonal naive from the same origins.
func (m *Model) score(y []float64, level float64) {
	var own, naive backtest.Sum
	scale := backtest.Scale(y, m.Auto.Short)
	for _, t := range m.Auto.Tests {
		n := len(t.Value)
		lower, upper := m.Auto.Interval(t.Value, level)
		own.Add(y[t.Origin:t.Origin+n], t.Value, lower, upper, level, scale)
		ref, lo, hi := seasonalNaive(y[:t.Origin], m.Auto.Short, n, level)
		naive.Add(y[t.Origin:t.Origin+n], ref, lo, hi, level, scale)
	}
	m.Scores, m.Naive = own.Scores(), naive.Scores()
}

// seasonalNaive is the last season again, with the interval of the normal
// distribution that the changes from season to season have (Hyndman &
// Athanasopoulos, Forecasting: principles and practice, 5.5).
func seasonalNaive(y []float64, season, n int, level float64) (value, lower, upper []float64) {
	season = min(max(1, season), len(y))
	var square float64
	for i := season; i < len(y); i++ {
		square += (y[i] - y[i-season]) * (y[i] - y[i-season])
	}
	half := math.Sqrt2 * math.Erfinv(level) * math.Sqrt(square/float64(max(1, len(y)-season)))
	value, lower, upper = make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range value {
		value[i] = y[len(y)-season+i%season]
		w := half * math.Sqrt(float64(1+i/season))
		lower[i], upper[i] = value[i]-w, value[i]+w
	}
	return value, lower, upper
}

// predict forecasts n steps from the end of a grid.
func (m Model) predict(g Grid, n int) (Forecast, error) {
	if m.Prophet != nil {
		return m.predictProphet(g, n)
	}
	if m.Auto == nil {
		return Forecast{}, fmt.Errorf("%v: %w: it holds no parameters", m.Key, ErrDamagedModel)
	}
	g = g.from(m.First)
	if len(g.Values) <= m.Auto.Cut {
		return Forecast{}, fmt.Errorf("%v: the points that its model was trained on are not in the range; train it again", m.Key)
	}
	y := g.Values[m.Auto.Cut:]
	out := Forecast{Key: m.Key, Step: m.Step, Model: m.Kind, Levels: levels}
	out.place(m.Step, g.Times[len(g.Times)-1], n)
	times := append(slices.Clone(g.Times[m.Auto.Cut:]), out.Times...)
	r := m.Auto.Predict(y, times, n, levels)
	out.Value, out.Quantiles = r.Value, r.Quantiles
	out.Weights = weights(m.Auto)
	out.Why = m.why(out.Weights, g.Times[m.Auto.Cut])
	if c := m.Auto.Cut; c > 0 {
		u := metric.UnitOf(m.Metric)
		out.Changes = append(out.Changes, Change{g.Times[c], "level " + u.FormatChange(level.MedianOf(g.Values[:c], c), level.MedianOf(y, len(y)))})
	}
	out.Components = m.decompose(times, y, r.Value)
	out.Params = map[string]any{"seasons": m.Seasons, "candidates": m.Auto.Names, "mode": m.Auto.Mode, "backtests": m.Auto.Origins}
	return out, nil
}

// weights are the shares of the candidates, averaged over the horizons, from
// the largest; those under a hundredth are left out.
func weights(m *auto.Model) []Weight {
	out := make([]Weight, len(m.Names))
	for i, n := range m.Names {
		out[i].Name = n
		for _, w := range m.Weights {
			out[i].Share += w[i] / float64(len(m.Weights))
		}
	}
	slices.SortStableFunc(out, func(a, b Weight) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return 0
	})
	return slices.DeleteFunc(out, func(w Weight) bool { return w.Share < 0.01 })
}

// span tells a number of steps as a time: 24 h, 7 days, 10 months.
func span(step metric.Step, n int) string {
	switch k := n * step.N; {
	case step.Unit == metric.StepYear:
		return some(k, "year")
	case step.Unit == metric.StepMonth && k >= 24 && k%12 == 0:
		return some(k/12, "year")
	case step.Unit == metric.StepMonth:
		return some(k, "month")
	case step.Unit == metric.StepBusiness:
		return some(k, "business day")
	}
	d := time.Duration(step.Micros()*int64(n)) * time.Microsecond
	switch day := 24 * time.Hour; {
	case d >= 14*day && d%(7*day) == 0:
		return fmt.Sprintf("%d weeks", d/(7*day))
	case d >= 2*day && d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= 2*day:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	case d >= 10*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	case d >= time.Minute:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return some(n, "step")
}

// some counts things.
func some(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
