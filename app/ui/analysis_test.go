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

func TestExplore(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, func(st *view.State) { st.Span.Preset = view.Last7Days })
	h.do(view.ShowExplore)
	h.q.settle()
	h.shot("explore")
	x := h.review.Explored()
	if x == nil || len(x.Top) != 5 || x.Top[0].VM != "db-01" {
		t.Fatalf("explored %+v", x)
	}
	for i, c := range h.analysis.explore.cards {
		if !c.figure.drawn {
			t.Errorf("figure %d is not drawn", i)
		}
	}
	h.analysis.explore.open(0)
	h.q.settle()
	if h.state.Review.VM != "db-01" || h.state.Review.Section != view.IncidentsSection {
		t.Errorf("a VM of the ranking leads to %+v", h.state.Review)
	}
}

func TestFactMarksAnomalies(t *testing.T) {
	h := newHarness(t, stored(t), view.AlwaysDark, 1440, 900, fourCPUs)
	h.do(view.MarkAnomalies)
	h.finish()
	h.shot("fact-marks")
	rings := func() (n int) {
		for _, p := range h.fact.Figure(*tokens()).Panels {
			n += len(p.Marks)
		}
		return n
	}
	if rings() == 0 {
		t.Error("the incident of db-01 is not marked")
	}
	h.do(view.MarkAnomalies)
	h.q.settle()
	if rings() != 0 || !h.state.Review.Unmarked {
		t.Error("the marks must go again")
	}
}
