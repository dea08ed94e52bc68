package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
	"aiops/charts"
	"aiops/forecast/anomaly"
)

// incidentList is the card with the list of incidents.
type incidentList struct {
	p      *analysisPage
	about  *text
	order  *choice
	list   *rowList
	rows   []view.IncidentRow
	shapes map[string]shape
	note   *fyne.Container
	box    *fyne.Container
}

// incidentHeight is the height of a row.
const incidentHeight = 58

// incidentShape is the size of the sparklines.
var incidentShape = charts.Size{W: 56, H: 28}

func newIncidentList(p *analysisPage) *incidentList {
	c := &incidentList{p: p, about: elided(quiet("")), shapes: map[string]shape{}, note: container.NewStack()}
	names := make([]string, len(view.IncidentOrders()))
	for i, o := range view.IncidentOrders() {
		names[i] = o.Name
	}
	c.order = newChoice("", names, func(i int) {
		p.model.Review().Order = view.IncidentOrders()[i].Order
		p.draw()
	})
	c.order.natural = true
	c.list = newRowList(incidentHeight, func() int { return len(c.rows) }, func() fyne.CanvasObject { return newIncidentRow(c) },
		func(i int, o fyne.CanvasObject) { o.(*incidentRow).show(c.rows[i]) })
	c.list.onTapped = func(i int, _ float32) { c.look(i) }
	c.list.onMoved = c.look
	c.list.onActivate = func(int) { p.do(view.OpenRow) }
	c.box = card(dock(cardHead("Incidents", c.about, c.order), nil, nil, nil, dock(rule(), nil, nil, nil, pad(container.NewStack(c.list, c.note), 0, 1, 1, 1))))
	return c
}

// show follows the model.
func (c *incidentList) show() {
	c.rows = c.p.model.Incidents()
	c.about.Set(c.p.model.IncidentsAbout(len(c.rows)))
	for i, o := range view.IncidentOrders() {
		if o.Order == c.p.model.Review().Order {
			c.order.Set(i)
		}
	}
	focus, _ := c.p.model.Focus()
	at := -1
	for i, r := range c.rows {
		if r.ID == focus.ID {
			at = i
		}
	}
	c.note.RemoveAll()
	if len(c.rows) == 0 {
		c.note.Add(pad(newParagraph(c.p.model.NoIncidents()), 8, 16, 8, 16))
	}
	c.note.Refresh()
	if at != c.list.current {
		c.list.SetCurrent(at)
	} else {
		c.list.Refresh()
	}
	c.box.Refresh()
}

// forget draws the sparklines anew: the theme has changed.
func (c *incidentList) forget() { c.shapes = map[string]shape{} }

func (c *incidentList) look(i int) {
	if i >= 0 && i < len(c.rows) {
		c.p.look(c.rows[i].ID)
	}
}

// shape is a row's sparkline.
func (c *incidentList) shape(r view.IncidentRow) *canvas.Image {
	return sparkline(c.shapes, r.ID, tokens().Name+r.When, func() charts.Figure { return r.Shape(*tokens()) }, incidentShape, c.p.w)
}

// sparkline is a small picture that is drawn once for what it depends on.
func sparkline(all map[string]shape, key, id string, figure func() charts.Figure, size charts.Size, w *Window) *canvas.Image {
	s, ok := all[key]
	if !ok || s.id != id {
		img := figure().RGBA(size, float64(w.win.Canvas().Scale()))
		s = shape{id, &canvas.Image{Image: img, FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest}}
		all[key] = s
	}
	return s.image
}

// severityIcon is a severity's sign and colour.
func severityIcon(s anomaly.Severity) (string, fyne.ThemeColorName) {
	switch s {
	case anomaly.Critical:
		return "critical", colorCrit
	case anomaly.Warning:
		return "warning", colorWarn
	}
	return "info", colorMuted
}

// incidentRow shows an incident.
type incidentRow struct {
	widget.BaseWidget
	c           *incidentList
	sign        *icon
	title, what *text
	word, score *text
	line        *plate
	body        *fyne.Container
}

func newIncidentRow(c *incidentList) *incidentRow {
	r := &incidentRow{c: c, sign: newIcon("info", colorMuted), title: bold(elided(body(""))), what: elided(quiet("")), word: caption(""),
		score: rightward(bold(small(""))), line: rule(), body: container.NewWithoutLayout()}
	r.line.fill = colorGrid
	r.ExtendBaseWidget(r)
	return r
}

func (r *incidentRow) show(row view.IncidentRow) {
	name, ink := severityIcon(row.Severity)
	what := row.When + ", " + row.Brief()
	if row.Silent {
		name, what = "nodata", row.When+", "+row.Brief()+", no data"
	}
	if row.Normal {
		name, ink, what = "ok", colorOK, row.When+", marked as normal"
	}
	r.sign.Set(name, ink)
	r.title.Set(row.Title)
	r.what.Set(what)
	r.word.Set(view.SeverityWord(row.Severity))
	r.score.Set(row.ScoreNow)
	picture := r.c.shape(row)
	w := r.Size().Width
	const left, right, scores = 38, 12, 46
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(max(0, w), h))
	}
	words := w - left - right - scores - float32(incidentShape.W) - 14
	put(r.sign, 12, 21, 16, 16)
	put(r.title, left, 9, words, 19)
	put(r.what, left, 29, words, 17)
	put(picture, w-right-scores-float32(incidentShape.W)-4, 15, float32(incidentShape.W), float32(incidentShape.H))
	put(r.score, w-right-scores, 12, scores, 17)
	put(r.word, w-right-scores, 30, scores, 15)
	r.word.align = fyne.TextAlignTrailing
	put(r.line, 0, incidentHeight-1, w, 1)
	r.body.Objects = []fyne.CanvasObject{r.sign, r.title, r.what, picture, r.score, r.word, r.line}
	r.body.Refresh()
}

func (r *incidentRow) MinSize() fyne.Size { return fyne.NewSize(60, incidentHeight) }

func (r *incidentRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.body) }
