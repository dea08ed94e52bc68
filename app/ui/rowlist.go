package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// rowList shows any number of rows of one height. Only the visible ones exist.
// The offset is a float64 because Fyne's own positions get coarse after some
// hundred thousand rows. One row is current: it takes the keys.
type rowList struct {
	widget.BaseWidget
	rowHeight  float32
	count      func() int
	create     func() fyne.CanvasObject
	update     func(i int, row fyne.CanvasObject)
	onTapped   func(i int, x float32)             // pointer
	onActivate func(i int)                        // Enter or space
	onKey      func(i int, e *fyne.KeyEvent) bool // other keys; true: used
	onMoved    func(i int)                        // another row became current
	quietKeys  bool                               // current row is not painted unless focused

	current  int
	hovered  int
	focused  bool
	dragging bool
	offset   float64
	rows     []fyne.CanvasObject
	body     *fyne.Container
	clip     *container.Clip
	mark     *plate // of the current row
	hover    *plate
	bar      *plate
}

func newRowList(rowHeight float32, count func() int, create func() fyne.CanvasObject, update func(int, fyne.CanvasObject)) *rowList {
	l := &rowList{rowHeight: rowHeight, count: count, create: create, update: update, current: -1, hovered: -1}
	l.ExtendBaseWidget(l)
	l.mark = newPlate(colorSel, colorNone, 0)
	l.mark.width = 2
	l.hover = newPlate(theme.ColorNameHover, colorNone, 0)
	l.bar = newPlate(theme.ColorNameScrollBar, colorNone, 3)
	l.body = container.NewWithoutLayout()
	l.clip = container.NewClip(l.body)
	return l
}

func (l *rowList) MinSize() fyne.Size { return fyne.NewSize(60, l.rowHeight) }

func (l *rowList) Resize(s fyne.Size) {
	if s != l.Size() {
		l.BaseWidget.Resize(s)
		l.place()
	}
}

// Refresh shows the data as they are now.
func (l *rowList) Refresh() {
	l.mark.Refresh()
	l.hover.Refresh()
	l.bar.Refresh()
	l.place()
}

// Current is the row that keys go to, -1 for none.
func (l *rowList) Current() int { return l.current }

// SetCurrent makes a row current and brings it into sight.
func (l *rowList) SetCurrent(i int) {
	l.current = i
	l.reveal(i)
	l.place()
}

func (l *rowList) reveal(i int) {
	if i < 0 {
		return
	}
	top, h := float64(i)*float64(l.rowHeight), float64(l.Size().Height)
	if top < l.offset {
		l.offset = top
	}
	if bottom := top + float64(l.rowHeight); bottom > l.offset+h {
		l.offset = bottom - h
	}
}

func (l *rowList) limit() float64 {
	return max(0, float64(l.count())*float64(l.rowHeight)-float64(l.Size().Height))
}

// place lays the visible rows out and fills them.
func (l *rowList) place() {
	n, h := l.count(), float64(l.rowHeight)
	l.offset = max(0, min(l.offset, l.limit()))
	first := int(l.offset / h)
	seen := min(n-first, int(float64(l.Size().Height)/h)+2)
	if l.Size().Height <= 0 {
		seen = 0
	}
	objects := []fyne.CanvasObject{l.hover, l.mark}
	for k := range max(0, seen) {
		if k == len(l.rows) {
			l.rows = append(l.rows, l.create())
		}
		r, i := l.rows[k], first+k
		r.Move(fyne.NewPos(0, l.y(i)))
		r.Resize(fyne.NewSize(l.Size().Width, l.rowHeight))
		l.update(i, r)
		objects = append(objects, r)
	}
	l.body.Objects = objects
	l.decorate()
	l.body.Refresh()
}

func (l *rowList) y(i int) float32 { return float32(float64(i)*float64(l.rowHeight) - l.offset) }

