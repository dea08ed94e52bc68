package ui

import (
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app"
	"aiops/metric"
)

// showSourceList is the dialog of all data sources: their state, and what can
// be done with them.
func (w *Window) showSourceList() {
	if w.closeSheet("sources") {
		return
	}
	list := column(0)
	w.sourceList = func() {
		list.RemoveAll()
		for i, src := range w.sources() {
			if i > 0 {
				list.Add(rule())
			}
			list.Add(w.sourceLine(src))
		}
		list.Refresh()
	}
	add := newButton(kindPrimary, "plus", "Add a database…", func() { w.leaveSheet(func() { w.editSource(nil) }) })
	again := newButton(kindSecondary, "refresh", "Test all", func() { w.test(w.sources()) })
	w.open("Data sources", 720, sized(container.NewVScroll(list), 670, 300), again, add)
	w.sheetID = "sources"
	w.test(w.sources())
}

// leaveSheet closes the dialog before another one takes its place.
func (w *Window) leaveSheet(then func()) {
	if w.sheet != nil {
		w.sheet.close()
	}
	then()
}

// sourceLine is a data source in the dialog.
func (w *Window) sourceLine(src app.Source) fyne.CanvasObject {
	light, _ := w.sourceState(src)
	name := bold(body(src.Name))
	address := elided(quiet(src.Address))
	do := row(4)
	small := func(label string, f func()) *button {
		b := newButton(kindTool, "", label, f)
		b.height = 26
		do.Add(b)
		return b
	}
	if w.showsSource(src) {
		do.Add(pad(quiet("shown"), 0, 10, 0, 10))
	} else {
		small("Switch", func() { w.leaveSheet(func() { w.switchTo(src) }) })
	}
	if t := w.trials[src.Name]; t != nil && t.err != nil && !t.running {
		small("Details", func() { w.showDetails(sourceError(t.err)) })
	}
	small("Test", func() { w.test([]app.Source{src}) })
	if !w.session.Sources.Fixed(src) {
		small("Edit…", func() { w.leaveSheet(func() { w.editSource(&src) }) })
		small("Remove…", func() { w.leaveSheet(func() { w.removeSource(src) }) })
	}
	words := elided(quiet(w.trialText(src)))
	if t := w.trials[src.Name]; t != nil && t.err != nil && !t.running {
		words.ink = colorCrit
	}
	return pad(column(0, row(8, newDot(light), name, stretch(address), do), pad(words, 0, 0, 0, 16)), 7, 4, 7, 4)
}

// trialText tells what a test found, in a sentence.
func (w *Window) trialText(src app.Source) string {
	t := w.trials[src.Name]
	switch {
	case t == nil:
		return "Not tested yet"
	case t.running:
		return "Testing…"
	case t.err != nil:
		return sourceError(t.err)
	}
	return stateText(t.state)
}

// sourceError is a sentence on a database that was chosen in the window.
func sourceError(err error) string {
	s := strings.TrimPrefix(err.Error(), "open database: ")
	return sentence(errors.New(strings.ReplaceAll(s, " that --db names", "")))
}

// stateText tells the state of a database that can be used.
func stateText(st app.SourceState) string {
	switch {
	case st.Empty && st.Server == "SQLite":
		return "SQLite, nothing in it yet"
	case st.Empty:
		return st.Server + ", no tables yet: they are made when it is opened"
	}
	text := fmt.Sprintf("%s, %s series", st.Server, metric.Grouped(int64(st.Series)))
	if st.Latency > 0 {
		text += ", answers in " + latency(st)
	}
	return text
}

// removeSource asks before a data source is taken out of the list.
func (w *Window) removeSource(src app.Source) {
	if w.showsSource(src) {
		w.foot.say("Switch to another data source first")
		return
	}
	var s *sheet
	yes := newButton(kindPrimary, "", "Remove", func() {
		w.changeSources(s, func() error { return w.session.Sources.Remove(w.ctx, src) })
	})
	s = w.open("Remove "+src.Name, 480, column(6, body("It is taken out of the list, and its password out of the keyring."),
		quiet("The database itself stays as it is.")), newButton(kindSecondary, "", "Cancel", func() { s.close() }), yes)
	w.sheetID = "remove source"
}

// changeSources changes the list in the background and closes the dialog.
func (w *Window) changeSources(s *sheet, change func() error) {
	w.run.then(func() func() {
		err := change()
		return func() {
			if err != nil {
				s.say(err)
				return
			}
			s.close()
			w.sourcesChanged()
		}
	})
}
