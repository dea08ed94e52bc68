package view

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"aiops/app"
	"aiops/charts"
	"aiops/forecast"
	"aiops/metric"
)

var diskUsed = metric.Key{VM: "db-01", Metric: "disk_used"}

// filling is a disk that fills by half a point a day, to 80 % at the pictures' present.
func filling(t testing.TB, k metric.Key, end float64) metric.Series {
	s := metric.Series{Key: k, Times: grid(at(t, "2026-10-24 14:30"), time.Hour, 30*24+1)}
	for i := range s.Times {
		s.Values = append(s.Values, end-0.5*float64(len(s.Times)-1-i)/24)
	}
	return s
}

// rising is a forecast that goes on by half a point a day, less sure with time.
func rising(s metric.Series, span time.Duration) forecast.Forecast {
	last := s.Times[s.Len()-1]
	f := forecast.Forecast{Key: s.Key, Step: metric.Step{N: 1, Unit: metric.StepHour}, Origin: last, Made: last, Model: "auto",
		Levels: []float64{0.1, 0.25, 0.5, 0.75, 0.9}, Quantiles: make([][]float64, 5)}
	for at := last + 3600e6; at <= last+span.Microseconds(); at += 3600e6 {
		days := float64(at-last) / 86400e6
		v := s.Values[s.Len()-1] + 0.5*days
		f.Times, f.Value = append(f.Times, at), append(f.Value, v)
		for i, k := range []float64{-0.2, -0.1, 0, 0.1, 0.2} {
			f.Quantiles[i] = append(f.Quantiles[i], v+k*days)
		}
	}
	return f
}

// foresight is a page on series of a store.
func foresight(t testing.TB, s *fake) (*Forecast, *hand) {
	t.Helper()
	clock, hand := newClock(t)
	st := DefaultState()
	st.Outlook.Horizon = 42 * 86400
	st.Span.Preset = Last30Days
	fact := NewFact(st, clock)
	fact.SetCatalog(s.catalog())
	f := NewForecast(fact)
	for _, info := range s.catalog() {
		fact.Select(info.Key)
	}
	return f, hand
}

// foreseenNow applies a forecast that was made by hand for the present view.
func foreseenNow(t testing.TB, f *Forecast, s metric.Series, made forecast.Forecast) *Foreseen {
	t.Helper()
	p, ok := f.Plan()
	if !ok {
		t.Fatal("nothing is to be forecast")
	}
	m := ForeseenOf(app.ForecastResult{History: s, Forecast: made}, p.Options)
	m.Plan = p
	if !f.Apply(m) {
		t.Fatal("the newest forecast was thrown away")
	}
	return m
}

// onDisk is a page that shows the filling disk with its forecast.
func onDisk(t testing.TB) (*Forecast, metric.Series) {
	s := filling(t, diskUsed, 80)
	st := &fake{}
	st.put(s.Key, s.Times, s.Values)
	f, _ := foresight(t, st)
	foreseenNow(t, f, s, rising(s, 42*day))
	return f, s
}

func TestForecastFigure(t *testing.T) {
	f, s := onDisk(t)
	sc, ok := f.Scene()
	if !ok {
		t.Fatal("there is no scene")
	}
	fig := sc.Figure(charts.Dark)
	p := fig.Panels[0]
	if len(p.Lines) != 2 || p.Lines[1].Style != charts.Predicted || p.Lines[1].Data.Times[0] != s.Times[s.Len()-1] {
		t.Errorf("lines %+v: want the fact, and the prediction from its last point on", p.Lines)
	}
	if len(p.Bands) != 2 || !p.Bands[0].Strong || p.Bands[1].Name != "80\u00a0% interval" || p.Bands[0].Times[0] != s.Times[s.Len()-1] {
		t.Errorf("bands %q %q", p.Bands[0].Name, p.Bands[1].Name)
	}
	for _, b := range p.Bands {
		for i, v := range b.Upper {
			if v > 100 || b.Lower[i] > v {
				t.Fatalf("%s leaves what is possible: %v..%v", b.Name, b.Lower[i], v)
			}
		}
	}
	if fig.Now != s.Times[s.Len()-1] || fig.NowText != "Now, Mon 23 Nov" {
		t.Errorf("now %d %q", fig.Now, fig.NowText)
	}
	if len(p.Thresholds) != 1 || p.Thresholds[0].Value != 90 {
		t.Errorf("thresholds %+v, want the usual 90 %%", p.Thresholds)
	}
	// 80 + 0.5 d reaches 90 after 20 days; with 0.9 probability when 80 + 0.3 d does, after 33.3.
	if len(p.Drops) != 3 || p.Drops[1].Label != "50 %" || math.Abs(float64(p.Drops[1].Time-s.Times[s.Len()-1]-20*86400e6)) > 1e6 || !p.Drops[1].Strong {
		t.Fatalf("drops %+v", p.Drops)
	}
	// The quantile 0.7 rises by 0.58 a day: after 17.2 days.
	want := "Reaches 90\u00a0% on Sun 13 Dec|30\u00a0% by 10 Dec, 90\u00a0% by 26 Dec"
	if got := p.Notes[0].Head + "|" + p.Notes[0].Text; got != want {
		t.Errorf("the box says %q, want %q", got, want)
	}
}

