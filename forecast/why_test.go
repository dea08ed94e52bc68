package forecast

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/forecast/auto"
	"aiops/metric"
)

// A sentence for each number of candidates, beginning with the model.
func TestWhySentence(t *testing.T) {
	hour, month := metric.Step{N: 1, Unit: metric.StepHour}, metric.Step{N: 1, Unit: metric.StepMonth}
	w := func(namesAndShares ...any) (out []Weight) {
		for i := 0; i < len(namesAndShares); i += 2 {
			out = append(out, Weight{namesAndShares[i].(string), namesAndShares[i+1].(float64)})
		}
		return out
	}
	shift := time.Date(2024, 3, 5, 7, 30, 0, 0, time.UTC).UnixMicro()
	for _, c := range []struct {
		name       string
		m          Model
		w          []Weight
		own, naive Scores
		origins    int
		cut        int
		want       string
	}{
		{"one", Model{Kind: "naive", Step: hour}, w("naive", 1.0), Scores{N: 9, MAE: 1}, Scores{N: 9, MAE: 2}, 7, 0,
			"Naive chose the last value; in 7 backtests its error was 50 % below the seasonal naive's."},
		{"two", Model{Kind: "auto", Step: hour}, w("theta", 0.7, "season before", 0.3), Scores{N: 9, MAE: 3}, Scores{N: 9, MAE: 2}, 1, 0,
			"Auto combined the Theta method (70 %) and the day before (30 %); in one backtest its error was 50 % above the seasonal naive's."},
		{"three", Model{Kind: "auto", Step: hour}, w("theta", 0.5, "long season before", 0.3, "median 12", 0.2), Scores{N: 9, MAE: 2}, Scores{N: 9, MAE: 2}, 7, 0,
			"Auto combined the Theta method (50 %), the week before (30 %) and recent medians (20 %); in 7 backtests its error was the seasonal naive's."},
		{"many", Model{Kind: "auto", Step: hour}, w("a", 0.3, "b", 0.2, "c", 0.2, "d", 0.2, "e", 0.1), Scores{N: 9, MAE: 1.5}, Scores{N: 9, MAE: 2}, 7, 0,
			"Auto combined a (30 %), b (20 %), c (20 %) and others; in 7 backtests its error was 25 % below the seasonal naive's."},
		{"a level shift", Model{Kind: "auto", Step: hour}, w("theta", 1.0), Scores{N: 9, MAE: 1}, Scores{N: 9, MAE: 2}, 7, 100,
			"Auto chose the Theta method, from what came after the level shift of 5 Mar 07:30; in 7 backtests its error was 50 % below the seasonal naive's."},
		{"no history", Model{Kind: "seasonal-naive", Step: hour}, w("season before", 1.0), Scores{}, Scores{}, 1, 0,
			"Seasonal-naive chose the day before; there is not enough history to test it."},
		{"constant", Model{Kind: "auto", Step: hour}, w("naive", 1.0), Scores{N: 9}, Scores{N: 9}, 7, 0,
			"Auto chose the last value; in 7 backtests it was always right."},
		{"nothing to beat", Model{Kind: "auto", Step: hour}, w("naive", 1.0), Scores{N: 9, MAE: 1}, Scores{N: 9}, 7, 0,
			"Auto chose the last value; in 7 backtests the seasonal naive was always right."},
		{"months", Model{Kind: "auto", Step: month, Seasons: Seasons{Short: 12}}, w("season before", 0.6, "profile last hour", 0.2, "median 6", 0.2), Scores{N: 9, MAE: 1}, Scores{N: 9, MAE: 2}, 7, 0,
			"Auto combined the year before (60 %), the usual year (20 %) and recent medians (20 %); in 7 backtests its error was 50 % below the seasonal naive's."},
	} {
		m := c.m
		if m.Seasons == (Seasons{}) {
			m.Seasons = Seasons{24, 168}
		}
		m.Scores, m.Naive, m.Auto = c.own, c.naive, &auto.Model{Cut: c.cut, Origins: c.origins, Short: m.Seasons.Short, Long: m.Seasons.Long}
		if got := m.why(c.w, shift); got != c.want {
			t.Errorf("%s:\n%s\n%s", c.name, got, c.want)
		}
	}
}

