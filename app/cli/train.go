package cli

import (
	"context"
	"fmt"
	"math"
	"text/tabwriter"

	"aiops/app"
	"aiops/forecast"
	"aiops/metric"
)

type trainCmd struct {
	choice
	Horizon string `name:"horizon" default:"48" placeholder:"N|48h" help:"How far forecasts with it will reach: a number of steps, or a time such as 48h, 7d or 6w."`
	modelFlags
}

// Help is printed below the command's flags.
func (trainCmd) Help() string {
	return `Trains also where a stored model is fresh. A model keeps the settings that tune has found unless --model-config names others.

  aiops train                             a model for every series
  aiops train --vm web-01 --model theta   of one VM's series, with one method`
}

func (c *trainCmd) Run(r *run) error {
	o, err := c.options(horizonFlags{Horizon: c.Horizon, Interval: 0.8})
	if err != nil {
		return err
	}
	s, err := c.subject(r)
	if err != nil {
		return err
	}
	defer s.close()
	w := newTable(r.Out)
	fmt.Fprintln(w, "VM\tMETRIC\tMODEL\tSTEP\tPOINTS\tUP TO\tMEAN ERROR")
	t := troubles{r: r, doing: "trained"}
	r.bar.begin("Training")
	work := func(ctx context.Context, h metric.Series) (forecast.Model, error) {
		return s.forecaster.Train(ctx, h, o)
	}
	err = app.Each(r.ctx, len(s.keys), s.read, work, r.bar.progress, func(res app.Result[forecast.Model]) error {
		if res.Err != nil {
			t.fail(res.History.Key, res.Err)
			return nil
		}
		t.done++
		t.warn(res.Out.Key, res.Out.Warnings...)
		printModel(r, w, res.Out)
		return nil
	})
	r.bar.clear()
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return t.end()
}

func newTable(out interface{ Write([]byte) (int, error) }) *tabwriter.Writer {
	return tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
}

// printModel prints a row of a table of models.
func printModel(r *run, w *tabwriter.Writer, m forecast.Model) {
	promised := "unknown"
	if m.Scores.N > 0 && !math.IsNaN(m.Scores.MAE) {
		promised = metric.UnitOf(m.Metric).Format(m.Scores.MAE)
	}
	kind := m.Kind
	if m.Tuned {
		kind += " (tuned)"
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%v\t%s\t%s\t%s\n", m.VM, m.Metric, kind, m.Step, metric.Grouped(int64(m.Points)),
		metric.Time(m.Last).In(r.zone).Format("2006-01-02 15:04"), promised)
}
