package cli

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"aiops/app"
	"aiops/forecast/capacity"
	"aiops/metric"
)

type capacityCmd struct {
	wanted
	Threshold float64 `name:"threshold" required:"" placeholder:"90" help:"The value that is looked out for, in the metric's unit."`
	Below     bool    `name:"below" help:"Reached by falling to it instead of rising to it."`
	Horizon   string  `name:"horizon" default:"90d" placeholder:"90d" help:"How far to look: 48h, 7d, 90d, 26w."`
	modelFlags
	Output string `name:"output" placeholder:"FILE|-" help:"Write CSV: vm,metric,threshold,direction,last,already,p30,p50,p90,point,probability,end,model,basis. Default: a table."`
}

// Help is printed below the command's flags.
func (capacityCmd) Help() string {
	return `The soonest first: those beyond the threshold already, then by the date at which it is as probable as not, then by the probability at
the end of the horizon. 30 %, 50 % and 90 % are the dates by which the threshold is reached with that probability; an empty one is not
within the horizon. Where the horizon is long, points are put together first, and BASIS says how: metrics that move little within a day
as daily means, others as the maximum (with --below: the minimum) of each hour or day.

  aiops capacity --threshold 90 --metric disk_used
  aiops capacity --threshold 10 --below --metric free_gb --horizon 26w --input metrics.csv`
}

func (c *capacityCmd) Run(r *run) error {
	req, err := c.request()
	if err != nil {
		return err
	}
	var out *output
	if c.Output != "" {
		if out, err = create(r.Out, c.Output); err != nil {
			return err
		}
		defer out.discard()
	}
	s, err := c.subject(r)
	if err != nil {
		return err
	}
	defer s.close()
	t := troubles{r: r, doing: "forecast"}
	var all []capacity.Outlook
	r.bar.begin("Looking ahead")
	err = app.Capacity(r.ctx, s.forecaster, len(s.keys), s.read, req, r.bar.progress, func(res app.Result[capacity.Outlook]) error {
		if res.Err != nil {
			t.fail(res.History.Key, res.Err)
			return nil
		}
		t.done++
		all = append(all, res.Out)
		return nil
	})
	r.bar.clear()
	if err != nil {
		return err
	}
	capacity.Rank(all)
	if out != nil {
		err = errors.Join(writeOutlooks(out, all), out.commit())
	} else {
		err = printOutlooks(r, all)
	}
	if err != nil {
		return err
	}
	return t.end()
}

func (c *capacityCmd) request() (app.CapacityRequest, error) {
	req := app.CapacityRequest{Threshold: capacity.Threshold{Value: c.Threshold, Below: c.Below}}
	if math.IsNaN(c.Threshold) || math.IsInf(c.Threshold, 0) {
		return req, usageError{fmt.Errorf("--threshold %v is not a number that can be reached", c.Threshold)}
	}
	d, ok := span(c.Horizon)
	if !ok || strings.HasPrefix(c.Horizon, "-") {
		return req, usageError{fmt.Errorf("--horizon %q: write a time such as 48h, 90d or 26w", c.Horizon)}
	}
	req.Span = d
	var err error
	req.Options, err = c.options(horizonFlags{Horizon: c.Horizon, Interval: 0.8})
	return req, err
}

// printOutlooks prints the ranked table.
func printOutlooks(r *run, all []capacity.Outlook) error {
	if len(all) == 0 {
		return nil
	}
	w := newTable(r.Out)
	fmt.Fprintln(w, "VM\tMETRIC\tLAST\tBY THE END\tMODEL\tBASIS\tOUTLOOK")
	for _, o := range all {
		basis := o.How
		if basis == "" {
			basis = "points, " + o.Step.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.VM, o.Metric, metric.UnitOf(o.Metric).Format(o.Last), share(o.Final), o.Model, basis, o.Sentence(r.zone))
	}
	return w.Flush()
}

func writeOutlooks(out *output, all []capacity.Outlook) error {
	_, err := out.WriteString("vm,metric,threshold,direction,last,already,p30,p50,p90,point,probability,end,model,basis\n")
	for _, o := range all {
		direction, basis := "above", o.How
		if o.Threshold.Below {
			direction = "below"
		}
		if basis == "" {
			basis = "points"
		}
		b := []byte(quoted(o.VM) + "," + quoted(o.Metric) + ",")
		b = append(appendNumber(b, o.Threshold.Value), ","+direction+","...)
		b = append(appendNumber(b, o.Last), fmt.Sprintf(",%t", o.Already)...)
		for _, d := range append(o.Dates[:], o.Point) {
			b = append(b, ',')
			if d.Within() {
				b = metric.Time(d.Time).AppendFormat(b, wireTime)
			}
		}
		b = append(appendNumber(append(b, ','), o.Final), ',')
		b = metric.Time(o.End).AppendFormat(b, wireTime)
		b = append(b, ","+quoted(o.Model)+","+quoted(basis)+"\n"...)
		if err == nil {
			_, err = out.Write(b)
		}
	}
	return err
}
