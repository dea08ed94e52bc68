package ui

import (
	"context"

	"aiops/app/alert"
	"aiops/app/auth"
	"aiops/app/view"
)

// ruleEditor edits a rule as its file has it, and tries what it would have fired.
type ruleEditor struct {
	w      *Window
	name   string // of the rule that it takes the place of; empty: a new one
	words  *field
	found  *text
	result view.RulePreview
	table  *dataTable
	sheet  *sheet
}

// editRule opens the editor of a rule; name is that of the rule it takes the
// place of, empty for a new one.
func (w *Window) editRule(name string, r alert.Rule) {
	if w.refuses(auth.Rules) {
		return
	}
	e := &ruleEditor{w: w, name: name, words: newLines(r.Text()), found: elided(quiet("Try it: what would have fired in the visible range."))}
	e.table = newDataTable(func() int { return len(e.result.Rows) }, func(i, col int) tableCell { return plainCell(e.result.Rows[i][col]) })
	var cols []tableColumn
	for i, h := range view.PreviewHead() {
		cols = append(cols, tableColumn{title: h, slot: -1, width: 150, wide: i == 2})
	}
	e.table.SetColumns(cols)
	title := "New alert rule"
	buttons := []*button{newButton(kindSecondary, "", "Cancel", func() { e.sheet.close() }),
		newButton(kindSecondary, "play", "Try it", e.try), newButton(kindPrimary, "", "Save rule", e.save)}
	if name != "" {
		title = "Alert rule " + name
		buttons = append([]*button{newButton(kindSecondary, "trash", "Remove", e.remove)}, buttons...)
	}
	e.sheet = w.open(title, 720, column(8, sized(e.words, 660, 210),
		quiet("Written into "+w.session.RulesPath+"; the fields are explained in docs/ALERTS.md."), e.found, sized(e.table, 660, 150)), buttons...)
	w.win.Canvas().Focus(e.words)
}

// rule is what is written; false if it is not right, which is said.
func (e *ruleEditor) rule() (alert.Rule, bool) {
	r, err := alert.ParseRule(e.words.Text, e.w.channels())
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
	db, span, clock := e.w.db, e.w.fact.Visible(), e.w.clock
	if !ok || db == nil {
		return
	}
	e.found.Set("Trying…")
	e.w.start("Try the rule "+r.Name, func(ctx jobContext) (string, error) {
		p, err := view.PreviewRule(ctx, db, r, span, clock, ctx.progress)
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

func (e *ruleEditor) save() {
	if r, ok := e.rule(); ok {
		path, name := e.w.session.RulesPath, e.name
		e.w.change(e.sheet, func(context.Context) error { return alert.Put(path, name, r) })
	}
}

func (e *ruleEditor) remove() {
	path, name := e.w.session.RulesPath, e.name
	e.w.change(e.sheet, func(context.Context) error { return alert.Remove(path, name) })
}
