package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
	"aiops/metric"
)

// chartEvents connects the chart's gestures with the model.
func (p *factPage) chartEvents() chartEvents {
	ev := zoomEvents(p.fact, p.moved)
	ev.reset = func() { p.do(view.ZoomReset) }
	ev.hover = p.hover
	ev.cursor = func(b bool, t int64) { p.fact.PlaceCursor(b, t); p.cursorsMoved() }
	ev.menu = p.showMenu
	return ev
}

// hover moves the crosshair to the point nearest to a time. Nothing is drawn
// anew: it lies above the picture.
func (p *factPage) hover(t int64, inside bool) {
	if !inside || !p.chart.ready() {
		p.crossAt = 0
		p.chart.cross.hide()
		return
	}
	r := p.fact.Reading(t, -1)
	if at, ok := nearestPoint(r, t); ok && at != t && p.chart.layout.Range.Contains(at) {
		r = p.fact.Reading(at, -1)
	}
	p.crossAt = r.Time
	p.chart.cross.show(p.chart.layout, r)
}

func nearestPoint(r view.Reading, t int64) (int64, bool) {
	best, found := t, false
	for _, row := range r.Rows {
		if !row.Missing && (!found || distance(row.Time, t) < distance(best, t)) {
			best, found = row.Time, true
		}
	}
	return best, found
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// showCursors puts the two cursors where the model has them.
func (p *factPage) showCursors() {
	c, k := p.fact.Cursors(), p.w.clock
	length := ""
	if r := c.Range(); !r.Empty() {
		length = view.Duration(r.Len())
	}
	p.chart.cursors.set(c, k.Hour(c.A), k.Hour(c.B), length)
	if p.chart.drawn {
		p.chart.cursors.place(p.chart.layout)
	}
}

func (p *factPage) cursorsMoved() {
	p.showCursors()
	p.panel.show(p.fact.CursorPanel())
}

// showMenu is the menu of the chart at a time.
func (p *factPage) showMenu(at fyne.Position, t int64) {
	v := p.fact.Visible()
	items := []*fyne.MenuItem{
		item("Zoom in here", func() { p.fact.ZoomTime(t, 0.5); p.moved() }),
		item("Zoom out", func() { p.fact.ZoomTime(t, 2); p.moved() }),
		item("Reset zoom", func() { p.do(view.ZoomReset) }),
		fyne.NewMenuItemSeparator(),
		item("Annotate "+p.w.clock.Exact(t)+"…", func() { p.w.editAnnotation(metric.Annotation{From: t, To: t, Kind: metric.Note}) }),
	}
	for _, a := range p.fact.Scene().Visible() {
		near := v.Len() / 150
		if t >= a.From-near && t <= a.To+near {
			items = append(items, item("Edit “"+a.Text+"”…", func() { p.w.editAnnotation(a) }))
		}
	}
	items = append(items, item("Copy values here", func() { p.copyReading(t) }))
	if p.w.state.Tool == view.CursorsTool {
		items = append(items, item("Put cursor A here", func() { p.fact.PlaceCursor(false, t); p.cursorsMoved() }),
			item("Put cursor B here", func() { p.fact.PlaceCursor(true, t); p.cursorsMoved() }))
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), p.w.win.Canvas(), at)
}

func (p *factPage) copyReading(t int64) {
	r := p.fact.Reading(t, -1)
	text := r.Head + "\n"
	for _, row := range r.Rows {
		text += row.Name + "\t" + row.Text + "\n"
	}
	p.w.copy(text)
}

func (p *factPage) copyCursors() { p.w.copy(p.fact.CursorPanel().Copy()) }

// copy puts text on the clipboard and says so.
func (w *Window) copy(text string) {
	fyne.CurrentApp().Clipboard().SetContent(text)
	w.foot.say("Copied")
}

// do carries a command of this page out.
func (p *factPage) do(id view.CommandID) {
	if p.doZoom(id) || p.doCursor(id) {
		return
	}
	switch id {
	case view.UsePan:
		p.useTool(view.PanTool)
	case view.UseBox:
		p.useTool(view.BoxTool)
	case view.UseCursors:
		p.useTool(view.CursorsTool)
	case view.CompareWeek:
		p.compare(view.Compare{Kind: view.PreviousWeek})
	case view.CompareDay:
		p.compare(view.Compare{Kind: view.PreviousDay})
	case view.CompareNone:
		p.compare(view.Compare{})
	case view.Annotate:
		p.annotate()
	case view.MarkAnomalies:
		p.markAnomalies()
	case view.EditLimits:
		p.w.editThresholds()
	case view.CopySeen:
		p.lower.copy()
	case view.NextRow:
		p.lower.step(1)
	case view.PreviousRow:
		p.lower.step(-1)
	case view.OpenRow:
		p.lower.open()
	}
}

func (p *factPage) doZoom(id view.CommandID) bool {
	stepping := p.fact.Cursors().On && (id == view.PanLeft || id == view.PanRight)
	switch {
	case stepping:
		return false
	case id == view.ShowAllTimes:
		p.fact.SetPreset(view.AllTimes)
	case !zoomByKey(p.fact, id, p.middle()):
		return false
	}
	p.moved()
	return true
}

// middle is the time that keys zoom at: the crosshair, or the middle.
func (p *factPage) middle() int64 {
	if p.crossAt != 0 {
		return p.crossAt
	}
	v := p.fact.Visible()
	return v.From + v.Len()/2
}

func (p *factPage) doCursor(id view.CommandID) bool {
	if !p.fact.Cursors().On {
		return false
	}
	switch id {
	case view.TakeA:
		p.fact.TakeCursor(false)
	case view.TakeB:
		p.fact.TakeCursor(true)
	case view.PanLeft:
		p.fact.StepCursor(-1)
	case view.PanRight:
		p.fact.StepCursor(1)
	case view.StepLeft10:
		p.fact.StepCursor(-10)
	case view.StepRight10:
		p.fact.StepCursor(10)
	default:
		return false
	}
	p.cursorsMoved()
	return true
}

func (p *factPage) useTool(t view.Tool) {
	if t == p.w.state.Tool && t != view.PanTool {
		t = view.PanTool
	}
	p.fact.SetTool(t)
	p.update()
}

// markAnomalies marks anomalies or leaves them out; the first time it searches for them.
func (p *factPage) markAnomalies() {
	w := p.w
	if w.review.Found() == nil {
		w.state.Review.Unmarked = false
		w.searchAgain()
		return
	}
	w.state.Review.Unmarked = !w.state.Review.Unmarked
	p.update()
}

func (p *factPage) compare(c view.Compare) {
	p.fact.SetCompare(c)
	p.update()
}

// annotate opens the editor at the crosshair, or for the span of the cursors.
func (p *factPage) annotate() {
	a := metric.Annotation{From: p.middle(), Kind: metric.Note}
	a.To = a.From
	if c := p.fact.Cursors(); c.On && !c.Range().Empty() {
		a.From, a.To = c.Range().From, c.Range().To
	}
	p.w.editAnnotation(a)
}

// leave is Escape: it leaves the tool; false if there is none to leave.
func (p *factPage) leave() bool {
	if p.w.state.Tool == view.PanTool {
		return false
	}
	p.useTool(view.PanTool)
	return true
}
