package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"aiops/app/view"
	"aiops/metric"
	"aiops/store/memory"
)

func onForecast(t *testing.T, look view.Appearance, w, h int, change func(*view.State)) *harness {
	return newHarness(t, stored(t), look, w, h, func(st *view.State) {
		fourCPUs(st)
		st.Page = view.ForecastPage
		st.Span.Preset = view.Last7Days
		if change != nil {
			change(st)
		}
	})
}

func TestForecastPage(t *testing.T) {
	for _, c := range []struct {
		name string
		look view.Appearance
		w, h int
	}{{"forecast-dark", view.AlwaysDark, 1440, 900}, {"forecast-light", view.AlwaysLight, 1440, 900}, {"forecast-small", view.AlwaysLight, 1100, 700}} {
		t.Run(c.name, func(t *testing.T) {
			h := onForecast(t, c.look, c.w, c.h, nil)
			h.outlook.hover(testNow.Add(5*time.Hour).UnixMicro(), true)
			h.shot(c.name)
			if !h.outlook.chart.drawn || !h.outlook.chart.cross.shown {
				t.Errorf("drawn %v, crosshair %v", h.outlook.chart.drawn, h.outlook.chart.cross.shown)
			}
			if len(h.outlook.list.rows) != 1 {
				t.Errorf("%d rows of the list, want that of the shown series", len(h.outlook.list.rows))
			}
		})
	}
}

func TestForecastOptionsAreLive(t *testing.T) {
	h := onForecast(t, view.AlwaysLight, 1440, 900, nil)
	steps := func() int { return len(h.outlook.scene.Forecast.Times) }
	if steps() != 288 {
		t.Fatalf("%d steps, want a day of them", steps())
	}
	h.outlook.tools.horizon.onChange(0) // 4 h
	h.q.settle()
	if steps() != 48 || h.state.Outlook.Horizon != 4*3600 {
		t.Errorf("%d steps after choosing 4 h", steps())
	}
	frames, made := h.outlook.chart.frames, h.outlook.scene.Foreseen
	h.outlook.tools.interval.onChange(3) // 95 %
	h.outlook.tools.setLimit(view.Threshold{Metric: "cpu", Value: 40})
	if h.outlook.making != nil {
		t.Error("interval and threshold need no training")
	}
	h.q.settle()
	if h.outlook.chart.frames == frames || h.outlook.scene.Foreseen != made || h.outlook.scene.Level != 0.95 {
		t.Error("interval and threshold must show at once")
	}
	h.outlook.tools.model.onChange(4)
	if h.outlook.making == nil || h.outlook.scene.Foreseen != made {
		t.Error("while another model is trained the old forecast stays")
	}
	h.outlook.tools.model.onChange(5) // the one before is given up
	h.q.settle()
	if got := h.outlook.scene.Forecast.Model; got != "profile" {
		t.Errorf("shows %q, want the model chosen last", got)
	}
	if got := h.outlook.list.rows; len(got) != 1 || got[0].Limit != "40\u00a0%" {
		t.Errorf("the list: %+v", got)
	}
}

func TestForecastKeys(t *testing.T) {
	h := newHarness(t, stored(t), view.AlwaysDark, 1440, 900, fourCPUs)
	h.press(view.Stroke{Key: "2", Ctrl: true})
	h.q.settle()
	if h.outlook == nil || !h.outlook.chart.drawn {
		t.Fatal("Ctrl+2 must show the forecast")
	}
	typed := h.win.Canvas().OnTypedRune()
	typed('n')
	h.q.settle()
	if got := h.outlook.tools.series.Label; got != "api-02 cpu" {
		t.Errorf("N shows %q", got)
	}
	before := h.ahead.Visible()
	typed('+')
	typed('+')
	h.q.settle()
	if h.ahead.Visible().Len() >= before.Len() || h.outlook.chart.layout.Range != h.ahead.Visible() {
		t.Error("+ must zoom")
	}
	h.outlook.chart.DoubleTapped(nil)
	h.q.settle()
	if h.ahead.Visible() != before {
		t.Error("a double click must show all again")
	}
	if h.fact.Zoomed() {
		t.Error("zooming here must leave Fact alone")
	}
	typed('o')
	h.q.settle()
	if !h.state.Outlook.Past || h.outlook.scene.Past == nil {
		t.Error("O must show past forecasts")
	}
	h.press(view.Stroke{Key: "Escape"})
	if h.state.Outlook.Past {
		t.Error("Escape must show the forecast again")
	}
	h.press(view.Stroke{Key: "C", Ctrl: true})
	if got := h.a.Clipboard().Content(); !strings.HasPrefix(got, "VM\tMetric\tNow") {
		t.Errorf("Ctrl+C copies %q", got)
	}
}

