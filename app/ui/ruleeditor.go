package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/auth"
	"aiops/app/view"
)

// ruleEditor edits a rule as its list has it, and tries what it would have
// fired. Where rules cannot be changed it shows them, and tries them too.
type ruleEditor struct {
	w      *Window
	rules  app.RuleBook
	was    app.RuleList // what the rule is changed in
	name   string       // of the rule that it takes the place of; empty: a new one
	fixed  alert.Rule   // what is shown where nothing can be changed
	words  *field       // nil: nothing can be changed
	found  *text
	fault  *text // what is wrong with what is written, over the whole width
	result view.RulePreview
	table  *dataTable
	place  *fyne.Container // of the table, or of what somebody else wrote
	saves  *button
	sheet  *sheet
}

// editRule opens the editor of a rule; name is that of the rule it takes the
// place of, empty for a new one.
func (w *Window) editRule(name string, r alert.Rule) {
	head := w.rulesHead()
	if why := w.refused(auth.Rules); why != "" && name == "" {
		head.Fixed = why
	}
	if name == "" && head.Fixed != "" {
		w.foot.say(head.Fixed)
		return
	}
	e := &ruleEditor{w: w, rules: w.ruleBook(), was: w.book.Rules, name: name, fixed: r, fault: elided(newText("", sizeTable, colorCrit)), found: elided(quiet("Try it: what would have fired in the visible range."))}
	e.table = newDataTable(func() int { return len(e.result.Rows) }, func(i, col int) tableCell { return plainCell(e.result.Rows[i][col]) })
	var cols []tableColumn
	for i, h := range view.PreviewHead() {
		cols = append(cols, tableColumn{title: h, slot: -1, width: 150, wide: i == 2})
	}
	e.table.SetColumns(cols)
	e.place = container.NewStack(e.table)
	if head.Fixed != "" {
		e.open("Alert rule "+name, e.shown(r.Text()), "To look at and to try. "+head.Fixed+".", e.button("Close"), newButton(kindSecondary, "play", "Try it", e.try))
		return
	}
	e.words = newLines(r.Text())
	e.saves = newButton(kindPrimary, "", "Save rule", e.save)
	title, buttons := "New alert rule", []*button{e.button("Cancel"), newButton(kindSecondary, "play", "Try it", e.try), e.saves}
	if name != "" {
		title = "Alert rule " + name
		buttons = append([]*button{newButton(kindSecondary, "trash", "Remove", e.remove)}, buttons...)
	}
	e.open(title, e.words, head.Title+"; the fields are explained in docs/ALERTS.md.", buttons...)
	w.win.Canvas().Focus(e.words)
}

// button closes the editor.
func (e *ruleEditor) button(label string) *button {
	return newButton(kindSecondary, "", label, func() { e.sheet.close() })
}

func (e *ruleEditor) open(title string, words fyne.CanvasObject, about string, buttons ...*button) {
	e.sheet = e.w.open(title, 720, column(8, sized(words, 660, 210), elided(quiet(about)), e.fault, e.found, sized(e.place, 660, 150)), buttons...)
	e.sheet.warn = e.fault
}

// shown is a rule's text that cannot be changed.
func (e *ruleEditor) shown(words string) fyne.CanvasObject {
	l := widget.NewLabelWithStyle(words, fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
	return container.NewStack(newPlate(colorRaised, colorNone, 4), container.NewScroll(l))
}

// rule is what is written; false if it is not right, which is said.
func (e *ruleEditor) rule() (alert.Rule, bool) {
	if e.words == nil {
		return e.fixed, true
	}
	r, err := alert.ParseRule(e.words.Text, e.was.Channels)
	if err != nil {
		e.sheet.say(err)
		return r, false
	}
	e.sheet.warn.Set("")
	return r, true
}

// try shows what the rule would have fired in the visible range.
func (e *ruleEditor) try() {
	r, ok := e.rule()
	db, span, clock, known := e.w.db, e.w.fact.Visible(), e.w.clock, e.w.session.Detection
	if !ok || db == nil {
		return
	}
	e.show(e.table)
	e.found.Set("Trying…")
	e.w.start("Try the rule "+r.Name, func(ctx jobContext) (string, error) {
		p, err := view.PreviewRule(ctx, db, r, span, known, clock, ctx.progress)
		e.w.run.post(func() { e.tried(p, err) })
		return p.Text, err
	})
}

func (e *ruleEditor) tried(p view.RulePreview, err error) {
	e.found.Set(p.Text)
	if err != nil {
		e.sheet.say(err)
		return
	}
	e.result = p
	e.table.Refresh()
}

// show puts something into the lower part.
func (e *ruleEditor) show(o fyne.CanvasObject) {
	e.place.Objects = []fyne.CanvasObject{o}
	e.place.Refresh()
}

func (e *ruleEditor) save() {
	if r, ok := e.rule(); ok {
		e.write(func(ctx context.Context) error { return e.rules.Put(ctx, e.was, e.name, r) })
	}
}

func (e *ruleEditor) remove() {
	e.write(func(ctx context.Context) error { return e.rules.Remove(ctx, e.was, e.name) })
}

// write changes the rules in the background.
func (e *ruleEditor) write(do func(context.Context) error) {
	e.saves.SetEnabled(false)
	e.found.Set("Saving…")
	e.w.run.then(func() func() {
		err := do(e.w.ctx)
		return func() {
			e.saves.SetEnabled(true)
			e.found.Set("")
			var clash *app.RuleClash
			if errors.As(err, &clash) {
				e.clash(clash)
			}
			e.w.changed(e.sheet, err)
		}
	})
}

// clash shows what somebody else made of the rule meanwhile; what is written
// here stays, and takes its place when it is saved again.
func (e *ruleEditor) clash(c *app.RuleClash) {
	e.was = c.Now
	e.saves.SetLabel("Save mine")
	if c.Rule == nil {
		e.name = ""
		e.found.Set("Somebody removed the rule. Save mine adds it again.")
		return
	}
	theirs := c.Rule.Text()
	take := newButton(kindSecondary, "", "Take theirs", func() { e.words.SetText(theirs) })
	e.found.Set("What somebody else saved is below. Save mine puts yours in its place.")
	e.show(dock(nil, nil, nil, pad(column(0, take), 0, 0, 0, 8), e.shown(theirs)))
}