func TestForecastOptionsThatNeedNoTraining(t *testing.T) {
	f, _ := onDisk(t)
	f.Outlook().Level = 0.5
	f.state.Thresholds.Set(Threshold{Metric: "disk_used", Value: 85})
	if p, ok := f.Plan(); ok {
		t.Errorf("another interval and threshold ask for %+v", p)
	}
	sc, _ := f.Scene()
	p := sc.Figure(charts.Light).Panels[0]
	if len(p.Bands) != 1 || p.Drops[1].Value != 85 {
		t.Errorf("%d bands, drops at %v", len(p.Bands), p.Drops[1].Value)
	}
	if rows := f.Capacity.Rows(CapacityOrder{Column: 5}); len(rows) != 1 || rows[0].By[1] != "3 Dec" {
		t.Errorf("the list says %+v", rows)
	}
	for _, change := range []func(){func() { f.Outlook().Model = "prophet" }, func() { f.SetHorizon(2 * day) }, func() { f.SetConfig("prophet", diskUsed, "{}") }} {
		change()
		if _, ok := f.Plan(); !ok {
			t.Error("another model, horizon or setting must be forecast anew")
		}
		if _, ok := f.Plan(); ok {
			t.Error("what is under way must not be planned twice")
		}
	}
}

func TestStaleForecastsAreThrownAway(t *testing.T) {
	f, s := onDisk(t)
	f.Outlook().Model = "theta"
	old, _ := f.Plan()
	f.Outlook().Model = "naive"
	newer, _ := f.Plan()
	slow := ForeseenOf(app.ForecastResult{History: s, Forecast: rising(s, 42*day)}, old.Options)
	slow.Plan = old
	if f.Apply(slow) {
		t.Error("a forecast that nobody asks for any more was taken in")
	}
	if sc, _ := f.Scene(); sc.Plan.Options.Model != "auto" || f.Ready() {
		t.Errorf("while the new one is made the old one stays: %q", sc.Plan.Options.Model)
	}
	quick := ForeseenOf(app.ForecastResult{History: s, Forecast: rising(s, 42*day)}, newer.Options)
	quick.Plan = newer
	if !f.Apply(quick) || !f.Ready() {
		t.Error("the newest forecast was thrown away")
	}
	if f.Apply(quick) {
		t.Error("a forecast was taken in twice")
	}
	f.Outlook().Model = "auto"
	if _, ok := f.Plan(); ok {
		t.Error("what was made before is kept")
	}
}

func TestForesee(t *testing.T) {
	s := filling(t, diskUsed, 80)
	st := &fake{}
	st.put(s.Key, s.Times, s.Values)
	st.put(apiCPU, s.Times[:2], s.Values[:2])
	f, hand := foresight(t, st)
	fc := forecast.Forecaster{Now: func() time.Time { return hand.at }}
	f.SetFocus(diskUsed)
	p, _ := f.Plan()
	m, err := Foresee(context.Background(), st, fc, p)
	if err != nil || len(m.Forecast.Times) != 42*24 || !f.Apply(m) {
		t.Fatalf("%v %+v", err, m)
	}
	if !strings.HasPrefix(f.Status(), "Auto on 721 points of 30 days, 1,008 steps ahead") {
		t.Errorf("the footer says %q", f.Status())
	}
	f.SetFocus(apiCPU)
	p, _ = f.Plan()
	m, err = Foresee(context.Background(), st, fc, p)
	if err != nil || !f.Apply(m) {
		t.Fatal(err)
	}
	room, empty := f.Empty()
	if want := "api-01 cpu has 2 points; a forecast needs 3, so 1 more, in 1 h at the present rate."; !empty || room.Text != want {
		t.Errorf("%v %q, want %q", empty, room.Text, want)
	}
	st.fail = errors.New("disk on fire")
	f.SetFocus(diskUsed)
	f.Outlook().Model = "naive"
	p, _ = f.Plan()
	if _, err := Foresee(context.Background(), st, fc, p); err == nil {
		t.Error("a read that fails must be told")
	} else if f.Fail(p, err); f.Err() == nil {
		t.Error("the error is lost")
	}
	if _, ok := f.Plan(); !ok {
		t.Error("what failed must be tried again")
	}
}

