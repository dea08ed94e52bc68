package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// footLine is a line at the sidebar's foot: a data source or a snapshot.
type footLine struct {
	icon   string // empty: a light
	light  fyne.ThemeColorName
	name   string
	note   string
	tip    string
	active bool
	do     func()
}

// sideFoot is the lower part of the sidebar: data sources and snapshots.
type sideFoot struct {
	box       *fyne.Container
	sources   func() []footLine
	snapshots func() []footLine
	add, open func()
	changed   func() // its height may be another one
}

// show lists both anew.
func (f *sideFoot) show() {
	f.box.RemoveAll()
	f.section("Data sources", "Add…", f.add, f.sources())
	f.section("Snapshots", "Open…", f.open, f.snapshots())
	f.changed()
}

// section adds a heading with a link and its lines.
func (f *sideFoot) section(heading, link string, do func(), lines []footLine) {
	more := newButton(kindLink, "", link, do)
	more.size, more.height = sizeTable, 22
	f.box.Add(pad(rule(), 6, 12, 0, 0))
	f.box.Add(pad(row(4, bold(newText(heading, sizeTable, colorMuted)), spring(), more), 4, 10, 0, 0))
	for _, l := range lines {
		f.box.Add(newFootRow(l))
	}
}

// footRow shows a line; a click does what it stands for.
type footRow struct {
	widget.BaseWidget
	line    footLine
	back    *plate
	content *fyne.Container
	tip     tooltip
}

func newFootRow(l footLine) *footRow {
	r := &footRow{line: l, back: newPlate(colorNone, colorNone, 4)}
	var sign fyne.CanvasObject = pad(newDot(l.light), 0, 4, 0, 4)
	if l.icon != "" {
		sign = newIcon(l.icon, colorMuted)
	}
	name := elided(body(l.name))
	name.bold = l.active
	r.content = row(6, sign, stretch(name), rightward(quiet(l.note)))
	r.ExtendBaseWidget(r)
	return r
}

func (r *footRow) MinSize() fyne.Size     { return fyne.NewSize(60, 26) }
func (r *footRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (r *footRow) Tapped(*fyne.PointEvent) {
	r.tip.hide()
	r.line.do()
}

func (r *footRow) MouseIn(*desktop.MouseEvent) {
	r.back.Set(theme.ColorNameHover, colorNone)
	r.tip.show(r, r.line.tip)
}

func (r *footRow) MouseMoved(*desktop.MouseEvent) {}

func (r *footRow) MouseOut() {
	r.back.Set(colorNone, colorNone)
	r.tip.hide()
}

func (r *footRow) FocusGained()     { r.back.Set(colorNone, colorAccent) }
func (r *footRow) FocusLost()       { r.back.Set(colorNone, colorNone) }
func (r *footRow) TypedRune(c rune) { passRune(r, c) }

func (r *footRow) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		r.Tapped(nil)
	default:
		passKey(r, e)
	}
}

func (r *footRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(r.back, pad(r.content, 0, 12, 0, 0)))
}
