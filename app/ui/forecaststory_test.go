package ui

import (
	"math"
	"testing"
	"time"

	"aiops/app"
	"aiops/app/view"
	"aiops/forecast"
	"aiops/metric"
	"aiops/store/memory"
)

// The story of the reference picture: a disk that fills, faster since 26 October.
var storyKey = metric.Key{VM: "db-01", Metric: "disk_used"}

var storyTurn = time.Date(2026, 10, 26, 0, 0, 0, 0, time.UTC).UnixMicro()

func storyValue(at int64) float64 {
	days := float64(at-storyTurn) / 86400e6
	v := 66 + 0.21*days
	if days > 0 {
		v = 66 + 0.45*days
	}
	return v + storyWeek(at) + storyDay(at)
}

func storyWeek(at int64) float64 { return 0.5 * math.Sin(2*math.Pi*float64(at)/(7*86400e6)) }
func storyDay(at int64) float64  { return 0.2 * math.Sin(2*math.Pi*float64(at)/86400e6) }

const storyStep = int64(2 * 3600e6)

func storySeries() metric.Series {
	s := metric.Series{Key: storyKey}
	end := testNow.Truncate(2 * time.Hour).UnixMicro()
	for at := end - 120*86400e6; at <= end; at += storyStep {
		s.Times, s.Values = append(s.Times, at), append(s.Values, storyValue(at))
	}
	return s
}

// storyForecast is what a good model says of it.
func storyForecast(s metric.Series, span time.Duration) forecast.Forecast {
	last := s.Times[s.Len()-1]
	f := forecast.Forecast{Key: s.Key, Step: metric.StepOf(storyStep), Origin: last, Made: testNow.UnixMicro(), Model: "auto",
		Why:     "Auto chose a weighted median of 4 models: time-of-day profile, autoregression, Theta and Prophet.",
		Changes: []forecast.Change{{Time: storyTurn, Text: "growth ×2.3"}},
		Scores:  forecast.Scores{N: 100, MAE: 0.39}, SeasonalRef: forecast.Scores{N: 100, MAE: 1},
		Levels: []float64{0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975}, Quantiles: make([][]float64, 9)}
	for at := last + storyStep; at <= last+span.Microseconds(); at += storyStep {
		v := storyValue(at)
		spread := 0.6 * math.Sqrt(float64(at-last)/86400e6)
		f.Times, f.Value = append(f.Times, at), append(f.Value, v)
		for i, z := range []float64{-1.96, -1.645, -1.28, -0.674, 0, 0.674, 1.28, 1.645, 1.96} {
			f.Quantiles[i] = append(f.Quantiles[i], v+z*spread)
		}
	}
	all := append(append([]int64{}, s.Times...), f.Times...)
	part := func(name string, period time.Duration, of func(int64) float64) forecast.Component {
		c := forecast.Component{Name: name, Period: period.Microseconds(), Times: all}
		for _, at := range all {
			c.Values = append(c.Values, of(at))
		}
		return c
	}
	f.Components = []forecast.Component{part("daily", 24*time.Hour, storyDay), part("weekly", 7*24*time.Hour, storyWeek),
		part("trend", 0, func(at int64) float64 { return storyValue(at) - storyWeek(at) - storyDay(at) })}
	return f
}

// storyEvaluation is a backtest of it with 12 weekly origins.
func storyEvaluation(s metric.Series, model string, scale float64) forecast.Evaluation {
	e := forecast.Evaluation{Key: s.Key, Model: model, Step: metric.StepOf(storyStep), Level: 0.8,
		Scores: forecast.Scores{N: 900, MAE: 1.2 * scale, MASE: 0.39 * scale, SMAPE: 1.5 * scale, Coverage: 0.81, WIS: 0.31 * scale}, Reference: forecast.Scores{N: 900, MAE: 3, MASE: 1, SMAPE: 3.9, Coverage: math.NaN(), WIS: 0.94}}
	for _, days := range []int{1, 3, 7, 14, 28, 42} {
		k := float64(days)
		e.ByHorizon = append(e.ByHorizon, forecast.HorizonScores{From: 1, To: 12 * days, Scores: forecast.Scores{N: 10, MAE: scale * 0.3 * math.Pow(k, 0.8)}, Reference: forecast.Scores{N: 10, MAE: 0.45 * k}})
	}
	end := s.Times[s.Len()-1]
	for i := range 12 {
		p := forecast.Past{Origin: end - int64(13-i)*7*86400e6/2}
		for k := range 42 {
			at := p.Origin + int64(k+1)*storyStep
			v := storyValue(p.Origin) + float64(k)*0.02
			p.Times, p.Value, p.Lower, p.Upper, p.Actual = append(p.Times, at), append(p.Value, v), append(p.Lower, v-1), append(p.Upper, v+1), append(p.Actual, storyValue(at))
		}
		e.Past = append(e.Past, p)
	}
	return e
}

// onStory opens the page on the story with its forecast made.
func onStory(t *testing.T, look view.Appearance, w, h int) *harness {
	st := memory.New("fleet")
	st.Put(storySeries())
	for i, vm := range []string{"batch-01", "cache-01", "edge-01", "queue-01", "web-01"} {
		s := storySeries()
		s.Key = metric.Key{VM: vm, Metric: "disk_used"}
		for j := range s.Values {
			s.Values[j] += []float64{8, 12.5, 4, -14, -30}[i]
		}
		st.Put(s)
	}
	a := newHarness(t, st, look, w, h, func(s *view.State) {
		s.Selection.Add(storyKey)
		s.Page = view.ForecastPage
		s.Span.Preset = view.Last90Days
		s.Outlook.Horizon = 42 * 86400
		s.Expand("db-01", true)
	})
	a.ahead.Forget()
	plan, _ := a.ahead.Plan()
	s := storySeries()
	m := view.ForeseenOf(app.ForecastResult{History: s, Forecast: storyForecast(s, plan.Options.Span)}, plan.Options)
	m.Plan = plan
	a.ahead.Apply(m)
	if test, ok := a.ahead.AssessPlan(); ok {
		a.ahead.Judge(test, storyEvaluation(s, "auto", 1), nil)
	}
	a.outlook.draw()
	a.q.settle()
	return a
}

func TestForecastStory(t *testing.T) {
	for name, look := range map[string]view.Appearance{"story-dark": view.AlwaysDark, "story-light": view.AlwaysLight} {
		h := onStory(t, look, 1440, 900)
		h.do(view.ForecastAll)
		h.finish()
		h.shot(name)
		h.do(view.ShowPast)
		h.q.settle()
		h.shot(name + "-past")
	}
	h := onStory(t, view.AlwaysDark, 1100, 700)
	h.shot("story-small")
}
