package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"aiops/app"
	"aiops/app/view"
	"aiops/store"
)

// connecting is a data source on its way to be shown.
type connecting struct {
	source app.Source
	cancel context.CancelFunc
}

// trial is what is known of a data source from testing it.
type trial struct {
	state   app.SourceState
	err     error
	running bool
}

// sources lists the data sources; what is wrong with their file is told in a bar.
func (w *Window) sources() []app.Source {
	if w.session.Sources == nil {
		return nil
	}
	all, err := w.session.Sources.List()
	if err != nil {
		w.bars.put(notice{id: "sources", kind: noticeWarning, text: sentence(err), details: err.Error()})
	}
	return all
}

// showSources is the menu below the name of the database.
func (w *Window) showSources() {
	var items []*fyne.MenuItem
	for _, src := range w.sources() {
		name := src.Name
		if _, words := w.sourceState(src); words != "" {
			name += " – " + words
		}
		items = append(items, ticked(name, w.showsSource(src), func() { w.switchTo(src) }))
	}
	if len(items) > 0 {
		items = append(items, fyne.NewMenuItemSeparator(),
			item("Add a database…", func() { w.editSource(nil) }), item("Data sources…", w.showSourceList), fyne.NewMenuItemSeparator())
	}
	items = append(items, item("Open a snapshot…", w.askSnapshot))
	if _, away := w.away(); away {
		items = append(items, item("Retry now", w.retryLink))
	}
	showMenu(w.head.source, items...)
}

// mostListed is how many data sources the sidebar lists.
const mostListed = 4

// listedSources are the first ones, and always the one that is shown.
func (w *Window) listedSources() []app.Source {
	all := w.sources()
	if len(all) <= mostListed {
		return all
	}
	if i := slices.Index(all, w.source); i >= mostListed {
		all[mostListed-1] = w.source
	}
	return all[:mostListed]
}

// showsSource reports whether a data source is the one that is shown.
func (w *Window) showsSource(src app.Source) bool { return src == w.source && w.snapshot == "" }

// sourceState is a data source's light and what is known of it, in few words.
func (w *Window) sourceState(src app.Source) (fyne.ThemeColorName, string) {
	t := w.trials[src.Name]
	switch {
	case w.connecting != nil && w.connecting.source == src:
		return colorFaint, "connecting…"
	case w.showsSource(src) && w.db != nil:
		if l, away := w.away(); away {
			return colorWarn, view.DescribeLink(l, "", src.Name, w.clock).Header
		} else if l.Latency > 0 {
			return colorOK, view.Latency(l.Latency)
		}
		return colorOK, w.db.Info().Kind
	case t == nil:
		return colorFaint, ""
	case t.running:
		return colorFaint, "testing…"
	case t.err != nil:
		return colorCrit, "cannot be used"
	case app.IsPostgres(src.Address) && t.state.Latency > 0:
		return colorOK, view.Latency(t.state.Latency)
	}
	return colorOK, t.state.Server
}

// switchTo shows another data source. A job that works on the present one is
// not ended without being asked.
func (w *Window) switchTo(src app.Source) {
	if w.showsSource(src) && w.db != nil && w.kept == nil {
		return
	}
	w.afterJobs("Switch to "+src.Name, func() { w.connect(src) })
}

// afterJobs does something that ends the jobs on the database: at once if
// there are none, otherwise when the user says so.
func (w *Window) afterJobs(what string, do func()) {
	running := w.running()
	if len(running) == 0 {
		do()
		return
	}
	names := make([]string, len(running))
	for i, j := range running {
		names[i] = j.Name
	}
	var s *sheet
	yes := newButton(kindPrimary, "", "Cancel it and go on", func() {
		s.close()
		for _, j := range running {
			w.jobs.Cancel(j.ID)
		}
		do()
	})
	s = w.open(what, 480, column(6, elided(body("Still under way: "+strings.Join(names, ", ")+".")),
		quiet("What is cancelled stores nothing. Wait for it to end, or cancel it.")),
		newButton(kindSecondary, "", "Stay", func() { s.close() }), yes)
	w.sheetID = "jobs first"
}

// running are the jobs under way that a person began.
func (w *Window) running() (out []app.Job) {
	for _, j := range w.jobs.List() {
		if j.Status == app.Running && j.Name != searchJob {
			out = append(out, j)
		}
	}
	return out
}

// leavePlace ends the showing of files: the database's own selection comes back.
func (w *Window) leavePlace() {
	if w.kept != nil {
		w.state.Return(w.kept.Place())
		if w.snapshot != "" {
			w.state.Thresholds, w.state.Arrange = w.kept.Thresholds, w.kept.Arrange
		}
		w.kept, w.session.Files = nil, nil
		w.bars.close("files")
	}
	w.bars.close("snapshot")
	w.bars.close("refresh")
}

// discard closes a database in the background: that can wait for the network.
func (w *Window) discard(db store.Store) {
	w.run.work(func() { db.Close() })
}

// name is what the window calls what it shows.
func (w *Window) name() string {
	if w.kept == nil && w.snapshot == "" && w.source.Name != "" {
		return w.source.Name
	}
	return w.db.Info().Name
}

// test tries data sources in the background and shows what becomes known of them.
func (w *Window) test(all []app.Source) {
	for _, src := range all {
		t := &trial{running: true}
		w.trials[src.Name] = t
		w.run.then(func() func() {
			state, err := w.session.Sources.Test(w.ctx, src)
			return func() {
				t.state, t.err, t.running = state, err, false
				w.sourcesChanged()
			}
		})
	}
	w.sourcesChanged()
}

// sourcesChanged shows the data sources anew, wherever they are seen.
func (w *Window) sourcesChanged() {
	w.side.foot.show()
	if w.sourceList != nil && w.sheetID == "sources" {
		w.sourceList()
	}
}
