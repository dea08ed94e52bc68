package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// detailCard shows an incident: its chart, its reasons, what moved with it.
type detailCard struct {
	p          *analysisPage
	badge      *badge
	title      *text
	keys       *choice
	actions    *fyne.Container
	note, fact *button
	normal     *button // absent where nothing can be kept
	alert      *button // absent where there is no file of rules
	lead, rest *tipText
	chart      *chart
	reasons    *reasonsPane
	moved      *movedPane
	earlier    *earlierPane
	tabs       []*button
	head       *fyne.Container
	body       *fyne.Container
	none       *fyne.Container
	box        *fyne.Container

	crossAt int64
	scene   view.DetailScene
	ready   bool
}

func newDetailCard(p *analysisPage) *detailCard {
	c := &detailCard{p: p, badge: newBadge(), title: bold(elided(newText("", sizeTitle, colorText))), lead: newTipText(sizeTable), rest: newTipText(sizeTable), none: container.NewStack()}
	c.lead.ink = colorText
	c.keys = newChoice("", nil, c.chooseKey)
	c.keys.natural, c.keys.height, c.keys.size, c.keys.Tip = true, 24, sizeTable, "Another metric of the incident"
	c.note = newButton(kindTool, "flag", "Annotate", p.annotate)
	c.note.Tip = "Note something about the incident (N)"
	c.fact = newButton(kindTool, "fact", "Show on Fact", p.showOnFact)
	c.fact.Tip = "Its metrics on the Fact page (Enter)"
	c.normal = newButton(kindTool, "tick", "Mark as normal", p.markNormal)
	c.actions = row(4, c.note, c.fact, c.normal)
	if p.w.session.RulesPath != "" {
		c.alert = newButton(kindSecondary, "bell", "Create alert…", p.createAlert)
		c.alert.Tip = "A rule that fires when the like of it comes again"
		c.actions.Add(c.alert)
	}
	c.chart = newChart(p.w.run, c.chartEvents())
	drawn := c.chart.onDrawn
	c.chart.onDrawn = func() {
		drawn()
		if c.crossAt != 0 {
			c.hover(c.crossAt, true)
		}
	}
	c.reasons, c.moved, c.earlier = newReasonsPane(), newMovedPane(c), newEarlierPane(c)
	tabs := row(2)
	for i, name := range []string{"Moved with it", "Earlier weeks"} {
		b := newButton(kindTool, "", name, func() {
			p.model.Review().Pane = i
			c.show()
		})
		b.height, b.size = 26, sizeTable
		c.tabs = append(c.tabs, b)
		tabs.Add(b)
	}
	tabs.Add(stretch(c.moved.about))
	pane := dock(sized(tabs, 0, 28), nil, nil, nil, container.NewStack(c.moved.table, c.moved.none, c.earlier.box))
	lower := container.New(splitLayout{0.37, 24}, c.reasons.box, pane, rule())
	line := row(8, c.badge.Container, stretch(c.title), c.actions)
	c.head = sized(pad(container.New(shrinking{line, c.shorten}, line), 0, 8, 0, 12), 0, 40)
	words := sized(pad(row(8, stretch(container.New(wordsLayout{}, c.lead, c.rest)), c.keys), 0, 8, 0, 12), 0, 26)
	c.body = dock(column(0, c.head, words), nil, nil, nil, container.New(detailLayout{}, pad(c.chart, 0, 2, 0, 2), pad(lower, 0, 2, 6, 12)))
	c.box = card(container.NewStack(c.body, c.none))
	return c
}

// shorten leaves words of the buttons out so that the title can be read.
func (c *detailCard) shorten(level int) {
	c.title.least = min(360, c.title.wants()+1)
	label := func(b *button, words string, until int) {
		if b == nil {
			return
		}
		if level >= until {
			words = ""
		}
		b.SetLabel(words)
	}
	mark := "Mark as normal"
	if c.scene.Incident.Normal {
		mark = "Not normal"
	}
	label(c.fact, "Show on Fact", 1)
	label(c.note, "Annotate", 2)
	label(c.normal, mark, 3)
	label(c.alert, "Create alert…", 4)
}

// wordsLayout puts muted words behind others that come first when it is narrow.
type wordsLayout struct{}

func (wordsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, 17) }

func (wordsLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	lead := min(s.Width, o[0].(*tipText).wants()+1)
	o[0].Resize(fyne.NewSize(lead, s.Height))
	o[1].Move(fyne.NewPos(lead+3, 0))
	o[1].Resize(fyne.NewSize(max(0, s.Width-lead-3), s.Height))
}

// detailLayout gives the chart half of the height and more where there is little.
type detailLayout struct{}

func (detailLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(300, 160) }

func (detailLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	lower := max(96, s.Height*0.47)
	if s.Height < 300 {
		lower = max(96, s.Height*0.38)
	}
	o[0].Resize(fyne.NewSize(s.Width, max(60, s.Height-lower)))
	o[1].Move(fyne.NewPos(0, s.Height-lower))
	o[1].Resize(fyne.NewSize(s.Width, lower))
}

// splitLayout puts two objects side by side with a line between them.
type splitLayout struct{ share, gap float32 }

func (splitLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 80) }

func (l splitLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	left := (s.Width - l.gap) * l.share
	o[0].Resize(fyne.NewSize(left, s.Height))
	o[1].Move(fyne.NewPos(left+l.gap, 0))
	o[1].Resize(fyne.NewSize(s.Width-left-l.gap, s.Height))
	o[2].Move(fyne.NewPos(left+l.gap/2, 4))
	o[2].Resize(fyne.NewSize(1, s.Height-8))
}

