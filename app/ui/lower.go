package ui

import (
	"fmt"
	"image"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/charts"
	"aiops/metric"
)

// lowerTab is a table of the card below the chart.
type lowerTab int

const (
	tabSummary lowerTab = iota
	tabPoints
	tabNotes
	tabOdd
)

// lowerCard is the card below the chart: summary, points, annotations.
type lowerCard struct {
	p       *factPage
	tab     lowerTab
	tabs    [4]*button
	counts  [4]*text
	note    *text
	table   *dataTable
	add     *button
	copies  *button
	export  *button
	place   *fyne.Container
	box     *fyne.Container
	head    *fyne.Container
	points  *view.Table
	summary view.SummaryTable
	shapes  map[metric.Key]image.Image
	notes   []view.AnnotationRow
	odd     []view.AnomalyRow
	cards   bool // shown above: then there is no summary
}

func newLowerCard(p *factPage) *lowerCard {
	l := &lowerCard{p: p, tab: tabPoints, cards: true, note: elided(rightward(quiet("")))}
	for i, t := range []struct{ icon, label string }{{"analysis", "Summary"}, {"table", "Points"}, {"flag", "Annotations"}, {"anomaly", "Anomalies"}} {
		l.tabs[i] = newButton(kindTool, t.icon, t.label, func() { l.show(lowerTab(i)) })
		l.counts[i] = quiet("")
	}
	l.copies = newButton(kindTool, "copy", "Copy", l.copy)
	l.copies.Tip = "Copy the table (Ctrl+C)"
	l.export = newButton(kindTool, "export", "Export CSV", func() { p.w.exportCSV() })
	l.add = newButton(kindTool, "plus", "Add", func() { p.annotate() })
	l.head = row(4)
	l.table = newDataTable(l.rows, l.cell)
	l.table.picture = l.picture
	l.table.onSort = l.sort
	l.table.list.onTapped = func(i int, _ float32) { l.point(i) }
	l.table.list.onMoved = l.point
	l.table.list.onActivate = func(int) { l.open() }
	l.place = container.NewStack(l.table)
	l.box = card(dock(sized(pad(l.head, 0, 8, 0, 4), 0, 34), nil, nil, nil, pad(l.place, 0, 1, 1, 1)))
	l.build()
	return l
}

// build puts together the line above the table.
func (l *lowerCard) build() {
	l.head.RemoveAll()
	for i, t := range l.tabs {
		if lowerTab(i) == tabSummary && l.cards || lowerTab(i) == tabOdd && !l.sought() {
			continue
		}
		t.SetActive(lowerTab(i) == l.tab)
		t.quiet = lowerTab(i) != l.tab
		l.head.Add(t)
		if l.counts[i].value != "" {
			l.head.Add(pad(l.counts[i], 0, 6, 0, 0))
		}
	}
	l.head.Add(stretch(l.note))
	if l.tab == tabNotes {
		l.head.Add(l.add)
	}
	l.head.Add(l.copies)
	if l.tab == tabPoints || l.tab == tabSummary {
		l.head.Add(l.export)
	}
	l.head.Refresh()
}

// sought reports whether anomalies were searched for and are marked.
func (l *lowerCard) sought() bool {
	return l.p.w.review.Found() != nil && !l.p.w.state.Review.Unmarked
}

// show changes the tab.
func (l *lowerCard) show(t lowerTab) {
	l.tab = t
	l.table.list.current = -1
	l.build()
	l.columns()
	l.p.later()
}

// useCards hides the summary while cards show the same.
func (l *lowerCard) useCards(on bool) {
	if l.cards == on {
		return
	}
	l.cards = on
	if !on {
		l.tab = tabSummary
	} else if l.tab == tabSummary {
		l.tab = tabPoints
	}
	l.build()
	l.columns()
}

// lowerData is what the card shows, made in the background.
type lowerData struct {
	points  *view.Table
	summary *view.SummaryTable
	shapes  map[metric.Key]image.Image
	notes   []view.AnnotationRow
	odd     []view.AnomalyRow
}

// Sizes of the summary's sparklines.
const (
	shapeWidth  = 120
	shapeHeight = 17
)

// gather makes the data of one tab; it may take a while.
func gather(s view.Scene, t lowerTab, theme charts.Theme, scale float64) lowerData {
	d := lowerData{notes: s.AnnotationRows(), odd: s.AnomalyRows()}
	switch t {
	case tabPoints:
		d.points = s.Table()
	case tabSummary:
		sum := s.SummaryTable()
		d.summary, d.shapes = &sum, map[metric.Key]image.Image{}
		for _, r := range sum.Rows {
			if f := r.Shape(theme); len(f.Panels) > 0 {
				d.shapes[r.Key] = f.RGBA(charts.Size{W: shapeWidth, H: shapeHeight}, scale)
			}
		}
	}
	return d
}

// set takes new data in.
func (l *lowerCard) set(d lowerData) {
	l.notes, l.odd = d.notes, d.odd
	if l.tab == tabOdd && !l.sought() {
		l.tab = tabPoints
	}
	if d.points != nil {
		l.points = d.points
		l.counts[tabPoints].value = metric.Grouped(d.points.Points)
	}
	if d.summary != nil {
		l.summary, l.shapes = *d.summary, d.shapes
	}
	l.counts[tabNotes].value, l.counts[tabOdd].value = fmt.Sprint(len(d.notes)), fmt.Sprint(len(d.odd))
	l.build()
	l.columns()
}

