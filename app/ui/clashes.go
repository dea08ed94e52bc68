package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"aiops/store"
)

// showClashes lists the changes made here that met another one in the
// database, both sides beside each other. A person decides each of them.
func (w *Window) showClashes() {
	l, ok := w.db.(store.Linked)
	if !ok || w.closeSheet("clashes") {
		return
	}
	list := column(12)
	list.Add(quiet("Reading…"))
	s := w.open("What was changed here and in "+w.name(), 720, sized(container.NewVScroll(pad(list, 0, 10, 0, 0)), 670, 320),
		newButton(kindSecondary, "", "Decide later", func() { w.closeSheet("clashes") }))
	w.sheetID = "clashes"
	w.readClashes(s, l, list)
}

// readClashes fills the dialog; when nothing is left to decide it closes.
func (w *Window) readClashes(s *sheet, l store.Linked, list *fyne.Container) {
	w.run.then(func() func() {
		all, err := l.Clashes(w.ctx)
		return func() {
			switch {
			case err != nil:
				s.say(err)
				return
			case len(all) == 0:
				s.close()
				return
			}
			list.RemoveAll()
			for _, c := range all {
				list.Add(w.clashCard(c, func(ours bool) { w.settle(s, l, list, c, ours) }))
			}
			list.Refresh()
		}
	})
}

// clashCard shows both sides of a clash and the two ways to decide it.
func (w *Window) clashCard(c store.QueueClash, decide func(ours bool)) fyne.CanvasObject {
	side := func(head, words, button string, ours bool) fyne.CanvasObject {
		text := widget.NewLabel(words)
		text.Wrapping = fyne.TextWrapWord
		return dock(bold(small(head)), row(0, newButton(kindSecondary, "", button, func() { decide(ours) }), spring()), nil, nil, text)
	}
	ours, theirs := c.Ours, c.Theirs
	if theirs == "" {
		theirs = "It was removed."
	}
	if ours == "" {
		ours = "It was removed."
	}
	return card(pad(column(8,
		row(8, bold(body(capital(c.What))), spring(), caption("made here "+w.clock.Time(c.Made.UnixMicro()))),
		container.New(halves{16}, side("Here", ours, "Keep mine", true), side("In "+w.name(), theirs, "Keep theirs", false)),
	), 10, 12, 12, 12))
}

func (w *Window) settle(s *sheet, l store.Linked, list *fyne.Container, c store.QueueClash, ours bool) {
	w.run.then(func() func() {
		err := l.Settle(w.ctx, c.ID, ours)
		return func() {
			if err != nil {
				s.say(err)
				return
			}
			w.refresh()
			w.readClashes(s, l, list)
		}
	})
}
