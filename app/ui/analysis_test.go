package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"aiops/app/view"
	"aiops/metric"
	"aiops/store/memory"
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

func TestAnalysisKeys(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, func(st *view.State) { st.Review.Sensitivity = view.HigherSensitivity; st.Span.Preset = view.Last7Days })
	if len(h.analysis.list.rows) < 2 {
		t.Fatalf("the made data show %d incidents; two are needed", len(h.analysis.list.rows))
	}
	typed := h.win.Canvas().OnTypedRune()
	first, _ := h.review.Focus()
	typed('j')
	h.q.settle()
	second, _ := h.review.Focus()
	if second.ID == first.ID || h.analysis.detail.title.value != second.Title {
		t.Errorf("J looks at %q, the detail shows %q", second.Title, h.analysis.detail.title.value)
	}
	typed('k')
	h.q.settle()
	if now, _ := h.review.Focus(); now.ID != first.ID {
		t.Error("K must go back")
	}
	typed('+')
	h.q.settle()
	if !h.fact.Zoomed() || h.analysis.lanes.layout.Range != h.fact.Visible() {
		t.Error("+ must zoom the lanes, and the times of the page")
	}
	h.press(view.Stroke{Key: "Return"})
	h.q.settle()
	if h.state.Page != view.FactPage || !h.state.Selection.Has(first.Spans[0].Key) {
		t.Errorf("Enter shows %s with %v", h.state.Page, h.state.Selection)
	}
}

func TestLanesHoverAndClick(t *testing.T) {
	h := onAnalysis(t, view.AlwaysDark, 1440, 900, nil)
	l := h.analysis.lanes
	row, _ := h.review.Focus()
	p := l.layout.Panels[0]
	lane := float64(l.scene.RowOf(row.Spans[0].Key)) + 0.5
	at := fyne.NewPos(float32(l.layout.X(row.From+60e6)), float32(p.Y0+lane*(p.Y1-p.Y0)/float64(l.scene.Rows())))
	l.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
	h.q.settle()
	if !l.box.Visible() || !strings.HasPrefix(l.box.head.value, "db-01, Mon 23 Nov") {
		t.Errorf("hovering says %q", l.box.head.value)
	}
	h.shot("lanes-hover")
	h.review.SetFocus("none")
	l.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonPrimary})
	h.q.settle()
	if now, ok := h.review.Focus(); !ok || now.ID != row.ID {
		t.Error("a click must look at the incident of the cell")
	}
	before := h.fact.Visible()
	l.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: at}, Scrolled: fyne.Delta{DY: 50}})
	h.q.settle()
	if h.fact.Visible().Len() >= before.Len() {
		t.Error("the wheel must zoom")
	}
	l.DoubleTapped(nil)
	h.q.settle()
	if h.fact.Zoomed() {
		t.Error("a double click must show all again")
	}
	l.MouseOut()
	if l.box.Visible() {
		t.Error("the words must go with the pointer")
	}
}

func TestEarlierWeeksAndOtherMetrics(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, func(st *view.State) { st.Review.Pane = 1 })
	h.shot("analysis-earlier")
	d := h.analysis.detail
	if !d.earlier.figure.drawn || d.moved.table.Visible() {
		t.Error("the earlier weeks are not shown")
	}
	keys := h.review.Detail().Keys()
	if len(keys) < 2 {
		t.Fatalf("the incident has %v", keys)
	}
	d.chooseKey(1)
	h.q.settle()
	if h.review.Detail().Key() != keys[1] || h.review.Detail().Answer() == nil {
		t.Error("another metric is shown, with its own answers")
	}
	h.do(view.Annotate)
	if h.sheet == nil {
		t.Error("N must open the editor")
	}
}

func TestSearchIsCancelled(t *testing.T) {
	h := newHarness(t, stored(t), view.AlwaysLight, 1440, 900, fourCPUs)
	h.do(view.GoAnalysis)
	h.jobs.Cancel(h.jobs.List()[0].ID)
	h.finish()
	if h.review.Found() == nil && !h.analysis.failed {
		t.Error("a cancelled search must say so")
	}
	h.searchAgain()
	h.finish()
	if h.review.Found() == nil || h.analysis.failed {
		t.Errorf("Retry must search again: %v", h.review.Err())
	}
}

func TestRefreshSearchesNewPointsQuietly(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, nil)
	jobs := len(h.jobs.List())
	db := h.db.(*memory.Store)
	s := madeUp(metric.Key{VM: "db-01", Metric: "cpu"}, 3, 0)
	s.Times, s.Values = append(s.Times, s.Times[s.Len()-1]+300e6), append(s.Values, 55)
	db.Put(s)
	before := h.review.Found()
	h.refresh()
	h.q.settle()
	if h.review.Found() == before || len(h.jobs.List()) != jobs {
		t.Errorf("new points: found anew %v, %d jobs more", h.review.Found() != before, len(h.jobs.List())-jobs)
	}
}
