package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
)

// factTools is the Fact page's toolbar.
type factTools struct {
	p                             *factPage
	back, forward, reset          *button
	pan, area, cursors            *button
	compare, thresholds, annotate *button
	arrange, anomalies            *button
	export                        *button
	line, box                     *fyne.Container
}

func newFactTools(p *factPage) *factTools {
	t := &factTools{p: p}
	do := func(id view.CommandID) func() { return func() { p.do(id) } }
	tool := func(icon, label, tip string, f func()) *button {
		b := newButton(kindTool, icon, label, f)
		b.height, b.Tip = 30, tip
		return b
	}
	t.back = tool("back", "", "Previous zoom (Alt+←)", do(view.ZoomBack))
	t.forward = tool("forward", "", "Next zoom (Alt+→)", do(view.ZoomForward))
	t.reset = tool("reset", "Reset zoom", "Show the chosen range again (0)", do(view.ZoomReset))
	t.pan = tool("pan", "Pan", "Drag moves the chart (P)", do(view.UsePan))
	t.area = tool("box", "Box zoom", "Drag a box to zoom to it (Z)", do(view.UseBox))
	t.cursors = tool("cursors", "Two cursors", "Measure between two times (C)", do(view.UseCursors))
	t.compare = tool("compare", "Compare", "Draw an earlier period over this one (W, D)", t.showCompare)
	t.compare.menu = true
	t.thresholds = tool("threshold", "Thresholds", "Limits of the metrics shown (T)", p.w.editThresholds)
	t.annotate = tool("flag", "Annotate", "Note something at the crosshair (N)", do(view.Annotate))
	t.arrange = tool("analysis", "Panels", "How series are divided into panels", t.showArrange)
	t.arrange.menu = true
	t.anomalies = tool("anomaly", "Anomalies", "Mark what a search for anomalies finds", do(view.MarkAnomalies))
	export := newButton(kindSecondary, "export", "Export", p.w.showExport)
	export.height, export.Tip = 28, "Export what is seen (Ctrl+E)"
	t.export = export
	t.line = row(4, t.back, t.forward, t.reset, divider(), t.pan, t.area, t.cursors, divider(),
		t.compare, t.thresholds, t.annotate, t.arrange, t.anomalies, spring(), export)
	t.box = container.New(shrinking{t.line, t.shorten}, t.line)
	return t
}

// shorten leaves out words, the most plain ones first: the more, the higher the level.
func (t *factTools) shorten(level int) {
	for i, b := range []struct {
		b     *button
		words string
	}{{t.reset, "Reset zoom"}, {t.area, "Box zoom"}, {t.pan, "Pan"}, {t.arrange, "Panels"}, {t.cursors, "Two cursors"}, {t.annotate, "Annotate"}, {t.thresholds, "Thresholds"}, {t.export, "Export"}} {
		words := b.words
		if i < level {
			words = ""
		}
		b.b.SetLabel(words)
	}
}

// shrinking is the layout of a toolbar that leaves out words where it is
// narrow; tooltips say them.
type shrinking struct {
	line    *fyne.Container
	shorten func(level int)
}

func (shrinking) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 30) }

func (l shrinking) Layout(o []fyne.CanvasObject, s fyne.Size) {
	for level := range 9 {
		l.shorten(level)
		if l.line.MinSize().Width <= s.Width {
			break
		}
	}
	o[0].Resize(s)
	l.line.Layout.Layout(l.line.Objects, s)
}

// divider is a short line between groups of tools.
func divider() fyne.CanvasObject { return pad(sized(rule(), 1, 18), 0, 7, 0, 7) }

// show follows the model.
func (t *factTools) show() {
	f, st := t.p.fact, t.p.w.state
	t.back.SetEnabled(f.CanBack())
	t.forward.SetEnabled(f.CanForward())
	t.reset.SetEnabled(f.Zoomed())
	t.pan.SetActive(st.Tool == view.PanTool)
	t.area.SetActive(st.Tool == view.BoxTool)
	t.cursors.SetActive(st.Tool == view.CursorsTool)
	label := "Compare"
	if st.Compare.Kind != view.NoCompare {
		label = "Compare: " + strings.ToLower(compareName(st.Compare.Kind))
	}
	if t.compare.Label != label {
		t.compare.SetLabel(label)
		t.box.Refresh()
	}
	t.compare.SetActive(st.Compare.Kind != view.NoCompare)
	t.arrange.SetActive(f.OfferPerVM())
	t.anomalies.SetActive(!st.Review.Unmarked && t.p.w.review.Found() != nil)
}

func compareName(kind view.CompareKind) string {
	for _, c := range view.Compares() {
		if c.Kind == kind {
			return strings.TrimSuffix(c.Name, "...")
		}
	}
	return string(kind)
}

func (t *factTools) showCompare() {
	var items []*fyne.MenuItem
	now := t.p.w.state.Compare
	for _, c := range view.Compares() {
		items = append(items, ticked(c.Name, c.Kind == now.Kind, func() {
			if c.Kind == view.ShiftedBy {
				t.p.w.askShift()
				return
			}
			if c.Kind != now.Kind {
				t.p.compare(view.Compare{Kind: c.Kind})
			}
		}))
	}
	showMenu(t.compare, items...)
}

func (t *factTools) showArrange() {
	var items []*fyne.MenuItem
	for _, a := range view.Arrangements() {
		items = append(items, ticked(a.Name, a.ID == t.p.w.state.Arrange, func() {
			t.p.fact.SetArrange(a.ID)
			t.p.update()
		}))
	}
	showMenu(t.arrange, items...)
}
