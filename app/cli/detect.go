package cli

import (
	"errors"
	"time"

	"aiops/app"
	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
)

type detectCmd struct {
	wanted
	From     string `name:"from" placeholder:"T" help:"Tell of this time on, such as 2026-11-22 14:00, RFC 3339, or 24h or 7d before the newest point. What comes before is learnt from."`
	To       string `name:"to" placeholder:"T" help:"Tell up to this time."`
	By       string `name:"by" enum:"metric,vm" default:"metric" help:"Scores of each metric, or of each VM from all its metrics together: metric, vm."`
	Output   string `name:"output" placeholder:"FILE|-" help:"Write CSV with a row for each point: vm,metric,timestamp,value,expected,lower,upper,anomaly_score,alert_score,is_anomaly,kind; by vm: vm,timestamp,anomaly_score,alert_score,is_anomaly,top_metrics; - is standard output. Default: a table of incidents."`
	Settings string `name:"settings" placeholder:"FILE" help:"What is known of metrics and quiet times, instead of detect.toml beside the configuration file."`
	State    string `name:"state" placeholder:"DIR" help:"With --input and --output: go on from what the detectors in this folder have learnt, and keep there what they learn."`
	Preview  bool   `name:"preview" help:"Tell how many alerts there were a week, and would have been with the knobs below."`
	knobs
}

// Help is printed below the command's flags.
func (detectCmd) Help() string {
	return `Each point is judged from what came before it alone. The scores lie between 0 and 1, and 0.5 is the threshold: anomaly_score tells
how unusual the point is, alert_score the same but silent for a while after an alert.

  aiops detect                                            incidents in the database
  aiops detect --from 7d --vm web-01                      of the last week, on one VM
  aiops detect --output scores.csv                        the scores of every point
  aiops detect --metric cpu --min-deviation 10% --preview what would have been raised

Of a file, without any database: a row for each row of the file, in its order, also where times occur twice.

  aiops detect --input metrics.csv --output scores.csv
  aiops detect --input server.csv --by vm --output scores.csv

A series that cannot be searched is told on standard error, the others go on, and the exit code is 1.`
}

func (c *detectCmd) Run(r *run) error {
	if c.State != "" && (c.Input == "" || c.Output == "") {
		return usageError{errors.New("--state goes with --input FILE and --output FILE")}
	}
	if c.Preview && c.Output != "" {
		return usageError{errors.New("--preview prints a table; leave out --output")}
	}
	if c.Input != "" && c.Output != "" {
		return c.file(r)
	}
	st, err := c.store(r)
	if err != nil {
		return err
	}
	defer st.Close()
	return c.analyse(r, st)
}

// store is the database, or the file in memory.
func (c *detectCmd) store(r *run) (store.Store, error) {
	if c.Input == "" {
		return r.open(true)
	}
	if err := checkNamed(c.Input); err != nil {
		return nil, err
	}
	r.bar.begin("Reading")
	st, reports, err := app.LoadFiles(r.ctx, []string{c.Input}, c.reading(r))
	r.bar.clear()
	for _, rep := range reports {
		setAside(r, rep)
	}
	return st, err
}

// reading says how a file is read.
func (c *detectCmd) reading(r *run) ingest.Options {
	o := ingest.Options{Now: r.Now, Zone: time.UTC, Progress: r.bar.progress}
	if r.TimeZone != "" {
		o.Zone = r.zone
	}
	return o
}

// told is what --from and --to say, for series that end at last.
func (c *detectCmd) told(r *run, last int64) (metric.Range, error) {
	return between(c.From, c.To, r.zone, func() (int64, error) { return last, nil })
}

// analyse searches the series of a store.
func (c *detectCmd) analyse(r *run, st store.Store) error {
	d, options, err := c.known(r)
	if err != nil {
		return err
	}
	s, err := c.of(r, st)
	if err != nil {
		return err
	}
	last, err := newest(r.ctx, st)
	if err != nil {
		return err
	}
	told, err := c.told(r, last)
	if err != nil {
		return err
	}
	req, err := d.Request(r.ctx, st, app.AnalyseRequest{Keys: s.keys, Range: told})
	if err != nil {
		return err
	}
	if c.Preview {
		return c.preview(r, st, req, options)
	}
	req.Options = options
	out, err := c.create(r)
	if err != nil {
		return err
	}
	defer out.discard()
	r.bar.begin("Detecting")
	all, err := app.Analyse(r.ctx, st, req, r.bar.progress)
	r.bar.clear()
	if err != nil {
		return err
	}
	return c.tell(r, all, out)
}
