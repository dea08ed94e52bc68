package ui

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"aiops/app"
	"aiops/app/view"
	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

// AppID is the program's name for the desktop.
const AppID = "io.github.aiops-dashboard"

// Session is what a window is opened with.
type Session struct {
	Files   []string // shown straight away instead of the database, not kept unless the user says so
	Open    func(ctx context.Context) (store.Store, error)
	Source  app.Source   // what Open opens
	Sources *app.Sources // the databases to switch between; nil: there is only that one
	// Snapshot is the snapshot that Open opens in place of the source.
	Snapshot string
	Load     func(ctx context.Context, files []string, p app.Progress) (store.Store, string, error) // the text says what was read
	Actions  Actions
	// Forecaster makes the forecasts of a database and keeps its models; nil: none are kept.
	Forecaster func(store.Store) forecast.Forecaster
	// Detection is what persons said of metrics and times; nil: nothing is kept.
	Detection *app.Detection
	// RulesPath is the file of the alert rules; empty: there are none.
	RulesPath string
	// TeamRules are the rules that a service keeps; nil: services are not known.
	TeamRules func(service string) (app.RuleBook, error)
	// Account is how a person signs in; nil: nobody needs to.
	Account   func(ctx context.Context) (Account, error)
	StatePath string
	Version   string
	Zone      *time.Location // of times shown; nil is the machine's
	Now       func() time.Time
	Started   time.Time // of the process: what "on the screen in 0.4 s" counts from

	begun       chan opened
	stop        context.CancelFunc
	ended       chan struct{}
	done, total atomic.Int64
}

// Actions are the use-cases that the window offers beyond looking. They run
// off the UI thread, as jobs, and stop when the context is cancelled.
type Actions interface {
	// Preview looks at the beginning of a file without storing anything.
	Preview(ctx context.Context, file string) (Preview, error)
	// Import reads files into a database; the text says what became of the rows.
	Import(ctx context.Context, st store.Store, files []string, p app.Progress) (string, error)
	// Demo fills a database with made-up data.
	Demo(ctx context.Context, st store.Store, p app.Progress) (string, error)
	// Export writes a report and returns the paths of its files, the main one first.
	Export(ctx context.Context, st store.Store, r ExportRequest, p app.Progress) ([]string, error)
	// OpenSnapshot opens a snapshot, or another database file, for reading. The
	// view is the window's state that it holds; nil: none.
	OpenSnapshot(ctx context.Context, path string) (st store.Store, view []byte, err error)
	// SaveSnapshot takes a piece of a database into a file; the text says what it holds.
	SaveSnapshot(ctx context.Context, st store.Store, r SnapshotRequest, p app.Progress) (string, error)
}

// SnapshotRequest says what a snapshot holds.
type SnapshotRequest struct {
	Path  string
	Keys  []metric.Key // none: every series
	Range metric.Range // the zero Range: all times
	View  []byte
}

// Preview is the beginning of a file as the import understands it.
type Preview struct {
	Found string   // "long CSV, comma, UTC": what was detected
	Head  []string // column names
	Rows  [][]string
}

// ExportRequest says what to export and where to.
type ExportRequest struct {
	Dir     string
	Formats []string // html, png, svg, pdf, csv, xlsx
	Keys    []metric.Key
	Range   metric.Range
	Limits  view.Thresholds
	Ahead   forecast.Options // what is forecast; without a span nothing is
	// Analysis asks for a search for anomalies.
	Analysis bool
	// Detection is what persons said; nil: nothing.
	Detection *app.Detection
	// Forecaster makes the forecasts.
	Forecaster forecast.Forecaster
}

// opened is what a session shows first.
type opened struct {
	store store.Store
	view  []byte // of a snapshot
	text  string // what was read, for files
	lost  string // imports that a killed program left behind, for a database
	took  time.Duration
	err   error
}

// Begin opens the database or loads the files in the background. Call it before
// the toolkit is started: that takes as long as reading a million rows.
func (s *Session) Begin(ctx context.Context) {
	s.begun, s.ended = make(chan opened, 1), make(chan struct{})
	ctx, s.stop = context.WithCancel(ctx)
	go func() {
		defer close(s.ended)
		var o opened
		if len(s.Files) > 0 {
			o.store, o.text, o.err = s.Load(ctx, s.Files, func(done, total int64) {
				s.done.Store(done)
				s.total.Store(total)
			})
		} else if s.Snapshot != "" {
			o.store, o.view, o.err = s.Actions.OpenSnapshot(ctx, s.Snapshot)
		} else {
			o.store, o.err = s.Open(ctx)
			if o.err == nil {
				o.lost = interrupted(ctx, o.store)
			}
		}
		o.took = time.Since(s.Started)
		s.begun <- o
	}()
}

// follow tells how far the reading that Begin started is, as a job; cancelling
// the job ends the reading.
func (s *Session) follow(job jobContext) (string, error) {
	every := time.NewTicker(100 * time.Millisecond)
	defer every.Stop()
	for {
		select {
		case <-s.ended:
			return "read", nil
		case <-job.Done():
			s.stop()
			return "", job.Err()
		case <-every.C:
			job.progress(s.done.Load(), s.total.Load())
		}
	}
}

// interrupted says which imports a killed program left behind: nothing of them is stored.
func interrupted(ctx context.Context, db store.Store) string {
	left, err := db.Interrupted(ctx)
	if err != nil {
		slog.Warn("looking for interrupted imports", "error", err)
		return ""
	}
	return app.InterruptedText(left)
}
