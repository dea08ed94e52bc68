package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/alert/notify"
	"aiops/metric"
)

type alertsWatchCmd struct {
	rulesFile
	Every string `name:"every" default:"30s" placeholder:"30s" help:"How often the database is looked at."`
	Once  bool   `name:"once" help:"Look once, notify, and stop: for cron and timers."`
	Quiet bool   `name:"quiet" help:"Do not print what changes."`
}

// Help is printed below the command's flags.
func (alertsWatchCmd) Help() string {
	return `Records every change in the database and tells the channels of the rules file: each alert once when it fires and once when it is over.
Started again, it takes up from what is recorded. The file is read again when it changes; while it is wrong, the old rules go on.

Exit code 1 with --once: a channel could not be told.`
}

func (c *alertsWatchCmd) Run(r *run) error {
	d, ok := span(c.Every)
	if !ok || d < time.Second {
		return usageError{fmt.Errorf("--every %q: write a time of a second or more, such as 30s", c.Every)}
	}
	if app.IsService(r.DB) {
		return usageError{fmt.Errorf("%s runs its rules itself and tells its channels; `aiops alerts list` says what fires there", r.DB)}
	}
	w := &watch{alertsWatchCmd: c, r: r}
	if err := w.load(); err != nil {
		return err
	}
	if err := r.mustExist(); err != nil {
		return err
	}
	st, err := r.open(false)
	if err != nil {
		return err
	}
	defer st.Close()
	known, err := r.alertOptions()
	if err != nil {
		return err
	}
	w.live = func(f alert.File, t alert.Teller) *alert.Live {
		return alert.NewLive(st, f.Rules, alert.LiveOptions{Options: known, Now: r.Now, Repeat: f.Grouping.Repeat, Teller: t})
	}
	return w.run(d)
}

// watch runs rules until it is stopped.
type watch struct {
	*alertsWatchCmd
	r        *run
	file     alert.File
	changed  time.Time // of the rules file
	size     int64
	live     func(f alert.File, t alert.Teller) *alert.Live
	notifier *notify.Notifier
	failing  map[string]string // what was told of each channel
}

// load reads the rules file and remembers when it was written.
func (w *watch) load() error {
	f, err := w.rulesFile.load(w.r)
	if err != nil {
		return err
	}
	w.file = f
	if info, err := os.Stat(f.Path); err == nil {
		w.changed, w.size = info.ModTime(), info.Size()
	}
	return nil
}

func (w *watch) run(every time.Duration) error {
	defer func() { _ = w.stop() }()
	live := w.begin()
	for {
		changes, err := live.Poll(w.r.ctx)
		if err != nil && (w.Once || w.r.ctx.Err() != nil) {
			return cancelled(w.r.ctx, err)
		}
		if err != nil {
			fmt.Fprintln(w.r.Err, "aiops:", err)
		}
		if !w.Quiet {
			for _, t := range changes {
				fmt.Fprintln(w.r.Out, transitionRow(w.r, t))
			}
		}
		if w.Once {
			return w.stop()
		}
		w.tellFailing()
		select {
		case <-w.r.ctx.Done():
			return nil // that is how it is stopped
		case <-time.After(every):
		}
		if w.edited() {
			_ = w.stop() // its failures are told
			live = w.begin()
		}
	}
}

func cancelled(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// begin starts the notifier and the rules of the file.
func (w *watch) begin() *alert.Live {
	w.notifier, w.failing = notify.New(w.file.Channels, w.file.Grouping, w.file.Routes(), notify.Options{}), map[string]string{}
	w.tellFailing()
	fmt.Fprintf(w.r.Err, "aiops: watching %s, telling %s\n", counted(len(w.file.Rules), "rule"), counted(len(w.file.Channels), "channel"))
	return w.live(w.file, w.notifier)
}

// edited reads the rules file again where it was changed.
func (w *watch) edited() bool {
	info, err := os.Stat(w.file.Path)
	if err != nil || info.ModTime().Equal(w.changed) && info.Size() == w.size {
		return false
	}
	w.changed, w.size = info.ModTime(), info.Size()
	if err := w.load(); err != nil {
		fmt.Fprintf(w.r.Err, "aiops: the old rules go on: %v\n", err)
		return false
	}
	return true
}

// tellFailing says of each channel once that it fails, and that it works again.
func (w *watch) tellFailing() {
	for _, s := range w.notifier.Status() {
		now := ""
		if s.Failing || s.Dropped > 0 && s.LastError != "" && s.ErrorAt.After(s.SentAt) {
			now = s.LastError
		}
		if was := w.failing[s.Name]; now != "" && now != was {
			fmt.Fprintf(w.r.Err, "aiops: channel %s fails, %d waiting, %d given up: %s\n", s.Name, s.Queued, s.Dropped, now)
		} else if now == "" && was != "" {
			fmt.Fprintf(w.r.Err, "aiops: channel %s works again\n", s.Name)
		}
		w.failing[s.Name] = now
	}
}

// patience is how long what waits may still be sent at the end.
const patience = 15 * time.Second

// stop sends what waits and says what could not be told.
func (w *watch) stop() error {
	if w.notifier == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := w.notifier.Close(ctx)
	var bad []error
	for _, s := range w.notifier.Status() {
		if s.Dropped+s.Queued > 0 {
			bad = append(bad, fmt.Errorf("channel %s: %s not told: %s", s.Name, counted(s.Dropped+s.Queued, "message"), s.LastError))
		}
	}
	w.notifier = nil
	if len(bad) == 0 && err != nil {
		bad = append(bad, fmt.Errorf("the channels took longer than %s", metric.StepOf(patience.Microseconds())))
	}
	return errors.Join(bad...)
}
