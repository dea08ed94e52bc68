package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
)

// figureView is a picture without gestures.
type figureView struct{ picture }

func newFigureView(run *runner) *figureView {
	v := &figureView{}
	v.setUp(run)
	v.ExtendBaseWidget(v)
	return v
}

// cardHead is the first line of a card: its name, a remark, and what stands at the right.
func cardHead(name string, about *text, right ...fyne.CanvasObject) fyne.CanvasObject {
	line := row(8, bold(body(name)), stretch(about))
	for _, o := range right {
		line.Add(o)
	}
	return sized(pad(line, 0, 8, 0, 12), 0, 36)
}

// componentsCard shows the parts of a forecast: trend, seasons, holidays.
type componentsCard struct {
	p     *forecastPage
	about *text
	panes []*componentPane
	place *fyne.Container
	none  *fyne.Container
	box   *fyne.Container
}

// componentPane is one part: its name, its size in words, a small chart.
type componentPane struct {
	name, words *text
	figure      *figureView
	box         *fyne.Container
}

// mostPanes is how many parts are shown at most.
const mostPanes = 4

func newComponentsCard(p *forecastPage) *componentsCard {
	c := &componentsCard{p: p, about: elided(quiet("")), place: container.New(panesLayout{}), none: container.NewStack()}
	c.box = card(dock(cardHead("Components", c.about), nil, nil, nil, pad(container.NewStack(c.place, c.none), 0, 4, 6, 4)))
	return c
}

// show follows the model.
func (c *componentsCard) show() {
	var parts []view.ComponentPanel
	if c.p.ready && len(c.p.scene.Forecast.Times) > 0 {
		parts = c.p.scene.Components(*tokens())
	}
	parts = parts[:min(len(parts), mostPanes)]
	for len(c.panes) < len(parts) {
		pane := &componentPane{name: bold(small("")), words: rightward(elided(caption(""))), figure: newFigureView(c.p.w.run)}
		pane.box = dock(sized(pad(row(8, pane.name, stretch(pane.words)), 0, 8, 0, 8), 0, 20), nil, nil, nil, pane.figure)
		c.panes = append(c.panes, pane)
	}
	c.place.RemoveAll()
	for i, part := range parts {
		pane := c.panes[i]
		pane.name.Set(part.Title)
		pane.words.Set(part.Text)
		pane.figure.Draw(part.Figure)
		c.place.Add(pane.box)
	}
	c.none.RemoveAll()
	if len(parts) == 0 {
		c.none.Add(c.explain())
	}
	c.place.Refresh()
	c.none.Refresh()
}

// explain stands in the place of parts where there are none.
func (c *componentsCard) explain() fyne.CanvasObject {
	words := "Trend and seasons appear here with the forecast."
	o := c.p.model.Outlook()
	if !c.p.ready || len(c.p.scene.Forecast.Times) == 0 || o.Model == "prophet" {
		if o.Model == "prophet" && c.p.ready && len(c.p.scene.Forecast.Times) > 0 {
			words = "This forecast has no parts."
		}
		return container.NewCenter(quiet(words))
	}
	use := newButton(kindSecondary, "", "Use Prophet", func() {
		o.Model = "prophet"
		c.p.changed()
	})
	return container.NewCenter(column(10, centred("This model does not divide into parts."), centred("Prophet shows trend and seasons."), container.NewCenter(use)))
}

func centred(words string) *text {
	t := quiet(words)
	t.align = fyne.TextAlignCenter
	return t
}

// panesLayout puts panes one below the other, or side by side where it is wide.
type panesLayout struct{}

func (panesLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 100) }

func (panesLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	if len(o) == 0 {
		return
	}
	if s.Width > 600 {
		halves{8}.Layout(o, s)
		return
	}
	n := float32(max(len(o), 3))
	h := s.Height / n
	for i, c := range o {
		c.Move(fyne.NewPos(0, float32(i)*h))
		c.Resize(fyne.NewSize(s.Width, h))
	}
}
