package ui

import (
	"testing"
	"time"

	"aiops/app/view"
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