func TestForecastFollowsTheSidebar(t *testing.T) {
	st := &fake{}
	for _, k := range []metric.Key{apiCPU, dbCPU, web} {
		st.put(k, grid(at(t, "2026-11-20 00:00"), time.Hour, 80), wave(10, 60, 24, 80))
	}
	f, _ := foresight(t, st)
	if k, _ := f.Focus(); k != apiCPU {
		t.Errorf("shows %v, want the first selected one", k)
	}
	f.Step(-1)
	if k, _ := f.Focus(); k != web {
		t.Errorf("one before the first is %v, want the last", k)
	}
	f.fact.Deselect(web)
	f.Chosen([]metric.Key{web}, false)
	if k, _ := f.Focus(); k != apiCPU {
		t.Errorf("what was unticked is shown still: %v", k)
	}
	f.Chosen([]metric.Key{dbCPU}, true)
	if k, _ := f.Focus(); k != dbCPU || f.Slot() != 1 {
		t.Errorf("shows %v in colour %d", k, f.Slot())
	}
	f.SetFocus(web) // from the list, without being selected
	keys, i := f.Choices()
	if fmt.Sprint(keys, i) != "[web-03 cpu api-01 cpu db-01 cpu] 0" {
		t.Errorf("choices %v %d", keys, i)
	}
	f.fact.Clear()
	f.Outlook().Focus = metric.Key{}
	if room, empty := f.Empty(); !empty || room.Text != "Choose VMs and metrics on the left" {
		t.Errorf("%v %+v", empty, room)
	}
}

func TestForecastReading(t *testing.T) {
	f, s := onDisk(t)
	sc, _ := f.Scene()
	last := s.Times[s.Len()-1]
	if r := sc.Reading(last - 86400e6); len(r.Rows) != 1 || r.Rows[0].Text != "79.5\u00a0%" || r.Rows[0].Name != "db-01 disk_used" {
		t.Errorf("before now: %+v", r.Rows)
	}
	r := sc.Reading(last + 20*86400e6)
	var text []string
	for _, row := range r.Rows {
		text = append(text, row.Name+" "+row.Text)
	}
	if got := strings.Join(text, "; "); got != "prediction 90.0\u00a0%; 50\u00a0% interval 88.0 – 92.0\u00a0%; 80\u00a0% interval 86.0 – 94.0\u00a0%" {
		t.Errorf("ahead: %s", got)
	}
	if len(r.Remarks) != 1 || r.Remarks[0].Text != "chance to be above 90\u00a0%: 50\u00a0%" {
		t.Errorf("remarks %+v", r.Remarks)
	}
}

func TestForecastZoom(t *testing.T) {
	f, s := onDisk(t)
	base := f.Visible()
	last := s.Times[s.Len()-1]
	if base.From > last-21*86400e6 || base.To < last+42*86400e6 {
		t.Fatalf("visible %v", base)
	}
	f.ZoomTime(last, 0.5)
	if v := f.Visible(); v.Len() >= base.Len() || !v.Contains(last) {
		t.Errorf("zoomed to %v", v)
	}
	f.PanBy(10)
	if v := f.Visible(); v.To > base.To+base.Len()/10 {
		t.Errorf("panned past the horizon to %v", v)
	}
	f.Back()
	f.Back()
	if f.Visible() != base {
		t.Error("the zoom before must come back")
	}
	f.ZoomBox(metric.Range{From: last, To: base.To}, 0, &Interval{Lo: 70, Hi: 90})
	if sc, _ := f.Scene(); sc.Values.Hi != 90 {
		t.Errorf("values %+v", sc.Values)
	}
	f.SetHorizon(7 * day)
	if f.Visible().Len() > base.Len() {
		t.Error("another horizon ends the zoom of times")
	}
}

func TestPossible(t *testing.T) {
	s := filling(t, diskUsed, 99)
	f := rising(s, 42*day)
	out := possible(f, s)
	if hi := out.Quantiles[4][len(out.Times)-1]; hi != 100 {
		t.Errorf("a percentage rises to %v", hi)
	}
	if f.Quantiles[4][len(f.Times)-1] == 100 {
		t.Error("the forecast itself was changed")
	}
	s.Values[0] = 120 // this one can be above 100
	if out := possible(f, s); out.Quantiles[4][len(out.Times)-1] == 100 {
		t.Error("a percentage that was above 100 is cut")
	}
	odd := metric.Series{Key: metric.Key{VM: "a", Metric: "balance"}, Times: s.Times, Values: s.Values}
	if _, _, limited := bounds(odd); limited {
		t.Error("nothing is known of a metric without a unit")
	}
}

func TestThinKeepsExtremes(t *testing.T) {
	f := forecast.Forecast{Levels: []float64{0.5}, Quantiles: [][]float64{nil}}
	for i := range 10_000 {
		f.Times = append(f.Times, int64(i))
		f.Value = append(f.Value, math.Sin(float64(i)/300))
	}
	f.Value[5003] = 7
	f.Quantiles[0] = f.Value
	out := thin(f)
	if len(out.Times) > 2*thinTimes || len(out.Quantiles) != len(out.Levels) {
		t.Fatalf("%d times", len(out.Times))
	}
	found := false
	for i, v := range out.Value {
		found = found || v == 7 && out.Times[i] == 5003
		if i > 0 && out.Times[i] <= out.Times[i-1] {
			t.Fatal("times must ascend")
		}
	}
	if !found {
		t.Error("the highest value is lost")
	}
}
