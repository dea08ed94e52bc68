package cli

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"aiops/app"
	"aiops/forecast"
	"aiops/metric"
)

type evaluateCmd struct {
	wanted
	horizonFlags
	modelFlags
	Origins int    `name:"origins" default:"10" help:"How many earlier moments to forecast from."`
	Output  string `name:"output" placeholder:"FILE|-" help:"Write the scores as CSV, or with the forecasts and what came as JSON when FILE ends in .json."`
}

// Help is printed below the command's flags.
func (evaluateCmd) Help() string {
	return `Forecasts from earlier moments of the last half of the series, each knowing only what came before it, and compares with what came:

  MAE, RMSE   mean error and root of the mean squared error, in the metric's unit
  SMAPE       200 |y-f| / (|y|+|f|), in per cent
  MASE        MAE in units of the seasonal naive's error in the training data: below 1 is better
  COVERAGE    share of the points that came inside the interval: as near to --interval as can be
  WIS         weighted interval score, in the unit of MASE

The rows named seasonal naive are those of repeating the last season, from the same moments.

  aiops evaluate --input metrics.csv --horizon 24h --model prophet`
}

func (c *evaluateCmd) Run(r *run) error {
	o, err := c.options(c.horizonFlags)
	if err != nil {
		return err
	}
	if c.Origins < 1 {
		return usageError{fmt.Errorf("--origins %d: forecast from at least 1", c.Origins)}
	}
	w, err := c.writer(r)
	if err != nil {
		return err
	}
	defer w.discard()
	s, err := c.subject(r)
	if err != nil {
		return err
	}
	defer s.close()
	each, single := progresses(r, len(s.keys))
	work := func(ctx context.Context, h metric.Series) (forecast.Evaluation, error) {
		return s.forecaster.Evaluate(ctx, h, o, c.Origins, single)
	}
	t := troubles{r: r, doing: "evaluated"}
	r.bar.begin("Evaluating")
	err = app.Each(r.ctx, len(s.keys), s.read, work, each, func(res app.Result[forecast.Evaluation]) error {
		if res.Err != nil {
			t.fail(res.History.Key, res.Err)
			return nil
		}
		t.done++
		return w.add(res.Out)
	})
	r.bar.clear()
	if err == nil {
		err = w.commit()
	}
	if err != nil {
		return err
	}
	return t.end()
}

// evaluationWriter takes evaluations.
type evaluationWriter interface {
	add(forecast.Evaluation) error
	commit() error
	discard()
}

func (c *evaluateCmd) writer(r *run) (evaluationWriter, error) {
	if c.Output == "" {
		return &evaluationTable{w: newTable(r.Out)}, nil
	}
	out, err := create(r.Out, c.Output)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(filepath.Ext(c.Output), ".json") {
		return evaluationJSON{newDetails(out)}, nil
	}
	_, err = out.WriteString("vm,metric,model,step,from,to,n,mae,rmse,smape,mase,coverage,wis,naive_mae,naive_rmse,naive_smape,naive_mase,naive_coverage,naive_wis\n")
	return evaluationCSV{out}, err
}

// buckets are the scores by horizon, and of the whole.
func buckets(e forecast.Evaluation) []forecast.HorizonScores {
	if len(e.ByHorizon) == 1 {
		return e.ByHorizon
	}
	whole := forecast.HorizonScores{From: 1, Scores: e.Scores, Reference: e.Reference}
	for _, h := range e.ByHorizon {
		whole.To = max(whole.To, h.To)
	}
	return append(append([]forecast.HorizonScores(nil), e.ByHorizon...), whole)
}

type evaluationTable struct {
	w    *tabwriter.Writer
	rows int
}

func (t *evaluationTable) add(e forecast.Evaluation) error {
	if t.rows == 0 {
		fmt.Fprintln(t.w, "VM\tMETRIC\tMODEL\tSTEPS\tMAE\tRMSE\tSMAPE\tMASE\tCOVERAGE\tWIS")
	}
	t.rows++
	u := metric.UnitOf(e.Metric)
	for _, b := range buckets(e) {
		for _, row := range []struct {
			name string
			s    forecast.Scores
		}{{e.Model, b.Scores}, {"seasonal naive", b.Reference}} {
			fmt.Fprintf(t.w, "%s\t%s\t%s\t%d–%d\t%s\t%s\t%s\t%s\t%s\t%s\n", e.VM, e.Metric, row.name, b.From, b.To, u.Format(row.s.MAE), u.Format(row.s.RMSE),
				short(row.s.SMAPE), short(row.s.MASE), share(row.s.Coverage), short(row.s.WIS))
		}
	}
	return nil
}

func (t *evaluationTable) commit() error { return t.w.Flush() }
func (t *evaluationTable) discard()      {}

type evaluationCSV struct{ *output }

func (c evaluationCSV) add(e forecast.Evaluation) error {
	for _, h := range buckets(e) {
		b := fmt.Appendf(nil, "%s,%s,%s,%v,%d,%d,%d", quoted(e.VM), quoted(e.Metric), quoted(e.Model), e.Step, h.From, h.To, h.Scores.N)
		for _, s := range []forecast.Scores{h.Scores, h.Reference} {
			for _, v := range []float64{s.MAE, s.RMSE, s.SMAPE, s.MASE, s.Coverage, s.WIS} {
				b = appendNumber(append(b, ','), v)
			}
		}
		if _, err := c.Write(append(b, '\n')); err != nil {
			return fmt.Errorf("write %s: %w", c.path, err)
		}
	}
	return nil
}

type evaluationJSON struct{ *details }

func (j evaluationJSON) add(e forecast.Evaluation) error {
	type past struct {
		Origin wire   `json:"origin"`
		Times  []wire `json:"times"`
		Value  []num  `json:"value"`
		Lower  []num  `json:"lower"`
		Upper  []num  `json:"upper"`
		Actual []num  `json:"actual"`
	}
	all := make([]past, len(e.Past))
	for i, p := range e.Past {
		all[i] = past{wire(p.Origin), wires(p.Times), nums(p.Value), nums(p.Lower), nums(p.Upper), nums(p.Actual)}
	}
	return j.details.add(struct {
		VM        string                   `json:"vm"`
		Metric    string                   `json:"metric"`
		Model     string                   `json:"model"`
		Step      string                   `json:"step"`
		Interval  float64                  `json:"interval"`
		Scores    forecast.Scores          `json:"scores"`
		Reference forecast.Scores          `json:"seasonal_naive"`
		ByHorizon []forecast.HorizonScores `json:"by_horizon"`
		Past      []past                   `json:"past"`
	}{e.VM, e.Metric, e.Model, e.Step.String(), e.Level, e.Scores, e.Reference, e.ByHorizon, all})
}

func (j evaluationJSON) discard() { j.out.discard() }

// short is a score with three digits, share a part of a hundred.
func short(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

func share(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*v)
}
