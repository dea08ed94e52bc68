package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// text is one line of text in a theme colour that ends with an ellipsis when
// its place is too narrow. Unlike widget.Label it has no padding of its own.
type text struct {
	widget.BaseWidget
	value string
	size  float32
	ink   fyne.ThemeColorName
	bold  bool
	mono  bool
	align fyne.TextAlign
	fixed color.Color // instead of ink
	elide bool        // may be narrower than its text
	least float32     // width that it takes then; 0: a little
	out   *canvas.Text
}

func newText(value string, size float32, ink fyne.ThemeColorName) *text {
	t := &text{value: value, size: size, ink: ink}
	t.ExtendBaseWidget(t)
	return t
}

func bold(t *text) *text      { t.bold = true; return t }
func elided(t *text) *text    { t.elide = true; return t }
func rightward(t *text) *text { t.align = fyne.TextAlignTrailing; return t }

func body(s string) *text    { return newText(s, sizeBody, colorText) }
func small(s string) *text   { return newText(s, sizeTable, colorText) }
func quiet(s string) *text   { return newText(s, sizeTable, colorMuted) }
func caption(s string) *text { return newText(s, sizeCaption, colorMuted) }

// Set changes the words.
func (t *text) Set(s string) {
	if t.value == s {
		return
	}
	t.value = s
	t.Refresh()
}

// SetInk changes the colour.
func (t *text) SetInk(ink fyne.ThemeColorName) {
	if t.ink != ink {
		t.ink = ink
		t.Refresh()
	}
}

func (t *text) style() fyne.TextStyle { return fyne.TextStyle{Bold: t.bold, Monospace: t.mono} }

func (t *text) MinSize() fyne.Size {
	s := fyne.MeasureText(t.value, t.size, t.style())
	if t.value == "" {
		s = fyne.NewSize(0, fyne.MeasureText("M", t.size, t.style()).Height)
	}
	if t.elide {
		s.Width = min(s.Width, max(24, t.least))
	}
	return s
}

func (t *text) Resize(s fyne.Size) {
	changed := s.Width != t.Size().Width
	t.BaseWidget.Resize(s)
	if changed && t.elide {
		t.apply()
	}
}

func (t *text) Refresh() {
	if t.out == nil {
		return
	}
	t.apply()
	t.out.Refresh()
}

func (t *text) apply() {
	if t.out == nil {
		return
	}
	shown := t.value
	if t.elide && t.Size().Width > 0 {
		shown = ellipsis(t.value, t.Size().Width, t.size, t.style())
	}
	t.out.Text, t.out.TextSize, t.out.TextStyle, t.out.Alignment = shown, t.size, t.style(), t.align
	t.out.Color = t.fixed
	if t.fixed == nil {
		t.out.Color = ink(t.ink)
	}
}

func (t *text) CreateRenderer() fyne.WidgetRenderer {
	t.out = canvas.NewText(t.value, color.Black)
	t.apply()
	return widget.NewSimpleRenderer(t.out)
}

// ellipsis shortens s to a width.
func ellipsis(s string, width, size float32, style fyne.TextStyle) string {
	if fyne.MeasureText(s, size, style).Width <= width+0.5 {
		return s
	}
	r := []rune(s)
	lo, hi := 0, len(r)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if fyne.MeasureText(string(r[:mid])+"…", size, style).Width <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return string(r[:lo]) + "…"
}
