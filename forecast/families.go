package forecast

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiops/forecast/auto"
	"aiops/forecast/backtest"
	"aiops/metric"
)

// families say which of the automatic model's candidates a model by name is
// made of; the automatic one has them all.
var families = map[string]func(candidate string) bool{
	"auto":           nil,
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

func (m *Model) trainAuto(ctx context.Context, g Grid, o Options) error {
	a := auto.Options{Short: m.Seasons.Short, Long: m.Seasons.Long, Horizon: m.Horizon, Wanted: families[m.Kind]}
	if metric.UnitOf(m.Metric) == metric.Percent && slices.Min(g.Values) >= 0 && slices.Max(g.Values) <= 100 {
		a.Lo, a.Hi = 0, 100
	}
	var err error
	if m.Auto, err = auto.Train(ctx, g.Values, a); err != nil {
		return err
	}
	m.score(g.Values[m.Auto.Cut:], o.Level)
	return nil
}

// score tells how the backtests did, and the seasonal naive from the same origins.
func (m *Model) score(y []float64, level float64) {
	var own, naive backtest.Sum
	scale := backtest.Scale(y, m.Auto.Short)
	for _, t := range m.Auto.Tests {
		n := len(t.Value)
		lower, upper := m.Auto.Interval(t.Value, level)
		own.Add(y[t.Origin:t.Origin+n], t.Value, lower, upper, level, scale)
		ref := seasonalNaive(y[:t.Origin], m.Auto.Short, n)
		naive.Add(y[t.Origin:t.Origin+n], ref, ref, ref, level, scale)
	}
	m.Scores, m.Naive = own.Scores(), naive.Scores()
}

func seasonalNaive(y []float64, season, n int) []float64 {
	out := make([]float64, n)
	season = min(max(1, season), len(y))
	for i := range out {
		out[i] = y[len(y)-season+i%season]
	}
	return out
}

// predict forecasts n steps from the end of a grid.
func (m Model) predict(g Grid, n int) (Forecast, error) {
	if m.Auto == nil {
		return Forecast{}, fmt.Errorf("%v: %w: it holds no parameters", m.Key, ErrDamagedModel)
	}
	g = g.from(m.First)
	if len(g.Values) <= m.Auto.Cut {
		return Forecast{}, fmt.Errorf("%v: the points that its model was trained on are not in the range; train it again", m.Key)
	}
	r := m.Auto.Predict(g.Values[m.Auto.Cut:], n, levels)
	out := Forecast{Key: m.Key, Step: m.Step, Model: m.Kind, Value: r.Value, Levels: levels, Quantiles: r.Quantiles}
	out.Weights = weights(m.Auto)
	out.Why = m.why(out.Weights)
	if c := m.Auto.Cut; c > 0 {
		out.Changes = append(out.Changes, Change{g.Times[c], "level shift"})
	}
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

// span tells a number of steps as a time: 24 h, 7 days.
func span(step metric.Step, n int) string {
	d := time.Duration(step.Micros()*int64(n)) * time.Microsecond
	switch day := 24 * time.Hour; {
	case d >= 14*day && d%(7*day) == 0:
		return fmt.Sprintf("%d weeks", d/(7*day))
	case d >= 2*day && d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d >= time.Minute:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d steps", n)
}
