package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"aiops/app"
	"aiops/app/config"
	"aiops/metric"
	"aiops/store"
	"aiops/store/snapshot"
)

type snapshotCmd struct {
	File string `arg:"" name:"file" type:"path" help:"The SQLite file to write, such as fleet.db."`
	choice
	From     string `name:"from" placeholder:"T" help:"From this time on, such as 2026-11-22 14:00, RFC 3339, or 24h or 7d before the newest point."`
	To       string `name:"to" placeholder:"T" help:"Up to this time."`
	Force    bool   `name:"force" help:"Replace the file if it is there."`
	Writable bool   `name:"writable" help:"Write a database that can be changed, not a snapshot."`
}

func (c *snapshotCmd) Run(r *run) error {
	st, err := r.open(true)
	if err != nil {
		return err
	}
	defer st.Close()
	o := snapshot.Options{Force: c.Force, Writable: c.Writable, Now: r.Now, Progress: r.bar.progress}
	if o.Range, err = storedRange(r, st, c.From, c.To); err != nil {
		return err
	}
	if o.Keys, err = c.keys(r, st); err != nil {
		return err
	}
	if o.View, err = savedView(r, st); err != nil {
		return err
	}
	models, err := r.models(st)
	if err != nil {
		return err
	}
	r.bar.begin("Snapshot")
	rep, err := app.Snapshot(r.ctx, st, models, c.File, o)
	r.bar.clear()
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "%s: %s, in %s\n", rep.Path, app.SnapshotSummary(rep), rep.Took.Round(time.Millisecond))
	return nil
}

// keys are the chosen series, none for all of them.
func (c choice) keys(r *run, st store.Store) ([]metric.Key, error) {
	if len(c.VM)+len(c.Metric) == 0 {
		return nil, nil
	}
	catalog, err := st.Catalog(r.ctx)
	if err != nil {
		return nil, err
	}
	all := make([]metric.Key, len(catalog))
	for i, s := range catalog {
		all[i] = s.Key
	}
	return c.pick(all)
}

// savedView is the window's state: that of the snapshot that is copied, or the one last saved.
func savedView(r *run, st store.Store) ([]byte, error) {
	if v, err := app.SnapshotView(r.ctx, st); err != nil || v != nil {
		return v, err
	}
	path, err := config.StatePath()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !json.Valid(text) {
		return nil, nil // a damaged state is told and set aside by the window
	}
	if err != nil {
		return nil, fmt.Errorf("read the window's state: %w", err)
	}
	return text, nil
}

// fromText says of a snapshot where and when it is from.
func fromText(r *run, i store.Info) string {
	if i.TakenAt.IsZero() {
		return ""
	}
	return fmt.Sprintf("a snapshot of %s, taken %s", i.From, i.TakenAt.In(r.zone).Format("2006-01-02 15:04:05"))
}
