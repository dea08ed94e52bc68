package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"aiops/app"
	"aiops/app/view"
)

// sheet is a dialog: a title, content and buttons at the right.
type sheet struct {
	w     *Window
	popup *widget.PopUp
	warn  *text // what is wrong with what was typed
	// closed is called once when the dialog goes away; nil: nobody wants to know.
	closed func()
}

// open shows a dialog of a width; Escape closes it.
func (w *Window) open(title string, width float32, content fyne.CanvasObject, buttons ...*button) *sheet {
	s := &sheet{w: w, warn: elided(newText("", sizeTable, colorCrit))}
	end := newButton(kindTool, "close", "", s.close)
	end.Tip = "Close (Escape)"
	foot := row(8, stretch(s.warn))
	for _, b := range buttons {
		b.height = 32
		foot.Add(b)
	}
	head := row(8, bold(newText(title, sizeTitle, colorText)), spring(), end)
	var below fyne.CanvasObject
	if len(buttons) > 0 {
		below = pad(foot, 18, 0, 0, 0)
	}
	parts := dock(head, below, nil, nil, pad(content, 14, 0, 0, 0))
	box := pad(parts, 20, 24, 24, 24)
	return s.show(sized(box, width, 0))
}

// openBare shows a dialog that brings its own title and buttons.
func (w *Window) openBare(content fyne.CanvasObject) *sheet {
	return (&sheet{w: w, warn: newText("", sizeTable, colorCrit)}).show(content)
}

func (s *sheet) show(content fyne.CanvasObject) *sheet {
	s.popup = widget.NewModalPopUp(content, s.w.win.Canvas())
	s.w.sheet = s
	s.popup.Show()
	return s
}

// close takes the dialog away.
func (s *sheet) close() {
	s.popup.Hide()
	if s.w.sheet == s {
		s.w.sheet = nil
	}
	if done := s.closed; done != nil {
		s.closed = nil
		done()
	}
}

// say tells what is wrong.
func (s *sheet) say(err error) { s.warn.Set(sentence(err)) }

// labelled puts a name before a control.
func labelled(name string, o fyne.CanvasObject, hint string) fyne.CanvasObject {
	line := row(10, sized(body(name), 92, 0), stretch(o))
	if hint != "" {
		line.Add(quiet(hint))
	}
	return line
}

// showKeys is the help sheet: the keys of the page that is shown.
func (w *Window) showKeys() {
	if w.closeSheet("keys") {
		return
	}
	commands := view.CommandsOn(w.state.Page)
	left, right := column(6), column(6)
	shown := 0
	for _, c := range commands {
		if len(c.Keys) > 0 {
			shown++
		}
	}
	n := 0
	for _, c := range commands {
		if len(c.Keys) == 0 {
			continue
		}
		caps := row(4)
		for i, k := range c.Keys {
			if i > 0 {
				caps.Add(quiet("or"))
			}
			caps.Add(keycap(k.String()))
		}
		line := row(8, sized(row(0, caps), 128, 20), stretch(elided(small(c.Name))))
		if n < (shown+1)/2 {
			left.Add(line)
		} else {
			right.Add(line)
		}
		n++
	}
	mouse := column(4, rule(), pad(bold(small("Mouse on the chart")), 6, 0, 0, 0),
		small("Wheel zooms at the pointer, over the value axis that axis only. Drag pans, Shift and drag draws a box."),
		small("Double click resets the zoom. The right button opens a menu. Drop files anywhere to import them."))
	w.open("Keys of this page", 860, column(14, container.New(halves{28}, left, right), mouse))
	w.sheet.popup.Refresh()
	w.sheetID = "keys"
}

// closeSheet closes the dialog if it is the named one.
func (w *Window) closeSheet(id string) bool {
	if w.sheet == nil || w.sheetID != id {
		return false
	}
	w.sheet.close()
	return true
}

// showDetails is the full text of an error.
func (w *Window) showDetails(details string) {
	words := widget.NewLabel(details)
	words.Wrapping = fyne.TextWrapWord
	scroll := container.NewVScroll(words)
	copies := newButton(kindSecondary, "copy", "Copy", func() { w.copy(details) })
	w.open("Details", 640, sized(scroll, 590, 220), copies)
}

// showJobs lists what was done in this session.
func (w *Window) showJobs() {
	jobs := w.jobs.List()
	list := column(8)
	for _, j := range jobs {
		list.Add(jobEntry(j))
	}
	if len(jobs) == 0 {
		list.Add(quiet("No jobs have run since the window was opened."))
	}
	w.open("Jobs", 620, sized(container.NewVScroll(list), 570, 260))
}

func jobEntry(j app.Job) fyne.CanvasObject {
	sign, ink, text := "clock", colorAccent, "running"
	switch j.Status {
	case app.Done:
		sign, ink, text = "ok", colorOK, j.Result
	case app.Failed:
		sign, ink, text = "critical", colorCrit, j.Err.Error()
	case app.Cancelled:
		sign, ink, text = "nodata", colorMuted, "cancelled"
	}
	return column(0, row(8, newIcon(sign, ink), bold(small(j.Name)), spring(), caption(j.Began.Format("15:04:05"))), pad(elided(small(text)), 0, 0, 0, 24))
}

// showAbout says what this is.
func (w *Window) showAbout() {
	w.open("AIOps Dashboard", 460, column(6,
		body("Version "+w.session.Version),
		quiet("What servers did, what they will do, and what is wrong and why."),
		quiet("MIT licence. Nothing leaves this computer.")))
}
