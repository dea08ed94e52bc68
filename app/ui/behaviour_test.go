package ui

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"

	"aiops/app"
	"aiops/app/view"
	"aiops/metric"
	"aiops/store"
	"aiops/store/memory"
)

func onFour(t *testing.T) *harness {
	return newHarness(t, stored(t), view.AlwaysLight, 1440, 900, fourCPUs)
}

func TestWheelZoomsAtThePointer(t *testing.T) {
	h := onFour(t)
	c := h.page.chart
	p := c.layout.Panels[0]
	x := float32(p.X0 + (p.X1-p.X0)*0.25)
	before, at := h.fact.Visible(), c.layout.Time(float64(x))
	c.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, float32(p.Y0)+50)}, Scrolled: fyne.NewDelta(0, 25)})
	h.q.settle()
	after := h.fact.Visible()
	if ratio := float64(before.Len()) / float64(after.Len()); ratio < 1.19 || ratio > 1.21 {
		t.Errorf("one notch zooms by %.3f, want 1.2", ratio)
	}
	if d := c.layout.Time(float64(x)) - at; distance(d, 0) > 60e6 {
		t.Errorf("the time under the pointer moved by %d s", d/1e6)
	}
	c.DoubleTapped(nil)
	h.q.settle()
	if h.fact.Visible() != before {
		t.Error("a double click must show the chosen range again")
	}
	h.press(view.Stroke{Key: "Left", Alt: true})
	if h.fact.Visible() != after {
		t.Error("Alt+Left must bring the zoom before back")
	}
}

func TestWheelOverTheAxisZoomsValuesOnly(t *testing.T) {
	h := onFour(t)
	c := h.page.chart
	before, axis := h.fact.Visible(), c.layout.Panels[0]
	c.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, float32(axis.Y0+axis.Y1)/2)}, Scrolled: fyne.NewDelta(0, 25)})
	h.q.settle()
	now := c.layout.Panels[0]
	if h.fact.Visible() != before || now.Hi-now.Lo >= axis.Hi-axis.Lo {
		t.Errorf("values %v..%v, were %v..%v", now.Lo, now.Hi, axis.Lo, axis.Hi)
	}
}

func TestDragPansAndShiftDragBoxes(t *testing.T) {
	h := onFour(t)
	h.fact.ZoomTime(h.page.middle(), 0.25)
	h.factChanged()
	h.q.settle()
	c, before := h.page.chart, h.fact.Visible()
	p := c.layout.Panels[0]
	drag := func(from, to fyne.Position, m fyne.KeyModifier) {
		e := desktop.MouseEvent{Button: desktop.MouseButtonPrimary, Modifier: m}
		e.Position = from
		c.MouseDown(&e)
		c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: to}, Dragged: fyne.NewDelta(to.X-from.X, to.Y-from.Y)})
		c.DragEnd()
		h.q.settle()
	}
	drag(fyne.NewPos(500, 200), fyne.NewPos(600, 200), 0)
	want := before.From - int64(float64(before.Len())*100/(p.X1-p.X0))
	if got := h.fact.Visible(); distance(got.From, want) > before.Len()/1000 || got.Len() != before.Len() {
		t.Errorf("panned to %v, want it to begin at %d", got, want)
	}
	from, to := c.layout.Time(400), c.layout.Time(700)
	drag(fyne.NewPos(400, 150), fyne.NewPos(700, 220), fyne.KeyModifierShift)
	got := h.fact.Visible()
	if distance(got.From, from) > 60e6 || distance(got.To, to) > 60e6 {
		t.Errorf("the box shows %v, want %d to %d", got, from, to)
	}
	if len(h.state.Zoom.Values) != 1 {
		t.Error("a box inside one panel zooms its values too")
	}
}

func TestHoverDrawsNothingAnew(t *testing.T) {
	h := onFour(t)
	frames := h.page.chart.frames
	e := desktop.MouseEvent{}
	for x := float32(200); x < 800; x += 20 {
		e.Position = fyne.NewPos(x, 150)
		h.page.chart.MouseMoved(&e)
	}
	h.q.settle()
	if h.page.chart.frames != frames || !h.page.chart.cross.shown || len(h.page.chart.cross.box.rows) != 4 {
		t.Errorf("%d frames, want %d; the crosshair tells %d values", h.page.chart.frames, frames, len(h.page.chart.cross.box.rows))
	}
	h.page.chart.MouseOut()
	if h.page.chart.cross.shown {
		t.Error("the crosshair must go when the pointer leaves")
	}
}

func TestGesturesDropStaleFrames(t *testing.T) {
	h := onFour(t)
	frames := h.page.chart.frames
	for range 50 {
		h.page.do(view.ZoomIn)
	}
	h.q.settle()
	if drawn := h.page.chart.frames - frames; drawn > 5 {
		t.Errorf("50 steps without a pause drew %d frames, want the first and the last", drawn)
	}
	if h.page.chart.layout.Range != h.fact.Visible() {
		t.Error("the last frame must show the last step")
	}
}

