package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// field is an entry that lets the window's key combinations through and tells
// about Escape and the arrows.
type field struct {
	widget.Entry
	onEscape func()
	onArrow  func(down bool)
	onDone   func(string) // Enter, or the focus goes elsewhere
}

func newField(placeholder string) *field {
	f := &field{}
	f.ExtendBaseWidget(f)
	f.PlaceHolder = placeholder
	f.OnSubmitted = func(s string) {
		if f.onDone != nil {
			f.onDone(s)
		}
	}
	return f
}

func (f *field) FocusLost() {
	f.Entry.FocusLost()
	if f.onDone != nil {
		f.onDone(f.Text)
	}
}

func (f *field) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyEscape:
		if f.onEscape != nil {
			f.onEscape()
		} else {
			passKey(f, e)
		}
	case f.onArrow != nil && (e.Name == fyne.KeyDown || e.Name == fyne.KeyUp):
		f.onArrow(e.Name == fyne.KeyDown)
	case len(e.Name) > 1 && e.Name[0] == 'F' && e.Name[1] >= '1' && e.Name[1] <= '9':
		passKey(f, e)
	default:
		f.Entry.TypedKey(e)
	}
}

func (f *field) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && c.KeyName != fyne.KeyLeft && c.KeyName != fyne.KeyRight {
		passShortcut(f, s)
		return
	}
	f.Entry.TypedShortcut(s)
}