// decorate puts the marks of the current and the hovered row and the scroll bar.
func (l *rowList) decorate() {
	w := l.Size().Width
	put := func(p *plate, i int, show bool) {
		p.Hidden = !show || i < 0 || i >= l.count()
		p.Move(fyne.NewPos(0, l.y(i)))
		p.Resize(fyne.NewSize(w, l.rowHeight))
	}
	put(l.hover, l.hovered, true)
	put(l.mark, l.current, l.focused || !l.quietKeys)
	fill, stroke := colorSel, colorNone
	if l.focused {
		stroke = colorAccent
	}
	if l.quietKeys {
		fill = colorNone
	}
	l.mark.Set(fill, stroke)
	total, h := float64(l.count())*float64(l.rowHeight), float64(l.Size().Height)
	l.bar.Hidden = total <= h
	if !l.bar.Hidden {
		length := max(24, h*h/total)
		l.bar.Resize(fyne.NewSize(6, float32(length)))
		l.bar.Move(fyne.NewPos(w-7, float32((h-length)*l.offset/(total-h))))
	}
}

// row is the index at a height, -1 for none.
func (l *rowList) row(y float32) int {
	i := int((l.offset + float64(y)) / float64(l.rowHeight))
	if i < 0 || i >= l.count() {
		return -1
	}
	return i
}

func (l *rowList) Scrolled(e *fyne.ScrollEvent) {
	l.offset -= float64(e.Scrolled.DY)
	l.hovered = -1
	l.place()
}

func (l *rowList) Tapped(e *fyne.PointEvent) {
	i := l.row(e.Position.Y)
	if i < 0 || e.Position.X > l.Size().Width-10 && !l.bar.Hidden {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
	l.current = i
	if l.onTapped != nil {
		l.onTapped(i, e.Position.X)
	}
	l.place()
}

func (l *rowList) Dragged(e *fyne.DragEvent) {
	if !l.dragging && e.Position.X-e.Dragged.DX < l.Size().Width-12 {
		return
	}
	l.dragging = true
	h := float64(l.Size().Height)
	if room := h - float64(l.bar.Size().Height); room > 0 {
		l.offset += float64(e.Dragged.DY) * l.limit() / room
		l.place()
	}
}

func (l *rowList) DragEnd() { l.dragging = false }

func (l *rowList) MouseIn(e *desktop.MouseEvent) { l.MouseMoved(e) }

func (l *rowList) MouseMoved(e *desktop.MouseEvent) {
	if i := l.row(e.Position.Y); i != l.hovered {
		l.hovered = i
		l.decorate()
	}
}

func (l *rowList) MouseOut() {
	l.hovered = -1
	l.decorate()
}

func (l *rowList) FocusGained() {
	l.focused = true
	if l.current < 0 && l.count() > 0 {
		l.current = l.row(0)
	}
	l.decorate()
}

func (l *rowList) FocusLost()       { l.focused = false; l.decorate() }
func (l *rowList) TypedRune(r rune) { passRune(l, r) }

func (l *rowList) TypedKey(e *fyne.KeyEvent) {
	page := max(1, int(l.Size().Height/l.rowHeight)-1)
	switch e.Name {
	case fyne.KeyUp:
		l.step(-1)
	case fyne.KeyDown:
		l.step(1)
	case fyne.KeyPageUp:
		l.step(-page)
	case fyne.KeyPageDown:
		l.step(page)
	case fyne.KeyHome:
		l.step(-l.count())
	case fyne.KeyEnd:
		l.step(l.count())
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		if l.onActivate != nil && l.current >= 0 && l.current < l.count() {
			l.onActivate(l.current)
		}
	default:
		if l.onKey == nil || l.current < 0 || l.current >= l.count() || !l.onKey(l.current, e) {
			passKey(l, e)
		}
	}
}

func (l *rowList) step(by int) {
	if l.count() == 0 {
		return
	}
	l.SetCurrent(max(0, min(l.count()-1, l.current+by)))
	if l.onMoved != nil {
		l.onMoved(l.current)
	}
}

func (l *rowList) CreateRenderer() fyne.WidgetRenderer {
	return &rowListRenderer{l}
}

type rowListRenderer struct{ l *rowList }

func (r *rowListRenderer) Layout(s fyne.Size) { r.l.clip.Resize(s) }
func (r *rowListRenderer) MinSize() fyne.Size { return r.l.MinSize() }
func (r *rowListRenderer) Refresh()           { r.l.Refresh() }
func (r *rowListRenderer) Destroy()           {}
func (r *rowListRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.l.clip, r.l.bar}
}
