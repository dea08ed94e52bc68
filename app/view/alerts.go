package view

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"aiops/app"
	"aiops/app/alert"
	"aiops/charts"
	"aiops/metric"
	"aiops/store"
)

// AlertBook is what is known of alerts: what was recorded, the silences, the
// rules. It is not changed after it is read.
type AlertBook struct {
	Rules    app.RuleList
	RulesErr error  // why the rules cannot be read, so that they are the last ones known; nil also where there are none
	Place    string // where the rules are kept; empty: nowhere
	Shared   bool   // by a service, for a team
	Silences []metric.Silence
	Stats    alert.Analysis
	history  []metric.Transition // by time
	clock    Clock
	now      int64
}

const (
	mostTransitions = 5000
	alertHistory    = 30 * day // that is summed up
)

// ReadAlerts reads what is recorded, and the rules (nil: there are none). It
// may block, and runs on any goroutine. With a watch, the rules are run over
// what has come since, and recorded, first.
func ReadAlerts(ctx context.Context, s store.Store, rules app.RuleBook, watch *RuleWatch, clock Clock) (*AlertBook, error) {
	b := &AlertBook{clock: clock, now: clock.Micros()}
	var err error
	if rules != nil {
		b.Place, b.Shared = rules.Place(), rules.Shared()
		b.Rules, b.RulesErr = rules.Read(ctx)
	}
	if watch != nil && !b.Shared && b.RulesErr == nil && len(b.Rules.Rules) > 0 {
		if err := watch.poll(ctx, s, b.Rules.Rules, clock); err != nil {
			return nil, err
		}
	}
	if b.history, err = s.Transitions(ctx, store.TransitionQuery{Newest: mostTransitions}); err != nil {
		return nil, fmt.Errorf("read alerts: %w", err)
	}
	if b.Silences, err = s.Silences(ctx); err != nil {
		return nil, fmt.Errorf("read silences: %w", err)
	}
	b.Stats = alert.Analyze(b.history, metric.Range{From: b.now - metric.Micros(alertHistory), To: b.now + 1}, clock.Zone)
	return b, nil
}

// Known reports whether there is anything to show of alerts.
func (b *AlertBook) Known() bool { return b != nil && len(b.Rules.Rules)+len(b.history) > 0 }

// AlertRow is an alert as lists show it.
type AlertRow struct {
	metric.Transition
	Title    string // cache-01 memory
	Since    string // Since 14:17, rule high-memory
	Silenced bool
}

// Firing are the alerts that fire now, the worst first.
func (b *AlertBook) Firing() (out []AlertRow) {
	if b == nil {
		return nil
	}
	for _, t := range alert.Firing(b.history) {
		out = append(out, b.row(t))
	}
	slices.SortStableFunc(out, func(x, y AlertRow) int {
		return cmp.Or(cmp.Compare(alertRank(x.Severity), alertRank(y.Severity)), cmp.Compare(y.Time, x.Time))
	})
	return out
}

func alertRank(s metric.Severity) int {
	return slices.Index([]metric.Severity{metric.Critical, metric.Warning, metric.Info}, s)
}

func (b *AlertBook) row(t metric.Transition) AlertRow {
	r := AlertRow{Transition: t, Title: t.Key.String(), Silenced: t.Silence != 0 || alert.SilencedBy(b.Silences, b.at(t)) != 0}
	if t.Metric == "" {
		r.Title = t.VM + ", all metrics"
	}
	r.Since = "Since " + b.clock.recent(t.Time, b.now) + ", rule " + t.Rule
	return r
}

// at is a transition as if it came now: a silence may hold since.
func (b *AlertBook) at(t metric.Transition) metric.Transition {
	t.Time = b.now
	return t
}

// Count is how many alerts fire that people are told of.
func (b *AlertBook) Count() (n int) {
	for _, r := range b.Firing() {
		if !r.Silenced {
			n++
		}
	}
	return n
}

// Foot are the lines below the firing ones: what waits, what is over.
func (b *AlertBook) Foot() (pending, over string) {
	waits := alert.PendingNow(b.history)
	switch {
	case len(waits) == 1:
		pending = "Pending: " + waits[0].Key.String() + ", " + waits[0].Rule
	case len(waits) > 1:
		pending = fmt.Sprintf("Pending: %d, the first %s", len(waits), waits[0].Key)
	}
	last := alert.Analyze(b.history, metric.Range{From: b.now - metric.Micros(day), To: b.now + 1}, b.clock.Zone).ToResolve
	if last.N > 0 {
		over = fmt.Sprintf("Resolved in 24 h: %d, median %s", last.N, Duration(last.Median.Microseconds()))
	}
	return pending, over
}

// HistoryHead are the columns of the history.
func HistoryHead() []string {
	return []string{"Time", "Alert", "Rule", "Change", "Severity", "What"}
}

// History is what was recorded, the newest first.
func (b *AlertBook) History() (out [][]string) {
	for i := len(b.history) - 1; i >= 0; i-- {
		t := b.history[i]
		what := t.Summary
		if t.Silence != 0 {
			what = "(silenced) " + what
		}
		name := t.Key.String()
		if t.Metric == "" {
			name = t.VM
		}
		out = append(out, []string{b.clock.Exact(t.Time), name, t.Rule, string(t.To), string(t.Severity), what})
	}
	return out
}

// SilenceHead are the columns of the list of silences.
func SilenceHead() []string { return []string{"Silence", "Comment", "Now"} }

// SilenceRows lists the silences.
func (b *AlertBook) SilenceRows() (out [][]string) {
	for _, s := range b.Silences {
		now := "over"
		switch {
		case alert.SilenceHolds(s, b.now):
			now = "holds"
		case s.To == 0 || s.To > b.now:
			now = "waits"
		}
		out = append(out, []string{alert.SilenceText(s, b.clock.Zone), s.Comment, now})
	}
	return out
}

// Weeks is when alerts began, by hour and day of the week.
func (b *AlertBook) Weeks(theme charts.Theme) charts.Figure {
	most := 1
	for _, d := range b.Stats.Weeks {
		most = max(most, slices.Max(d[:]))
	}
	f := charts.Figure{Theme: theme, Range: metric.Range{From: 0, To: 24000}}
	c := &charts.Cells{Colors: charts.HeatRamp}
	for d, name := range weekdays {
		row := charts.Row{Name: name}
		for h, n := range b.Stats.Weeks[d] {
			row.Cells = append(row.Cells, charts.Cell{From: int64(h) * 1000, To: int64(h+1) * 1000, Value: float64(n) / float64(most)})
		}
		c.Rows = append(c.Rows, row)
	}
	f.Ticks = hourTicks()
	f.Panels = []charts.Panel{{Cells: c}}
	return f
}

// About sums the last 30 days up.
func (b *AlertBook) About() string {
	a := b.Stats
	text := "30 days: " + counted(int64(a.Fired), "alert") + ", " + metric.Grouped(int64(a.Silenced)) + " silenced"
	if a.ToResolve.N > 0 {
		text += ", over after " + Duration(a.ToResolve.Median.Microseconds()) + " (median)"
	}
	return text
}
