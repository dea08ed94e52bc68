package cli

import (
	"errors"
	"fmt"

	"aiops/app"
	"aiops/metric"
)

type detectCmd struct {
	wanted
	From   string `name:"from" placeholder:"T" help:"Tell of this time on, such as 2026-11-22 14:00, RFC 3339, or 24h or 7d before the newest point. What comes before is learnt from."`
	To     string `name:"to" placeholder:"T" help:"Tell up to this time."`
	By     string `name:"by" enum:"metric,vm" default:"metric" help:"Scores of each metric, or of each VM from all its metrics together: metric, vm."`
	Output string `name:"output" placeholder:"FILE|-" help:"Write CSV with a row for each point: vm,metric,timestamp,value,expected,lower,upper,anomaly_score,alert_score,is_anomaly,kind; by vm: vm,timestamp,anomaly_score,alert_score,is_anomaly,top_metrics; - is standard output. Default: a table of incidents."`
}

// Help is printed below the command's flags.
func (detectCmd) Help() string {
	return `Each point is judged from what came before it alone. The scores lie between 0 and 1, and 0.5 is the threshold: anomaly_score tells
how unusual the point is, alert_score the same but silent for a while after an alert.

  aiops detect                                            incidents in the database
  aiops detect --from 7d --vm web-01                      of the last week, on one VM
  aiops detect --output scores.csv                        the scores of every point

Of a file, without any database: a row for each row of the file, in its order, also where times occur twice.

  aiops detect --input metrics.csv --output scores.csv
  aiops detect --input server.csv --by vm --output scores.csv`
}

func (c *detectCmd) Run(r *run) error {
	if c.Input != "" {
		return c.file(r)
	}
	return c.database(r)
}

// told is what --from and --to say, for series that end at last.
func (c *detectCmd) told(r *run, last int64) (metric.Range, error) {
	out := metric.All
	for _, part := range []struct {
		text string
		set  *int64
	}{{c.From, &out.From}, {c.To, &out.To}} {
		if part.text == "" {
			continue
		}
		t, err := momentBefore(part.text, last, r.zone)
		if err != nil {
			return out, err
		}
		*part.set = t.UnixMicro()
	}
	if out.Empty() {
		return out, usageError{fmt.Errorf("--from %s is not before --to %s", c.From, c.To)}
	}
	return out, nil
}

// database analyses the database's series.
func (c *detectCmd) database(r *run) error {
	if err := r.mustExist(); err != nil {
		return err
	}
	st, err := r.open(true)
	if err != nil {
		return err
	}
	defer st.Close()
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
	out, err := c.create(r)
	if err != nil {
		return err
	}
	defer out.discard()
	r.bar.begin("Detecting")
	all, err := app.Analyse(r.ctx, st, app.AnalyseRequest{Keys: s.keys, Range: told}, r.bar.progress)
	r.bar.clear()
	if err != nil {
		return err
	}
	return c.tell(r, all, out)
}

// tell prints the incidents, or writes the scores.
func (c *detectCmd) tell(r *run, all app.Analysis, out *detectCSV) error {
	t := troubles{r: r, doing: "searched"}
	for _, s := range all.Series {
		if s.Err != nil {
			t.fail(s.Key, s.Err)
		} else {
			t.done++
		}
	}
	var err error
	switch {
	case out == nil:
		err = printIncidents(r, all)
	case c.By == "vm":
		for _, s := range all.Servers {
			out.server(s)
		}
		err = out.finish(r)
	default:
		for _, s := range all.Series {
			out.series(s)
		}
		err = out.finish(r)
	}
	return errors.Join(err, t.end())
}

// create opens the CSV, if one is wanted.
func (c *detectCmd) create(r *run) (*detectCSV, error) {
	if c.Output == "" {
		return nil, nil
	}
	out, err := create(r.Out, c.Output)
	if err != nil {
		return nil, err
	}
	return newDetectCSV(out, c.By), nil
}
