package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aiops/app"
	"aiops/app/view"
	"aiops/metric"
)

// recentFile is a snapshot that was opened or saved.
type recentFile struct {
	path string
	at   time.Time
}

// shownRecent is how many snapshots the sidebar lists.
const shownRecent = 3

// readRecent looks in the background which of the last snapshots are still there.
func (w *Window) readRecent() {
	paths := w.state.Snapshots
	if len(paths) == 0 {
		return
	}
	w.run.then(func() func() {
		var found []recentFile
		for _, p := range paths {
			if info, err := os.Stat(p); err == nil {
				found = append(found, recentFile{p, info.ModTime()})
			}
		}
		return func() {
			w.recent = found
			w.side.foot.show()
		}
	})
}

// snapshotLines are the last snapshots as the sidebar lists them.
func (w *Window) snapshotLines() (out []footLine) {
	for _, r := range w.recent[:min(len(w.recent), shownRecent)] {
		out = append(out, footLine{icon: "file", name: filepath.Base(r.path), note: view.Age(w.clock.Now().Sub(r.at)), tip: r.path,
			active: r.path == w.snapshot, do: func() { w.openSnapshot(r.path) }})
	}
	return out
}

// sourceLines are the data sources as the sidebar lists them.
func (w *Window) sourceLines() (out []footLine) {
	for _, src := range w.listedSources() {
		light, note := w.sourceState(src)
		out = append(out, footLine{light: light, name: src.Name, note: note, tip: src.Address, active: w.showsSource(src), do: func() { w.switchTo(src) }})
	}
	return out
}

// askSnapshot asks for the file of a snapshot.
func (w *Window) askSnapshot() {
	if w.closeSheet("snapshot") {
		return
	}
	path := newField("/path/to/fleet.db")
	var s *sheet
	open := newButton(kindPrimary, "", "Open", func() {
		files := splitPaths(path.Text)
		switch {
		case len(files) == 0:
			s.say(errors.New("name a file"))
		case !app.IsSQLite(files[0]):
			s.say(fmt.Errorf("%s is not there, or not a snapshot; import other files with Ctrl+O", files[0]))
		default:
			s.close()
			w.openSnapshot(files[0])
		}
	})
	path.OnSubmitted = func(string) { open.Tapped(nil) }
	list := column(0)
	for _, r := range w.recent {
		list.Add(newFootRow(footLine{icon: "file", name: filepath.Base(r.path), note: view.Age(w.clock.Now().Sub(r.at)), tip: r.path, do: func() {
			s.close()
			w.openSnapshot(r.path)
		}}))
	}
	s = w.open("Open a snapshot", 560, column(10, labelled("File", w.browsing(path), ""),
		quiet("It is shown as it was looked at when it was saved, and stays as it is."), list),
		newButton(kindSecondary, "", "Cancel", func() { s.close() }), open)
	w.sheetID = "snapshot"
	w.win.Canvas().Focus(path)
}

// openSnapshot shows a snapshot in place of the database.
func (w *Window) openSnapshot(path string) {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	w.afterJobs("Open "+filepath.Base(path), func() {
		c := w.beginConnecting(app.Source{Name: filepath.Base(path)})
		ctx, cancel := context.WithCancel(w.ctx)
		c.cancel = cancel
		w.run.then(func() func() {
			var o opened
			o.store, o.view, o.err = w.session.Actions.OpenSnapshot(ctx, path)
			return func() {
				c.cancel()
				if w.endConnecting(c) && w.ctx.Err() == nil {
					w.snapshotOpened(path, o)
				} else if o.store != nil {
					w.discard(o.store)
				}
			}
		})
	})
}

func (w *Window) snapshotOpened(path string, o opened) {
	if o.err != nil {
		w.bars.put(notice{id: "open", kind: noticeError, text: sentence(o.err), details: o.err.Error()})
		return
	}
	w.leavePlace()
	w.showSnapshot(path, o)
}

