package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/forecast"
)

// forecastPage shows what the servers will do.
type forecastPage struct {
	*chartCard
	w     *Window
	model *view.Forecast
	tools *forecastTools
	lead  *text    // what the model chose
	rest  *tipText // and why
	warn  *button
	chart *chart
	parts *componentsCard
	test  *backtestCard
	list  *capacityCard
	tabs  [3]*button
	body  *fyne.Container
	box   *fyne.Container

	crossAt int64    // where the crosshair is, 0: hidden
	making  *making  // the forecast that is being made
	testing *judging // the backtest that is being made
	scene   view.ForecastScene
	ready   bool // there is a scene
}

// errCancelled says that the user has stopped a forecast.
var errCancelled = errors.New("the forecast was cancelled")

// making is a forecast on its way.
type making struct {
	plan   view.ForecastPlan
	cancel context.CancelFunc
}

// judging is a backtest on its way.
type judging struct {
	plan   view.AssessPlan
	cancel context.CancelFunc
}

func newForecastPage(w *Window) *forecastPage {
	p := &forecastPage{w: w, model: w.ahead}
	p.chart = newChart(w.run, p.chartEvents())
	drawn := p.chart.onDrawn
	p.chart.onDrawn = func() {
		drawn()
		p.drawn()
	}
	p.lead, p.rest = bold(body("")), newTipText(sizeBody)
	p.warn = newButton(kindTool, "warning", "", p.showWarnings)
	p.warn.Hide()
	head := sized(pad(row(0, p.lead, stretch(p.rest), p.warn), 0, 8, 0, 12), 0, 36)
	p.chartCard = newChartCard(w, dock(head, nil, nil, nil, pad(p.chart, 0, 2, 2, 2)))
	p.parts, p.test, p.list = newComponentsCard(p), newBacktestCard(p), newCapacityCard(p)
	tabs := row(4)
	for i, name := range []string{"Components", "Backtest", "Capacity"} {
		p.tabs[i] = newButton(kindTool, "", name, func() { p.showTab(i) })
		tabs.Add(p.tabs[i])
	}
	p.body = container.New(&forecastLayout{p}, p.frame, tabs, p.parts.box, p.test.box, p.list.box)
	p.tools = newForecastTools(p)
	p.box = dock(sized(pad(p.tools.box, 0, 12, 0, 12), 0, 48), nil, nil, nil, pad(p.body, 0, 12, 8, 12))
	return p
}

// update shows the model as it is now and makes what is missing.
func (p *forecastPage) update() {
	p.draw()
	p.make()
	p.assess()
}

// moved is an update by a gesture on the chart.
func (p *forecastPage) moved() { p.drawChart() }

// draw shows everything of the model.
func (p *forecastPage) draw() {
	p.tools.show()
	lead, rest := p.model.Why()
	p.lead.Set(lead)
	p.rest.whole = lead + rest
	p.rest.Set(rest)
	p.showWarningCount()
	p.w.foot.points.Set(p.model.Status())
	p.drawChart()
	p.parts.show()
	p.test.show()
	p.list.show()
	for i, t := range p.tabs {
		t.SetActive(i == p.w.state.Outlook.Tab)
	}
	p.frame.Refresh()
	p.w.foot.box.Refresh()
}

// drawChart shows the chart, or what stands in its place.
func (p *forecastPage) drawChart() {
	room, empty := p.model.Empty()
	p.showRoom(room, empty)
	p.scene, p.ready = p.model.Scene()
	p.chart.tool = p.w.state.Tool
	if p.chart.tool == view.CursorsTool {
		p.chart.tool = view.PanTool
	}
	if empty || !p.ready {
		p.chart.Blank()
		p.hover(0, false)
		return
	}
	p.chart.Draw(p.scene.Figure(*tokens()))
	if p.crossAt != 0 && !p.scene.Range.Contains(p.crossAt) {
		p.hover(0, false)
	}
}

// drawn follows each new frame.
func (p *forecastPage) drawn() {
	if p.crossAt != 0 {
		p.hover(p.crossAt, true)
	}
	if p.w.onFirstFrame != nil {
		p.w.onFirstFrame()
		p.w.onFirstFrame = nil
	}
}

// make makes the forecast that the view lacks. An older one that is under way
// is stopped: only the newest counts.
func (p *forecastPage) make() {
	if p.failed || p.w.db == nil {
		return
	}
	plan, ok := p.model.Plan()
	if !ok {
		if p.making != nil && p.model.Ready() {
			p.stop()
		}
		return
	}
	p.stop()
	ctx, cancel := context.WithCancel(p.w.ctx)
	m := &making{plan, cancel}
	p.making = m
	db, f := p.w.db, p.w.forecaster()
	p.w.run.then(func() func() {
		s, err := view.Foresee(ctx, db, f, plan)
		return func() { p.arrived(m, s, err) }
	})
	p.w.run.after(loadingShows, func() { p.sayMaking(m, "") })
	p.w.run.after(loadingNamed, func() { p.sayMaking(m, "Forecasting "+plan.Key.String()) })
}

