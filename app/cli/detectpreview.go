package cli

import (
	"fmt"
	"strconv"

	"aiops/app"
	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store"
)

// preview prints how many alerts each series had, and would have had.
func (c *detectCmd) preview(r *run, st store.Store, req app.AnalyseRequest, with func(metric.Key) anomaly.Options) error {
	r.bar.begin("Detecting")
	all, err := app.PreviewOptions(r.ctx, st, req, with, r.bar.progress)
	r.bar.clear()
	if err != nil {
		return err
	}
	t := troubles{r: r, doing: "searched"}
	w := newTable(r.Out)
	fmt.Fprintln(w, "VM\tMETRIC\tWEEKS\tALERTS\tA WEEK\tWITH THE KNOBS\tA WEEK")
	var weeks float64
	var before, after int
	for _, p := range all {
		if p.Err != nil {
			t.fail(p.Key, p.Err)
			continue
		}
		t.done++
		weeks, before, after = weeks+p.Weeks, before+len(p.Before), after+len(p.After)
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%d\t%s\t%d\t%s\n", p.VM, p.Metric, p.Weeks, len(p.Before), weekly(len(p.Before), p.Weeks), len(p.After), weekly(len(p.After), p.Weeks))
	}
	if len(all) > 1 {
		fmt.Fprintf(w, "all\t\t%.1f\t%d\t%s\t%d\t%s\n", weeks, before, weekly(before, weeks), after, weekly(after, weeks))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return t.end()
}

func weekly(n int, weeks float64) string {
	if weeks <= 0 {
		return ""
	}
	return strconv.FormatFloat(float64(n)/weeks, 'f', 2, 64)
}
