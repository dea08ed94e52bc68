package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/metric"
)

// Pauses of the Fact page.
const (
	loadingShows = 150 * time.Millisecond // before that nothing is said
	loadingNamed = 2 * time.Second        // the footer names it
	settle       = 120 * time.Millisecond // after the last change: cards and tables
	supersede    = 250 * time.Millisecond // a read older than this yields to a newer one
)

// factPage shows what the servers did.
type factPage struct {
	*chartCard
	w      *Window
	fact   *view.Fact
	tools  *factTools
	chart  *chart
	scroll *container.Scroll // around the chart, for many panels
	strip  *overview
	cards  *fyne.Container
	lower  *lowerCard
	panel  *cursorPanel
	lay    *factLayout
	body   *fyne.Container
	box    *fyne.Container

	crossAt   int64 // where the crosshair is, 0: hidden
	reading   *reading
	detailGen int
	rendered  int // detailGen that is shown
}

// reading is a plan that is being read.
type reading struct {
	plan   view.Plan
	began  time.Time
	cancel context.CancelFunc
}

func newFactPage(w *Window) *factPage {
	p := &factPage{w: w, fact: w.fact}
	p.tools = newFactTools(p)
	p.chart = newChart(w.run, p.chartEvents())
	p.scroll = container.NewVScroll(p.chart)
	drawn := p.chart.onDrawn
	p.chart.onDrawn = func() {
		drawn()
		p.drawn()
	}
	p.strip = newOverview(w.run, w.clock, func(r metric.Range) {
		p.fact.DragWindow(r)
		p.moved()
	})
	p.cards = container.New(halves{8})
	p.lower = newLowerCard(p)
	p.panel = newCursorPanel(p.copyCursors)
	p.chartCard = newChartCard(w, pad(p.scroll, slabRim, slabRim, slabRim, slabRim))
	p.lay = &factLayout{}
	p.body = container.New(p.lay, p.frame, card(pad(row(0, sized(caption("All"), 34, 0), stretch(dock(nil, p.strip.labels, nil, nil, p.strip))), 4, 14, 1, 16)), p.cards, p.lower.box, p.panel.box)
	p.box = dock(sized(pad(p.tools.box, 0, 12, 0, 12), 0, 48), nil, nil, nil, pad(p.body, 0, 12, 8, 12))
	return p
}

// update shows the model as it is now and reads what is missing.
func (p *factPage) update() {
	p.draw()
	p.read()
	p.later()
	if p.w.review.Found() != nil && !p.w.state.Review.Unmarked && p.w.review.OnlyNewPoints() {
		p.w.seek()
	}
}

// moved is an update by a gesture on the chart.
func (p *factPage) moved() {
	p.w.showTimes()
	p.update()
}

// scene is what is shown, without what the overlays show.
func (p *factPage) scene() view.Scene {
	s := p.fact.Scene()
	s.Cursors.On = false
	return s
}

// draw shows chart, strip and tools.
func (p *factPage) draw() {
	p.fact.SetWidth(int(p.chart.Size().Width))
	p.tools.show()
	p.showCursors()
	room, empty := p.fact.Empty()
	p.showRoom(room, empty)
	p.arrange(empty)
	if empty {
		p.ground.SetHollow(false)
		p.chart.Blank()
		p.chart.cross.hide()
	} else {
		s := p.scene()
		f := s.Figure(*tokens())
		p.makeRoom(len(f.Panels))
		p.chart.Draw(f)
		p.strip.show(s)
	}
	p.chart.tool = p.w.state.Tool
	if p.crossAt != 0 && !p.fact.Visible().Contains(p.crossAt) {
		p.hover(0, false)
	}
}

// arrange gives the parts the room that the number of panels asks for.
func (p *factPage) arrange(empty bool) {
	l := factLayout{panels: 1, cards: p.fact.UseCards() && !empty, strip: !empty, cursors: p.w.state.Tool == view.CursorsTool && !empty}
	if !empty {
		l.panels = len(p.fact.Scene().Groups())
	}
	if l != *p.lay {
		*p.lay = l
		p.body.Layout = p.lay
		p.body.Refresh()
		p.lay.Layout(p.body.Objects, p.body.Size())
	}
}

