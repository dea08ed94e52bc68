package ui

import (
	"aiops/app"
	"aiops/app/view"
	"aiops/store"
)

// follow shows the state of a database's link, now and as it changes.
func (w *Window) follow(db store.Store) {
	w.unfollow()
	w.link = store.Link{Online: true}
	if l, ok := db.(store.Linked); ok {
		w.link = l.Link()
		w.endFollow = l.OnLink(func(now store.Link) {
			w.run.post(func() {
				if w.db == db && w.ctx.Err() == nil {
					w.linked(now)
				}
			})
		})
	}
	w.fact.SetQueued(w.link.Notes)
	w.showLink()
}

func (w *Window) unfollow() {
	if w.endFollow != nil {
		w.endFollow()
		w.endFollow = nil
	}
	w.bars.close("link")
	w.bars.close("clashes")
}

// away reports whether the database cannot be reached.
func (w *Window) away() (store.Link, bool) { return w.link, w.db != nil && !w.link.Online }

// linked takes in another state of the link. When the database is there again,
// what is seen is read anew.
func (w *Window) linked(now store.Link) {
	was := w.link
	w.link = now
	w.showLink()
	w.side.foot.show()
	if now.Online != was.Online {
		w.forgetErrors()
	}
	back, sent := now.Online && !was.Online, now.Online && now.Queued < was.Queued
	if back {
		w.foot.say(w.name() + " can be reached again")
	}
	if back || sent {
		w.refresh()
	}
	if w.fact.SetQueued(now.Notes) {
		w.factChanged()
	}
}

// forgetErrors lets the pages read again what could not be read: the copy
// answers now, or the database.
func (w *Window) forgetErrors() {
	failed := false
	if w.page != nil && w.page.failed {
		failed = true
		w.page.showError(nil, nil)
	}
	if w.outlook != nil && w.outlook.failed {
		failed = true
		w.outlook.showError(nil, nil)
	}
	if p := w.shown(); p != nil && failed {
		p.update()
	}
}

// showLink tells of the link in header, footer and bars.
func (w *Window) showLink() {
	if w.db == nil {
		return
	}
	if l, ok := w.db.(store.Linked); ok && w.link.Online {
		w.link.Latency = l.Link().Latency // it changes with every answer, without a word
	}
	w.fact.SetAway("")
	if !w.link.Online {
		w.fact.SetAway(w.name())
	}
	words := view.DescribeLink(w.link, w.kindWord(), w.name(), w.clock)
	w.head.kind.Set(words.Header)
	light := colorOK
	if !w.link.Online || w.stale != nil {
		light = colorWarn
	}
	w.head.dot.Set(light, colorNone)
	w.head.box.Refresh()
	w.foot.dot.Set(light, colorNone)
	w.foot.state.Set(w.stateWords(words))
	w.foot.box.Refresh()
	w.showLinkBars(words)
}

// kindWord is the kind of what is shown.
func (w *Window) kindWord() string {
	if w.snapshot != "" {
		return "snapshot"
	}
	return w.db.Info().Kind
}

// stateWords are the footer's first words: how new what is seen is.
func (w *Window) stateWords(words view.LinkWords) string {
	at := w.fresh.In(w.clock.Zone).Format("15:04:05")
	taken := w.db.Info().TakenAt
	switch {
	case words.Footer != "":
		return words.Footer
	case w.snapshot != "" && !taken.IsZero():
		return "Snapshot of " + w.clock.Time(taken.UnixMicro())
	case w.snapshot != "":
		return "Read-only"
	case w.fresh.IsZero():
		return "Opening…"
	case w.stale != nil:
		return "As of " + at
	}
	return "Up to date, " + at
}

func (w *Window) showLinkBars(words view.LinkWords) {
	if words.Bar == "" {
		w.bars.close("link")
	} else {
		n := notice{id: "link", kind: noticeWarning, text: words.Bar, details: words.Details, button: "Retry now", do: w.retryLink, stays: true}
		if app.NeedsSignIn(w.link.Cause) {
			n.button, n.do = "Sign in", w.signIn
		}
		w.bars.put(n)
	}
	if words.Clashes == "" {
		w.bars.close("clashes")
	} else {
		w.bars.put(notice{id: "clashes", kind: noticeWarning, text: words.Clashes, button: "Show", do: w.showClashes, stays: true})
	}
}

// retryLink tries to reach the database now.
func (w *Window) retryLink() {
	if l, ok := w.db.(store.Linked); ok {
		w.run.work(l.Retry)
		w.foot.say("Trying to reach " + w.name())
	}
}

// queuedHere says that a change waits to be sent, after it was made.
func (w *Window) queuedHere() {
	if _, away := w.away(); away {
		w.foot.say("Queued: sent when " + w.name() + " can be reached again")
	}
}