// columns shows the table's columns as the tab has them.
func (l *lowerCard) columns() {
	var cols []tableColumn
	l.note.Set("")
	l.table.sorted = -1
	switch l.tab {
	case tabPoints:
		cols = l.pointColumns()
	case tabSummary:
		cols = []tableColumn{{title: "Series", slot: -1, width: 150}, {title: "Shape", slot: -1, width: shapeWidth + 2*cellPadding}}
		for _, c := range l.summary.Columns {
			cols = append(cols, tableColumn{title: c, slot: -1, width: 80, number: true, wide: true})
		}
		l.note.Set(l.summary.Title)
	case tabNotes:
		cols = []tableColumn{{title: "Time", slot: -1, width: 170}, {title: "Length", slot: -1, width: 90}, {title: "Kind", slot: -1, width: 100},
			{title: "Where", slot: -1, width: 120}, {title: "Text", slot: -1, width: 200, wide: true}}
	case tabOdd:
		cols = []tableColumn{{title: "Time", slot: -1, width: 170}, {title: "Series", slot: -1, width: 150, wide: true}, {title: "Kind", slot: -1, width: 100},
			{title: "Length", slot: -1, width: 90}, {title: "Value", slot: -1, width: 90, number: true}, {title: "Expected", slot: -1, width: 90, number: true},
			{title: "Score", slot: -1, width: 70, number: true}}
	}
	l.table.SetColumns(cols)
}

func (l *lowerCard) pointColumns() []tableColumn {
	if l.points == nil {
		return nil
	}
	var cols []tableColumn
	by := l.p.w.state.Sort
	for i, c := range l.points.Columns {
		col := tableColumn{title: c.Title, slot: c.Slot, number: c.Number, sorts: c.Sortable, width: 90, wide: c.Number}
		switch {
		case i == 0:
			col.width = 170
		case !c.Number:
			col.width, col.wide = 160, true
		}
		if c.Sortable && c.ID == by.Column {
			l.table.sorted, l.table.down = i, by.Descending
		}
		cols = append(cols, col)
	}
	l.note.Set(l.points.Sorted)
	if l.points.Note != "" {
		l.note.Set(l.points.Note)
	}
	return cols
}

func (l *lowerCard) rows() int {
	switch {
	case l.tab == tabPoints && l.points != nil:
		return l.points.Len()
	case l.tab == tabSummary:
		return len(l.summary.Rows)
	case l.tab == tabNotes:
		return len(l.notes)
	case l.tab == tabOdd:
		return len(l.odd)
	}
	return 0
}

func (l *lowerCard) cell(i, col int) tableCell {
	c := plainCell("")
	switch l.tab {
	case tabPoints:
		c.text, c.crit = l.points.Cell(i, col), l.points.Over(i, col)
	case tabSummary:
		r := l.summary.Rows[i]
		switch {
		case col == 0:
			c.text, c.slot = r.Name, r.Slot
		case col > 1 && col-2 < len(r.Cells):
			c.text, c.crit = r.Cells[col-2], r.Over && col-2 == view.MaxColumn
		}
	case tabNotes:
		a := l.notes[i]
		c.text = []string{a.When, a.Length, string(a.Kind), a.Where, a.Text}[col]
	case tabOdd:
		c.text = l.odd[i].Cells[col]
		if col == 1 {
			c.slot = l.odd[i].Slot
		}
	}
	return c
}

// picture is the sparkline of a summary's row.
func (l *lowerCard) picture(i, col int, _ fyne.Size) fyne.CanvasObject {
	if l.tab != tabSummary || col != 1 {
		return nil
	}
	img, ok := l.shapes[l.summary.Rows[i].Key]
	if !ok {
		return nil
	}
	return container.New(fixed{}, &canvas.Image{Image: img, FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest})
}

func (l *lowerCard) sort(col int) {
	if l.tab == tabPoints && l.points != nil {
		l.p.fact.SortBy(l.points.Columns[col].ID)
		l.p.later()
	}
}

// point moves the crosshair to a row.
func (l *lowerCard) point(i int) {
	switch {
	case l.tab == tabPoints && l.points != nil && i < l.points.Len():
		l.p.hover(l.points.Time(i), true)
	case l.tab == tabNotes && i < len(l.notes):
		l.p.hover(l.notes[i].From, true)
	case l.tab == tabOdd && i < len(l.odd):
		l.p.hover(l.odd[i].Time, true)
	}
}

// open shows the current row in the chart, or edits the current annotation.
func (l *lowerCard) open() {
	i := l.table.list.Current()
	if i < 0 || i >= l.rows() {
		return
	}
	if l.tab == tabNotes {
		l.p.w.editAnnotation(l.notes[i].Annotation)
		return
	}
	l.point(i)
}

func (l *lowerCard) step(by int) { l.table.list.step(by) }

// copy puts the table of the tab on the clipboard.
func (l *lowerCard) copy() {
	switch {
	case l.tab == tabSummary:
		l.p.w.copy(l.summary.Copy())
	case l.tab == tabPoints && l.points != nil:
		if i := l.table.list.Current(); i >= 0 && l.table.list.focused {
			l.p.w.copy(l.points.Copy([]int{i}))
			return
		}
		t := l.points
		l.p.w.run.then(func() func() {
			text := t.Copy(nil)
			return func() { l.p.w.copy(text) }
		})
	case l.tab == tabNotes:
		var text string
		for _, a := range l.notes {
			text += a.When + "\t" + a.Length + "\t" + string(a.Kind) + "\t" + a.Where + "\t" + a.Text + "\n"
		}
		l.p.w.copy(text)
	case l.tab == tabOdd:
		var text string
		for _, a := range l.odd {
			text += strings.Join(a.Cells, "\t") + "\n"
		}
		l.p.w.copy(text)
	}
}
