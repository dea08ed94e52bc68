package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"aiops/app"
	"aiops/forecast"
	"aiops/metric"
)

type tuneCmd struct {
	choice
	horizonFlags
	modelFlags
	Budget int `name:"budget" default:"20" help:"How many settings to try for each series."`
}

// Help is printed below the command's flags.
func (tuneCmd) Help() string {
	return `Each setting forecasts from earlier moments of the series; the one whose forecasts were the most right is trained on all of it
and stored. Forecasts with this model keep it until it is tuned again or --model-config names another. With --model auto the
models themselves are compared, and auto becomes the best of them for this series.

  aiops tune --model prophet --vm web-01 --metric cpu --horizon 24h`
}

func (c *tuneCmd) Run(r *run) error {
	o, err := c.options(c.horizonFlags)
	if err != nil {
		return err
	}
	if c.Budget < 1 {
		return usageError{fmt.Errorf("--budget %d: try at least 1", c.Budget)}
	}
	s, err := c.subject(r)
	if err != nil {
		return err
	}
	defer s.close()
	each, single := progresses(r, len(s.keys))
	work := func(ctx context.Context, h metric.Series) (tuned, error) {
		trials, err := s.forecaster.Tune(ctx, h, o, c.Budget, single)
		if err == nil && len(trials) == 0 {
			err = errors.New("there is nothing to tune")
		}
		if err != nil {
			return tuned{}, err
		}
		m, err := s.forecaster.Adopt(ctx, h, o, trials[0])
		return tuned{trials, m}, err
	}
	t := troubles{r: r, doing: "tuned"}
	w := newTable(r.Out)
	fmt.Fprintln(w, "VM\tMETRIC\tMODEL\tSCORE\tMASE\tCOVERAGE\tSETTINGS")
	r.bar.begin("Tuning")
	err = app.Each(r.ctx, len(s.keys), s.read, work, each, func(res app.Result[tuned]) error {
		if res.Err != nil {
			t.fail(res.History.Key, res.Err)
			return nil
		}
		t.done++
		t.warn(res.History.Key, res.Out.model.Warnings...)
		res.Out.print(w, res.History.Key)
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

// tuned is what tuning found for a series.
type tuned struct {
	trials []forecast.Trial // from best to worst
	model  forecast.Model
}

// print prints the trials, the chosen one first.
func (t tuned) print(w *tabwriter.Writer, k metric.Key) {
	for i, trial := range t.trials {
		settings := cmp.Or(trial.Err, trial.Config, "as they are")
		if i == 0 {
			settings += "  <- stored"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.VM, k.Metric, t.model.Kind, short(trial.Score), short(trial.Scores.MASE), share(trial.Scores.Coverage), settings)
	}
}

// progresses are the bar's progress over many series, or that of a single one.
func progresses(r *run, n int) (each app.Progress, single forecast.Progress) {
	if n == 1 {
		return func(int64, int64) {}, r.bar.progress
	}
	return r.bar.progress, func(int64, int64) {}
}
