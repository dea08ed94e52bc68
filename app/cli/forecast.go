package cli

import (
	"errors"
	"fmt"

	"aiops/app"
	"aiops/forecast"
	"aiops/metric"
)

type forecastCmd struct {
	wanted
	horizonFlags
	modelFlags
	Retrain bool   `name:"retrain" help:"Train anew also where the stored model is fresh."`
	Output  string `name:"output" placeholder:"FILE|-" help:"Write CSV: vm,metric,timestamp,value_predicted,lower_bound,upper_bound; - is standard output. Default: a short table."`
	Shared  string `name:"shared" placeholder:"RUN" help:"Share the work with every instance that names the same run on the same database, such as 2026-11-24: each series is forecast by one of them."`
	Details string `name:"details" placeholder:"FILE.json" help:"Write per series the model, why it was chosen, its parameters, components, backtest scores and warnings."`
}

// Help is printed below the command's flags.
func (forecastCmd) Help() string {
	return `Of the database: the stored models are used while they are fresh, others are trained and stored, and the predictions go into
the database (server_metrics_predictions), also with --output.

  aiops forecast                                          every series, 48 steps
  aiops forecast --vm web-01 --metric cpu --horizon 7d    one of them, a week

Of a file, without any database:

  aiops forecast --input metrics.csv --horizon 48h --output forecast.csv --details forecast.json

By several instances, each series by one of them; what an instance that dies has not done, another does:

  aiops --db postgres://USER@HOST/DB forecast --shared 2026-11-24

A series that cannot be forecast is told on standard error, the others go on, and the exit code is 1.`
}

func (c *forecastCmd) Run(r *run) error {
	o, err := c.options(c.horizonFlags)
	if err != nil {
		return err
	}
	w, err := c.writers(r)
	if err != nil {
		return err
	}
	defer w.discard()
	s, err := c.subject(r)
	if err != nil {
		return err
	}
	defer s.close()
	if c.Shared != "" {
		return c.share(r, s, o, w)
	}
	return c.forecast(r, s, o, w)
}

// writers are what takes the forecasts.
func (c *forecastCmd) writers(r *run) (*forecastWriters, error) {
	w := &forecastWriters{level: c.Interval}
	if c.Output == "" {
		w.table = newForecastTable(r, c.Interval)
	} else {
		out, err := create(r.Out, c.Output)
		if err != nil {
			return nil, err
		}
		w.csv = newForecastCSV(out)
	}
	if c.Details != "" {
		out, err := create(r.Out, c.Details)
		if err != nil {
			w.discard()
			return nil, err
		}
		w.details = newDetails(out)
	}
	return w, nil
}

func (c *forecastCmd) forecast(r *run, s *subject, o forecast.Options, w *forecastWriters) error {
	t := troubles{r: r, doing: "forecast"}
	keep := keeper{r: r, st: s.st}
	r.bar.begin("Forecasting")
	err := app.ForecastEach(r.ctx, s.forecaster, len(s.keys), s.read, app.ForecastRequest{Options: o, Retrain: c.Retrain}, r.bar.progress,
		func(res app.ForecastResult) error { return c.take(res, o, &t, &keep, w) })
	return c.finish(r, s, err, &t, &keep, w)
}

// take stores and writes one series' forecast.
func (c *forecastCmd) take(res app.ForecastResult, o forecast.Options, t *troubles, keep *keeper, w *forecastWriters) error {
	if res.Err != nil {
		t.fail(res.History.Key, res.Err)
		return w.failed(res)
	}
	t.done++
	t.warn(res.History.Key, res.Forecast.Warnings...)
	p := res.Forecast.Prediction(o.Level)
	return errors.Join(keep.add(p), w.write(res, p))
}

// finish stores and writes what is left, and says what was done.
func (c *forecastCmd) finish(r *run, s *subject, err error, t *troubles, keep *keeper, w *forecastWriters) error {
	if err == nil {
		err = keep.flush()
	}
	r.bar.clear()
	if err == nil {
		err = w.commit()
	}
	if keep.stored > 0 && c.Output != "-" {
		fmt.Fprintf(r.Out, "Forecasts of %s series are stored in %s.\n", metric.Grouped(keep.stored), s.st.Info().Path)
	}
	if err != nil {
		return err
	}
	if c.Output != "" && c.Output != "-" {
		fmt.Fprintf(r.Out, "Forecasts of %s series, %s rows, are in %s.\n", metric.Grouped(int64(t.done)), metric.Grouped(w.csv.rows), c.Output)
	}
	return t.end()
}

// forecastWriters are the table, the CSV and the details, as far as they are asked for.
type forecastWriters struct {
	level   float64
	table   *forecastTable
	csv     *forecastCSV
	details *details
}

func (w *forecastWriters) write(res app.ForecastResult, p metric.Prediction) error {
	var err error
	if w.csv != nil {
		err = w.csv.add(p)
	}
	if w.table != nil {
		w.table.add(res.Forecast, p)
	}
	if w.details != nil {
		err = errors.Join(err, w.details.add(detailOf(res.Forecast, w.level)))
	}
	return err
}

// failed tells the details of a series without a forecast.
func (w *forecastWriters) failed(res app.ForecastResult) error {
	if w.details == nil {
		return nil
	}
	return w.details.add(detail{VM: res.History.VM, Metric: res.History.Metric, Error: res.Err.Error()})
}

func (w *forecastWriters) commit() error {
	var err error
	if w.table != nil {
		err = w.table.flush()
	}
	if w.csv != nil {
		err = errors.Join(err, w.csv.out.commit())
	}
	if w.details != nil {
		err = errors.Join(err, w.details.commit())
	}
	return err
}

func (w *forecastWriters) discard() {
	if w.csv != nil {
		w.csv.out.discard()
	}
	if w.details != nil {
		w.details.out.discard()
	}
}
