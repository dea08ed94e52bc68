package cli

import (
	"fmt"
	"strings"
	"time"

	"aiops/app"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// mostIncidents is how many incidents the table shows, the newest ones.
const mostIncidents = 200

// printIncidents prints the incidents, by time.
func printIncidents(r *run, all app.Analysis) error {
	if len(all.Incidents) == 0 {
		fmt.Fprintf(r.Out, "No incident in %s series.\n", metric.Grouped(int64(len(all.Series))))
		return nil
	}
	steps := map[metric.Key]int64{}
	for _, s := range all.Series {
		steps[s.Key] = s.Step
	}
	w := newTable(r.Out)
	fmt.Fprintln(w, "START\tDURATION\tSEVERITY\tVM\tMETRIC\tKIND\tVALUE\tEXPECTED\tSCORE\tWITH IT")
	told := all.Incidents[max(0, len(all.Incidents)-mostIncidents):]
	for _, in := range told {
		s := in.Spans[0]
		u := metric.UnitOf(s.Metric)
		lasted := time.Duration(in.To-in.From+steps[s.Key]) * time.Microsecond
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.2f\t%s\n", metric.Time(in.From).In(r.zone).Format("2006-01-02 15:04"), brief(lasted),
			in.Severity, s.VM, s.Metric, s.Kind, u.Format(s.Value), u.Format(s.Expected), in.Score, withIt(in))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := len(all.Incidents) - len(told); more > 0 {
		fmt.Fprintf(r.Out, "and %s earlier ones; --to shows them\n", metric.Grouped(int64(more)))
	}
	return nil
}

// withIt names the other metrics of an incident, those of other VMs with their VM.
func withIt(in anomaly.Incident) string {
	first := in.Spans[0]
	seen := map[metric.Key]bool{first.Key: true}
	var names []string
	for _, s := range in.Spans[1:] {
		if seen[s.Key] {
			continue
		}
		seen[s.Key] = true
		name := s.Metric
		if s.VM != first.VM {
			name = s.Key.String()
		}
		names = append(names, name)
	}
	const most = 4
	if more := len(names) - most; more > 0 {
		names = append(names[:most:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// brief is a duration as people say it.
func brief(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d d %d h", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return d.Round(time.Second).String()
}
