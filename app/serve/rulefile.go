package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"aiops/app/alert"
)

// ruleSet is what is evaluated and who is told.
type ruleSet struct {
	rules  []alert.Rule
	repeat time.Duration
	teller alert.Teller
	stop   func() // of the teller, once it has sent what waits; nil: it needs none
}

// ruleFile is when the rules file was read.
type ruleFile struct {
	changed time.Time
	size    int64
	set     ruleSet
}

// reread reads the rules file again where it has changed. While it is wrong the old rules go on.
func (w *watcher) reread() (changed bool, err error) {
	o := w.s.opt.Watch
	if o.File == "" {
		return false, nil
	}
	now := ruleFile{size: -1}
	switch info, err := os.Stat(o.File); {
	case err == nil:
		now.changed, now.size = info.ModTime(), info.Size()
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("read the alert rules: %w", err)
	}
	if now.changed.Equal(w.file.changed) && now.size == w.file.size {
		return false, nil
	}
	w.file.changed, w.file.size = now.changed, now.size
	f := alert.File{Path: o.File}
	if now.size >= 0 {
		if f, err = alert.Load(o.File); err != nil {
			return false, err
		}
	}
	now.set = ruleSet{rules: f.Rules, repeat: f.Grouping.Repeat}
	if o.Channels != nil {
		now.set.teller, now.set.stop = o.Channels(f)
	}
	w.file.set = now.set
	return true, nil
}

// renew takes in a changed file: what the old rules found is told before.
func (r *ruling) renew() {
	old := r.w.file.set
	changed, err := r.w.reread()
	if err != nil {
		r.w.s.opt.Log.Error("the old alert rules go on", "error.message", err.Error())
	}
	if !changed {
		return
	}
	if old.stop != nil {
		old.stop()
	}
	r.told()
	r.live = nil
	r.w.s.opt.Log.Info("the alert rules were read again", "rules", len(r.w.file.set.rules))
}
