package view

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"aiops/app"
	"aiops/charts"
	"aiops/forecast"
	"aiops/metric"
)

func TestReachSentences(t *testing.T) {
	clock, hand := newClock(t)
	now := hand.at.UnixMicro()
	limit := Threshold{Metric: "disk_used", Value: 90}
	hour := int64(3600e6)
	for _, c := range []struct {
		r          Reach
		t          Threshold
		span       time.Duration
		head, text string
	}{
		{Reach{Already: true}, limit, day, "Is above 90 % already", ""},
		{Reach{Chance: 0.04}, limit, 42 * day, "Not above 90 % within 6 weeks", "chance 4 %"},
		{Reach{Chance: 0.001}, limit, day, "Not above 90 % within 24 h", "chance below 1 %"},
		{Reach{P30: now + 24*hour}, limit, 42 * day, "Reaches 90 % with 30 % by 24 Nov", "50 % not within 6 weeks"},
		{Reach{P30: now + hour, P50: now + 3*hour}, limit, day, "Reaches 90 %, Mon 23 Nov 17:35", "30 % by 15:35, 90 % not within 24 h"},
		{Reach{P30: now + hour, P50: now + 30*24*hour, P90: now + 60*24*hour}, Threshold{Metric: "memory_bytes", Value: 1 << 30, Below: true}, 90 * day,
			"Falls to 1 GiB on Wed 23 Dec", "30 % by 23 Nov, 90 % by 22 Jan 2027"},
	} {
		head, text := c.r.Sentence(clock, c.t, now, c.span)
		clean := strings.NewReplacer("\u00a0", " ")
		if clean.Replace(head) != c.head || clean.Replace(text) != c.text {
			t.Errorf("%q, %q; want %q, %q", head, text, c.head, c.text)
		}
	}
}

func TestCapacityRanks(t *testing.T) {
	st := &fake{}
	ends := map[string]float64{"a-full": 95, "b-soon": 86, "c-later": 78, "d-never": 40}
	for vm, end := range ends {
		s := filling(t, metric.Key{VM: vm, Metric: "disk_used"}, end)
		st.put(s.Key, s.Times, s.Values)
	}
	free := metric.Key{VM: "a-full", Metric: "free_list"} // no unit, no threshold
	st.put(free, grid(at(t, "2026-11-20 00:00"), time.Hour, 80), ramp(1, 80))
	f, hand := foresight(t, st)
	if got := f.Capacity.Rows(CapacityOrder{Column: 5}); len(got) != 0 || f.Capacity.Why() == "" {
		t.Errorf("an empty list: %+v", got)
	}
	req := app.ForecastRequest{Options: f.Options(metric.Key{})}
	text, err := ForecastMany(context.Background(), st, forecast.Forecaster{Now: func() time.Time { return hand.at }}, req, f.state.Thresholds, nil, f.Capacity.Learn)
	if err != nil || text != "5 series forecast" || len(st.predictions) != 5 {
		t.Fatalf("%q %v, %d stored", text, err, len(st.predictions))
	}
	for vm, end := range ends { // what a good model says, instead of the job's
		s := filling(t, metric.Key{VM: vm, Metric: "disk_used"}, end)
		m := ForeseenOf(app.ForecastResult{History: s, Forecast: rising(s, 42*day)}, req.Options)
		f.Capacity.learn(m)
	}
	rows := f.Capacity.Rows(CapacityOrder{Column: 5})
	var order []string
	for _, r := range rows {
		order = append(order, r.Key.VM+" "+r.By[1])
	}
	if got := strings.Join(order, ", "); got != "a-full reached, b-soon 1 Dec, c-later 17 Dec, d-never later" {
		t.Errorf("ranked %s", got)
	}
	if down := f.Capacity.Rows(CapacityOrder{Column: 1}); down[0].Key.VM != "d-never" {
		t.Errorf("by the present value the first is %v", down[0].Key)
	}
	if rows[0].Shape(charts.Dark).Panels[0].Thresholds[0].Value != 90 {
		t.Error("the sparkline lacks its limit")
	}
	if got := CopyCapacity(rows); !strings.HasPrefix(got, "VM\tMetric\tNow\tLimit\t30 % by\t50 % by\t90 % by\na-full\tdisk_used\t95.0 %\t90 %\treached") {
		t.Errorf("copied %q", got)
	}
	f.Outlook().Horizon = 86400
	if rows := f.Capacity.Rows(CapacityOrder{Column: 5}); len(rows) != 0 {
		t.Error("forecasts of another horizon must not be listed")
	}
}

