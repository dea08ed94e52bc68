package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
)

// chartEvents connects the chart's gestures with the model.
func (p *forecastPage) chartEvents() chartEvents {
	ev := zoomEvents(p.model, p.moved)
	ev.reset = func() { p.do(view.ZoomReset) }
	ev.hover = p.hover
	ev.cursor = func(bool, int64) {}
	ev.menu = p.showMenu
	return ev
}

// hover moves the crosshair to the point nearest to a time.
func (p *forecastPage) hover(t int64, inside bool) {
	if !inside || !p.ready || !p.chart.ready() {
		p.crossAt = 0
		p.chart.cross.hide()
		return
	}
	r := p.scene.Reading(t)
	if at, ok := nearestPoint(r, t); ok && at != t && p.chart.layout.Range.Contains(at) {
		r = p.scene.Reading(at)
	}
	p.crossAt = r.Time
	p.chart.cross.show(p.chart.layout, r)
}

// showMenu is the menu of the chart at a time.
func (p *forecastPage) showMenu(at fyne.Position, t int64) {
	items := []*fyne.MenuItem{
		item("Zoom in here", func() { p.model.ZoomTime(t, 0.5); p.moved() }),
		item("Zoom out", func() { p.model.ZoomTime(t, 2); p.moved() }),
		item("Reset zoom", func() { p.do(view.ZoomReset) }),
		fyne.NewMenuItemSeparator(),
		item("Copy values here", func() { p.copyReading(t) }),
		item("Thresholds…", p.w.editThresholds),
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), p.w.win.Canvas(), at)
}

func (p *forecastPage) copyReading(t int64) {
	if !p.ready {
		return
	}
	r := p.scene.Reading(t)
	text := r.Head + "\n"
	for _, row := range r.Rows {
		text += row.Name + "\t" + row.Text + "\n"
	}
	p.w.copy(text)
}

// do carries a command of this page out.
func (p *forecastPage) do(id view.CommandID) {
	middle := p.crossAt
	if middle == 0 {
		v := p.model.Visible()
		middle = v.From + v.Len()/2
	}
	if zoomByKey(p.model, id, middle) {
		p.moved()
		return
	}
	switch id {
	case view.ShowAllTimes:
		p.w.setPreset(view.AllTimes)
	case view.UsePan:
		p.useTool(view.PanTool)
	case view.UseBox:
		p.useTool(view.BoxTool)
	case view.EditLimits:
		p.w.editThresholds()
	case view.CopySeen:
		p.list.copy()
	case view.NextRow:
		p.list.table.list.step(1)
	case view.PreviousRow:
		p.list.table.list.step(-1)
	case view.OpenRow:
		p.list.open(p.list.table.list.Current())
	case view.NextSeries:
		p.step(1)
	case view.PreviousSeries:
		p.step(-1)
	case view.ShowPast:
		p.showPast()
	default:
		p.work(id)
	}
}

// work starts the jobs.
func (p *forecastPage) work(id view.CommandID) {
	switch id {
	case view.TuneModel:
		p.askTune()
	case view.TrainModel:
		p.train()
	case view.TestModel:
		p.testMore()
	case view.ForecastShown:
		p.forecastShown()
	case view.ForecastSelected:
		p.forecastSelected()
	case view.ForecastAll:
		p.forecastAll()
	}
}

func (p *forecastPage) useTool(t view.Tool) {
	if t == p.w.state.Tool {
		t = view.PanTool
	}
	p.w.state.Tool = t
	p.drawChart()
}

func (p *forecastPage) step(by int) {
	p.model.Step(by)
	p.changed()
}

// showPast shows past forecasts over what came, or the forecast again.
func (p *forecastPage) showPast() {
	o := p.model.Outlook()
	if e, ok := p.model.Assessed(); !o.Past && (!ok || len(e.Past) == 0) {
		p.w.foot.say("There are no past forecasts of this series yet")
		return
	}
	o.Past = !o.Past
	p.model.ResetZoom()
	p.draw()
}

// leave is Escape: it leaves the tool, then the past; false if there is nothing to leave.
func (p *forecastPage) leave() bool {
	switch {
	case p.w.state.Tool != view.PanTool:
		p.useTool(view.PanTool)
	case p.w.state.Outlook.Past:
		p.showPast()
	default:
		return false
	}
	return true
}

// showWarningCount offers what the forecast warns of.
func (p *forecastPage) showWarningCount() {
	all := p.model.Warnings()
	p.warn.Hidden = len(all) == 0
	if len(all) == 1 {
		p.warn.SetLabel("1 remark")
	} else {
		p.warn.SetLabel(plural(len(all), "remark"))
	}
	p.warn.Tip = strings.Join(all, " ")
	p.warn.Refresh()
}

func (p *forecastPage) showWarnings() { p.w.showDetails(strings.Join(p.model.Warnings(), "\n")) }
