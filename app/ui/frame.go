package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Limits of the sidebar, and the window width below which it is folded away.
const (
	sidebarMin  = 220
	sidebarMax  = 400
	foldBelow   = 1200
	handleWidth = 6
)

// frame is the layout of sidebar and page with a handle between them.
type frame struct {
	width    float32 // of the sidebar
	hidden   bool    // by the user
	forced   bool    // shown by the user although the window is narrow
	folded   bool    // as laid out last
	onFolded func(bool)
}

func (f *frame) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(600, o[1].MinSize().Height)
}

// Layout places sidebar, page and handle.
func (f *frame) Layout(o []fyne.CanvasObject, s fyne.Size) {
	side, page, handle := o[0], o[1], o[2]
	folded := f.hidden || s.Width < foldBelow && !f.forced
	x := f.width
	if folded {
		x = 0
	}
	side.(*fyne.Container).Hidden = folded
	handle.(*splitHandle).Hidden = folded
	side.Resize(fyne.NewSize(x, s.Height))
	page.Move(fyne.NewPos(x, 0))
	page.Resize(fyne.NewSize(s.Width-x, s.Height))
	handle.Move(fyne.NewPos(x-handleWidth/2, 0))
	handle.Resize(fyne.NewSize(handleWidth, s.Height))
	if folded != f.folded {
		f.folded = folded
		f.onFolded(folded)
	}
}

// toggle hides or shows the sidebar.
func (f *frame) toggle() {
	if f.folded {
		f.hidden, f.forced = false, true
	} else {
		f.hidden, f.forced = true, false
	}
}

// splitHandle is the line between sidebar and page that can be dragged.
type splitHandle struct {
	widget.BaseWidget
	onDrag func(dx float32)
}

func newSplitHandle(onDrag func(float32)) *splitHandle {
	h := &splitHandle{onDrag: onDrag}
	h.ExtendBaseWidget(h)
	return h
}

func (h *splitHandle) Cursor() desktop.Cursor    { return desktop.HResizeCursor }
func (h *splitHandle) Dragged(e *fyne.DragEvent) { h.onDrag(e.Dragged.DX) }
func (h *splitHandle) DragEnd()                  {}

func (h *splitHandle) CreateRenderer() fyne.WidgetRenderer {
	line := rule()
	return &objectsRenderer{min: fyne.NewSize(handleWidth, 1), objects: []fyne.CanvasObject{line}, layout: func(s fyne.Size) {
		line.Move(fyne.NewPos(handleWidth/2-1, 0))
		line.Resize(fyne.NewSize(1, s.Height))
	}}
}
