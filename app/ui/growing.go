package ui

import (
	"fmt"

	"aiops/metric"
	"aiops/store"
)

// growing is what the window knows of files that others add rows to.
type growing struct {
	asked bool // what is new is being read
	news  bool // something is new that is not shown
}

// grow takes in what was added to the shown files, and shows it.
func (w *Window) grow() {
	db := w.db
	files, ok := db.(store.Growing)
	if !ok || w.growing.asked {
		return
	}
	w.growing.asked = true
	w.run.then(func() func() {
		points, bad, err := files.Grow(w.ctx)
		return func() {
			w.growing.asked = false
			if w.db == db && w.ctx.Err() == nil {
				w.grew(points, bad, err)
			}
		}
	})
}

func (w *Window) grew(points int64, bad int, err error) {
	if points > 0 {
		w.growing.news = true
		text := metric.Grouped(points) + " new points"
		if bad > 0 {
			text += fmt.Sprintf(", %d rows that are not valid", bad)
		}
		w.foot.say(text)
	}
	if err != nil {
		w.bars.put(notice{id: "grow", kind: noticeWarning, text: sentence(err), details: err.Error(), button: "Read again", do: w.readAgain})
	}
	if w.growing.news && w.listing == nil {
		w.growing.news = false
		w.refresh()
	}
}

// readAgain reads the shown files from their beginning.
func (w *Window) readAgain() {
	w.bars.close("grow")
	w.session.Begin(w.ctx)
	w.begin()
}
