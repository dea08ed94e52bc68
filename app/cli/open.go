package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiops/app"
	"aiops/app/config"
	"aiops/app/export"
	"aiops/app/view"
	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
	"aiops/store/memory"
)

type openCmd struct {
	Files       []string `arg:"" optional:"" name:"file" help:"Files or addresses to look at. They are kept only if you say so."`
	Export      string   `name:"export" placeholder:"DIR" help:"Write a report into this directory instead of opening a window."`
	VM          []string `name:"vm" placeholder:"V" help:"With --export: only this VM (may be repeated)."`
	Metric      []string `name:"metric" placeholder:"M" help:"With --export: only this metric (may be repeated)."`
	From        string   `name:"from" placeholder:"T" help:"With --export: from this time on, such as 2026-11-22 14:00, RFC 3339, or 24h or 7d before the newest point."`
	To          string   `name:"to" placeholder:"T" help:"With --export: up to this time."`
	Ahead       string   `name:"forecast" placeholder:"48h" help:"With --export: forecast the series so far ahead, such as 48h, 7d or 6w."`
	Search      bool     `name:"analysis" help:"With --export: search for anomalies: scores, incidents and their reasons."`
	signInFlags `embed:"" group:"Sign-in"`
	Format      []string `name:"format" default:"html" help:"With --export: html, png, svg, pdf, csv, xlsx, comma-separated."`
}

func (c *openCmd) Run(r *run) error {
	for _, f := range c.Files {
		if err := checkNamed(f); err != nil {
			return err
		}
	}
	if c.Export != "" {
		return c.export(r)
	}
	if len(c.VM)+len(c.Metric) > 0 || c.From+c.To+c.Ahead != "" || c.Search {
		return usageError{errors.New("--vm, --metric, --from, --to, --forecast and --analysis go with --export DIR")}
	}
	if r.Window == nil {
		return errors.New("this build has no window; use aiops --export DIR, aiops import, aiops list (see aiops --help)")
	}
	state, err := config.StatePath()
	if err != nil {
		return err
	}
	known, err := r.detection()
	if err != nil {
		return err
	}
	rules, err := config.AlertsPath()
	if err != nil {
		return err
	}
	sources, err := app.NewSources(r.named, r.Now)
	if err != nil {
		return err
	}
	sources.Offline = r.Offline
	files, snapshot, err := c.named()
	if err != nil {
		return err
	}
	signIn, err := c.signInFlags.config()
	if err != nil {
		return err
	}
	if _, err := r.models(memory.New("")); err != nil { // before a window tells it
		return err
	}
	return r.Window(r.ctx, WindowRequest{Models: r.Models, SignIn: signIn, Sources: sources, Named: r.named != "", Files: files, Snapshot: snapshot, Zone: r.zone, Version: r.Version,
		StatePath: state, Now: r.Now, Started: r.Started, Err: r.Err, Detection: known, RulesPath: rules})
}

// named tells files of points from a snapshot, which is shown alone.
func (c *openCmd) named() (files []string, snapshot string, err error) {
	if !slices.ContainsFunc(c.Files, app.IsSQLite) {
		return c.Files, "", nil
	}
	if len(c.Files) > 1 {
		return nil, "", usageError{errors.New("a snapshot is shown alone; name one file")}
	}
	path, err := filepath.Abs(c.Files[0])
	return nil, path, err
}

// checkNamed finds a file that is not there before anything else is begun.
func checkNamed(f string) error {
	if f == "-" || strings.HasPrefix(f, "http://") || strings.HasPrefix(f, "https://") {
		return nil
	}
	if _, err := os.Stat(f); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return usageError{fmt.Errorf("there is no file %q%s", f, commandHint(f))}
		}
		return err
	}
	return nil
}