func (p *forecastPage) sayMaking(m *making, what string) {
	if p.making == m {
		p.loading(what, func() {
			p.stop()
			p.model.Fail(m.plan, context.Canceled)
			p.showError(errCancelled, p.retry)
		})
	}
}

// stop ends the forecast that is under way.
func (p *forecastPage) stop() {
	if p.making != nil {
		p.making.cancel()
		p.making = nil
		p.doneLoading()
	}
}

// arrived takes in a forecast, unless another was asked for meanwhile.
func (p *forecastPage) arrived(m *making, s *view.Foreseen, err error) {
	m.cancel()
	if p.making != m || p.w.ctx.Err() != nil {
		return
	}
	p.making = nil
	p.doneLoading()
	if err != nil {
		p.model.Fail(m.plan, err)
		p.showError(err, p.retry)
		p.test.show()
		return
	}
	if p.model.Apply(s) {
		p.update()
	}
}

// assess makes the backtest that the view lacks, after the forecast.
func (p *forecastPage) assess() {
	if p.w.db == nil || p.failed {
		return
	}
	plan, ok := p.model.AssessPlan()
	if !ok {
		return
	}
	if p.testing != nil {
		p.testing.cancel()
		p.model.Abandon(p.testing.plan)
	}
	ctx, cancel := context.WithCancel(p.w.ctx)
	t := &judging{plan, cancel}
	p.testing = t
	db, f := p.w.db, p.w.forecaster()
	p.w.run.then(func() func() {
		e, err := view.Assess(ctx, db, f, plan, func(int64, int64) {})
		return func() { p.assessed(t, e, err) }
	})
	p.w.run.after(loadingShows, func() {
		if p.testing == t {
			p.test.line.Show()
		}
	})
	p.w.run.after(loadingNamed, func() { p.sayTesting(t) })
}

func (p *forecastPage) sayTesting(t *judging) {
	if p.testing == t && p.making == nil {
		p.w.foot.loading("Backtesting "+t.plan.Key.String(), func() {
			t.cancel()
			p.w.foot.loading("", nil)
		})
	}
}

func (p *forecastPage) assessed(t *judging, e forecast.Evaluation, err error) {
	t.cancel()
	if p.testing != t || p.w.ctx.Err() != nil {
		return
	}
	p.testing = nil
	p.test.line.Hide()
	if p.making == nil {
		p.w.foot.loading("", nil)
	}
	if p.model.Judge(t.plan, e, err) {
		p.test.show()
		if p.w.state.Outlook.Past {
			p.drawChart()
		}
	}
}

func (p *forecastPage) retry() {
	p.showError(nil, nil)
	p.update()
}

// reset forgets what is under way: another database is open.
func (p *forecastPage) reset() {
	p.stop()
	if p.testing != nil {
		p.testing.cancel()
		p.testing = nil
		p.test.line.Hide()
	}
	p.showError(nil, nil)
}

// changed is an update after the user has chosen something: what failed before
// may work now.
func (p *forecastPage) changed() {
	if p.failed {
		p.showError(nil, nil)
	}
	p.update()
}

// restyle redraws in the colours of the present theme.
func (p *forecastPage) restyle() { p.draw() }

// showTab shows one of the lower cards where there is no room for all.
func (p *forecastPage) showTab(i int) {
	p.w.state.Outlook.Tab = i
	p.draw()
	p.body.Layout.Layout(p.body.Objects, p.body.Size())
}

// forecastLayout places the chart and the lower cards: side by side, or as tabs.
type forecastLayout struct{ p *forecastPage }

func (*forecastLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(500, 420) }

// tabsBelow is the width of the window below which the lower cards are tabs.
const tabsBelow = 1280

func (l *forecastLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	const gap, parts, test, tabs = 8, 304, 286, 34
	chartHeight := max(220, min(372, s.Height*0.49))
	if s.Height > 800 {
		chartHeight = s.Height * 0.49
	}
	put := func(c fyne.CanvasObject, x, y, w, h float32) {
		c.Show()
		c.Move(fyne.NewPos(x, y))
		c.Resize(fyne.NewSize(max(0, w), max(0, h)))
	}
	put(o[0], 0, 0, s.Width, chartHeight)
	y, rest := chartHeight+gap, s.Height-chartHeight-gap
	if l.p.w.win.Canvas().Size().Width >= tabsBelow && s.Width > 900 {
		o[1].Hide()
		put(o[2], 0, y, parts, rest)
		put(o[3], parts+gap, y, test, rest)
		put(o[4], parts+test+2*gap, y, s.Width-parts-test-2*gap, rest)
		return
	}
	put(o[1], 0, y-4, s.Width, tabs-4)
	for i := range 3 {
		if i != l.p.w.state.Outlook.Tab {
			o[2+i].Hide()
			continue
		}
		put(o[2+i], 0, y+tabs-6, s.Width, rest-tabs+6)
	}
}

var _ page = (*forecastPage)(nil)