func TestForecastManyTellsWhatFailed(t *testing.T) {
	st := &fake{}
	s := filling(t, diskUsed, 80)
	st.put(diskUsed, s.Times, s.Values)
	st.put(apiCPU, s.Times[:1], s.Values[:1])
	f, hand := foresight(t, st)
	fc := forecast.Forecaster{Now: func() time.Time { return hand.at }}
	text, err := ForecastMany(context.Background(), st, fc, app.ForecastRequest{Options: f.Options(diskUsed)}, nil, nil, func(Learned) {})
	if err != nil || !strings.HasPrefix(text, "1 series forecast, 1 not: api-01 cpu: ") {
		t.Errorf("%q %v", text, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ForecastMany(ctx, st, fc, app.ForecastRequest{}, nil, nil, func(Learned) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled job ends with %v", err)
	}
}

func TestComponents(t *testing.T) {
	f, s := onDisk(t)
	m := f.current()
	m.Forecast.Changes = []forecast.Change{{Time: s.Times[360], Text: "growth ×2.3"}}
	season := func(name string, period time.Duration) forecast.Component {
		c := forecast.Component{Name: name, Period: period.Microseconds(), Times: s.Times}
		for _, at := range s.Times {
			c.Values = append(c.Values, 0.5*math.Sin(2*math.Pi*float64(at)/float64(c.Period)))
		}
		return c
	}
	trend := forecast.Component{Name: "trend", Times: append(append([]int64{}, s.Times...), m.Forecast.Times...)}
	for i := range trend.Times {
		trend.Values = append(trend.Values, 60+0.01*float64(min(i, 360))+0.02*float64(max(0, i-360)))
	}
	factor := season("daily", day)
	factor.Factor = true
	m.Forecast.Components = []forecast.Component{factor, season("weekly", 7*day), trend, {Name: "holidays", Times: s.Times[:1]}}
	sc, _ := f.Scene()
	parts := sc.Components(charts.Dark)
	var got []string
	for _, p := range parts {
		got = append(got, p.Title+": "+p.Text)
	}
	if text := strings.ReplaceAll(strings.Join(got, "; "), "\u00a0", " "); text != "Trend: +0.24, then +0.48 points a day; Week: −0.5 to +0.5 points; Day: −49.6 to +49.6 % of the trend" {
		t.Error(text)
	}
	if len(parts[0].Figure.Panels[0].Marks) != 1 || len(parts[0].Figure.Panels[0].Lines) != 2 {
		t.Error("the trend shows its change, and what is to come dashed")
	}
	week := parts[1].Figure
	if len(week.Ticks) != 7 || week.Ticks[0].Text != "Mon" || week.Range.Len() != metric.Micros(7*day) {
		t.Errorf("week %+v", week.Ticks)
	}
	// The sine's highest value is a quarter of a turn after the epoch's Thursday 00:00 UTC: Friday 18:00 UTC, 19:00 in Berlin; there is a point half an hour later.
	line := week.Panels[0].Lines[0].Data
	best := 0
	for i, v := range line.Mean {
		if v > line.Mean[best] {
			best = i
		}
	}
	if at := time.Duration(line.Times[best]) * time.Microsecond; at != 4*day+19*time.Hour+30*time.Minute {
		t.Errorf("the week is highest at %v", at)
	}
}

func TestBacktestCard(t *testing.T) {
	f, s := onDisk(t)
	if _, ok := f.Backtest(); ok {
		t.Error("there is no backtest yet")
	}
	plan, ok := f.AssessPlan()
	if _, again := f.AssessPlan(); !ok || again {
		t.Fatal("a backtest is to be made, once")
	}
	made := forecast.Evaluation{Key: diskUsed, Model: "auto", Level: 0.8, Step: metric.Step{N: 1, Unit: metric.StepHour},
		Scores:    forecast.Scores{N: 9, MAE: 1, MASE: 0.39, SMAPE: 1.5, Coverage: 0.81, WIS: 0.31},
		Reference: forecast.Scores{N: 9, MAE: 3, MASE: 1, SMAPE: 3.9, Coverage: math.NaN(), WIS: 0.94},
		ByHorizon: []forecast.HorizonScores{{From: 1, To: 24, Scores: forecast.Scores{N: 1, MAE: 0.5}, Reference: forecast.Scores{N: 1, MAE: 1}},
			{From: 25, To: 168, Scores: forecast.Scores{N: 1, MAE: 2}, Reference: forecast.Scores{N: 1, MAE: 6}}},
		Past: []forecast.Past{{Origin: s.Times[400], Times: s.Times[401:500], Value: s.Values[401:500], Lower: s.Values[401:500], Upper: s.Values[401:500]},
			{Origin: s.Times[500], Times: s.Times[501:600], Value: s.Values[501:600], Lower: s.Values[501:600], Upper: s.Values[501:600]}}}
	if !f.Judge(plan, made, nil) {
		t.Fatal("the backtest was thrown away")
	}
	b, ok := f.Backtest()
	if !ok || b.About != "2 origins, 10 Nov – 14 Nov" || strings.Join(b.Head, " ") != "Auto Naive" {
		t.Fatalf("%q %v", b.About, b.Head)
	}
	var rows []string
	for _, r := range b.Rows {
		rows = append(rows, r.Name+": "+strings.Join(r.Cells, " "))
	}
	want := "MASE, 7 days: 0.39 1.00; sMAPE, 7 days: 1.5 % 3.9 %; 80 % interval covers: 81 % –; Scaled WIS: 0.31 0.94"
	if got := strings.ReplaceAll(strings.Join(rows, "; "), "\u00a0", " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	fig := b.Curves(charts.Dark)
	if len(fig.Panels[0].Lines) != 2 || fig.Ticks[0].Text != "1 d" || fig.Ticks[1].Text != "7 d" {
		t.Errorf("curves %+v %+v", fig.Ticks, fig.Panels[0].Lines)
	}
	f.Outlook().Past = true
	sc, _ := f.Scene()
	p := sc.Figure(charts.Dark).Panels[0]
	if len(p.Lines) != 3 || len(p.Bands) != 2 || sc.Range.From > s.Times[400] || len(sc.Reading(s.Times[450]).Rows) != 2 {
		t.Errorf("past forecasts: %d lines, %d bands, from %d", len(p.Lines), len(p.Bands), sc.Range.From)
	}
	for more, again := range map[int64]bool{5: false, 100: true} { // of 721 points
		info := f.fact.infos[diskUsed]
		info.Count += more
		f.fact.infos[diskUsed] = info
		if _, ok := f.Assessed(); ok == again {
			t.Errorf("after %d more points the backtest stands: %v", more, ok)
		}
		info.Count -= more
		f.fact.infos[diskUsed] = info
	}
	f.Outlook().Level = 0.9
	if _, ok := f.AssessPlan(); !ok {
		t.Error("coverage of another interval must be tested anew")
	}
}

func TestBacktestsOfSeveralModels(t *testing.T) {
	f, s := onDisk(t)
	plan, _ := f.AssessPlan()
	score := forecast.Scores{N: 5, MAE: 1}
	f.Judge(plan, forecast.Evaluation{Key: diskUsed, Model: "auto", Level: 0.8, Scores: score, Reference: score}, nil)
	f.Outlook().Model = "prophet"
	foreseenNow(t, f, s, rising(s, 42*day))
	plan, _ = f.AssessPlan()
	f.Judge(plan, forecast.Evaluation{Key: diskUsed, Model: "prophet", Level: 0.8, Scores: score, Reference: score}, nil)
	b, _ := f.Backtest()
	if got := strings.Join(b.Head, " "); got != "Prophet Auto Naive" {
		t.Errorf("columns %s, want the shown model first", got)
	}
	f.Outlook().Model = "theta"
	foreseenNow(t, f, s, rising(s, 42*day))
	plan, _ = f.AssessPlan()
	f.Judge(plan, forecast.Evaluation{}, errors.New("the series is too short"))
	if b, ok := f.Backtest(); !ok || b.Note != "The series is too short" {
		t.Errorf("%v %q", ok, b.Note)
	}
}

func TestWhy(t *testing.T) {
	f := forecast.Forecast{Model: "auto", Why: "Auto chose a weighted median of 4 models: time-of-day profile and Theta.",
		Scores: forecast.Scores{N: 9, MAE: 0.39}, SeasonalRef: forecast.Scores{N: 9, MAE: 1}}
	lead, rest := WhyOf(f, "7 days")
	if lead != "Auto chose a weighted median of 4 models" || rest != ": time-of-day profile and Theta. Over 7 days it errs 61\u00a0% less than the seasonal naive." {
		t.Errorf("%q %q", lead, rest)
	}
	lead, rest = WhyOf(forecast.Forecast{Model: "theta"}, "7 days")
	if lead != "Theta" || rest != ": theta method" {
		t.Errorf("%q %q", lead, rest)
	}
}

func TestOutlookState(t *testing.T) {
	o := Outlook{Horizon: math.MaxInt64, Model: "oracle", Level: 0.77, Tab: 9}
	o.repair()
	if o.Horizon != 86400 || o.Model != "auto" || o.Level != 0.8 || o.Tab != 2 {
		t.Errorf("repaired to %+v", o)
	}
	for words, want := range map[string]time.Duration{"90 min": 90 * time.Minute, "6 weeks": 42 * day, "3 days 12 h": 84 * time.Hour} {
		if got, err := ParseHorizon(words); err != nil || got != want {
			t.Errorf("%s: %v %v", words, got, err)
		}
	}
	for _, bad := range []string{"", "soon", "20 years", "9999999 weeks"} {
		if _, err := ParseHorizon(bad); err == nil {
			t.Errorf("%q is taken for a horizon", bad)
		}
	}
	if got := HorizonText(42 * day); got != "6 weeks" {
		t.Error(got)
	}
	if got := ConfigText(`{"growth":"flat","changepoint_prior_scale":0.5}`); got != "growth flat, changepoint_prior_scale 0.5" {
		t.Error(got)
	}
}
