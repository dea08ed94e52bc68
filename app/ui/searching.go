package ui

import (
	"context"
	"errors"
	"fmt"

	"aiops/app"
	"aiops/app/view"
	"aiops/metric"
)

// errSearchCancelled says that the user has stopped a search.
var errSearchCancelled = errors.New("the search for anomalies was cancelled")

// searchJob is the job that a page begins by itself.
const searchJob = "Search for anomalies"

// searching is a search for anomalies on its way.
type searching struct {
	plan    view.SearchPlan
	cancel  context.CancelFunc
	dropped bool // a newer one took its place
}

// seek searches for the anomalies that the view lacks. An older search that is
// under way is stopped: only the newest counts. New points of a search that is
// done already are taken in without a word.
func (w *Window) seek() {
	if w.db == nil || w.empty() {
		return
	}
	quiet := w.review.Found() != nil && w.review.OnlyNewPoints()
	plan, ok := w.review.Plan()
	if !ok {
		return
	}
	w.dropSearch()
	ctx, cancel := context.WithCancel(w.ctx)
	s := &searching{plan: plan, cancel: cancel}
	w.searching = s
	db := w.db
	work := func(progress app.Progress) (*view.Findings, error) {
		return view.Examine(ctx, db, plan, progress, func(vm string, lanes []view.Lane) {
			w.run.post(func() {
				if w.review.Coming(plan, vm, lanes) {
					w.lanesCame()
				}
			})
		})
	}
	if quiet {
		w.run.then(func() func() {
			f, err := work(nil)
			return func() { w.sought(s, f, err) }
		})
		return
	}
	w.start(searchJob, func(job jobContext) (string, error) {
		stop := context.AfterFunc(job, cancel) // Cancel in the footer
		defer stop()
		f, err := work(job.progress)
		w.run.post(func() { w.sought(s, f, err) })
		if err != nil && s.dropped {
			return "begun anew", nil
		}
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s in %s series", plural(len(f.Incidents), "incident"), metric.Grouped(int64(len(f.Series)))), nil
	})
}

// dropSearch stops the search that is under way.
func (w *Window) dropSearch() {
	if w.searching != nil {
		w.searching.dropped = true
		w.searching.cancel()
		w.searching = nil
	}
}

// sought takes in what was found, unless another search was begun meanwhile.
func (w *Window) sought(s *searching, f *view.Findings, err error) {
	s.cancel()
	if w.searching != s || w.ctx.Err() != nil {
		return
	}
	w.searching = nil
	if err != nil {
		if errors.Is(err, context.Canceled) {
			err = errSearchCancelled
		}
		w.review.Fail(s.plan, err)
	} else if !w.review.Apply(f) {
		return
	}
	if p := w.shown(); p != nil {
		p.update()
	}
}

// lanesCame shows lanes while a search goes on.
func (w *Window) lanesCame() {
	if w.analysis != nil && w.state.Page == view.AnalysisPage {
		w.analysis.lanes.show()
	}
}

// searchAgain is Retry.
func (w *Window) searchAgain() {
	w.review.Retry()
	if p := w.shown(); p != nil {
		p.update()
	}
	w.seek()
}
