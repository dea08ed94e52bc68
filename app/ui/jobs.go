package ui

import (
	"context"
	"time"

	"aiops/app"
)

// jobContext is what a job of the window runs with.
type jobContext struct {
	context.Context
	progress app.Progress
}

// start runs work as a job; its end is told in the footer.
func (w *Window) start(name string, work func(jobContext) (string, error)) {
	w.jobs.Start(w.ctx, name, func(ctx context.Context, p app.Progress) (string, error) {
		return work(jobContext{ctx, p})
	})
}

// jobLinger is how long a finished job stays in the footer.
const jobLinger = 5 * time.Second

// jobsChanged shows the jobs in the footer.
func (w *Window) jobsChanged() {
	var shown []app.Job
	now := w.session.Now()
	for _, j := range w.jobs.List() {
		lingers := now.Sub(j.Ended) < jobLinger && j.Status != app.Running
		if j.Status == app.Running || lingers {
			shown = append(shown, j)
		}
		if lingers {
			w.run.after(jobLinger-now.Sub(j.Ended)+100*time.Millisecond, w.jobsChanged)
		}
		if j.Status == app.Failed && w.jobErr < j.ID {
			w.jobErr = j.ID
			w.bars.put(notice{id: "job", kind: noticeError, text: j.Name + " failed: " + sentence(j.Err), details: j.Err.Error()})
		}
	}
	w.foot.showJobs(shown[:min(2, len(shown))], w.jobs.Cancel)
}
