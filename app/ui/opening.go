package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"aiops/app"
	"aiops/app/auth"
	"aiops/app/view"
	"aiops/metric"
	"aiops/store"
)

// firstSeries is the number of series that a file opens with.
const firstSeries = 8

// opened shows what the session began with.
func (w *Window) opened(o opened) {
	if o.err != nil {
		w.openFailed(o.err)
		return
	}
	if len(w.session.Files) > 0 {
		if w.kept == nil { // not when they are read again
			kept := *w.state
			w.kept = &kept
		}
		w.bars.put(notice{id: "files", kind: noticeInfo, text: "Showing " + fileNames(w.session.Files) + ", not kept.", button: "Keep in database", do: w.keep})
		w.onFirstFrame = func() {
			took := w.clock.Now().Sub(w.session.Started)
			w.foot.say(fmt.Sprintf("%s in %.1f s", o.text, took.Seconds()))
			slog.Info("first chart", "after", took, "read", o.took)
		}
	}
	if w.session.Snapshot != "" {
		w.showSnapshot(w.session.Snapshot, o)
		return
	}
	if o.lost != "" {
		w.bars.put(notice{id: "interrupted", kind: noticeWarning, text: o.lost})
	}
	w.use(o.store)
}

func fileNames(files []string) string {
	if len(files) > 3 {
		return fmt.Sprintf("%d files", len(files))
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f[strings.LastIndexAny(f, `/\`)+1:]
	}
	return strings.Join(names, ", ")
}

func (w *Window) openFailed(err error) {
	if errors.Is(err, context.Canceled) {
		err = errors.New("reading was cancelled")
	}
	w.head.dot.Set(colorCrit, colorNone)
	w.head.name.Set(w.source.Name)
	w.head.kind.Set("not open")
	w.head.box.Refresh()
	w.foot.dot.Set(colorCrit, colorNone)
	w.foot.state.Set("Nothing is open")
	n := notice{id: "open", kind: noticeError, text: sentence(err), details: err.Error(), button: "Retry", do: func() {
		w.bars.close("open")
		w.session.Begin(w.ctx)
		w.begin()
	}}
	if app.NeedsSignIn(err) {
		n.button, n.do = "Sign in", w.signIn
	}
	w.bars.put(n)
}

// sentence makes an error fit to be read in a bar.
func sentence(err error) string {
	if s := strings.SplitN(err.Error(), "\n", 2)[0]; s != "" {
		return capital(s)
	}
	return "Something went wrong"
}

// capital makes a text begin like a sentence.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// use shows another database.
func (w *Window) use(db store.Store) {
	if w.db != nil && w.db != db {
		w.discard(w.db)
	}
	w.stopListing()
	w.db, w.fresh, w.stale = db, time.Time{}, nil
	w.move()
	w.showName()
	w.follow(db)
	w.fact.Reset()
	w.ahead.Reset()
	w.dropSearch()
	w.review.Reset()
	w.book, w.watch = nil, view.NewRuleWatch(w.session.Detection)
	w.head.showFiring(0)
	if w.page != nil {
		w.page.reset()
	}
	if w.outlook != nil {
		w.outlook.reset()
	}
	if w.analysis != nil {
		w.analysis.reset()
	}
	w.side.foot.show()
	w.refresh()
}

// stopListing ends the reading of the list of series.
func (w *Window) stopListing() {
	if w.listing != nil {
		w.listing()
		w.listing = nil
	}
}

// showName tells what is shown.
func (w *Window) showName() {
	w.head.name.Set(w.name())
	w.win.SetTitle(w.name() + " – AIOps Dashboard")
	w.side.foot.show()
	w.head.box.Refresh()
}

// move brings the selection back that the database had when it was shown last.
func (w *Window) move() {
	if w.kept == nil {
		w.state.Move(placeID(w.db))
	}
}

// placeID names a database in the state.
func placeID(db store.Store) string {
	info := db.Info()
	return info.Kind + ":" + info.Path
}

// refresh reads the list of series, and with it whatever has changed.
func (w *Window) refresh() {
	db, began := w.db, w.clock.Now()
	if db == nil || w.listing != nil {
		return
	}
	w.asked = began
	ctx, cancel := context.WithCancel(w.ctx)
	w.listing = cancel
	w.run.after(loadingNamed, func() {
		if w.listing != nil && w.asked.Equal(began) && w.db == db {
			w.foot.loading("Reading the list of series", cancel)
		}
	})
	w.run.then(func() func() {
		catalog, err := db.Catalog(ctx)
		return func() {
			cancel()
			if w.db == db && w.ctx.Err() == nil {
				w.listing = nil
				w.foot.loading("", nil)
				w.refreshed(catalog, err)
			}
		}
	})
}

func (w *Window) refreshed(catalog []store.SeriesInfo, err error) {
	if w.stale = err; err != nil {
		w.showLink()
		if errors.Is(err, context.Canceled) {
			err = errors.New("reading the list of series was cancelled")
		}
		w.bars.put(notice{id: "refresh", kind: noticeError, text: sentence(err), details: err.Error(), button: "Retry", do: w.refresh})
		return
	}
	w.bars.close("refresh")
	w.fresh = w.clock.Now()
	w.showLink()
	w.side.foot.show()
	w.adopt(catalog)
	w.fact.SetCatalog(catalog)
	w.showEmpty(len(catalog) == 0)
	w.readAlerts()
	w.factChanged()
}

// adopt makes the selection fit a database that it was not made for: a file
// opens on all of its first series and all times.
func (w *Window) adopt(catalog []store.SeriesInfo) {
	id := placeID(w.db)
	if w.kept != nil && w.snapshot == "" {
		id = "files:" + strings.Join(w.session.Files, "\n")
	}
	filled := w.empty() && len(w.state.Selection) == 0 // the first data of an empty database
	if w.state.Database == id && !filled || len(catalog) == 0 {
		return
	}
	w.state.Database = id
	w.state.Selection, w.state.Zoom, w.state.Compare = nil, view.Zoom{}, view.Compare{}
	n := min(firstSeries, len(catalog))
	if w.kept != nil {
		w.state.Span = view.TimeChoice{Preset: view.AllTimes}
		w.state.Selection.Add(keysOf(catalog[:n])...)
	} else {
		w.state.Span = view.TimeChoice{Preset: firstSpan(catalog)}
		w.state.Selection.Add(alike(catalog, 4)...)
	}
	if len(w.state.Selection) > 0 {
		w.state.Expand(w.state.Selection[0].VM, true)
	}
}

// firstSpan is the last week, or all times where there is no more than that.
func firstSpan(catalog []store.SeriesInfo) view.Preset {
	var all metric.Range
	for _, s := range catalog {
		all = all.Union(s.Range())
	}
	if all.Duration() <= 7*24*time.Hour {
		return view.AllTimes
	}
	return view.Last7Days
}

func keysOf(catalog []store.SeriesInfo) []metric.Key {
	out := make([]metric.Key, len(catalog))
	for i, s := range catalog {
		out[i] = s.Key
	}
	return out
}

// alike is the first metric there is, of up to n VMs: cpu of the first four.
func alike(catalog []store.SeriesInfo, n int) []metric.Key {
	var out []metric.Key
	for _, s := range catalog {
		if s.Metric == catalog[0].Metric && len(out) < n {
			out = append(out, s.Key)
		}
	}
	return out
}

// keep imports the shown files into the database and shows that.
func (w *Window) keep() {
	if w.refuses(auth.Import) {
		return
	}
	w.bars.close("files")
	files := w.session.Files
	w.start("Keep "+fileNames(files), func(ctx jobContext) (string, error) {
		db, err := w.session.Open(ctx)
		if err != nil {
			return "", err
		}
		text, err := w.session.Actions.Import(ctx, db, files, ctx.progress)
		w.run.post(func() {
			if err != nil {
				db.Close()
				return
			}
			w.leaveFiles(db)
		})
		return text, err
	})
}

// leaveFiles goes on with the database that the files were put into; what is selected stays.
func (w *Window) leaveFiles(db store.Store) {
	w.kept = nil
	w.session.Files = nil
	w.state.Database = placeID(db)
	w.foot.note.Set("")
	w.use(db)
}

// save writes the state, unless nothing has changed.
func (w *Window) save() {
	if w.session.StatePath == "" {
		return
	}
	size := w.win.Canvas().Size()
	if size.Width > 100 {
		w.state.Window = view.Window{W: int(size.Width), H: int(size.Height)}
	}
	out := *w.state
	if k := w.kept; k != nil { // files come and go, the database's selection stays
		out.Return(k.Place())
		if w.snapshot != "" { // it brings its own
			out.Thresholds, out.Arrange = k.Thresholds, k.Arrange
		}
	}
	if text := fmt.Sprint(out); text != w.saved {
		w.saved = text
		if err := out.Save(w.session.StatePath); err != nil && w.lastErr != err.Error() {
			w.lastErr = err.Error()
			w.bars.put(notice{id: "save", kind: noticeWarning, text: sentence(err)})
		}
	}
}

// dropped imports files that were dropped on the window.
func (w *Window) dropped(_ fyne.Position, uris []fyne.URI) {
	var files []string
	for _, u := range uris {
		files = append(files, u.Path())
	}
	if len(files) > 0 {
		w.importFiles(files)
	}
}
