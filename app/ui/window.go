package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app"
	"aiops/app/view"
	"aiops/store"
)

// Window is the program's window.
type Window struct {
	ctx     context.Context
	cancel  context.CancelFunc
	session *Session
	win     fyne.Window
	run     *runner
	jobs    *app.Jobs
	clock   view.Clock
	state   *view.State
	kept    *view.State // the state of the database while files are shown
	fact    *view.Fact
	ahead   *view.Forecast
	review  *view.Analysis
	db      store.Store
	fresh   time.Time          // of the last successful read of the catalog
	asked   time.Time          // when the last one was begun
	listing context.CancelFunc // of the one under way
	stale   error              // why the last one failed
	link    store.Link
	growing growing

	source     app.Source // what is shown, unless files or a snapshot are
	snapshot   string     // the file that is shown
	connecting *connecting
	trials     map[string]*trial // of data sources, by name
	sourceList func()            // fills the dialog of data sources anew
	editor     *sourceEditor     // of a data source, the last one
	recent     []recentFile      // the last snapshots
	endFollow  func()            // of the database's link

	head          *header
	side          *sidebar
	foot          *footer
	bars          *notices
	frame         *frame
	main          *fyne.Container // sidebar, page, handle
	place         *fyne.Container // of the page shown
	rooms         map[view.Page]fyne.CanvasObject
	first         *firstStart
	page          *factPage
	outlook       *forecastPage
	analysis      *analysisPage
	searching     *searching      // for anomalies
	book          *view.AlertBook // of alerts; nil before it is read
	watch         *view.RuleWatch
	team          app.RuleBook // of the service that was shown last; nil before
	teamAt        string       // its address
	readingAlerts bool
	body          *fyne.Container // below header and bars: main, or the first start
	content       *fyne.Container
	// onFirstFrame is called once, when the first chart is on the screen.
	onFirstFrame func()
	filter       string
	saved        string // the state as written last
	lastErr      string
	person       *person
	sheet        *sheet // the dialog that is open
	sheetID      string
	jobErr       int // the last failed job that was told
}

// Open builds the window and shows what the session begins with. Call
// ShowAndRun on the Fyne window afterwards, and Close when that returns.
func Open(ctx context.Context, a fyne.App, s *Session) *Window {
	st, warning := view.LoadState(s.StatePath)
	a.Settings().SetTheme(Theme{st.Theme})
	w := build(ctx, a.NewWindow("AIOps Dashboard"), s, st, newRunner())
	w.win.SetIcon(BrandIcon())
	w.win.SetMaster()
	if warning != "" {
		w.bars.put(notice{id: "state", kind: noticeWarning, text: warning})
	}
	a.Settings().AddListener(func(fyne.Settings) { w.run.post(w.restyle) })
	w.begin()
	w.askAccount()
	w.tick()
	return w
}

