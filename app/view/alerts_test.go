package view

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"aiops/app"
	"aiops/app/alert"
	"aiops/charts"
	"aiops/metric"
	"aiops/store/memory"
)

const twoRules = `rules:
  - name: hot
    kind: threshold
    vm: db-*
    metric: cpu
    above: 90
    for: 10m
    severity: critical
  - name: full-soon
    kind: forecast
    metric: disk_used
    above: 90
    horizon: 24h
    probability: 80%
`

func TestAlertBook(t *testing.T) {
	clock, hand := newClock(t)
	st := memory.New("fleet")
	now := hand.at.UnixMicro()
	tr := func(k metric.Key, ago time.Duration, to metric.AlertState, s metric.Severity) metric.Transition {
		return metric.Transition{Key: k, Rule: "hot", Hash: "1", Time: now - ago.Microseconds(), From: metric.Inactive, To: to, Severity: s, Value: 95, Summary: "cpu is 95 %"}
	}
	web1 := metric.Key{VM: "web-01", Metric: "cpu"}
	all := []metric.Transition{tr(apiCPU, 3*time.Hour, metric.Firing, metric.Critical), tr(apiCPU, 2*time.Hour, metric.Resolved, metric.Critical),
		tr(web1, time.Hour, metric.Firing, metric.Warning), tr(dbCPU, 30*time.Minute, metric.Firing, metric.Critical), tr(web, 5*time.Minute, metric.Pending, metric.Warning)}
	if err := st.PutTransitions(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "alerts.yaml")
	if err := os.WriteFile(path, []byte(twoRules), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := ReadAlerts(t.Context(), st, app.LocalRules(path, clock.Now), nil, clock)
	if err != nil || b.RulesErr != nil {
		t.Fatal(err, b.RulesErr)
	}
	rows := b.Firing()
	if len(rows) != 2 || rows[0].Title != "db-01 cpu" || rows[0].Since != "Since 14:05, rule hot" || b.Count() != 2 {
		t.Errorf("firing: %+v", rows)
	}
	pending, over := b.Foot()
	if pending != "Pending: web-03 cpu, hot" || over != "Resolved in 24 h: 1, median 1 h" {
		t.Errorf("%q, %q", pending, over)
	}
	if h := b.History(); len(h) != 5 || h[0][1] != "web-03 cpu" || h[0][3] != "pending" {
		t.Errorf("history: %v", h)
	}
	rules := b.RuleRows()
	if len(rules) != 2 || rules[0].Cells[1] != "cpu of db-*" || rules[0].Cells[2] != "above 90" || rules[0].Cells[3] != "10 min" || rules[0].Cells[5] != "2" ||
		rules[1].Cells[2] != "above 90 within 24 h, 80\u00a0% sure" {
		t.Errorf("rules: %+v", rules)
	}
	if f := b.Weeks(charts.Light); len(f.Panels[0].Cells.Rows) != 7 {
		t.Error("a week has seven rows")
	}
	if _, err := st.PutSilence(t.Context(), metric.Silence{VM: "db-*", From: now - 1, To: now + 60e6, Comment: "move"}); err != nil {
		t.Fatal(err)
	}
	if b, err = ReadAlerts(t.Context(), st, app.LocalRules(path, clock.Now), nil, clock); err != nil || b.Count() != 1 || b.SilenceRows()[0][2] != "holds" {
		t.Errorf("a silence covers one of two: %d, %v", b.Count(), err)
	}
}

func TestAlertBookWithoutRules(t *testing.T) {
	clock, _ := newClock(t)
	b, err := ReadAlerts(t.Context(), memory.New("x"), app.LocalRules(filepath.Join(t.TempDir(), "none.yaml"), clock.Now), NewRuleWatch(nil), clock)
	if err != nil || b.RulesErr != nil || b.Known() {
		t.Errorf("no file is no error: %v %v", err, b.RulesErr)
	}
	var none *AlertBook
	if none.Known() || len(none.Firing()) != 0 {
		t.Error("before it is read there is nothing")
	}
}

func TestNewRule(t *testing.T) {
	a := reviewed(t, troubled(t))
	s, _ := a.Detail().Scene()
	r := NewRule(s)
	if back, err := alert.ParseRule(r.Text(), nil); err != nil || back.Hash() != r.Hash() || !r.Takes(s.Key) {
		t.Errorf("%s\n%v", r.Text(), err)
	}
}
