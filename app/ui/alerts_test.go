package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/config"
	"aiops/app/view"
	"aiops/metric"
)

// withRules gives the window a file of rules and reads alerts.
func withRules(h *harness, text string) {
	h.t.Helper()
	path := filepath.Join(h.t.TempDir(), "alerts.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.session.RulesPath = path
	h.readAlerts()
	h.q.settle()
}

const hotRule = `rules:
  - name: hot
    kind: threshold
    metric: cpu
    above: 50
    severity: critical
`

func TestAlertRooms(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, nil)
	if h.analysis.firing.box.Visible() || h.head.firing.Visible() {
		t.Error("without rules nothing is said of alerts")
	}
	withRules(h, hotRule)
	h.shot("analysis-firing")
	if h.book.Count() == 0 || !h.analysis.firing.box.Visible() || !strings.HasSuffix(h.head.firing.word.value, " firing") {
		t.Fatalf("%d alerts fire, the header says %q", h.book.Count(), h.head.firing.word.value)
	}
	for _, c := range []struct {
		id   view.CommandID
		room *tableRoom
	}{{view.ShowAlerts, h.analysis.rooms.history}, {view.ShowRules, h.analysis.rooms.rules.tableRoom}} {
		h.do(c.id)
		h.q.settle()
		h.shot("room-" + string(c.id))
		if len(c.room.rows) == 0 {
			t.Errorf("%s: no rows", c.id)
		}
	}
	h.analysis.rooms.rules.table.list.onTapped(0, 0)
	h.q.settle()
	h.shot("rule-editor")
	if h.sheet == nil {
		t.Fatal("a rule opens its editor")
	}
	h.leave()
}

func TestSilences(t *testing.T) {
	h := onAnalysis(t, view.AlwaysDark, 1440, 900, nil)
	withRules(h, hotRule)
	now := h.clock.Micros()
	h.change(nil, func(ctx context.Context) error {
		_, err := h.db.PutSilence(ctx, metric.Silence{VM: "*", From: now - 1, To: now + 3600e6, Comment: "move"})
		return err
	})
	h.q.settle()
	h.do(view.ShowSilences)
	h.q.settle()
	h.shot("room-silences")
	if rows := h.analysis.rooms.silences.rows; len(rows) != 1 || rows[0][2] != "holds" || h.book.Count() != 0 {
		t.Errorf("silences %v, %d alerts are told", rows, h.book.Count())
	}
	h.editSilence(metric.Silence{})
	if h.sheet == nil {
		t.Error("no dialog")
	}
}

func TestRulesAreWritten(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, nil)
	withRules(h, "rules: []\n")
	s, _ := h.review.Detail().Scene()
	one := view.NewRule(s)
	path := h.session.RulesPath
	h.change(nil, func(context.Context) error { return alert.Put(path, "", one) })
	h.q.settle()
	if len(h.book.Rules.Rules) != 1 || h.book.Rules.Rules[0].Hash() != one.Hash() {
		t.Errorf("the file has %+v, want %+v", h.book.Rules.Rules, one)
	}
	p, err := view.PreviewRule(t.Context(), h.db, one, h.fact.Base(), nil, h.clock, nil)
	if err != nil || len(p.Rows) == 0 || !strings.HasPrefix(p.Text, "Would have fired ") {
		t.Errorf("the rule made of an incident does not find it: %q %v", p.Text, err)
	}
}

func TestMarkAsNormal(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, nil)
	if !h.analysis.detail.normal.Hidden {
		t.Error("where nothing can be kept the button is absent")
	}
	d, err := app.NewDetection(config.Detection{}, filepath.Join(t.TempDir(), "normal.json"))
	if err != nil {
		t.Fatal(err)
	}
	h.review.SetDetection(d)
	h.analysis.update()
	row, _ := h.review.Focus()
	h.analysis.markNormal()
	h.q.settle()
	h.finish()
	if len(d.Marks()) == 0 {
		t.Fatal("nothing is marked")
	}
	h.shot("marked")
	now, ok := h.review.Focus()
	if !ok || now.ID != row.ID || !now.Normal || !strings.HasPrefix(h.analysis.detail.normal.Tip, "Not normal") {
		t.Errorf("the incident is %+v", now)
	}
	h.analysis.markNormal()
	h.q.settle()
	h.finish()
	if len(d.Marks()) != 0 {
		t.Error("what was said is not forgotten")
	}
}
