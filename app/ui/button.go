package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// buttonKind is how prominent a button is.
type buttonKind int

const (
	kindTool      buttonKind = iota // no outline; filled while active
	kindSecondary                   // raised with a border
	kindPrimary                     // the one main button
	kindField                       // looks like an entry: a drop-down
	kindLink                        // words in the accent colour
)

// button is every button of the window: an icon, words, and a mark that it
// opens a menu, any of which can be missing. It takes the focus.
type button struct {
	widget.BaseWidget
	self        fyne.CanvasObject // the widget that embeds this one, if any
	Label, Icon string
	prefix      string // muted words before the label: what is chosen here
	Tip         string // hover label; what it says when disabled is why
	OnTapped    func()
	kind        buttonKind
	menu        bool // opens a menu: a down mark at the end
	strong      bool // bold words
	quiet       bool // muted words
	height      float32
	lead        float32 // room before the words, for a box
	size        float32
	active      bool
	disabled    bool
	hovered     bool
	focused     bool
	tip         tooltip
	parts       buttonParts
}

type buttonParts struct {
	back, ring  *canvas.Rectangle
	icon, arrow *icon
	label       *text
	prefix      *text
}

func newButton(kind buttonKind, iconName, label string, tapped func()) *button {
	b := &button{kind: kind, Icon: iconName, Label: label, OnTapped: tapped, height: 28, size: sizeBody}
	b.self = b
	b.ExtendBaseWidget(b)
	return b
}

// SetLabel changes the words.
func (b *button) SetLabel(s string) {
	if b.Label != s {
		b.Label = s
		b.Refresh()
	}
}

// SetActive shows the button as chosen.
func (b *button) SetActive(on bool) {
	if b.active != on {
		b.active = on
		b.Refresh()
	}
}

// SetEnabled lets the button be used or not.
func (b *button) SetEnabled(on bool) {
	if b.disabled == on {
		b.disabled = !on
		b.Refresh()
	}
}

func (b *button) inset() float32 {
	switch {
	case b.kind == kindLink:
		return 2
	case b.Label == "":
		return 6
	case b.kind == kindPrimary:
		return 16
	}
	return 10
}

func (b *button) MinSize() fyne.Size {
	w := 2*b.inset() + b.lead
	if b.Icon != "" {
		w += 16
		if b.Label != "" {
			w += 6
		}
	}
	if b.Label != "" {
		w += fyne.MeasureText(b.Label, b.size, fyne.TextStyle{Bold: b.bold()}).Width
	}
	if b.menu {
		w += 22
	}
	return fyne.NewSize(w+b.prefixWidth(), b.height)
}

func (b *button) prefixWidth() float32 {
	if b.prefix == "" {
		return 0
	}
	return fyne.MeasureText(b.prefix, b.size, fyne.TextStyle{}).Width + 6
}

func (b *button) bold() bool { return b.strong || b.kind == kindPrimary }

func (b *button) Tapped(*fyne.PointEvent) {
	b.tip.hide()
	if !b.disabled && b.OnTapped != nil {
		b.OnTapped()
	}
}

func (b *button) Cursor() desktop.Cursor {
	if b.kind == kindLink && !b.disabled {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func (b *button) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.tip.show(b.self, b.Tip)
	b.Refresh()
}

func (b *button) MouseMoved(*desktop.MouseEvent) {}

func (b *button) MouseOut() {
	b.hovered = false
	b.tip.hide()
	b.Refresh()
}

func (b *button) FocusGained()     { b.focused = true; b.Refresh() }
func (b *button) FocusLost()       { b.focused = false; b.Refresh() }
func (b *button) TypedRune(r rune) { passRune(b.self, r) }
func (b *button) Disabled() bool   { return b.disabled }

func (b *button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		passKey(b.self, e)
	}
}

func (b *button) Refresh() {
	if b.parts.back == nil {
		return
	}
	b.paint()
	b.layout(b.Size())
	for _, o := range []fyne.CanvasObject{b.parts.back, b.parts.ring} {
		o.Refresh()
	}
	b.parts.label.Refresh()
}