func TestKeysAndEscape(t *testing.T) {
	h := onFour(t)
	typed := h.win.Canvas().OnTypedRune()
	typed('c')
	h.q.settle()
	if h.state.Tool != view.CursorsTool || !h.page.panel.box.Visible() {
		t.Error("C must take the two cursors")
	}
	h.do(view.ShowKeys)
	typed('z')
	if h.state.Tool != view.CursorsTool {
		t.Error("letters must not work below a dialog")
	}
	h.press(view.Stroke{Key: "Escape"})
	if h.sheet != nil || h.state.Tool != view.CursorsTool {
		t.Error("Escape must close the dialog first")
	}
	h.press(view.Stroke{Key: "Escape"})
	if h.state.Tool != view.PanTool {
		t.Error("Escape must leave the tool then")
	}
	h.press(view.Stroke{Key: "B", Ctrl: true})
	if !h.frame.folded || !h.state.Sidebar.Hidden {
		t.Error("Ctrl+B must hide the sidebar")
	}
}

func TestTableSortsAndMovesTheCrosshair(t *testing.T) {
	h := onFour(t)
	h.page.lower.sort(3)
	h.q.settle()
	if got := h.page.lower.note.value; got != "Sorted by db-01 cpu, highest first" {
		t.Errorf("the table says %q", got)
	}
	h.page.lower.table.list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, 30)})
	if want := h.page.lower.points.Time(1); h.page.crossAt != want || !h.page.chart.cross.shown {
		t.Errorf("the crosshair is at %d, want %d", h.page.crossAt, want)
	}
}

func TestTreeSelects(t *testing.T) {
	h := onFour(t)
	tree := h.side.tree
	var at int
	for i, l := range tree.flat {
		if l.metric != nil && l.metric.Metric == "latency" {
			at = i
		}
	}
	tree.onTapped(at, 60)
	h.q.settle()
	if !h.state.Selection.Has(metric.Key{VM: "db-01", Metric: "latency"}) || len(h.page.chart.layout.Panels) != 2 {
		t.Errorf("%d panels after selecting another unit, want 2", len(h.page.chart.layout.Panels))
	}
	h.side.search.SetText("web cpu")
	if len(tree.flat) != 2 || h.side.count.value != "1 of 20 match" {
		t.Errorf("the filter shows %d lines and says %q", len(tree.flat), h.side.count.value)
	}
}

func TestFilesOpenOnTheirCurves(t *testing.T) {
	h := onFour(t)
	h.session.Files = []string{"/tmp/a.csv"}
	h.opened(opened{store: stored(t), text: "1,000 points"})
	h.q.settle()
	if len(h.state.Selection) != firstSeries || h.state.Span.Preset != view.AllTimes {
		t.Errorf("%d series over %s, want the first %d over all times", len(h.state.Selection), h.state.Span.Preset, firstSeries)
	}
	if len(h.bars.list) != 1 || h.bars.list[0].text != "Showing a.csv, not kept." || h.foot.note.value == "" {
		t.Errorf("bars %+v, note %q", h.bars.list, h.foot.note.value)
	}
	h.save()
	st, _ := view.LoadState(h.session.StatePath)
	if len(st.Selection) != 4 {
		t.Errorf("looking at a file must not change the database's selection: %d series", len(st.Selection))
	}
}

func TestFirstStartMakesTheDemo(t *testing.T) {
	h := newHarness(t, memory.New("metrics"), view.AlwaysDark, 1440, 900, nil)
	h.press(view.Stroke{Key: "2"})
	h.press(view.Stroke{Key: "Return"})
	h.finish()
	if h.empty() || len(h.state.Selection) != 1 {
		t.Errorf("empty %v, %d selected, want the demo's series", h.empty(), len(h.state.Selection))
	}
}

// finish waits for the window's jobs and shows what they did.
func (h *harness) finish() {
	h.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		h.q.settle()
		if jobs := h.jobs.List(); len(jobs) > 0 && jobs[0].Status != app.Running {
			h.q.settle()
			return
		}
	}
	h.t.Fatal("the job did not end")
}

func TestDropImportsAndExportWrites(t *testing.T) {
	h := onFour(t)
	h.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI("/tmp/a.csv")})
	h.finish()
	actions := h.session.Actions.(*fakeActions)
	if len(actions.imported) != 1 || actions.imported[0] != "/tmp/a.csv" {
		t.Errorf("imported %v", actions.imported)
	}
	h.export([]string{"html"}, "/tmp/out")
	h.finish()
	if len(actions.exported) != 1 || len(actions.exported[0].Keys) != 4 || actions.exported[0].Range != h.fact.Visible() {
		t.Errorf("exported %+v", actions.exported)
	}
}

// broken is a database whose points cannot be read.
type broken struct{ store.Store }

func (broken) Read(context.Context, store.Query, func(metric.Envelope) error) error {
	return errors.New("disk on fire")
}

func TestErrorsAreInTheCard(t *testing.T) {
	h := newHarness(t, broken{stored(t)}, view.AlwaysLight, 1440, 900, fourCPUs)
	if !h.page.failed || len(h.page.fail.Objects) != 1 {
		t.Fatal("a read that fails must be told in the card")
	}
	h.db = stored(t)
	h.page.retry()
	h.q.settle()
	if h.page.failed || !h.page.chart.drawn {
		t.Error("Retry must read again")
	}
}

func TestHoverLabel(t *testing.T) {
	h := onFour(t)
	b := h.page.tools.back
	b.tip.place(b, b.Tip)
	if layer := hintLayer(h.win.Canvas().Content()); layer == nil || len(layer.Objects) != 1 {
		t.Fatal("the hover label must lie above the content")
	}
	h.shot("tip")
	b.MouseOut()
	if layer := hintLayer(h.win.Canvas().Content()); len(layer.Objects) != 0 {
		t.Error("the hover label must go with the pointer")
	}
}
