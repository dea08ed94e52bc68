package ui

import (
	"strings"

	"fyne.io/fyne/v2/container"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/auth"
	"aiops/app/view"
	"aiops/metric"
)

// ruleBook is where the rules of what is shown are kept; nil: nowhere.
func (w *Window) ruleBook() app.RuleBook {
	if w.onService() && w.session.TeamRules != nil {
		if at := w.source.Address; w.team == nil || w.teamAt != at {
			team, err := w.session.TeamRules(at)
			if err != nil {
				w.bars.put(notice{id: "alerts", kind: noticeWarning, text: sentence(err), details: err.Error()})
				return nil
			}
			w.team, w.teamAt = team, at
		}
		return w.team
	}
	if w.session.RulesPath == "" {
		return nil
	}
	return app.LocalRules(w.session.RulesPath, w.clock.Now)
}

// onService reports whether a service's database is shown that the service may be asked about.
func (w *Window) onService() bool {
	offline := w.session.Sources != nil && w.session.Sources.Offline
	return w.kept == nil && w.snapshot == "" && !offline && app.IsService(w.source.Address)
}

// rulesHead tells whose rules are shown, and what may be done with them.
func (w *Window) rulesHead() view.RulesHead {
	note := ""
	switch {
	case w.kept != nil, w.snapshot != "", w.onService():
	case app.IsPostgres(w.source.Address):
		note = view.LoneNote(w.name())
	case app.IsService(w.source.Address):
		note = view.OfflineNote(w.source.Address)
	}
	return w.book.RulesHead(w.refused(auth.Rules), note)
}

// rulesRoom lists the rules.
type rulesRoom struct {
	*tableRoom
	w    *Window
	add  *button
	head view.RulesHead
}

func newRulesRoom(w *Window) *rulesRoom {
	r := &rulesRoom{w: w}
	r.add = newButton(kindSecondary, "plus", "New rule…", func() {
		limit := 90.0
		w.editRule("", alert.Rule{Name: "high-cpu", Kind: alert.Threshold, Metric: alert.Patterns{"cpu"}, Above: &limit, For: 600e6, Severity: metric.Warning})
	})
	r.tableRoom = newTableRoom("Rules", view.RuleHead(), []float32{150, 200, 200, 90, 80, 60, 110}, r.open, r.add)
	return r
}

func (r *rulesRoom) open(i int) {
	if r.w.book == nil {
		return
	}
	if rows := r.w.book.RuleRows(); i >= 0 && i < len(rows) {
		r.w.editRule(rows[i].Name, rows[i].Rule)
	}
}

// show follows the book; nil: it is not read yet.
func (r *rulesRoom) show(b *view.AlertBook) {
	r.head = r.w.rulesHead()
	var rows [][]string
	if b != nil {
		for _, one := range b.RuleRows() {
			rows = append(rows, one.Cells)
		}
	}
	r.add.SetEnabled(r.head.Fixed == "")
	r.add.Tip = r.head.Fixed
	r.showNote()
	r.tableRoom.show(rows, strings.TrimPrefix(r.head.Title, "Rules "), r.head.None)
}

// showNote says why rules cannot be changed, or who else has them.
func (r *rulesRoom) showNote() {
	r.strip.RemoveAll()
	if r.head.Note == "" {
		return
	}
	fill, ink, sign := colorSel, colorAccent, "info"
	if r.head.Amber {
		fill, ink, sign = colorWarnSoft, colorWarn, "warning"
	}
	line := row(10, newIcon(sign, ink), stretch(elided(body(r.head.Note))))
	switch {
	case r.head.SignIn:
		line.Add(newButton(kindSecondary, "", "Sign in", r.w.signIn))
	case r.head.Again:
		line.Add(newButton(kindSecondary, "", "Retry", r.retry))
	}
	r.strip.Add(container.NewStack(newPlate(fill, colorNone, 0), sized(pad(line, 4, 10, 4, 14), 0, 38)))
}

// retry asks the service again.
func (r *rulesRoom) retry() {
	r.w.foot.say("Asking " + r.w.source.Address + " for its rules")
	r.w.readAlerts()
}
