package view

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"aiops/app"
	"aiops/app/alert"
	"aiops/metric"
	"aiops/store"
)

// RuleWatch runs the rules over what comes into a database while a window is
// open, with what persons said of metrics and times. It is for one goroutine at a time.
type RuleWatch struct {
	detection *app.Detection // nil: nothing was said
	live      *alert.Live
	id        string // of the rules, and of what was said
}

// NewRuleWatch makes one that has run nothing.
func NewRuleWatch(d *app.Detection) *RuleWatch { return &RuleWatch{detection: d} }

// poll runs the rules over what has come since the last time.
func (w *RuleWatch) poll(ctx context.Context, s store.Store, rules []alert.Rule, clock Clock) error {
	id := ""
	for _, r := range rules {
		id += r.Name + r.Hash()
	}
	if w.detection != nil {
		id += fmt.Sprint(w.detection.Marks())
	}
	if w.live == nil || w.id != id {
		w.live, w.id = alert.NewLive(s, rules, alert.LiveOptions{Options: told(w.detection), Now: clock.Now}), id
	}
	if _, err := w.live.Poll(ctx); err != nil {
		return fmt.Errorf("run the alert rules: %w", err)
	}
	return nil
}

// told is what persons said, as rules take it.
func told(d *app.Detection) alert.Options {
	if d == nil {
		return alert.Options{}
	}
	return d.Knowledge().Alerts()
}

// RuleRow is a rule as the list shows it.
type RuleRow struct {
	alert.Rule
	Cells []string // name, looks at, condition, for, severity, firing, fired in 30 days
}

// RuleHead are the columns of the list of rules.
func RuleHead() []string {
	return []string{"Rule", "Looks at", "Condition", "For", "Severity", "Firing", "Fired in 30 days"}
}

// RuleRows lists the rules in the order of their file.
func (b *AlertBook) RuleRows() (out []RuleRow) {
	firing, fired := map[string]int{}, map[string]int{}
	for _, t := range alert.Firing(b.history) {
		firing[t.Rule]++
	}
	for _, c := range b.Stats.Rules {
		fired[c.Name] = c.Fired
	}
	for _, r := range b.Rules.Rules {
		wait := "–"
		if r.For > 0 {
			wait = Duration(r.For)
		} else if r.Times > 0 {
			wait = fmt.Sprintf("%d times in %s", r.Times, Duration(r.Within))
		}
		out = append(out, RuleRow{r, []string{r.Name, looksAt(r), condition(r), wait, string(r.Severity), fmt.Sprint(firing[r.Name]), fmt.Sprint(fired[r.Name])}})
	}
	return out
}

func looksAt(r alert.Rule) string {
	name := func(p alert.Patterns, all string) string {
		if len(p) == 0 || len(p) == 1 && p[0] == "*" {
			return all
		}
		return strings.Join(p, ", ")
	}
	if r.WholeVM() {
		return name(r.VM, "every VM")
	}
	return name(r.Metric, "every metric") + " of " + name(r.VM, "every VM")
}

// condition tells when a rule is broken.
func condition(r alert.Rule) string {
	var limit string
	switch {
	case r.Above != nil:
		limit = fmt.Sprintf("above %v", *r.Above)
	case r.Below != nil:
		limit = fmt.Sprintf("below %v", *r.Below)
	}
	switch r.Kind {
	case alert.Forecast:
		return fmt.Sprintf("%s within %s, %.0f\u00a0%% sure", limit, Duration(r.Horizon), 100*r.Probability)
	case alert.Anomaly:
		return strings.TrimSpace(fmt.Sprintf("anomaly score %.2f or more %s", cmp.Or(r.Score, 0.5), r.Direction))
	case alert.VMAnomaly:
		if r.Share > 0 {
			return fmt.Sprintf("%.0f\u00a0%% of the metrics unusual at once", 100*r.Share)
		}
		return fmt.Sprintf("VM's score %.2f or more", cmp.Or(r.Score, 0.5))
	case alert.NoData:
		return "no data"
	}
	return limit
}

// NewRule is a rule about an incident's series, to be edited.
func NewRule(s DetailScene) alert.Rule {
	r := alert.Rule{Name: "unusual-" + s.Key.Metric + "-on-" + s.Key.VM, Kind: alert.Anomaly, VM: alert.Patterns{s.Key.VM}, Metric: alert.Patterns{s.Key.Metric},
		Score: 0.6, Severity: metric.Warning}
	if s.Span.Kind == "gap" {
		r.Name, r.Kind, r.Score, r.For = "silent-"+s.Key.VM, alert.NoData, 0, metric.Micros(15*time.Minute)
	}
	return r
}

// RulePreview is what a rule would have done.
type RulePreview struct {
	Text string // would have fired 5 times on 3 series
	Rows [][]string
}

// PreviewHead are the columns of a preview.
func PreviewHead() []string { return []string{"Began", "Alert", "What"} }

// PreviewRule says what a rule would have fired in a range, with the anomalies
// that detection finds there: d is what persons said (nil: nothing). Nothing is
// stored. It may take long, and runs on any goroutine.
func PreviewRule(ctx context.Context, s store.Store, rule alert.Rule, r metric.Range, d *app.Detection, clock Clock, progress func(done, total int64)) (RulePreview, error) {
	all, err := alert.Evaluate(ctx, s, []alert.Rule{rule}, r, alert.EvaluateOptions{Options: told(d), Unsilenced: true, Progress: progress})
	if err != nil {
		return RulePreview{}, fmt.Errorf("try the rule: %w", err)
	}
	var p RulePreview
	keys := map[metric.Key]bool{}
	for _, t := range all {
		if t.To == metric.Firing {
			keys[t.Key] = true
			p.Rows = append(p.Rows, []string{clock.Exact(t.Time), strings.TrimSpace(t.Key.String()), t.Summary})
		}
	}
	p.Text = fmt.Sprintf("Would have fired %s on %s in %s", counted(int64(len(p.Rows)), "time"), fmt.Sprintf("%d series", len(keys)), clock.Range(r))
	return p, nil
}
