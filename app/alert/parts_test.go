package alert

import (
	"math"
	"strings"
	"testing"
	"time"

	"aiops/forecast"
	"aiops/metric"
)

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "anything", true}, {"*", "", true}, {"web-01", "web-01", true}, {"web-01", "web-012", false}, {"web-*", "web-", true}, {"*-01", "web-01", true},
		{"w*b*1", "web-b-01", true}, {"w*b*2", "web-b-01", false}, {"web-??", "web-01", true}, {"web-??", "web-1", false}, {"*a*b*", "xxaxxbxx", true},
		{"disk/*", "disk/a/b", true}, {"?", "é", true}, {"[a]", "a", false}, {"**", "x", true}, {"Web", "web", false},
		{strings.Repeat("*a", 30), strings.Repeat("a", 5000) + "b", false}, // no exponential search
	} {
		if got := Match(c.pattern, c.name); got != c.want {
			t.Errorf("Match(%q, %q) = %t", c.pattern, c.name, got)
		}
	}
	if (Patterns{"a", "b*"}).Match("c") || !(Patterns{"a", "b*"}).Match("bc") || !Patterns(nil).Match("x") {
		t.Error("lists of patterns")
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string]int64{"90s": 90e6, "5m": 300e6, "1h40m": 6000e6, "7d": 7 * 86400e6, "1w2d": 9 * 86400e6, "0.5s": 5e5, "1H": 3600e6} {
		if got, err := ParseSpan(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
		if got, err := ParseSpan(FormatSpan(want)); err != nil || got != want {
			t.Errorf("%s written as %s", text, FormatSpan(want))
		}
	}
	for _, text := range []string{"", "5", "m", "0m", "-5m", "5m5m", "5m1h", "5ms", "1e3s", "..m", "99999999999w", "5 m", "1µ"} {
		if got, err := ParseSpan(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

// at is a time of the script's week: 5 January 2026 is a Monday.
func at(t *testing.T, text string) int64 {
	t.Helper()
	v, err := time.Parse("2006-01-02 15:04", "2026-"+text)
	if err != nil {
		t.Fatal(err)
	}
	return v.UnixMicro()
}

func TestRecurringSilences(t *testing.T) {
	weekdays, err := ParseWeekdays("fri-sat, wed")
	if err != nil || weekdays != "356" {
		t.Fatal(weekdays, err)
	}
	night := metric.Silence{From: at(t, "01-01 00:00"), Recurs: true, Weekdays: "5", Begin: 22 * 60, End: 6 * 60, Zone: "Europe/Berlin"}
	noon := metric.Silence{From: at(t, "01-01 00:00"), To: at(t, "02-01 00:00"), Recurs: true, Begin: 12 * 60, End: 13 * 60}
	for _, c := range []struct {
		s    metric.Silence
		at   string
		want bool
	}{
		{night, "01-09 20:59", false}, {night, "01-09 21:00", true}, {night, "01-10 04:59", true}, {night, "01-10 05:00", false}, // Friday 22:00 to Saturday 06:00 in winter
		{night, "07-03 20:00", true}, {night, "07-03 19:59", false}, {night, "07-04 03:59", true}, {night, "07-04 04:00", false}, // in summer
		{night, "01-08 22:00", false}, {night, "01-09 01:00", false}, // the night from Thursday
		{noon, "01-08 12:00", true}, {noon, "01-08 13:00", false}, {noon, "02-08 12:30", false},
	} {
		if got := SilenceHolds(c.s, at(t, c.at)); got != c.want {
			t.Errorf("%+v at %s: %t", c.s, c.at, got)
		}
	}
	if text := SilenceText(night, time.UTC); text != "everything, from 2026-01-01 00:00, Fri 22:00-06:00 Europe/Berlin" {
		t.Error(text)
	}
	if text := SilenceText(metric.Silence{VM: "web-*", Rule: "high", To: 60e6}, time.UTC); text != "rule high, vm web-*, from 1970-01-01 00:00, to 1970-01-01 00:01" {
		t.Error(text)
	}
	for _, bad := range []metric.Silence{{From: 2, To: 1}, {Recurs: true, Begin: 1440}, {Recurs: true, End: 1441}, {Recurs: true, Weekdays: "7"}, {Recurs: true, Zone: "No/Where"}} {
		if CheckSilence(bad) == nil {
			t.Errorf("%+v is fine", bad)
		}
	}
}

// The probability that a stored prediction tells, against the normal
// distribution's table: the bound of 80 % lies at 1.2816 deviations.
func TestChances(t *testing.T) {
	p := metric.Prediction{Made: 0, Level: 0.8, Times: []int64{1, 2, 3}, Value: []float64{50, 80, 99}, Lower: []float64{40, 70, 99}, Upper: []float64{60, 90, 99}}
	bound := 90.0
	rule := Rule{Kind: Forecast, Above: &bound, Horizon: 2}
	if got := chanceOfPrediction(&rule, p); math.Abs(got-0.1) > 1e-9 {
		t.Errorf("at the upper bound: %v", got)
	}
	rule.Horizon = 3 // the third has no width
	if got := chanceOfPrediction(&rule, p); got != 1 {
		t.Errorf("beyond for sure: %v", got)
	}
	low := 45.0
	rule = Rule{Kind: Forecast, Below: &low, Horizon: 1}
	if got, want := chanceOfPrediction(&rule, p), 0.2608; math.Abs(got-want) > 1e-3 { // Φ(−0.6408)
		t.Errorf("half way to the lower bound: %v, want %v", got, want)
	}
	p.Lower[0], p.Upper[0] = math.NaN(), math.NaN()
	if got := chanceOfPrediction(&rule, p); got != 0 {
		t.Errorf("without bounds: %v", got)
	}
	f := forecast.Forecast{Origin: 10, Times: []int64{11, 12}, Value: []float64{50, 50}, Levels: []float64{0.1, 0.9}, Quantiles: [][]float64{{40, 40}, {60, 100}}}
	rule = Rule{Kind: Forecast, Above: &bound, Horizon: 2}
	if got := chanceOfForecast(&rule, f); math.Abs(got-(1-(0.1+0.8*50/60))) > 1e-9 {
		t.Errorf("from quantiles: %v", got)
	}
}

func TestSummaries(t *testing.T) {
	r := rules(t, "  - {name: high, kind: threshold, above: 90, below: 5, for: 10m, severity: info, labels: {team: web}, summary: '{{rule}}|{{vm}}|{{ metric }}|{{value}}|{{threshold}}|{{severity}}|{{for}}|{{time}}|{{label.team}}'}\n")[0]
	got := strings.ReplaceAll(r.summary(metric.Key{VM: "a", Metric: "cpu"}, monday, metric.Firing, 95), "\u00a0", " ")
	if want := "high|a|cpu|95.0 %|above 90.0 % or below 5.0 %|info|10m|2026-01-05 00:00 UTC|web"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, k := range Kinds {
		bound := 1.0
		for _, rule := range []Rule{{Name: "r", Kind: k, Above: &bound, Score: 0.5, For: 60e6}, {Name: "r", Kind: k, Share: 0.3}} {
			for _, to := range []metric.AlertState{metric.Firing, metric.Resolved} {
				for _, v := range []float64{0.5, math.NaN()} {
					if s := rule.summary(metric.Key{VM: "a", Metric: "cpu"}, 0, to, v); strings.Contains(s, "{") || !strings.HasPrefix(s, "a") {
						t.Errorf("%s to %s: %q", k, to, s)
					}
				}
			}
		}
	}
}

func TestMaintenance(t *testing.T) {
	notes := []metric.Annotation{
		{From: 100, To: 200, Kind: metric.Maintained, VM: "a"},
		{From: 0, To: 1000, Kind: metric.Maintained, VM: "b"},
		{From: 150, To: 160, Kind: metric.Maintained, VM: "a", Metric: "cpu"},
		{From: 150, To: 400, Kind: metric.Note, VM: "a"},
		{From: 500, To: 500, Kind: metric.Maintained},
	}
	m := newMaintenance(notes)
	for _, c := range []struct {
		vm, name  string
		at, until int64
	}{{"a", "cpu", 99, 0}, {"a", "cpu", 100, 200}, {"a", "cpu", 155, 200}, {"a", "cpu", 200, 0}, {"b", "cpu", 999, 1000}, {"b", "", 155, 1000}, {"a", "", 155, 200}, {"a", "cpu", 500, 0}, {"c", "cpu", 155, 0}} {
		if until, in := m.at(metric.Key{VM: c.vm, Metric: c.name}, c.at); until != c.until || in != (c.until > 0) {
			t.Errorf("%+v: %d, %t", c, until, in)
		}
	}
}

// A live forecast is judged by its quantiles, as it is made.
func TestForecastsAreJudgedAsTheyAreMade(t *testing.T) {
	e := NewEngine(rules(t, "  - {name: soon, kind: forecast, metric: cpu, above: 90, horizon: 1h, probability: 60%}\n"), Options{})
	make := func(at int64, high float64) forecast.Forecast {
		return forecast.Forecast{Key: metric.Key{VM: "a", Metric: "cpu"}, Origin: at, Made: at, Times: []int64{at + 30*minute, at + 120*minute}, Value: []float64{50, 99},
			Levels: []float64{0.1, 0.9}, Quantiles: [][]float64{{40, 99}, {high, 99}}}
	}
	if all := e.Forecast(make(monday, 89)); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	all := e.Forecast(make(monday+5*minute, 500)) // above 90 with 1 − (0.1 + 0.8·50/460) = 0.81
	if len(all) != 1 || all[0].To != metric.Firing || math.Abs(all[0].Value-0.813) > 0.001 {
		t.Errorf("%+v", all)
	}
	if all = e.Forecast(make(monday+10*minute, 60)); len(all) != 1 || all[0].To != metric.Resolved || len(e.Standing()) != 1 {
		t.Errorf("%+v", all)
	}
}

// Times that a person called quiet are like maintenance; missing data count
// from their end. Within times that are skipped, detectors see nothing.
func TestQuietTimes(t *testing.T) {
	asked := 0
	o := Options{Quiet: func(k metric.Key, at int64) bool {
		asked++
		return k.Metric == "cpu" && at >= monday+10*minute && at < monday+60*minute
	}}
	e := NewEngine(rules(t, "  - {name: high, kind: threshold, above: 90}\n  - {name: quiet, kind: no_data, for: 15m}\n"), o)
	for i := range int64(4) {
		e.Observe("a", monday+i*5*minute, []Sample{{"cpu", 95 * float64(i%2*(i/2))}, {"memory", 1}})
	}
	all := e.Tick(monday + 59*minute)
	if len(all) != 1 || all[0].Rule != "quiet" || all[0].Metric != "memory" || all[0].Time != monday+30*minute {
		t.Errorf("%+v", all)
	}
	before := asked
	for range 100 {
		e.Tick(monday + 59*minute)
	}
	if asked > before+400 {
		t.Errorf("asked %d times for what was known", asked-before)
	}
	if all = e.Tick(monday + 70*minute); len(all) != 1 || all[0].Metric != "cpu" || all[0].Time != monday+60*minute {
		t.Errorf("%+v", all)
	}
	e = NewEngine(rules(t, "  - {name: odd, kind: anomaly}\n"), Options{Skip: func(metric.Key, int64) bool { return true }})
	for i := range int64(200) {
		if all := e.Observe("a", monday+i*5*minute, []Sample{{"cpu", float64(i % 7 * (i / 150))}}); len(all) != 0 {
			t.Fatalf("%+v", all)
		}
	}
}
