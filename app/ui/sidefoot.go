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

// sideParts lays out the sidebar: what is on top, the tree, the foot. In a low
// window the foot scrolls, so that the tree keeps some rows.
type sideParts struct{}

// Heights in a low window: eight rows of the tree, and of the foot a heading with a line.
const (
	treeLeast = 8 * 26
	footLeast = 60
)

func (sideParts) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(o[0].MinSize().Width, o[2].MinSize().Width), o[0].MinSize().Height+footLeast)
}

func (sideParts) Layout(o []fyne.CanvasObject, s fyne.Size) {
	top, foot := o[0].MinSize().Height, o[2].(*container.Scroll).Content.MinSize().Height
	foot = min(foot, max(footLeast, s.Height-top-treeLeast))
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(s.Width, top))
	o[1].Move(fyne.NewPos(0, top))
	o[1].Resize(fyne.NewSize(s.Width, max(0, s.Height-top-foot)))
	o[2].Move(fyne.NewPos(0, s.Height-foot))
	o[2].Resize(fyne.NewSize(s.Width, foot))
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