// show follows the model.
func (c *detailCard) show() {
	c.scene, c.ready = c.p.model.Detail().Scene()
	c.none.RemoveAll()
	if !c.ready {
		c.body.Hide()
		c.chart.Blank()
		if c.p.model.Found() != nil && len(c.p.list.rows) > 0 {
			c.none.Add(container.NewCenter(quiet("Choose an incident on the left, or a coloured cell above.")))
		}
		c.none.Refresh()
		return
	}
	c.body.Show()
	row := c.scene.Incident
	c.badge.set(severityBadge(row))
	c.title.Set(row.Title)
	c.showNormal()
	c.showKeys()
	lead, rest := c.scene.Words()
	c.lead.whole, c.rest.whole = lead+rest, lead+rest
	c.lead.Set(lead)
	c.rest.Set(rest)
	c.drawChart()
	c.reasons.show(c.scene)
	c.showAnswer()
	inner := c.head.Objects[0].(*fyne.Container)
	inner.Layout.Layout(inner.Objects, inner.Size())
	shrink := inner.Objects[0].(*fyne.Container)
	shrink.Layout.Layout(shrink.Objects, shrink.Size())
	c.body.Refresh()
	c.box.Refresh()
}

// severityBadge is how a severity stands on a badge.
func severityBadge(row view.IncidentRow) (word string, ink, soft fyne.ThemeColorName) {
	switch {
	case row.Normal:
		return "Normal", colorOK, colorOKSoft
	case row.Severity == anomaly.Critical:
		return "Critical", colorCrit, colorCritSoft
	case row.Severity == anomaly.Warning:
		return "Warning", colorWarn, colorWarnSoft
	}
	return "Note", colorMuted, colorRaised
}

// showNormal offers to mark the incident as normal, or to take that back.
func (c *detailCard) showNormal() {
	m, ok := c.p.model.Marking()
	c.normal.Hidden = !ok
	c.normal.Tip = "Tell the detector that this was nothing: it takes more from then on"
	if ok && m.Row.Normal {
		c.normal.Tip = "Not normal: forget what was said of its metrics"
	}
	c.normal.Refresh()
}

func (c *detailCard) showKeys() {
	d := c.p.model.Detail()
	keys := d.Keys()
	names, at := make([]string, len(keys)), 0
	for i, k := range keys {
		names[i] = k.String()
		if k == d.Key() {
			at = i
		}
	}
	c.keys.SetNames(names, at)
	c.keys.Hidden = len(keys) < 2
	c.head.Refresh()
}

func (c *detailCard) chooseKey(i int) {
	if keys := c.p.model.Detail().Keys(); i < len(keys) {
		c.look(keys[i])
	}
}

// look shows another series.
func (c *detailCard) look(k metric.Key) {
	c.p.model.Detail().SetKey(k)
	c.p.refocus()
}

// drawChart shows the chart.
func (c *detailCard) drawChart() {
	c.chart.tool = c.p.lanes.tool
	c.chart.Draw(c.scene.Figure(*tokens()))
	if c.crossAt != 0 && !c.scene.Range.Contains(c.crossAt) {
		c.hover(0, false)
	}
}

// showAnswer shows what was found out about the incident.
func (c *detailCard) showAnswer() {
	d, pane := c.p.model.Detail(), c.p.model.Review().Pane
	for i, b := range c.tabs {
		b.SetActive(i == pane)
	}
	c.moved.show(d.Answer(), d.Err(), pane == 0)
	c.earlier.show(d.Answer(), pane == 1)
}

// chartEvents connects the chart's gestures with its own zoom.
func (c *detailCard) chartEvents() chartEvents {
	d := c.p.model.Detail()
	moved := func() {
		if c.scene, c.ready = d.Scene(); c.ready {
			c.drawChart()
		}
	}
	ev := zoomEvents(d, moved)
	ev.reset = func() { d.ResetZoom(); moved() }
	ev.hover = c.hover
	ev.cursor = func(bool, int64) {}
	ev.menu = func(at fyne.Position, t int64) {
		items := []*fyne.MenuItem{
			item("Zoom in here", func() { d.ZoomTime(t, 0.5); moved() }),
			item("Zoom out", func() { d.ZoomTime(t, 2); moved() }),
			item("Reset zoom", ev.reset),
			fyne.NewMenuItemSeparator(),
			item("Annotate "+c.p.w.clock.Exact(t)+"…", func() {
				c.p.w.editAnnotation(metric.Annotation{From: t, To: t, Kind: metric.Note, VM: d.Key().VM, Metric: d.Key().Metric})
			}),
		}
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c.p.w.win.Canvas(), at)
	}
	return ev
}

// hover moves the crosshair to the point nearest to a time.
func (c *detailCard) hover(t int64, inside bool) {
	if !inside || !c.ready || !c.chart.ready() {
		c.crossAt = 0
		c.chart.cross.hide()
		return
	}
	r := c.scene.Reading(t)
	c.crossAt = r.Time
	c.chart.cross.show(c.chart.layout, r)
}

// forget draws the sparklines anew: the theme has changed.
func (c *detailCard) forget() { c.moved.shapes = map[string]shape{} }

// movedShape is the size of the sparklines.
var movedShape = charts.Size{W: 70, H: 18}
