package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Heights of a table's parts.
const (
	tableRowHeight  = 25
	tableHeadHeight = 28
	cellPadding     = 10
)

// tableColumn is a column of a dataTable.
type tableColumn struct {
	title  string
	slot   int     // of the swatch before the title, -1 for none
	width  float32 // the least; free room is shared out
	number bool    // right-aligned
	sorts  bool    // a click on the head sorts by it
	wide   bool    // takes the free room
}

// tableCell is what a cell shows.
type tableCell struct {
	text  string
	slot  int // of a swatch, -1 for none
	crit  bool
	bold  bool
	muted bool
}

func plainCell(s string) tableCell { return tableCell{text: s, slot: -1} }

// dataTable is a sortable table with whole-row selection, which Fyne has not.
type dataTable struct {
	widget.BaseWidget
	cols    []tableColumn
	widths  []float32
	list    *rowList
	head    *tableHead
	cell    func(row, col int) tableCell
	picture func(row, col int, size fyne.Size) fyne.CanvasObject // nil: none
	sorted  int
	padding float32 // of cells
	down    bool    // highest first
	onSort  func(col int)
	box     *fyne.Container
}

func newDataTable(count func() int, cell func(row, col int) tableCell) *dataTable {
	t := &dataTable{cell: cell, sorted: -1, padding: cellPadding}
	t.ExtendBaseWidget(t)
	t.head = newTableHead(t)
	t.list = newRowList(tableRowHeight, count, func() fyne.CanvasObject { return newTableRow(t) },
		func(i int, o fyne.CanvasObject) { o.(*tableRow).show(i) })
	t.box = dock(t.head, nil, nil, nil, t.list)
	return t
}

// SetColumns changes the columns.
func (t *dataTable) SetColumns(cols []tableColumn) {
	t.cols = cols
	t.spread(t.Size().Width)
	t.Refresh()
}

// spread shares the width out.
func (t *dataTable) spread(width float32) {
	t.widths = make([]float32, len(t.cols))
	free, takers := width-8, 0
	for i, c := range t.cols {
		head := fyne.MeasureText(c.title, sizeTable, fyne.TextStyle{Bold: true}).Width + 2*t.padding
		if c.slot >= 0 {
			head += 16
		}
		if c.sorts {
			head += 14
		}
		t.widths[i] = max(c.width, head)
		free -= t.widths[i]
		if c.wide {
			takers++
		}
	}
	for i, c := range t.cols {
		switch {
		case free < 0:
			t.widths[i] *= max(0.2, (width-8)/(width-8-free))
		case takers > 0 && c.wide:
			t.widths[i] += free / float32(takers)
		case takers == 0:
			t.widths[i] += free / float32(len(t.cols))
		}
	}
}

func (t *dataTable) Resize(s fyne.Size) {
	t.spread(s.Width)
	t.BaseWidget.Resize(s)
	t.head.Refresh()
	t.list.Refresh()
}

func (t *dataTable) Refresh() {
	t.head.Refresh()
	t.list.Refresh()
}

func (t *dataTable) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.box) }

// tableHead is the line of column titles.
type tableHead struct {
	widget.BaseWidget
	t    *dataTable
	back *plate
	body *fyne.Container
}

func newTableHead(t *dataTable) *tableHead {
	h := &tableHead{t: t, back: newPlate(theme.ColorNameHeaderBackground, colorNone, 0), body: container.NewWithoutLayout()}
	h.ExtendBaseWidget(h)
	return h
}

func (h *tableHead) MinSize() fyne.Size { return fyne.NewSize(60, tableHeadHeight) }

func (h *tableHead) Refresh() {
	h.body.RemoveAll()
	x := float32(0)
	for i, c := range h.t.cols {
		if i >= len(h.t.widths) {
			break
		}
		h.body.Add(h.title(i, c, x))
		x += h.t.widths[i]
	}
	h.back.Refresh()
	h.body.Refresh()
}

