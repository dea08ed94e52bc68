package ui

import (
	"sync/atomic"
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

// within is then, but if the work takes no longer than d its result is there
// when within returns. Call it on the UI thread.
func (r *runner) within(d time.Duration, work func() func()) {
	if d <= 0 {
		r.then(work)
		return
	}
	ready := make(chan func(), 1)
	var settled atomic.Bool // whoever sets it decides the way of the result
	r.work(func() {
		if done := work(); settled.CompareAndSwap(false, true) {
			ready <- done
		} else {
			r.post(done)
		}
	})
	select {
	case done := <-ready:
		done()
	case <-time.After(d):
		if !settled.CompareAndSwap(false, true) {
			(<-ready)()
		}
	}
}
