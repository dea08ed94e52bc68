package ui

import (
	"time"

	"fyne.io/fyne/v2"
)

// runner starts work off the UI thread and brings its results back onto it.
// Tests put a queue of their own in its place.
type runner struct {
	work  func(func())                // runs in the background
	post  func(func())                // runs on the UI thread, soon
	after func(time.Duration, func()) // runs on the UI thread, later
}

func newRunner() *runner {
	return &runner{
		work:  func(f func()) { go f() },
		post:  fyne.Do,
		after: func(d time.Duration, f func()) { time.AfterFunc(d, func() { fyne.Do(f) }) },
	}
}

// then runs work in the background and afterwards its result on the UI thread.
func (r *runner) then(work func() func()) {
	r.work(func() {
		if done := work(); done != nil {
			r.post(done)
		}
	})
}