// inks are the colours of the words, the fill and the outline.
func (b *button) inks() (words, fill, stroke fyne.ThemeColorName) {
	words, fill, stroke = colorText, colorNone, colorNone
	switch b.kind {
	case kindSecondary:
		fill, stroke = colorRaised, colorBorder
	case kindField:
		fill, stroke = colorInset, colorBorder
	case kindPrimary:
		words, fill = theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary
	case kindLink:
		words = colorAccent
	}
	if b.quiet {
		words = colorMuted
	}
	if b.active {
		words, fill = colorAccent, colorSel
	}
	if b.hovered && !b.disabled && !b.active && (b.kind == kindTool || b.kind == kindSecondary || b.kind == kindField) {
		fill = theme.ColorNameHover
	}
	if b.disabled {
		words = colorFaint
		if b.kind == kindPrimary {
			fill = colorRaised
		}
	}
	return words, fill, stroke
}

func (b *button) paint() {
	words, fill, stroke := b.inks()
	p := b.parts
	p.back.FillColor, p.back.StrokeColor, p.back.StrokeWidth, p.back.CornerRadius = ink(fill), ink(stroke), 0, 4
	if stroke != colorNone {
		p.back.StrokeWidth = 1
	}
	p.ring.FillColor, p.ring.StrokeColor, p.ring.StrokeWidth, p.ring.CornerRadius = ink(colorNone), ink(colorAccent), 2, 4
	p.ring.Hidden = !b.focused
	p.label.value, p.label.ink, p.label.bold, p.label.size, p.label.elide = b.Label, words, b.bold(), b.size, true
	p.prefix.value, p.prefix.ink, p.prefix.size, p.prefix.Hidden = b.prefix, colorMuted, b.size, b.prefix == ""
	p.icon.Set(b.Icon, words)
	p.icon.Hidden = b.Icon == ""
	p.arrow.Set("down", words)
	p.arrow.Hidden = !b.menu
}

func (b *button) layout(s fyne.Size) {
	p := b.parts
	p.back.Resize(s)
	p.ring.Resize(s)
	x, right := b.inset(), s.Width-b.inset()
	if b.menu {
		right -= 16
		p.arrow.Move(fyne.NewPos(right+4, (s.Height-16)/2))
		p.arrow.Resize(fyne.NewSquareSize(16))
		right -= 6
	}
	if b.kind != kindField && b.lead == 0 {
		x = max(x, (s.Width-b.MinSize().Width)/2+b.inset())
	}
	x += b.lead
	if b.Icon != "" {
		p.icon.Move(fyne.NewPos(x, (s.Height-16)/2))
		p.icon.Resize(fyne.NewSquareSize(16))
		x += 22
	}
	h := p.label.MinSize().Height
	p.prefix.Move(fyne.NewPos(x, (s.Height-h)/2))
	p.prefix.Resize(fyne.NewSize(b.prefixWidth(), h))
	p.prefix.Refresh()
	x += b.prefixWidth()
	p.label.Move(fyne.NewPos(x, (s.Height-h)/2))
	p.label.Resize(fyne.NewSize(max(0, right-x), h))
}

func (b *button) CreateRenderer() fyne.WidgetRenderer {
	b.parts = buttonParts{
		back: &canvas.Rectangle{}, ring: &canvas.Rectangle{},
		icon: newIcon("", colorText), arrow: newIcon("", colorText), label: newText("", b.size, colorText), prefix: newText("", b.size, colorMuted),
	}
	b.paint()
	return &buttonRenderer{b}
}

type buttonRenderer struct{ b *button }

func (r *buttonRenderer) Layout(s fyne.Size) { r.b.layout(s) }
func (r *buttonRenderer) MinSize() fyne.Size { return r.b.MinSize() }
func (r *buttonRenderer) Refresh()           { r.b.Refresh() }
func (r *buttonRenderer) Destroy()           {}
func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	p := r.b.parts
	return []fyne.CanvasObject{p.back, p.icon, p.prefix, p.label, p.arrow, p.ring}
}
