package forecast

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

// points makes a series of times in seconds after a Monday's midnight and values.
func points(tv ...float64) metric.Series {
	s := metric.Series{Key: metric.Key{VM: "a", Metric: "cpu"}}
	for i := 0; i < len(tv); i += 2 {
		s.Times, s.Values = append(s.Times, monday+int64(tv[i]*1e6)), append(s.Values, tv[i+1])
	}
	return s
}

var monday = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

func parse(t *testing.T, text string) metric.Step {
	t.Helper()
	if text == "" {
		return metric.Step{}
	}
	s, err := metric.ParseStep(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPrepare(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name   string
		s      metric.Series
		step   string
		want   []float64
		first  float64 // seconds
		filled int
	}{
		{"regular", points(0, 1, 60, 2, 120, 3), "", []float64{1, 2, 3}, 0, 0},
		{"jitter goes to the nearest", points(0, 1, 50, 2, 125, 3, 180, 4, 231, 5), "1m", []float64{1, 2, 3, 4, 5}, 0, 0},
		{"several are averaged", points(0, 1, 60, 2, 65, 4, 80, 6, 120, 3), "1m", []float64{1, 4, 3}, 0, 0},
		{"a coarser step", points(0, 2, 60, 4, 120, 6, 180, 8, 240, 10), "2m", []float64{2, 5, 9}, 0, 0}, // half a step before and after belong to a time
		{"a hole is a line", points(0, 1, 60, 2, 240, 8, 300, 9), "", []float64{1, 2, 4, 6, 8, 9}, 0, 2},
		{"two holes", points(0, 0, 60, 1, 180, 3, 240, 0, 360, 6), "", []float64{0, 1, 2, 3, 0, 3, 6}, 0, 2},
		{"no numbers inside", points(0, 1, 60, nan, 120, inf, 180, 4), "", []float64{1, 2, 3, 4}, 0, 2},
		{"no numbers at the ends", points(0, nan, 60, 1, 120, 2, 180, -inf), "", []float64{1, 2}, 60, 0},
		{"all but one", points(0, nan, 60, nan, 120, 5, 180, nan), "", []float64{5}, 120, 0},
		{"one point", points(30, 7), "5m", []float64{7}, 30, 0},
		{"irregular", points(0, 1, 70, 2, 110, 3, 290, 6), "1m", []float64{1, 2, 3, 4, 5, 6}, 0, 2},
	} {
		g, err := Prepare(c.s, parse(t, c.step))
		if err != nil || !slices.Equal(g.Values, c.want) || g.Filled != c.filled || g.Times[0] != monday+int64(c.first*1e6) {
			t.Errorf("%s: %v from %v s, %d filled, %v; want %v from %v s, %d filled", c.name, g.Values, float64(g.Times[0]-monday)/1e6, g.Filled, err, c.want, c.first, c.filled)
			continue
		}
		missing := 0
		for i := range g.Values {
			if g.Missing != nil && g.Missing[i] {
				missing++
			}
			if i > 0 && g.Times[i] != g.Step.Add(g.Times[i-1], 1) {
				t.Errorf("%s: time %d is no step after the one before", c.name, i)
			}
		}
		if missing != g.Filled || len(g.Times) != len(g.Values) {
			t.Errorf("%s: %d missing, %d filled, %d times", c.name, missing, g.Filled, len(g.Times))
		}
	}
	for want, s := range map[string]metric.Series{"no points": {}, "one point does not tell": points(0, 1), "no finite values": points(0, nan, 60, inf)} {
		if _, err := Prepare(s, metric.Step{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// Months and business days keep their calendar, also over holes.
func TestPrepareCalendars(t *testing.T) {
	for _, c := range []struct {
		step string
		n    int
		drop int
	}{{"1mo", 30, 7}, {"3mo", 12, 5}, {"1y", 8, 3}, {"1b", 60, 11}, {"1w", 30, 4}} {
		step := parse(t, c.step)
		s := metric.Series{}
		for i := range c.n {
			if i != c.drop {
				s.Times, s.Values = append(s.Times, step.Add(monday, i)), append(s.Values, float64(i))
			}
		}
		found, err := Prepare(s, metric.Step{})
		if err != nil || len(found.Values) != c.n || found.Filled != 1 || !found.Missing[c.drop] {
			t.Fatalf("%s: %d points, %d filled, %v", c.step, len(found.Values), found.Filled, err)
		}
		for i, v := range found.Values {
			if math.Abs(v-float64(i)) > 1e-12 || found.Times[i] != step.Add(monday, i) {
				t.Errorf("%s: point %d is %v at %v", c.step, i, v, metric.Time(found.Times[i]))
			}
		}
	}
}

// Times that tremble by a tenth of the step lose no point.
func TestPrepareJitter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := metric.Series{}
	for i := range 500 {
		s.Times, s.Values = append(s.Times, monday+int64(i)*300e6+r.Int64N(60e6)-30e6), append(s.Values, float64(i))
	}
	g, err := Prepare(s, metric.Step{})
	if err != nil || g.Step.String() != "5m" || g.Filled != 0 || !slices.Equal(g.Values, s.Values) {
		t.Errorf("step %v, %d values, %d filled, %v", g.Step, len(g.Values), g.Filled, err)
	}
}

// A year without data in a series of seconds must not be filled with 31 million points.
func TestPrepareHugeGaps(t *testing.T) {
	s := metric.Series{}
	for i := range 7200 {
		at := monday + int64(i)*1e6
		if i >= 3600 {
			at += 365 * 86400e6
		}
		s.Times, s.Values = append(s.Times, at), append(s.Values, float64(i))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	g, err := Prepare(s, metric.Step{})
	runtime.ReadMemStats(&after)
	if err != nil || len(g.Values) != 3600 || g.Values[0] != 3600 || g.raw.Len() != 3600 {
		t.Fatalf("%d values, %v", len(g.Values), err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 10e6 {
		t.Errorf("%d bytes", used)
	}
	f, err := Forecaster{Now: clock}.Forecast(ctx, s, Options{Horizon: 5})
	if want := "The 3600 points before a gap of 8760 hours, which ended on 31 Dec 2024 01:00, were left out."; err != nil || !slices.Contains(f.Warnings, want) {
		t.Errorf("warnings %q, %v; want %q", f.Warnings, err, want)
	}
	_, err = Prepare(series(1000, time.Hour, func(i int) float64 { return 1 }), metric.Step{N: 1, Unit: metric.StepMicro})
	if err == nil || !strings.Contains(err.Error(), "choose a longer one") {
		t.Errorf("hours by microseconds: %v", err)
	}
	short := series(5000, time.Second, func(i int) float64 { return 1 })
	for i := 4000; i < 5000; i++ { // a gap of a week is still filled
		short.Times[i] += 7 * 86400e6
	}
	if g, err := Prepare(short, metric.Step{}); err != nil || len(g.Values) != 5000+7*86400 {
		t.Errorf("a week's gap: %d values, %v", len(g.Values), err)
	}
}

// What the grid was earlier knows nothing of what came later, not even in a hole.
func TestUntilDoesNotLookAhead(t *testing.T) {
	a, b := points(0, 1, 60, 2, 300, 100, 360, 5), points(0, 1, 60, 2, 300, -7, 360, 5)
	for n := 1; n <= 5; n++ {
		g, err := Prepare(a, metric.Step{})
		h, err2 := Prepare(b, metric.Step{})
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		g, h = g.until(n), h.until(n)
		if !slices.Equal(g.Values, h.Values) || len(g.Values) != n || g.raw.Len() != min(n, 2) {
			t.Errorf("%d points: %v and %v, %d raw", n, g.Values, h.Values, g.raw.Len())
		}
	}
}

func TestNaturalSeasons(t *testing.T) {
	for _, c := range []struct {
		step   string
		points int
		want   Seasons
	}{
		{"5m", 4000, Seasons{288, 2016}}, {"5m", 100, Seasons{12, 288}}, {"1h", 500, Seasons{24, 168}}, {"1h", 20, Seasons{24, 168}}, {"1d", 700, Seasons{7, 365}},
		{"1b", 500, Seasons{5, 261}}, {"1w", 200, Seasons{Short: 52}}, {"1mo", 100, Seasons{Short: 12}}, {"3mo", 40, Seasons{Short: 4}}, {"1y", 30, Seasons{}},
		{"12h", 100, Seasons{2, 14}}, {"1s", 1000, Seasons{3600, 86400}},
	} {
		if got := natural(parse(t, c.step), c.points); got != c.want {
			t.Errorf("%d points of %s: %+v, want %+v", c.points, c.step, got, c.want)
		}
	}
}
