package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"aiops/app/view"
)

// bindKeys connects every key of the list of commands. Keys that type
// something arrive only while no entry has the focus.
func (w *Window) bindKeys() {
	c := w.win.Canvas()
	for _, cmd := range view.Commands() {
		for _, k := range cmd.Keys {
			if s := shortcut(k); s != nil {
				c.AddShortcut(s, func(fyne.Shortcut) { w.press(k) })
			}
		}
	}
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if k, ok := namedKey(e.Name); ok {
			k.Shift = k.Shift || shiftHeld() && (k.Key == "Left" || k.Key == "Right")
			w.press(k)
		}
	})
	c.SetOnTypedRune(func(r rune) {
		if k, ok := typedKey(r); ok {
			w.press(k)
		}
	})
}

func shiftHeld() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

// shortcut is Fyne's form of a combination, nil for a key alone.
func shortcut(k view.Stroke) fyne.Shortcut {
	if k.Ctrl && k.Key == "C" {
		return &fyne.ShortcutCopy{}
	}
	var m fyne.KeyModifier
	if k.Ctrl {
		m |= fyne.KeyModifierShortcutDefault
	}
	if k.Alt {
		m |= fyne.KeyModifierAlt
	}
	if m == 0 {
		return nil
	}
	return &desktop.CustomShortcut{KeyName: fyne.KeyName(k.Key), Modifier: m}
}

// namedKey is the stroke of a key that types nothing.
func namedKey(n fyne.KeyName) (view.Stroke, bool) {
	switch n {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyEscape, fyne.KeyReturn, fyne.KeyF1, fyne.KeyF5:
		return view.Stroke{Key: string(n)}, true
	case fyne.KeyEnter:
		return view.Stroke{Key: "Return"}, true
	}
	return view.Stroke{}, false
}

// typedKey is the stroke of a letter, digit or sign, wherever the layout of
// the keyboard has it.
func typedKey(r rune) (view.Stroke, bool) {
	switch {
	case r == '+' || r == '=':
		return view.Stroke{Key: "Plus"}, true
	case r == '-' || r == '_':
		return view.Stroke{Key: "Minus"}, true
	case r == '?' || unicode.IsLetter(r) || unicode.IsDigit(r):
		return view.Stroke{Key: strings.ToUpper(string(r))}, true
	}
	return view.Stroke{}, false
}

// press does what a key stands for on the page that is shown.
func (w *Window) press(k view.Stroke) {
	if w.win.Canvas().Overlays().Top() != nil && k.Plain() && k.Key != "Escape" && k.Key != "?" {
		return // a dialog is open
	}
	if w.first != nil && w.first.visible() && w.first.press(k) {
		return
	}
	if cmd, ok := view.CommandFor(w.state.Page, k); ok {
		w.do(cmd.ID)
	}
}

// do carries a command out.
func (w *Window) do(id view.CommandID) {
	switch id {
	case view.GoFact:
		w.showPage(view.FactPage)
	case view.GoForecast:
		w.showPage(view.ForecastPage)
	case view.GoAnalysis:
		w.showPage(view.AnalysisPage)
	case view.OpenPalette:
		w.showPalette()
	case view.ToggleSidebar:
		w.toggleSidebar()
	case view.OpenFile:
		w.showImport()
	case view.OpenSnapshot:
		w.askSnapshot()
	case view.SaveSnapshot:
		w.askSaveSnapshot()
	case view.ShowSources:
		w.showSourceList()
	case view.ExportSeen:
		w.showExport()
	case view.RefreshNow:
		w.refresh()
	case view.ShowKeys:
		w.showKeys()
	case view.Quit:
		w.win.Close()
	case view.Leave:
		w.leave()
	default:
		if p := w.shown(); p != nil && !w.empty() {
			p.do(id)
		}
	}
}

// leave is Escape: the dialog, then the tool, then the selection of the focus.
func (w *Window) leave() {
	c := w.win.Canvas()
	switch {
	case w.sheet != nil:
		w.sheet.close()
	case c.Overlays().Top() != nil:
		c.Overlays().Remove(c.Overlays().Top())
	case w.shown() != nil && w.shown().leave():
	case c.Focused() != nil:
		c.Unfocus()
	}
}
