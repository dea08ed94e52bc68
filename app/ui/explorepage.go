package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/charts"
)

// explorePage is the room that shows what is selected from other sides:
// correlation, distribution, rhythm, parts, and the VMs with the highest scores.
type explorePage struct {
	p     *analysisPage
	cards [4]*exploreCard
	top   *dataTable
	rows  []view.TopRow
	about *text
	none  *fyne.Container
	box   *fyne.Container
}

// exploreCard is one figure with its heading.
type exploreCard struct {
	about  *text
	figure *figureView
	box    *fyne.Container
}

// digging is what is being worked out for the room.
type digging struct{ cancel context.CancelFunc }

func newExploreCard(w *Window, name string) *exploreCard {
	c := &exploreCard{about: elided(quiet("")), figure: newFigureView(w.run)}
	c.box = card(dock(cardHead(name, c.about), nil, nil, nil, pad(c.figure, 0, 4, 4, 4)))
	return c
}

func newExplorePage(p *analysisPage) *explorePage {
	e := &explorePage{p: p, about: elided(quiet("by their highest score")), none: container.NewStack()}
	for i, name := range []string{"Correlation", "Distribution", "By hour and weekday", "Parts"} {
		e.cards[i] = newExploreCard(p.w, name)
	}
	e.top = newDataTable(func() int { return len(e.rows) }, e.cell)
	e.top.list.quietKeys = true
	e.top.padding = 6
	e.top.list.onTapped = func(i int, _ float32) { e.open(i) }
	e.top.list.onActivate = e.open
	e.top.SetColumns([]tableColumn{{title: "VM", slot: -1, wide: true, width: 70}, {title: "Score", slot: -1, number: true, width: 48},
		{title: "Anomalous", slot: -1, number: true, width: 70}, {title: "Incidents", slot: -1, number: true, width: 70}, {title: "Most in", slot: -1, width: 76}})
	top := card(dock(cardHead("VMs", e.about), nil, nil, nil, pad(e.top, 0, 1, 1, 1)))
	grid := container.New(exploreLayout{}, e.cards[0].box, e.cards[1].box, e.cards[2].box, e.cards[3].box, top)
	e.box = container.NewStack(grid, e.none)
	return e
}

// show follows the model and works out what is missing.
func (e *explorePage) show() {
	m := e.p.model
	e.none.RemoveAll()
	switch x := m.Explored(); {
	case x != nil:
		theme := *tokens()
		e.cards[0].set(x.Matrix(theme), x.MatrixAbout())
		e.cards[1].set(x.Distribution(theme), x.DistributionAbout())
		e.cards[2].set(x.Rhythm(theme), x.RhythmAbout())
		e.cards[3].set(x.Parts(theme), x.PartsAbout())
		e.rows = x.Top
		e.top.Refresh()
	case m.Err() != nil:
		e.none.Add(roomView(view.Room{Text: "The search for anomalies failed: " + m.Err().Error(), Button: "Show incidents", Do: view.ShowIncidents}, e.p.w.do))
	case m.Found() == nil:
		e.none.Add(container.NewCenter(quiet("Searching. This room opens when all series are done.")))
	}
	e.none.Refresh()
	e.dig()
}

func (c *exploreCard) set(f charts.Figure, about string) {
	c.about.Set(about)
	c.figure.Draw(f)
	c.box.Refresh()
}

// dig works out in the background what the room lacks.
func (e *explorePage) dig() {
	p := e.p
	plan, ok := p.model.ExplorePlan()
	if !ok {
		return
	}
	if p.digging != nil {
		p.digging.cancel()
	}
	ctx, cancel := context.WithCancel(p.w.ctx)
	d := &digging{cancel}
	p.digging = d
	p.w.run.then(func() func() {
		x := view.Explore(ctx, plan)
		return func() {
			cancel()
			if p.digging == d && p.model.ApplyExplored(x) {
				p.draw()
			}
		}
	})
}

func (e *explorePage) cell(i, col int) tableCell {
	r := e.rows[i]
	c := plainCell([]string{r.VM, r.Score, r.Share, r.Incidents, r.Most}[col])
	c.bold, c.muted = col == 1, col == 4
	return c
}

// open lists the incidents of a VM.
func (e *explorePage) open(i int) {
	if i >= 0 && i < len(e.rows) {
		e.p.model.Review().VM = e.rows[i].VM
		e.p.do(view.ShowIncidents)
	}
}

// exploreLayout places three figures above, one figure and the table below.
type exploreLayout struct{}

func (exploreLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(500, 420) }

func (exploreLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	const gap = 8
	put := func(c fyne.CanvasObject, x, y, w, h float32) {
		c.Move(fyne.NewPos(x, y))
		c.Resize(fyne.NewSize(w, h))
	}
	third, high := (s.Width-2*gap)/3, (s.Height-gap)*0.46
	for i := range 3 {
		put(o[i], float32(i)*(third+gap), 0, third, high)
	}
	y := high + gap
	put(o[3], 0, y, 2*third+gap, s.Height-y)
	put(o[4], 2*(third+gap), y, third, s.Height-y)
}
