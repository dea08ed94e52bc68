package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/charts"
)

// movedPane lists the metrics that moved with an incident.
type movedPane struct {
	c      *detailCard
	about  *text
	table  *dataTable
	none   *fyne.Container
	rows   []view.MovedRow
	wide   bool
	shapes map[string]shape
}

func newMovedPane(c *detailCard) *movedPane {
	m := &movedPane{c: c, about: elided(quiet("")), none: container.NewStack(), shapes: map[string]shape{}}
	m.table = newDataTable(func() int { return len(m.rows) }, m.cell)
	m.table.padding = 6
	m.table.picture = m.picture
	m.table.list.quietKeys = true
	open := func(i int) {
		if i >= 0 && i < len(m.rows) {
			c.look(m.rows[i].Key)
		}
	}
	m.table.list.onTapped = func(i int, _ float32) { open(i) }
	m.table.list.onActivate = open
	m.columns(true)
	return m
}

// columns leaves the shapes out where the place is narrow.
func (m *movedPane) columns(wide bool) {
	m.wide = wide
	cols := []tableColumn{{title: "Metric", slot: -1, wide: true, width: 80}, {title: "Shape", slot: -1, width: 82},
		{title: "Change", slot: -1, number: true, width: 84}, {title: "Lag", slot: -1, number: true, width: 100}, {title: "Correlation", slot: -1, number: true, width: 76}}
	if !wide {
		cols = append(cols[:1], cols[2:]...)
	}
	m.table.SetColumns(cols)
}

// narrowest is the width from which shapes are shown.
const narrowest = 440

// show follows the answer; nil: it is not there yet.
func (m *movedPane) show(q *view.Inquiry, err error, shown bool) {
	m.rows = nil
	m.about.Set("")
	m.none.RemoveAll()
	switch {
	case err != nil:
		m.none.Add(pad(newParagraph("What moved with it is not known: "+sentence(err)), 4, 8, 4, 8))
	case q == nil:
	case len(q.Moved) == 0:
		m.none.Add(pad(newParagraph("No other metric moved with it."), 4, 8, 4, 8))
	default:
		m.rows = q.Moved
	}
	if q != nil {
		m.about.Set(q.About())
	}
	m.table.Hidden = !shown || len(m.rows) == 0
	m.none.Hidden = !shown
	m.table.list.current = -1
	if w := m.table.Size().Width; w > 0 && (w >= narrowest) != m.wide {
		m.columns(w >= narrowest)
	}
	m.table.Refresh()
	m.none.Refresh()
}

func (m *movedPane) cell(i, col int) tableCell {
	r := m.rows[i]
	if !m.wide && col > 0 {
		col++
	}
	c := plainCell([]string{r.Key.String(), "", r.Change, r.Lag, r.Correlation}[col])
	c.muted = col == 0 && !r.SameVM
	return c
}

func (m *movedPane) picture(i, col int, _ fyne.Size) fyne.CanvasObject {
	if col != 1 || !m.wide {
		return nil
	}
	r := m.rows[i]
	q := m.c.p.model.Detail().Answer()
	id := tokens().Name
	if q != nil {
		id += q.Plan.Key.String() + m.c.p.w.clock.Exact(q.Plan.Span.From) + m.c.p.w.clock.Exact(q.Plan.Span.To)
	}
	return sparkline(m.shapes, r.Key.String(), id, func() charts.Figure { return r.Shape(*tokens()) }, movedShape, m.c.p.w)
}

// earlierPane shows the incident's time in earlier weeks.
type earlierPane struct {
	c      *detailCard
	figure *figureView
	rows   *fyne.Container
	none   *fyne.Container
	box    *fyne.Container
}

func newEarlierPane(c *detailCard) *earlierPane {
	e := &earlierPane{c: c, figure: newFigureView(c.p.w.run), rows: column(3), none: container.NewStack()}
	e.box = container.NewStack(dock(nil, nil, nil, pad(e.rows, 22, 8, 0, 4), e.figure), e.none)
	return e
}

// show follows the answer; nil: it is not there yet.
func (e *earlierPane) show(q *view.Inquiry, shown bool) {
	e.box.Hidden = !shown
	e.rows.RemoveAll()
	e.none.RemoveAll()
	if !shown || q == nil || !e.c.ready {
		return
	}
	if len(q.Earlier) == 0 {
		e.figure.Blank()
		e.none.Add(pad(newParagraph("There are no points of the four weeks before."), 4, 8, 4, 8))
		e.box.Refresh()
		return
	}
	e.figure.Draw(e.c.scene.EarlierFigure(q, *tokens()))
	for _, w := range q.Earlier {
		e.rows.Add(row(8, quiet(w.Name), spring(), small(w.Mean)))
		e.rows.Add(row(8, spring(), caption("the incident "+w.Change)))
	}
	e.box.Refresh()
}
