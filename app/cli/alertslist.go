package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"aiops/app/alert"
	"aiops/metric"
	"aiops/store"
)

type alertsListCmd struct {
	Severity string `name:"severity" enum:"critical,warning,info," default:"" help:"Only this severity: critical, warning, info."`
}

func (c *alertsListCmd) Run(r *run) error {
	all, err := r.transitions(store.TransitionQuery{}, times{})
	if err != nil {
		return err
	}
	var now []metric.Transition
	for _, t := range append(alert.Firing(all), alert.PendingNow(all)...) {
		if c.Severity == "" || string(t.Severity) == c.Severity {
			now = append(now, t)
		}
	}
	if len(now) == 0 {
		fmt.Fprintln(r.Out, "Nothing fires.")
		return nil
	}
	return printTransitions(r, now, true)
}

type alertsHistoryCmd struct {
	times
	Rule   string `name:"rule" placeholder:"NAME" help:"Only this rule."`
	VM     string `name:"vm" placeholder:"V" help:"Only this VM."`
	Newest int    `name:"newest" placeholder:"N" default:"200" help:"Only the newest N; 0: all."`
}

func (c *alertsHistoryCmd) Run(r *run) error {
	if c.Newest < 0 {
		return usageError{errors.New("--newest must not be negative; 0 lists all")}
	}
	all, err := r.transitions(store.TransitionQuery{Rule: c.Rule, VM: c.VM, Newest: c.Newest}, c.times)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(r.Out, "Nothing is recorded: `aiops alerts watch` and `aiops alerts run --record` record.")
		return nil
	}
	return printTransitions(r, all, true)
}

// transitions reads the recorded ones of a part of the history.
func (r *run) transitions(q store.TransitionQuery, t times) ([]metric.Transition, error) {
	st, err := r.open(true)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	if q.Range, err = t.of(r, st); err != nil {
		return nil, err
	}
	return st.Transitions(r.ctx, q)
}

type alertsStatsCmd struct{ times }

// Help is printed below the command's flags.
func (alertsStatsCmd) Help() string {
	return `Of what is recorded. A series flaps when it changes six times within an hour: give its rule a longer for:, a keep: or a resolve:.`
}

func (c *alertsStatsCmd) Run(r *run) error {
	st, err := r.open(true)
	if err != nil {
		return err
	}
	defer st.Close()
	rng, err := c.of(r, st)
	if err != nil {
		return err
	}
	all, err := st.Transitions(r.ctx, store.TransitionQuery{Range: rng})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(r.Out, "Nothing is recorded: `aiops alerts watch` and `aiops alerts run --record` record.")
		return nil
	}
	rng = rng.Intersect(metric.Range{From: all[0].Time, To: all[len(all)-1].Time + 1})
	return printAnalysis(r, alert.Analyze(all, rng, r.zone))
}

func printAnalysis(r *run, a alert.Analysis) error {
	fmt.Fprintf(r.Out, "Fired %s, %d of them silenced; %d firing at the end.%s\n", counted(a.Fired, "time"), a.Silenced, a.FiringNow, took(a.ToResolve))
	for _, part := range []struct {
		name string
		list []alert.Count
	}{{"RULE", a.Rules}, {"VM", a.VMs}, {"SEVERITY", a.Severities}} {
		fmt.Fprintln(r.Out)
		w := newTable(r.Out)
		fmt.Fprintf(w, "%s\tFIRED\tA DAY\tFIRING FOR\tMEDIAN\t90 %%\n", part.name)
		for i, c := range part.list {
			if i == 10 {
				break
			}
			fmt.Fprintf(w, "%s\t%d\t%.1f\t%s\t%s\t%s\n", c.Name, c.Fired, c.PerDay, length(c.Firing), length(c.ToResolve.Median), length(c.ToResolve.P90))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for _, c := range a.Series {
		if c.Flapping() {
			fmt.Fprintf(r.Out, "\n%s flaps on %v: %d changes within an hour", c.Name, c.Key, c.Busiest)
		}
	}
	for _, e := range a.Edits {
		fmt.Fprintf(r.Out, "\n%s was edited %s: fired %s in %.1f days before, %s in %.1f days after", e.Rule,
			metric.Time(e.At).In(r.zone).Format("2006-01-02 15:04"), counted(e.FiredBefore, "time"), e.DaysBefore, counted(e.FiredAfter, "time"), e.DaysAfter)
	}
	fmt.Fprintf(r.Out, "\n%s", weeks(a.Weeks))
	return nil
}

func took(d alert.Distribution) string {
	if d.N == 0 {
		return ""
	}
	return fmt.Sprintf(" Over after %s in the middle, nine in ten within %s.", length(d.Median), length(d.P90))
}

func length(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return alert.FormatSpan(d.Round(time.Second).Microseconds())
}

// weeks is how often something began to fire, by weekday and hour.
func weeks(counts [7][24]int) string {
	var b strings.Builder
	b.WriteString("\n    ")
	for h := range 24 {
		fmt.Fprintf(&b, "%4d", h)
	}
	for d, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		b.WriteString("\n" + name + " ")
		for _, n := range counts[d] {
			if n == 0 {
				b.WriteString("   .")
			} else {
				fmt.Fprintf(&b, "%4d", n)
			}
		}
	}
	return b.String() + "\n"
}
