package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
)

// later shows cards, table and counts once the view has settled: they read
// every visible point. The first frame of the chart comes before them.
func (p *factPage) later() {
	p.detailGen++
	gen := p.detailGen
	p.w.run.after(settle, func() {
		if gen == p.detailGen && p.w.ctx.Err() == nil && !p.w.empty() {
			p.details(gen)
		}
	})
}

// details makes cards, table and counts in the background.
func (p *factPage) details(gen int) {
	s, tab := p.fact.Scene(), p.lower.tab
	_, empty := p.fact.Empty()
	useCards, cursors, theme := p.fact.UseCards(), p.fact.Cursors().On, *tokens()
	if useCards && tab == tabSummary {
		tab = tabPoints
	} else if !useCards && p.lower.cards {
		tab = tabSummary
	}
	scale := float64(p.w.win.Canvas().Scale())
	p.w.run.then(func() func() {
		d := gather(s, tab, theme, scale)
		var cards []view.Card
		if useCards && !empty {
			cards = s.Cards()
		}
		var panel view.CursorPanel
		if cursors {
			panel = s.CursorPanel()
		}
		status := s.Status()
		return func() {
			if gen != p.detailGen {
				return
			}
			p.lower.useCards(useCards)
			p.lower.set(d)
			p.showCards(cards)
			if cursors {
				p.panel.show(panel)
			}
			p.w.foot.points.Set(status)
			p.w.foot.box.Refresh()
			p.rendered = gen
		}
	})
}

func (p *factPage) showCards(cards []view.Card) {
	p.cards.RemoveAll()
	for _, c := range cards {
		p.cards.Add(statCard(c))
	}
	p.cards.Refresh()
}

// statCard shows the figures of a series.
func statCard(c view.Card) fyne.CanvasObject {
	figure := func(name, value string, crit bool) fyne.CanvasObject {
		v := small(value)
		if crit {
			v.bold, v.ink = true, colorCrit
		}
		return column(0, quiet(name), elided(v))
	}
	return card(pad(column(4,
		row(6, swatch(seriesColor(c.Slot)), bold(small(c.VM)), quiet(c.Metric), stretch(rightward(elided(caption(c.Against))))),
		row(8, bold(newText(c.Last, sizeBig, colorText)), stretch(rightward(elided(small(c.Change))))),
		container.New(halves{4}, figure("Min", c.Min, false), figure("Mean", c.Mean, false), figure("p95", c.P95, false), figure("Max", c.Max, c.Over)),
	), 8, 12, 6, 12))
}

// overviewID names what the overview's picture depends on.
func overviewID(s view.Scene, whole any) string {
	id := fmt.Sprint(whole, s.Arrange, tokens().Name)
	for _, d := range s.Series {
		id += fmt.Sprintf("|%s %d %p %p", d.Key, d.Slot, d.Data, d.Whole)
	}
	return id
}

// loading names a slow read in the footer.
func (f *footer) loading(what string, cancel func()) {
	f.slow.RemoveAll()
	if what != "" {
		stop := newButton(kindLink, "", "Cancel", cancel)
		stop.size, stop.height = sizeTable, 22
		f.slow.Add(quiet(what + "…"))
		f.slow.Add(stop)
	}
	f.slow.Refresh()
	f.box.Refresh()
}

// say shows a short remark.
func (f *footer) say(words string) {
	f.note.Set(words)
	f.box.Refresh()
}
