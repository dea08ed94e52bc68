package ui

import (
	"testing"

	"aiops/app/view"
)

// onAnalysis is a window on the Analysis page with everything searched.
func onAnalysis(t *testing.T, look view.Appearance, w, h int, change func(*view.State)) *harness {
	t.Helper()
	ha := newHarness(t, stored(t), look, w, h, func(st *view.State) {
		fourCPUs(st)
		st.Page = view.AnalysisPage
		st.Span.Preset = view.Last24Hours
		if change != nil {
			change(st)
		}
	})
	ha.finish()
	return ha
}

func TestAnalysisPage(t *testing.T) {
	for _, c := range []struct {
		name string
		look view.Appearance
		w, h int
	}{{"analysis-dark", view.AlwaysDark, 1440, 900}, {"analysis-light", view.AlwaysLight, 1440, 900}, {"analysis-small", view.AlwaysLight, 1100, 700}} {
		t.Run(c.name, func(t *testing.T) {
			h := onAnalysis(t, c.look, c.w, c.h, nil)
			h.shot(c.name)
			if !h.analysis.lanes.drawn || !h.analysis.detail.chart.drawn {
				t.Errorf("lanes drawn %v, detail %v", h.analysis.lanes.drawn, h.analysis.detail.chart.drawn)
			}
			if len(h.analysis.list.rows) == 0 {
				t.Error("no incident is listed")
			}
		})
	}
}