func TestForecastAllFillsTheList(t *testing.T) {
	h := onForecast(t, view.AlwaysDark, 1440, 900, nil)
	h.do(view.ForecastAll)
	h.finish()
	if got := h.jobs.List()[0]; got.Result != "20 series forecast" {
		t.Errorf("the job says %q %v", got.Result, got.Err)
	}
	if len(h.outlook.list.rows) != 5 { // with a threshold: the cpus
		t.Fatalf("%d rows", len(h.outlook.list.rows))
	}
	all, err := h.db.Predictions(t.Context(), nil, metric.Range{})
	if err != nil || len(all) != 20 {
		t.Errorf("%d predictions are stored, %v", len(all), err)
	}
	for i, r := range h.outlook.list.rows {
		if r.Key.VM == "batch-01" { // not selected
			h.outlook.list.table.list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, float32(i)*tableRowHeight+5)})
		}
	}
	h.q.settle()
	if k, _ := h.ahead.Focus(); k.VM != "batch-01" || h.state.Selection.Has(k) {
		t.Errorf("the click shows %v", k)
	}
	h.outlook.list.sort(1)
	h.outlook.list.sort(1)
	if rows := h.outlook.list.rows; rows[0].Key.VM != "web-03" && rows[0].Key.VM != "db-01" {
		t.Errorf("the highest present value is %v", rows[0].Key)
	}
}

func TestForecastJobs(t *testing.T) {
	h := onForecast(t, view.AlwaysDark, 1440, 900, nil)
	for _, id := range []view.CommandID{view.TrainModel, view.TestModel, view.ForecastShown, view.ForecastSelected} {
		h.do(id)
		h.finish()
		if j := h.jobs.List()[0]; j.Err != nil {
			t.Errorf("%s: %v", j.Name, j.Err)
		}
	}
	h.do(view.TuneModel)
	h.shot("dialog-tune")
	h.leave()
	k, _ := h.ahead.Focus()
	h.outlook.tune(k, h.ahead.Options(k), 3)
	h.finish()
	h.shot("dialog-tuned")
	if h.sheet == nil {
		t.Fatal("the settings that were tried must be offered")
	}
	h.leave()
	h.outlook.tools.askHorizon()
	h.leave()
	h.outlook.tools.askLimit(k)
	h.shot("dialog-limit")
	h.leave()
}

func TestForecastErrorsAreInTheCard(t *testing.T) {
	h := newHarness(t, broken{stored(t)}, view.AlwaysLight, 1440, 900, func(st *view.State) {
		fourCPUs(st)
		st.Page = view.ForecastPage
	})
	if !h.outlook.failed || len(h.outlook.fail.Objects) != 1 {
		t.Fatal("a forecast that fails must be told in the card")
	}
	h.shot("forecast-error")
	h.db = stored(t)
	h.outlook.retry()
	h.q.settle()
	if h.outlook.failed || !h.outlook.chart.drawn {
		t.Error("Retry must try again")
	}
	h.outlook.showError(errors.New("again"), nil)
	h.outlook.changed()
	if h.outlook.failed {
		t.Error("another choice must try again")
	}
}

func TestForecastRooms(t *testing.T) {
	h := newHarness(t, stored(t), view.AlwaysDark, 1440, 900, func(st *view.State) { st.Page = view.ForecastPage })
	h.shot("forecast-empty")
	if len(h.outlook.room.Objects) != 1 || !h.outlook.tools.forecast.disabled {
		t.Error("without a selection the page must say what to do")
	}
	st := memory.New("short")
	st.Put(metric.Series{Key: metric.Key{VM: "a", Metric: "cpu"}, Times: []int64{1, 60e6}, Values: []float64{1, 2}})
	h = newHarness(t, st, view.AlwaysDark, 1440, 900, func(s *view.State) {
		s.Page = view.ForecastPage
		s.Selection.Add(metric.Key{VM: "a", Metric: "cpu"})
	})
	h.shot("forecast-short")
	if room, empty := h.ahead.Empty(); !empty || !strings.Contains(room.Text, "a forecast needs 3") {
		t.Errorf("%v %+v", empty, room)
	}
}

func TestForecastExport(t *testing.T) {
	h := onForecast(t, view.AlwaysDark, 1440, 900, nil)
	h.export([]string{"html"}, "/tmp/out")
	h.finish()
	got := h.session.Actions.(*fakeActions).exported[0]
	if got.Ahead.Span != 24*time.Hour || got.Range != h.fact.Base() || got.Forecaster.Now == nil {
		t.Errorf("exported %+v", got)
	}
	h.showPage(view.FactPage)
	h.export([]string{"html"}, "/tmp/out")
	h.finish()
	if got := h.session.Actions.(*fakeActions).exported[1]; got.Ahead.Span != 0 {
		t.Error("Fact exports no forecast")
	}
}

func TestForecastCanBeCancelled(t *testing.T) {
	h := onForecast(t, view.AlwaysDark, 1440, 900, nil)
	h.outlook.tools.model.onChange(4)
	m := h.outlook.making
	if m == nil {
		t.Fatal("nothing is being made")
	}
	h.outlook.sayMaking(m, "Forecasting api-01 cpu")
	if !h.outlook.line.Visible() || len(h.foot.slow.Objects) != 2 {
		t.Fatal("what takes long must be named in the footer")
	}
	h.shot("forecast-slow")
	h.foot.slow.Objects[1].(*button).Tapped(nil)
	h.q.settle()
	if !h.outlook.failed || h.outlook.making != nil || h.outlook.line.Visible() || len(h.foot.slow.Objects) != 0 {
		t.Error("Cancel must end it and say so")
	}
	h.outlook.retry()
	h.q.settle()
	if h.outlook.failed || h.outlook.scene.Forecast.Model != "theta" {
		t.Error("Retry must make it")
	}
}