// source is what a report is about: named files, or the database.
func (c *openCmd) source(r *run) (store.Store, error) {
	files, snapshot, err := c.named()
	if err != nil {
		return nil, err
	}
	if snapshot != "" {
		return app.OpenStore(r.ctx, "sqlite:"+snapshot, true, r.Now)
	}
	if len(files) == 0 {
		return r.open(true)
	}
	o := ingest.Options{Now: r.Now, Zone: time.UTC, Progress: r.bar.progress}
	if r.TimeZone != "" {
		o.Zone = r.zone
	}
	r.bar.begin("Reading")
	st, _, err := app.LoadFiles(r.ctx, c.Files, o)
	r.bar.clear()
	return st, err
}

// ahead is what --forecast asks for.
func (c *openCmd) ahead(r *run) (export.Ahead, error) {
	if c.Ahead == "" {
		return export.Ahead{}, nil
	}
	d, ok := span(c.Ahead)
	if !ok {
		return export.Ahead{}, usageError{fmt.Errorf("--forecast %s: write how far ahead, such as 48h, 7d or 6w", c.Ahead)}
	}
	return export.Ahead{Span: d, Forecaster: forecast.Forecaster{Now: r.Now}}, nil
}

func (c *openCmd) export(r *run) error {
	ahead, err := c.ahead(r)
	if err != nil {
		return err
	}
	st, err := c.source(r)
	if err != nil {
		return err
	}
	defer st.Close()
	rng, err := storedRange(r, st, c.From, c.To)
	if err != nil {
		return err
	}
	limits, err := thresholds()
	if err != nil {
		return err
	}
	search := export.Search{On: c.Search}
	if c.Search {
		if search.Detection, err = r.detection(); err != nil {
			return err
		}
	}
	res, err := export.Write(r.ctx, st, c.Export, export.Options{
		VMs: c.VM, Metrics: c.Metric, Range: rng, Formats: c.Format, Zone: r.zone, Now: r.Now(), Version: r.Version, Thresholds: limits, Ahead: ahead, Search: search,
		Progress: func(done, total int64, what string) {
			r.bar.begin(what)
			r.bar.progress(done, total)
		},
	})
	r.bar.clear()
	if err != nil {
		return err
	}
	return printExport(r, res)
}

// thresholds are those that the user set in the window: the report shows the same figures.
func thresholds() (view.Thresholds, error) {
	path, err := config.StatePath()
	if err != nil {
		return nil, err
	}
	st, _ := view.LoadState(path) // a damaged state is told and set aside by the window
	return st.Thresholds, nil
}

func printExport(r *run, res export.Result) error {
	dir, err := filepath.Abs(res.Dir)
	if err != nil {
		return fmt.Errorf("find the report's path: %w", err)
	}
	fmt.Fprintf(r.Out, "Report of %d series, %s points, in %s:\n", res.Series, metric.Grouped(res.Points), dir)
	files := slices.Clone(res.Files)
	slices.Sort(files)
	const most = 20
	for i, f := range files {
		if i == most {
			fmt.Fprintf(r.Out, "  and %d more\n", len(files)-most)
			break
		}
		fmt.Fprintln(r.Out, " ", filepath.Join(dir, f))
	}
	return nil
}

// span reads a length of time such as 24h, 7d or 6w, with or without a minus.
func span(text string) (time.Duration, bool) {
	text = strings.TrimPrefix(text, "-")
	for unit, days := range map[string]int{"d": 1, "w": 7} {
		if digits, ok := strings.CutSuffix(text, unit); ok {
			n, err := strconv.Atoi(digits)
			return time.Duration(n*days) * 24 * time.Hour, err == nil && n > 0 && n <= longestSpan/days
		}
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0
}

// longestSpan is a hundred years, in days.
const longestSpan = 36_500

// parseTime reads a time as people type it; without a zone it is in the display zone.
func parseTime(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time; write 2026-11-22, 2026-11-22 14:00, 2026-11-22T14:00:00Z, 24h or 7d", text)
}