// build makes the window's parts; tests give a runner of their own.
func build(ctx context.Context, win fyne.Window, s *Session, st *view.State, run *runner) *Window {
	if s.Now == nil {
		s.Now = time.Now
	}
	clock := view.SystemClock(s.Zone)
	clock.Now = s.Now
	w := &Window{session: s, win: win, run: run, clock: clock, state: st, rooms: map[view.Page]fyne.CanvasObject{}, jobs: app.NewJobs(s.Now),
		source: s.Source, snapshot: s.Snapshot, trials: map[string]*trial{}}
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.fact = view.NewFact(st, clock)
	w.ahead = view.NewForecast(w.fact)
	w.review = view.NewAnalysis(w.fact)
	w.review.SetDetection(s.Detection)
	w.head = newHeader(headerEvents{page: w.showPage, sidebar: w.toggleSidebar, source: w.showSources, more: w.showMore})
	w.head.bell.OnTapped = w.showAlerts
	w.watch = view.NewRuleWatch(s.Detection)
	w.foot = newFooter(w.showKeys, w.showJobs)
	w.bars = newNotices(w.showDetails, func() {
		if w.content != nil {
			w.content.Refresh()
		}
	})
	tree := newSeriesTree(w.expand, w.choose)
	w.side = newSidebar(sidebarEvents{filter: w.setFilter, preset: w.setPreset, times: w.setTimes, refresh: w.setRefresh}, tree)
	w.side.foot.sources, w.side.foot.add = w.sourceLines, func() { w.editSource(nil) }
	w.side.foot.snapshots, w.side.foot.open = w.snapshotLines, w.askSnapshot
	w.side.foot.show()
	w.readRecent()
	w.frame = &frame{width: float32(st.Sidebar.Width), hidden: st.Sidebar.Hidden, onFolded: w.folded}
	w.place = container.NewStack()
	w.main = container.New(w.frame, w.side.box, w.place, newSplitHandle(w.dragSidebar))
	w.body = container.NewStack(w.main)
	w.content = container.NewStack(
		dock(column(0, w.head.box, w.bars.box), w.foot.box, nil, nil, w.body),
		container.NewWithoutLayout()) // of hover labels
	w.jobs.Watch(func() { w.run.post(w.jobsChanged) })
	win.SetPadded(false)
	win.SetContent(w.content)
	win.Resize(fyne.NewSize(float32(st.Window.W), float32(st.Window.H)))
	w.bindKeys()
	win.SetOnDropped(w.dropped)
	win.SetOnClosed(w.Close)
	w.foot.zone.Set("Times in " + clock.ZoneName(clock.Micros()))
	w.side.showRefresh(st.Refresh)
	return w
}

// Window is the Fyne window, to be shown.
func (w *Window) Window() fyne.Window { return w.win }

// Quit closes the window from any goroutine.
func (w *Window) Quit() { fyne.Do(w.win.Close) }

// Close stops what is under way and saves the state.
func (w *Window) Close() {
	if w.ctx.Err() != nil {
		return
	}
	w.save()
	w.cancel()
	w.unfollow()
	w.jobs.Close()
	if w.db != nil {
		w.db.Close()
		w.db = nil
	}
}

// begin waits for what the session opens and starts the clocks of the window.
func (w *Window) begin() {
	w.foot.state.Set("Opening…")
	w.showPage(w.state.Page)
	begun := w.session.begun
	c := w.beginConnecting(w.source)
	c.cancel = w.session.stop
	if len(w.session.Files) > 0 {
		w.endConnecting(c) // that is a job
	}
	w.run.then(func() func() {
		select {
		case o := <-begun:
			return func() {
				w.endConnecting(c)
				w.opened(o)
			}
		case <-w.ctx.Done():
			return nil
		}
	})
	w.run.after(slowOpening, func() {
		if w.db == nil && len(w.session.Files) > 0 {
			w.start("Read "+fileNames(w.session.Files), w.session.follow)
		}
	})
}

// slowOpening is how long reading may take before the footer tells how far it is.
const slowOpening = 2 * time.Second

// tick runs every second: it refreshes when that is due and saves the state
// every few seconds.
func (w *Window) tick() {
	w.run.after(time.Second, func() {
		if w.ctx.Err() != nil {
			return
		}
		every := time.Duration(w.state.Refresh) * time.Second
		if every > 0 && w.db != nil && w.kept == nil && !w.asked.IsZero() && w.clock.Now().Sub(w.asked) >= every {
			w.refresh()
		}
		w.grow()
		if _, away := w.away(); away {
			w.showLink() // counts down to the next try
		}
		if w.clock.Now().Unix()%5 == 0 {
			w.save()
		}
		w.tick()
	})
}

// restyle shows everything in the colours of the present theme.
func (w *Window) restyle() {
	if w.page != nil {
		w.page.restyle()
	}
	if w.outlook != nil {
		w.outlook.restyle()
	}
	if w.analysis != nil {
		w.analysis.restyle()
	}
	w.content.Refresh()
}
