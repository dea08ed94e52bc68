//go:build !headless

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"aiops/app"
	"aiops/app/auth"
	"aiops/app/cli"
	"aiops/app/config"
	"aiops/app/export"
	"aiops/app/ui"
	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
	"aiops/store/snapshot"
)

// newSession says how the window opens and reads what it was asked for.
func newSession(r cli.WindowRequest) *ui.Session {
	u := useCases{r}
	source := r.Sources.Current()
	if r.Named {
		source = r.Sources.Local
	}
	return &ui.Session{
		Files: r.Files, Snapshot: r.Snapshot, Sources: r.Sources, Source: source,
		Open: func(ctx context.Context) (store.Store, error) { return r.Sources.Open(ctx, source) }, Load: u.load, Actions: u,
		Account:    u.account,
		Forecaster: u.forecaster, Detection: r.Detection, RulesPath: r.RulesPath, TeamRules: u.teamRules, StatePath: r.StatePath, Version: r.Version, Zone: r.Zone, Now: r.Now, Started: r.Started,
	}
}

// useCases are what the window can do, with the program's own parts.
type useCases struct{ cli.WindowRequest }

// account is the sign-in at the configured server, or at the one of the last sign-in.
func (u useCases) account(ctx context.Context) (ui.Account, error) {
	c, err := auth.NewClient(ctx, u.SignIn, auth.ClientOptions{Now: u.Now})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// teamRules are the alert rules of a service.
func (u useCases) teamRules(service string) (app.RuleBook, error) {
	t, err := app.NewTeamRules(service, u.Now)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (u useCases) options(p app.Progress) ingest.Options {
	zone := u.Zone
	if zone == time.Local { // the zone of display: times in files are UTC unless somebody says otherwise
		zone = time.UTC
	}
	return ingest.Options{Now: u.Now, Zone: zone, Progress: p}
}

// forecaster keeps the database's models beside those of the command line.
func (u useCases) forecaster(st store.Store) forecast.Forecaster {
	dir, err := config.ModelsDir()
	if err != nil {
		return forecast.Forecaster{Now: u.Now}
	}
	models, err := app.Models(u.Models, st, dir)
	if err != nil { // the address was checked before; models are then made anew each time
		slog.Error("open the models", "error.message", err.Error())
		return forecast.Forecaster{Now: u.Now}
	}
	return forecast.Forecaster{Storage: models, Now: u.Now}
}

func (u useCases) load(ctx context.Context, files []string, p app.Progress) (store.Store, string, error) {
	st, reports, err := app.LoadFiles(ctx, files, u.options(p))
	if err != nil {
		return nil, "", err
	}
	var rows, bad int64
	for _, r := range reports {
		rows += r.Rows
		bad += r.Quarantined
	}
	text := metric.Grouped(rows-bad) + " points"
	if bad > 0 {
		text += ", " + metric.Grouped(bad) + " rows set aside"
	}
	return st, text, nil
}

// Preview looks at the beginning of a file.
func (u useCases) Preview(ctx context.Context, file string) (ui.Preview, error) {
	found, rows, err := ingest.Preview(ctx, file, u.options(nil))
	if err != nil {
		return ui.Preview{}, err
	}
	p := ui.Preview{Found: found.String(), Head: slices.Clone(found.Columns), Rows: rows}
	for _, r := range rows {
		for len(p.Head) < len(r) {
			p.Head = append(p.Head, fmt.Sprintf("Column %d", len(p.Head)+1))
		}
	}
	return p, nil
}

// Import reads files into a database; rows that are not valid go beside it.
func (u useCases) Import(ctx context.Context, st store.Store, files []string, p app.Progress) (string, error) {
	o := u.options(p)
	o.Quarantine = app.QuarantineFile(st)
	reports, err := app.ImportFiles(ctx, st, files, o, p)
	if len(reports) == 0 {
		return "", err
	}
	text := app.Summary(reports)
	for _, r := range reports {
		if r.Quarantined > 0 {
			text += fmt.Sprintf("; they are in %s", r.Quarantine)
			break
		}
	}
	return text, err
}

// Demo fills a database with made-up data.
func (u useCases) Demo(ctx context.Context, st store.Store, p app.Progress) (string, error) {
	r, err := ingest.Generate(ctx, st, ingest.GenerateOptions{VMs: 8, Days: 60, Step: 5 * time.Minute, Seed: 1, End: u.Now(), Progress: p})
	if err != nil {
		return "", err
	}
	return app.Summary([]ingest.Report{r}), nil
}

// Export writes a report of the series and the range that are seen.
func (u useCases) Export(ctx context.Context, st store.Store, r ui.ExportRequest, p app.Progress) ([]string, error) {
	res, err := export.Write(ctx, st, r.Dir, export.Options{
		Keys: r.Keys, Range: r.Range, Thresholds: r.Limits, Formats: r.Formats, Zone: u.Zone, Now: u.Now(), Version: u.Version,
		Search:   export.Search{On: r.Analysis, Detection: r.Detection},
		Ahead:    export.Ahead{Span: r.Ahead.Span, Model: r.Ahead.Model, Level: r.Ahead.Level, Forecaster: r.Forecaster},
		Progress: func(done, total int64, _ string) { p(done, total) },
	})
	if err != nil {
		return nil, err
	}
	files := make([]string, len(res.Files))
	for i, f := range res.Files {
		files[i] = filepath.Join(res.Dir, f)
	}
	return files, nil
}

// OpenSnapshot opens a snapshot for reading, and the view that it holds.
func (u useCases) OpenSnapshot(ctx context.Context, path string) (store.Store, []byte, error) {
	st, err := app.OpenStore(ctx, "sqlite:"+path, true, u.Now)
	if err != nil {
		return nil, nil, err
	}
	view, err := app.SnapshotView(ctx, st)
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return st, view, nil
}

// SaveSnapshot takes a piece of a database into a file.
func (u useCases) SaveSnapshot(ctx context.Context, st store.Store, r ui.SnapshotRequest, p app.Progress) (string, error) {
	rep, err := app.Snapshot(ctx, st, u.forecaster(st).Storage, r.Path, snapshot.Options{Keys: r.Keys, Range: r.Range, View: r.View, Now: u.Now, Progress: p})
	if err != nil {
		return "", err
	}
	return app.SnapshotSummary(rep), nil
}