func TestNamesOfSeasons(t *testing.T) {
	for _, c := range []struct {
		step        string
		short, long int
		candidate   string
		want        string
	}{
		{"1h", 24, 168, "profile last hour", "the usual day"}, {"1h", 24, 168, "weeks last day", "the usual week"}, {"1h", 24, 168, "half profile", "the usual day"},
		{"1mo", 12, 0, "profile", "the usual year"}, {"1d", 7, 365, "weeks", "the usual year"}, {"1d", 7, 365, "log weeks regression", "the usual year"},
		{"1d", 7, 365, "season before", "the week before"}, {"1d", 7, 365, "long season before", "the year before"}, {"5m", 36, 288, "season before", "the 3 h before"},
		{"1d", 7, 365, "median 7", "recent medians"}, {"1h", 24, 168, "log regression", "regression on earlier values"}, {"1h", 24, 168, "differenced regression", "regression on earlier values"},
		{"5m", 288, 2016, "season before with trend", "the trend of the last days"}, {"1h", 24, 168, "log smoothing", "exponential smoothing"}, {"1h", 24, 168, "prophet", "prophet"},
	} {
		m := Model{Step: parse(t, c.step), Seasons: Seasons{c.short, c.long}, Auto: &auto.Model{Short: c.short, Long: c.long}}
		if got := m.kindOf(c.candidate); got != c.want {
			t.Errorf("%q by %s: %q, want %q", c.candidate, c.step, got, c.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		step string
		n    int
		want string
	}{
		{"5m", 1, "5 min"}, {"5m", 18, "90 min"}, {"5m", 12, "1 h"}, {"5m", 288, "24 h"}, {"5m", 576, "2 days"}, {"5m", 4032, "2 weeks"}, {"1h", 36, "36 h"}, {"5m", 4001, "13.9 days"},
		{"5m", 200, "16.7 h"}, {"1d", 7, "7 days"}, {"1d", 1, "24 h"}, {"1w", 2, "2 weeks"}, {"10s", 3, "3 steps"}, {"10s", 1, "1 step"},
		{"1mo", 1, "1 month"}, {"1mo", 10, "10 months"}, {"1mo", 24, "2 years"}, {"3mo", 4, "12 months"}, {"3mo", 5, "15 months"}, {"1y", 1, "1 year"}, {"1y", 500, "500 years"}, {"1b", 5, "5 business days"},
	} {
		if got := span(parse(t, c.step), c.n); got != c.want {
			t.Errorf("%d x %s: %q, want %q", c.n, c.step, got, c.want)
		}
	}
}

// Warnings say what makes a forecast less sure, and only then.
func TestWarnings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noisy := func(n int, step time.Duration) metric.Series {
		return series(n, step, func(int) float64 { return r.NormFloat64() })
	}
	gappy := noisy(1000, 5*time.Minute)
	gappy.Times, gappy.Values = slices.Delete(gappy.Times, 300, 600), slices.Delete(gappy.Values, 300, 600)
	months := metric.Series{}
	for i := range 18 {
		months.Times, months.Values = append(months.Times, metric.Step{N: 1, Unit: metric.StepMonth}.Add(monday, i)), append(months.Values, r.NormFloat64())
	}
	for _, c := range []struct {
		name string
		s    metric.Series
		o    Options
		want []string
	}{
		{"enough", noisy(1000, 5*time.Minute), Options{}, nil},
		{"one point", noisy(1, time.Hour), Options{Step: metric.Step{N: 1, Unit: metric.StepHour}}, []string{"Only one point is known; the forecast repeats it."}},
		{"two points", noisy(2, time.Hour), Options{}, []string{"Only 2 points are known; the forecast repeats the last one."}},
		{"less than two days", noisy(400, 5*time.Minute), Options{}, []string{"The history covers 33.3 h; two seasons (2 days) would show what repeats itself."}},
		{"less than two years", months, Options{}, []string{"The history covers 18 months; two seasons (2 years) would show what repeats itself."}},
		{"holes", gappy, Options{}, []string{"30 % of the points are missing and were filled in."}},
	} {
		f, err := Forecaster{Now: clock}.Forecast(ctx, c.s, c.o)
		if err != nil || !slices.Equal(f.Warnings, c.want) {
			t.Errorf("%s: %q, %v, want %q", c.name, f.Warnings, err, c.want)
		}
		if !strings.HasSuffix(f.Why, ".") || !strings.HasPrefix(f.Why, "Auto ") {
			t.Errorf("%s: %q is no sentence", c.name, f.Why)
		}
	}
}
