package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/charts"
	"aiops/metric"
)

// capacityCard ranks series by when they pass their limit.
type capacityCard struct {
	p      *forecastPage
	about  *text
	copies *button
	all    *button
	table  *dataTable
	foot   [2]*text
	rows   []view.CapacityRow
	shapes map[metric.Key]shape
	order  view.CapacityOrder
	due    bool // show comes soon
	note   *fyne.Container
	body   *fyne.Container
	box    *fyne.Container
}

// shape is a sparkline and what it was drawn from.
type shape struct {
	id    string
	image *canvas.Image
}

func newCapacityCard(p *forecastPage) *capacityCard {
	c := &capacityCard{p: p, about: elided(quiet("")), shapes: map[metric.Key]shape{}, note: container.NewStack(), order: view.CapacityOrder{Column: 5}}
	c.copies = newButton(kindTool, "copy", "Copy", c.copy)
	c.copies.Tip = "Copy the table (Ctrl+C)"
	c.all = newButton(kindTool, "play", "Forecast all", func() { p.do(view.ForecastAll) })
	c.all.Tip = "Forecast all series, and store the predictions"
	c.table = newDataTable(func() int { return len(c.rows) }, c.cell)
	c.table.picture = c.picture
	c.table.onSort = c.sort
	c.table.list.onTapped = func(i int, _ float32) { c.open(i) }
	c.table.list.onActivate = c.open
	c.foot = [2]*text{elided(quiet("")), elided(quiet(""))}
	foot := pad(column(0, c.foot[0], c.foot[1]), 4, 12, 8, 12)
	c.body = dock(nil, foot, nil, nil, c.table)
	c.box = card(dock(cardHead("Capacity", c.about, c.copies, c.all), nil, nil, nil, pad(container.NewStack(c.body, c.note), 0, 1, 1, 1)))
	c.columns()
	return c
}

func (c *capacityCard) columns() {
	c.table.padding = 7
	widths := []float32{130, 60, 50, shapeSmall + 2*c.table.padding, 58, 58, 58}
	var cols []tableColumn
	for i, name := range view.CapacityHead() {
		cols = append(cols, tableColumn{title: name, slot: -1, width: widths[i], number: i > 0 && i != 3, sorts: i != 3, wide: i == 0})
	}
	c.table.sorted, c.table.down = c.order.Column, c.order.Descending
	c.table.SetColumns(cols)
}

// shapeSmall is the width of the sparklines.
const shapeSmall = 62

var shapeSize = charts.Size{W: shapeSmall, H: shapeHeight}

// show follows the model.
func (c *capacityCard) show() {
	list := &c.p.model.Capacity
	c.rows = list.Rows(c.order)
	c.about.Set(list.About(c.rows))
	lines := list.Foot(c.rows)
	c.foot[0].Set(lines[0])
	c.foot[1].Set(lines[1])
	c.note.RemoveAll()
	c.body.Show()
	if len(c.rows) == 0 {
		c.body.Hide()
		c.note.Add(pad(newParagraph(list.Why()), 8, 16, 8, 16))
	}
	c.copies.SetEnabled(len(c.rows) > 0)
	c.table.list.current = -1
	for i, r := range c.rows {
		if r.Shown {
			c.table.list.current = i
		}
	}
	c.table.Refresh()
	c.note.Refresh()
}

// showSoon is show, but not more often than the eye follows.
func (c *capacityCard) showSoon() {
	if c.due {
		return
	}
	c.due = true
	c.p.w.run.after(settle, func() {
		c.due = false
		c.show()
	})
}

func (c *capacityCard) cell(i, col int) tableCell {
	r := c.rows[i]
	out := plainCell("")
	switch col {
	case 0:
		out.text = r.Key.String()
	case 1:
		out.text, out.crit = r.Now, r.Reached
	case 2:
		out.text = r.Limit
	case 4, 5, 6:
		out.text = r.By[col-4]
		out.crit = r.Reached
		out.muted = out.text == view.Later
		out.bold = col == 5 && !out.muted
	}
	return out
}

// picture is a row's sparkline.
func (c *capacityCard) picture(i, col int, _ fyne.Size) fyne.CanvasObject {
	if col != 3 {
		return nil
	}
	r := c.rows[i]
	id := r.ShapeID() + tokens().Name
	s, ok := c.shapes[r.Key]
	if !ok || s.id != id {
		img := r.Shape(*tokens()).RGBA(shapeSize, float64(c.p.w.win.Canvas().Scale()))
		s = shape{id, &canvas.Image{Image: img, FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest}}
		c.shapes[r.Key] = s
	}
	return s.image
}

// sort orders by a column; the same column again turns the order round.
func (c *capacityCard) sort(col int) {
	if c.order.Column == col {
		c.order.Descending = !c.order.Descending
	} else {
		c.order = view.CapacityOrder{Column: col}
	}
	c.columns()
	c.show()
}

// open shows the series of a row.
func (c *capacityCard) open(i int) {
	if i < 0 || i >= len(c.rows) {
		return
	}
	c.p.model.SetFocus(c.rows[i].Key)
	c.p.changed()
}

// copy puts the table on the clipboard.
func (c *capacityCard) copy() {
	if len(c.rows) > 0 {
		c.p.w.copy(view.CopyCapacity(c.rows))
	}
}
