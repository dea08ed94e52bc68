package ui

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/auth"
	"aiops/app/view"
	"aiops/metric"
)

// readAlerts runs the rules over what has come, and reads how alerts stand.
func (w *Window) readAlerts() {
	if w.readingAlerts || w.db == nil {
		return
	}
	w.readingAlerts = true
	db, rules, watch := w.db, w.ruleBook(), w.watch
	if w.kept != nil || app.IsService(w.source.Address) { // files are only looked at, and services run rules themselves
		watch = nil
	}
	w.run.then(func() func() {
		book, err := view.ReadAlerts(w.ctx, db, rules, watch, w.clock)
		return func() {
			w.readingAlerts = false
			if w.ctx.Err() != nil {
				return
			}
			if w.db != db { // another one is shown since
				w.readAlerts()
				return
			}
			if err != nil {
				w.bars.put(notice{id: "alerts", kind: noticeWarning, text: sentence(err), details: err.Error()})
				return
			}
			w.bars.close("alerts")
			w.book = book
			w.head.showFiring(book.Count())
			if w.analysis != nil && w.state.Page == view.AnalysisPage {
				w.analysis.draw()
			}
		}
	})
}

// change writes something about alerts in the background and reads them anew.
func (w *Window) change(s *sheet, write func(ctx context.Context) error) {
	w.run.then(func() func() {
		err := write(w.ctx)
		return func() { w.changed(s, err) }
	})
}

// changed tells why something about alerts could not be written, in its dialog
// if that is still open; what was written is read anew.
func (w *Window) changed(s *sheet, err error) {
	switch {
	case err == nil && s != nil:
		s.close()
		w.readAlerts()
	case err == nil:
		w.readAlerts()
	case s != nil && w.sheet == s:
		s.say(err)
	default:
		w.bars.put(notice{id: "alerts", kind: noticeError, text: sentence(err), details: err.Error()})
	}
}

// showFiring shows how many alerts fire, or nothing.
func (h *header) showFiring(n int) {
	h.firing.Hidden = n == 0
	h.firing.set(fmt.Sprintf("%d firing", n), colorCrit, colorCritSoft)
	h.bell.Hidden = n == 0
	h.box.Refresh()
}

// firingCard lists what fires now, beside the lanes.
type firingCard struct {
	p     *analysisPage
	about *text
	list  *fyne.Container
	box   *fyne.Container
}

func newFiringCard(p *analysisPage) *firingCard {
	c := &firingCard{p: p, about: elided(quiet("")), list: column(0)}
	silence := newButton(kindTool, "silence", "Silence…", func() { p.w.editSilence(metric.Silence{}) })
	c.box = card(dock(cardHead("Firing now", c.about, silence), nil, nil, nil, dock(rule(), nil, nil, nil, container.NewVScroll(c.list))))
	return c
}

// show follows the book.
func (c *firingCard) show(b *view.AlertBook) {
	c.list.RemoveAll()
	if b == nil {
		return
	}
	rows := b.Firing()
	c.about.Set(fmt.Sprint(len(rows)))
	for _, r := range rows {
		name, ink := severityIcon(alertSeverity(r.Severity))
		word := newBadge()
		switch {
		case r.Silenced:
			word.set("Silenced", colorMuted, colorRaised)
		default:
			word.set(severityBadge(view.IncidentRow{Incident: incidentOf(r.Severity)}))
		}
		words := column(1, row(8, stretch(elided(bold(body(r.Title)))), word.Container), elided(small(r.Summary)), elided(quiet(r.Since)))
		c.list.Add(column(0, pad(dock(nil, nil, pad(newIcon(name, ink), 2, 10, 0, 0), nil, words), 8, 12, 8, 12), rule()))
	}
	pending, over := b.Foot()
	for _, line := range []string{pending, over} {
		if line != "" {
			c.list.Add(pad(elided(quiet(line)), 6, 12, 0, 38))
		}
	}
	if len(rows) == 0 {
		c.list.Add(pad(quiet("No alert fires."), 12, 12, 4, 12))
	}
	c.list.Refresh()
}

// editSilence asks for a silence.
func (w *Window) editSilence(s metric.Silence) {
	if w.refuses(auth.Silence) {
		return
	}
	entry := func(hint, value string) *field {
		f := newField(hint)
		f.SetText(value)
		return f
	}
	rule, vm, name := entry("every rule", s.Rule), entry("every VM", s.VM), entry("every metric", s.Metric)
	length, comment := entry("2 h", "2 h"), entry("Why", s.Comment)
	var sh *sheet
	do := newButton(kindPrimary, "silence", "Silence", func() {
		d, err := view.ParseDuration(length.Text)
		if err != nil {
			sh.say(err)
			return
		}
		now := w.clock.Micros()
		out := metric.Silence{Rule: rule.Text, VM: vm.Text, Metric: name.Text, Comment: comment.Text, From: now, To: now + metric.Micros(d)}
		if err := alert.CheckSilence(out); err != nil {
			sh.say(err)
			return
		}
		db := w.db
		w.change(sh, func(ctx context.Context) error {
			_, err := db.PutSilence(ctx, out)
			return err
		})
	})
	sh = w.open("Silence alerts", 520, column(10, labelled("Rule", rule, "* and ? stand for letters"), labelled("VM", vm, ""), labelled("Metric", name, ""),
		labelled("For", length, "such as 90 min, 12 h, 3 days"), labelled("Comment", comment, "")),
		newButton(kindSecondary, "", "Cancel", func() { sh.close() }), do)
	w.win.Canvas().Focus(vm)
}