// drawn follows each new frame.
func (p *factPage) drawn() {
	p.ground.SetHollow(p.chart.drawn)
	if p.crossAt != 0 {
		p.hover(p.crossAt, true)
	}
	if p.w.onFirstFrame != nil {
		p.w.onFirstFrame()
		p.w.onFirstFrame = nil
	}
}

// read reads what the view lacks: one plan at a time, the newest next.
func (p *factPage) read() {
	if p.failed || p.w.db == nil {
		return
	}
	if p.reading != nil && p.w.clock.Now().Sub(p.reading.began) < supersede {
		return
	}
	plan, ok := p.fact.Plan()
	if !ok {
		return
	}
	if p.reading != nil {
		p.reading.cancel()
	}
	ctx, cancel := context.WithCancel(p.w.ctx)
	r := &reading{plan, p.w.clock.Now(), cancel}
	p.reading = r
	db := p.w.db
	p.w.run.then(func() func() {
		result, err := view.Fetch(ctx, db, plan)
		return func() { p.arrived(r, result, err) }
	})
	p.w.run.after(loadingShows, func() { p.sayLoading(r, false) })
	p.w.run.after(loadingNamed, func() { p.sayLoading(r, true) })
}

func (p *factPage) sayLoading(r *reading, named bool) {
	if p.reading != r {
		return
	}
	what := ""
	if named {
		what = "Reading points"
	}
	p.loading(what, r.cancel)
}

// arrived takes in what was read, and reads on if the view has moved meanwhile.
func (p *factPage) arrived(r *reading, result view.Result, err error) {
	r.cancel()
	if p.reading != r || p.w.ctx.Err() != nil {
		return
	}
	p.reading = nil
	p.doneLoading()
	if err != nil {
		p.fact.Fail(r.plan, err)
		if errors.Is(err, context.Canceled) {
			err = errReadingCancelled
		}
		p.showError(err, p.retry)
		return
	}
	if p.fact.Apply(result) {
		p.update()
	}
}

// errReadingCancelled says that the user has stopped a read.
var errReadingCancelled = errors.New("reading points was cancelled")

// reset forgets another database's read and its error.
func (p *factPage) reset() {
	if p.reading != nil {
		p.reading.cancel()
		p.reading = nil
		p.doneLoading()
	}
	p.showError(nil, nil)
}

func (p *factPage) retry() {
	p.showError(nil, nil)
	p.update()
}

// restyle redraws in the colours of the present theme.
func (p *factPage) restyle() {
	p.strip.forget()
	p.draw()
	p.later()
}

// factLayout places chart, overview strip, cards, the lower card and the panel
// of the two cursors.
type factLayout struct {
	panels                int
	cards, strip, cursors bool
}

func (l *factLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(500, 400) }

// Layout gives the chart most of the room when panels are stacked.
func (l *factLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	const gap, stripHeight, cardsHeight, sideWidth = 8, 58, 100, 292
	chart, strip, cards, lower, side := o[0], o[1], o[2], o[3], o[4]
	free := s.Height
	showStrip := l.strip && (l.panels < 3 || s.Height > 900)
	if showStrip {
		free -= stripHeight + gap
	}
	if l.cards {
		free -= cardsHeight + gap
	}
	chartHeight := (free - gap) * 0.676
	if l.panels > 1 {
		chartHeight = max(chartHeight, free-gap-140)
	}
	width := s.Width
	if l.cursors {
		width -= sideWidth + gap
	}
	y := float32(0)
	put := func(o fyne.CanvasObject, shown bool, w, h float32) {
		if !shown {
			o.Hide()
			return
		}
		o.Show()
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(w, h))
		y += h + gap
	}
	put(chart, true, width, chartHeight)
	put(strip, showStrip, width, stripHeight)
	side.Show()
	if !l.cursors {
		side.Hide()
	}
	side.Move(fyne.NewPos(s.Width-sideWidth, 0))
	side.Resize(fyne.NewSize(sideWidth, y-gap))
	put(cards, l.cards, s.Width, cardsHeight)
	put(lower, true, s.Width, s.Height-y)
}

// lowestPanel is the height below which panels do not shrink: then the chart scrolls.
const lowestPanel = 84

// makeRoom makes the chart high enough for its panels.
func (p *factPage) makeRoom(panels int) {
	need := fyne.NewSize(40, 20)
	if panels > 1 {
		need.Height = float32(panels) * lowestPanel
	}
	if need != p.chart.min {
		p.chart.min = need
		p.scroll.Refresh()
	}
}