func (h *tableHead) title(i int, c tableColumn, x float32) fyne.CanvasObject {
	parts := row(6)
	if c.number {
		parts.Add(spring())
	}
	if c.slot >= 0 {
		parts.Add(swatch(seriesColor(c.slot)))
	}
	words := bold(newText(c.title, sizeTable, colorMuted))
	if i == h.t.sorted {
		words.ink = colorText
	}
	parts.Add(words)
	if i == h.t.sorted {
		mark := newIcon("up", colorText)
		if h.t.down {
			mark.name = "drop"
		}
		mark.size = 12
		parts.Add(mark)
	}
	cell := pad(parts, 0, h.t.padding, 0, h.t.padding)
	cell.Move(fyne.NewPos(x, 0))
	cell.Resize(fyne.NewSize(h.t.widths[i], tableHeadHeight))
	return cell
}

// Tapped sorts by the column under the pointer.
func (h *tableHead) Tapped(e *fyne.PointEvent) {
	x := float32(0)
	for i, w := range h.t.widths {
		if e.Position.X >= x && e.Position.X < x+w && h.t.cols[i].sorts && h.t.onSort != nil {
			h.t.onSort(i)
			return
		}
		x += w
	}
}

func (h *tableHead) Cursor() desktop.Cursor {
	if h.t.onSort != nil {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func (h *tableHead) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(h.back, h.body))
}

// tableRow shows a row.
type tableRow struct {
	widget.BaseWidget
	t     *dataTable
	cells []*text
	marks []*plate
	line  *plate
	body  *fyne.Container
}

func newTableRow(t *dataTable) *tableRow {
	r := &tableRow{t: t, body: container.NewWithoutLayout(), line: rule()}
	r.line.fill = colorGrid
	r.ExtendBaseWidget(r)
	return r
}

func (r *tableRow) MinSize() fyne.Size { return fyne.NewSize(60, tableRowHeight) }

func (r *tableRow) show(i int) {
	r.fit()
	r.body.Objects = r.body.Objects[:0]
	x := float32(0)
	for k, c := range r.t.cols {
		w := r.t.widths[k]
		r.showCell(i, k, c, x, w)
		x += w
	}
	r.line.Move(fyne.NewPos(0, tableRowHeight-1))
	r.line.Resize(fyne.NewSize(r.Size().Width, 1))
	r.body.Objects = append(r.body.Objects, r.line)
	r.body.Refresh()
}

func (r *tableRow) fit() {
	for len(r.cells) < len(r.t.cols) {
		r.cells = append(r.cells, elided(small("")))
		r.marks = append(r.marks, swatch(nil))
	}
}

func (r *tableRow) showCell(i, k int, c tableColumn, x, w float32) {
	if r.t.picture != nil {
		if o := r.t.picture(i, k, fyne.NewSize(w-2*r.t.padding, tableRowHeight-6)); o != nil {
			o.Move(fyne.NewPos(x+r.t.padding, 3))
			o.Resize(fyne.NewSize(w-2*r.t.padding, tableRowHeight-6))
			r.body.Objects = append(r.body.Objects, o)
			return
		}
	}
	v, out := r.t.cell(i, k), r.cells[k]
	left := x + r.t.padding
	if v.slot >= 0 {
		m := r.marks[k]
		m.paint = seriesColor(v.slot)
		m.Move(fyne.NewPos(left, (tableRowHeight-10)/2))
		m.Resize(fyne.NewSquareSize(10))
		m.Refresh()
		r.body.Objects = append(r.body.Objects, m)
		left += 17
	}
	out.value, out.bold, out.ink, out.align = v.text, v.bold || v.crit, colorText, fyne.TextAlignLeading
	switch {
	case v.crit:
		out.ink = colorCrit
	case v.muted:
		out.ink = colorMuted
	}
	if c.number {
		out.align = fyne.TextAlignTrailing
	}
	out.Move(fyne.NewPos(left, (tableRowHeight-17)/2))
	out.Resize(fyne.NewSize(max(0, x+w-r.t.padding-left), 17))
	out.Refresh()
	r.body.Objects = append(r.body.Objects, out)
}

func (r *tableRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.body) }