// showSnapshot shows a snapshot as it was looked at when it was taken. What is
// selected in the database comes back with it.
func (w *Window) showSnapshot(path string, o opened) {
	own := *w.state
	w.kept, w.snapshot = &own, path
	w.state.Recall(path)
	w.state.Database = ""
	if w.state.Adopt(o.view) {
		w.state.Database = placeID(o.store)
		w.showPage(w.state.Page)
	}
	text := "Showing " + filepath.Base(path)
	if info := o.store.Info(); !info.TakenAt.IsZero() {
		text = fmt.Sprintf("Showing %s: a snapshot of %s, taken %s", filepath.Base(path), info.From, w.clock.Time(info.TakenAt.UnixMicro()))
	}
	w.bars.put(notice{id: "snapshot", kind: noticeInfo, text: text + ". It stays as it is.", button: "Back to " + w.source.Name, do: func() { w.switchTo(w.source) }})
	w.readRecent()
	w.use(o.store)
}

// askSaveSnapshot asks what a snapshot is to hold and where it goes.
func (w *Window) askSaveSnapshot() {
	if w.closeSheet("save snapshot") {
		return
	}
	if w.db == nil || w.empty() {
		w.foot.say("There is nothing to save yet")
		return
	}
	path := newField("File")
	path.SetText(w.snapshotPath())
	selected, seen := w.state.Selection.Keys(), w.fact.Visible()
	series := newChoice("", []string{fmt.Sprintf("All %s series", metric.Grouped(int64(len(w.fact.Catalog())))), fmt.Sprintf("Only the %d selected series", len(selected))}, func(int) {})
	series.Set(0)
	times := newChoice("", []string{"All times", "What is shown: " + w.clock.Range(seen)}, func(int) {})
	times.Set(0)
	if len(selected) > 0 {
		series.Set(1)
		times.Set(1)
	}
	var s *sheet
	save := newButton(kindPrimary, "", "Save", func() {
		req, err := w.snapshotRequest(path.Text)
		if err == nil && series.chosen == 1 {
			if req.Keys = selected; len(selected) == 0 {
				err = errors.New("no series is selected")
			}
		}
		if times.chosen == 1 {
			req.Range = seen
		}
		if err != nil {
			s.say(err)
			return
		}
		s.close()
		w.saveSnapshot(req)
	})
	path.OnSubmitted = func(string) { save.Tapped(nil) }
	s = w.open("Save a snapshot", 620, column(10, quiet("One file with points, forecasts, annotations, alerts and this view. It opens without a network."),
		labelled("Series", series, ""), labelled("Times", times, ""), labelled("File", path, "")),
		newButton(kindSecondary, "", "Cancel", func() { s.close() }), save)
	w.sheetID = "save snapshot"
	w.win.Canvas().Focus(path)
}

// snapshotPath is where a snapshot goes if nobody says otherwise.
func (w *Window) snapshotPath() string {
	dir := filepath.Dir(defaultExportDir(""))
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) {
			return '-'
		}
		return r
	}, w.name())
	return filepath.Join(dir, name+"-"+w.clock.Now().In(w.clock.Zone).Format("2006-01-02")+".db")
}

func (w *Window) snapshotRequest(typed string) (SnapshotRequest, error) {
	files := splitPaths(typed)
	if len(files) == 0 {
		return SnapshotRequest{}, errors.New("name a file")
	}
	path := files[0]
	if filepath.Ext(path) == "" {
		path += ".db"
	}
	if _, err := os.Lstat(path); err == nil {
		return SnapshotRequest{}, fmt.Errorf("%s is there already; choose another name", path)
	}
	carried, err := w.state.Carry()
	return SnapshotRequest{Path: path, View: carried}, err
}

// saveSnapshot writes the file as a job.
func (w *Window) saveSnapshot(req SnapshotRequest) {
	db := w.db
	w.start("Save "+filepath.Base(req.Path), func(ctx jobContext) (string, error) {
		text, err := w.session.Actions.SaveSnapshot(ctx, db, req, ctx.progress)
		if err == nil {
			w.run.post(func() {
				w.state.Recall(req.Path)
				w.readRecent()
				w.bars.put(notice{id: "export", kind: noticeInfo, text: "Saved to " + req.Path, button: "Copy path", do: func() { w.copy(req.Path) }})
			})
		}
		return text, err
	})
}
