package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/metric"
)

// backtestCard shows how the model did in the past: errors by horizon, and
// scores beside those of the seasonal naive.
type backtestCard struct {
	p      *forecastPage
	about  *text
	err    *text
	figure *figureView
	scores *fyne.Container
	past   *button
	note   *fyne.Container
	parts  *fyne.Container
	line   *plate     // being made
	of     metric.Key // whose backtest is shown
	box    *fyne.Container
}

func newBacktestCard(p *forecastPage) *backtestCard {
	c := &backtestCard{p: p, about: elided(quiet("")), err: elided(caption("")), figure: newFigureView(p.w.run), scores: column(2), note: container.NewStack()}
	c.past = newButton(kindLink, "", "Show past forecasts over what came", func() { p.do(view.ShowPast) })
	c.past.height, c.past.Tip = 24, "On the chart above (O)"
	c.past.size = sizeTable
	below := column(4, pad(c.scores, 0, 8, 0, 12), row(0, pad(c.past, 0, 0, 0, 10), spring()))
	curves := dock(pad(c.err, 0, 8, 0, 12), nil, nil, nil, pad(c.figure, 0, 4, 0, 2))
	c.parts = container.New(testLayout{}, curves, pad(below, 0, 0, 6, 0))
	c.line = newPlate(colorAccent, colorNone, 0)
	c.line.Hide()
	c.box = card(container.NewStack(dock(cardHead("Backtest", c.about), nil, nil, nil, container.NewStack(c.parts, c.note)), container.New(topLine{}, c.line)))
	return c
}

// show follows the model; while a backtest is being made the last one stays.
func (c *backtestCard) show() {
	b, ok := c.p.model.Backtest()
	c.past.SetLabel("Show past forecasts over what came")
	if c.p.w.state.Outlook.Past {
		c.past.SetLabel("Show the forecast again")
	}
	k, _ := c.p.model.Focus()
	if !ok && c.of == k && c.parts.Visible() && !c.p.failed {
		return
	}
	c.of = k
	c.note.RemoveAll()
	if !ok || b.Note != "" {
		c.about.Set("")
		c.parts.Hide()
		if b.Note != "" {
			c.note.Add(pad(newParagraph(b.Note), 8, 16, 8, 16))
		} else if _, empty := c.p.model.Empty(); !empty && !c.p.failed {
			c.note.Add(container.NewCenter(quiet("Testing on the past…")))
		}
		c.note.Refresh()
		return
	}
	c.parts.Show()
	c.about.Set(b.About)
	c.err.Set(b.Error)
	c.figure.Draw(b.Curves(*tokens()))
	c.scores.RemoveAll()
	c.scores.Add(scoreLine("", b.Head, true))
	for _, r := range b.Rows {
		c.scores.Add(scoreLine(r.Name, r.Cells, false))
	}
	c.note.Refresh()
	c.box.Refresh()
}

// scoreLine is a line of the scores; the first column is that of the model that is shown.
func scoreLine(name string, cells []string, head bool) fyne.CanvasObject {
	line := row(2, stretch(elided(small(name))))
	for i, words := range cells {
		t := rightward(small(words))
		t.bold = i == 0 || head
		if head || i == len(cells)-1 {
			t.ink = colorMuted
		}
		if head && i == 0 {
			t.ink = colorText
		}
		t.elide = true
		line.Add(sized(t, 48, 0))
	}
	return sized(line, 0, 20)
}

// testLayout puts the scores below the curves, or beside them where it is wide.
type testLayout struct{}

func (testLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 100) }

func (testLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	const beside = 380
	low := o[1].MinSize().Height
	w, h := s.Width, s.Height-low
	at, size := fyne.NewPos(0, h), fyne.NewSize(s.Width, low)
	if s.Width > 600 {
		w, h = s.Width-beside, s.Height
		at, size = fyne.NewPos(w, 0), fyne.NewSize(beside, s.Height)
	}
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(w, max(0, h)))
	o[1].Move(at)
	o[1].Resize(size)
}
