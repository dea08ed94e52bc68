package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"aiops/app"
	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
)

type importCmd struct {
	Files      []string `arg:"" name:"file" help:"CSV, .xlsx or Parquet files, also .gz and .zst, http(s) addresses, - for standard input, or snapshots (.db), of which points and annotations come."`
	VM         string   `name:"vm" placeholder:"NAME" help:"VM of files that name none (default: the file's name)."`
	Metric     string   `name:"metric" placeholder:"NAME" help:"Metric of files that name none (default: the value column's name)."`
	TimeFormat string   `name:"time-format" placeholder:"F" help:"Format of the times: like 02/01/2006 15:04, %d/%m/%Y %H:%M, or unix, unixms, unixus, unixns. Default: found out, and said."`
	OnConflict string   `name:"on-conflict" enum:"replace,keep" default:"replace" help:"When a time already has another value: replace it, or keep it and quarantine the new one."`
	Quarantine string   `name:"quarantine" placeholder:"FILE" help:"File for rows that are not valid, with file, line, field and reason (default: beside the database)."`
	Strict     bool     `name:"strict" help:"Stop at the first row that is not valid; nothing of its file is stored."`
}

func (c *importCmd) Run(r *run) error {
	st, err := r.open(false)
	if err != nil {
		return err
	}
	defer st.Close()
	o := ingest.Options{VM: c.VM, Metric: c.Metric, TimeFormat: c.TimeFormat, Zone: time.UTC, Strict: c.Strict, Now: r.Now, Quarantine: c.Quarantine}
	if r.TimeZone != "" {
		o.Zone = r.zone
	}
	if c.OnConflict == "keep" {
		o.OnConflict = store.Keep
	}
	if o.Quarantine == "" {
		o.Quarantine = app.QuarantineFile(st)
	}
	r.bar.begin("Importing")
	reports, err := app.ImportFiles(r.ctx, st, c.Files, o, r.bar.progress)
	r.bar.clear()
	for _, rep := range reports {
		printReport(r, rep)
	}
	if len(reports) > 1 {
		fmt.Fprintf(r.Out, "%d files, %s\n", len(reports), app.Summary(reports))
	}
	return err
}

func printReport(r *run, rep ingest.Report) {
	fmt.Fprintf(r.Out, "%s: %s\n", rep.File, rep.Found)
	for _, note := range rep.Found.Notes {
		fmt.Fprintf(r.Out, "  note: %s\n", note)
	}
	fmt.Fprintf(r.Out, "  %s, %s series, in %s\n", app.Summary([]ingest.Report{rep}), metric.Grouped(int64(rep.Series)), rep.Took.Round(time.Millisecond))
	for _, bad := range rep.First {
		fmt.Fprintf(r.Out, "  %s\n", bad.InFile())
	}
	if more := rep.Quarantined - int64(len(rep.First)); more > 0 && len(rep.First) > 0 {
		fmt.Fprintf(r.Out, "  and %s more\n", metric.Grouped(more))
	}
	if rep.Quarantined > 0 {
		fmt.Fprintf(r.Out, "  the rows set aside are in %s\n", rep.Quarantine)
	}
}

type generateCmd struct {
	VMs  int           `name:"vms" default:"8" help:"Number of VMs."`
	Days int           `name:"days" default:"60" help:"Days back from now."`
	Step time.Duration `name:"step" default:"5m" help:"Distance of the points, such as 30s, 5m or 1h."`
	Seed uint64        `name:"seed" default:"1" help:"The same seed gives the same data."`
	End  string        `name:"end" placeholder:"T" help:"Time of the last point (default: now)."`
}

func (c *generateCmd) Run(r *run) error {
	if c.VMs < 1 || c.Days < 1 || c.Step < time.Second {
		return usageError{fmt.Errorf("--vms and --days must be at least 1, --step at least 1s")}
	}
	end := r.Now()
	if c.End != "" {
		t, err := parseTime(c.End, r.zone)
		if err != nil {
			return usageError{err}
		}
		end = t
	}
	st, err := r.open(false)
	if err != nil {
		return err
	}
	defer st.Close()
	r.bar.begin("Generating")
	rep, err := ingest.Generate(r.ctx, st, ingest.GenerateOptions{VMs: c.VMs, Days: c.Days, Step: c.Step, Seed: c.Seed, End: end, Progress: r.bar.progress})
	r.bar.clear()
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "%s in %d series, in %s\n", app.Summary([]ingest.Report{rep}), rep.Series, st.Info().Path)
	return nil
}

type listCmd struct{}

func (c *listCmd) Run(r *run) error {
	st, err := r.open(true)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Catalog(r.ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintf(r.Out, "%s is empty: `aiops import FILE` or `aiops generate` fills it.\n", st.Info().Path)
		return nil
	}
	const layout = "2006-01-02 15:04:05"
	w := tabwriter.NewWriter(r.Out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "VM\tMETRIC\tPOINTS\tFIRST\tLAST\tSTEP\tLAST VALUE")
	var points int64
	for _, s := range all {
		points += s.Count
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.VM, s.Metric, metric.Grouped(s.Count),
			metric.Time(s.First).In(r.zone).Format(layout), metric.Time(s.Last).In(r.zone).Format(layout),
			time.Duration(s.Step)*time.Microsecond, metric.UnitOf(s.Metric).Format(s.LastValue))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "%d series, %s points, times in %s, %s\n", len(all), metric.Grouped(points), r.Now().In(r.zone).Format("MST (UTC-07:00)"), st.Info().Path)
	if from := fromText(r, st.Info()); from != "" {
		fmt.Fprintln(r.Out, "It is "+from+".")
	}
	return nil
}
