package view

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/auth"
	"aiops/app/config"
	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store/memory"
)

func TestRulesHead(t *testing.T) {
	clock, _ := newClock(t)
	known := app.RuleList{At: clock.Now().Add(-time.Minute)}
	away := &auth.Problem{Kind: auth.ErrAway, Text: "The service https://h cannot be reached. Check the network and try again."}
	ended := &auth.Problem{Kind: auth.ErrEnded, Text: "The session has ended. Sign in again."}
	team := func(l app.RuleList, err error) *AlertBook {
		return &AlertBook{Place: "https://h", Shared: true, Rules: l, RulesErr: err, clock: clock}
	}
	mine := &AlertBook{Place: "/home/a/alerts.yaml"}
	for name, c := range map[string]struct {
		head                RulesHead
		title, note, none   string
		fixed, again, signs bool
	}{
		"before":           {head: (*AlertBook)(nil).RulesHead("", ""), none: "Reading", fixed: true},
		"no place":         {head: (&AlertBook{}).RulesHead("", ""), none: "no place", fixed: true},
		"own":              {head: mine.RulesHead("", ""), title: "Rules of this computer: /home/a/alerts.yaml", none: "New rule"},
		"shared":           {head: mine.RulesHead("", LoneNote("fleet")), title: "this computer", note: "fleet has no rules of its own", none: "New rule"},
		"a wrong file":     {head: (&AlertBook{Place: "a", RulesErr: errors.New("a:3: no\nmore")}).RulesHead("", ""), title: "a", none: "a:3: no. Correct the file"},
		"team":             {head: team(known, nil).RulesHead("", ""), title: "Rules of https://h", none: "The team has no rules"},
		"team, viewer":     {head: team(known, nil).RulesHead("This needs the role admin", ""), title: "https://h", note: "not change them. This needs the role admin.", none: "no rules", fixed: true},
		"team, away":       {head: team(known, away).RulesHead("", ""), title: "https://h", note: "cannot be reached. Check the network and try again. These are the rules as of 14:34:02", none: "no rules", fixed: true, again: true},
		"team, never":      {head: team(app.RuleList{}, away).RulesHead("", ""), title: "https://h", note: "never read the rules", none: "not known", fixed: true, again: true},
		"team, signed out": {head: team(known, ended).RulesHead("", ""), title: "https://h", note: "Sign in again. These are", none: "no rules", fixed: true, signs: true},
	} {
		h := c.head
		if !strings.Contains(h.Title, c.title) || !strings.Contains(h.Note, c.note) || (c.note == "") != (h.Note == "") || !strings.Contains(h.None, c.none) ||
			(h.Fixed != "") != c.fixed || h.Again != c.again || h.SignIn != c.signs || h.Amber != (c.again || c.signs) {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

// noBook is a service whose rules are never run here.
type noBook struct{ app.RuleBook }

func (noBook) Place() string { return "https://h" }
func (noBook) Shared() bool  { return true }
func (noBook) Read(context.Context) (app.RuleList, error) {
	limit := 1.0
	return app.RuleList{File: alert.File{Rules: []alert.Rule{{Name: "low", Kind: alert.Threshold, Above: &limit, Severity: metric.Info}}}}, nil
}

// A service runs its rules itself: a window must not record what they find a second time.
func TestRulesOfAServiceAreNotRun(t *testing.T) {
	s := troubled(t)
	clock, _ := newClock(t)
	st := memory.New("fleet")
	for _, one := range s.series {
		st.Put(one)
	}
	b, err := ReadAlerts(t.Context(), st, noBook{}, NewRuleWatch(nil), clock)
	if err != nil || len(b.Rules.Rules) != 1 || len(b.History()) != 0 {
		t.Errorf("%v, recorded %v", err, b.History())
	}
}

// A rule about anomalies is tried with those that detection finds, and with what was marked as normal.
func TestPreviewFindsWhatDetectionFinds(t *testing.T) {
	s := troubled(t)
	a := reviewed(t, s)
	d, err := app.NewDetection(config.Detection{}, filepath.Join(t.TempDir(), "normal.json"))
	if err != nil {
		t.Fatal(err)
	}
	a.SetDetection(d)
	rule := alert.Rule{Name: "odd", Kind: alert.Anomaly, Score: anomaly.Threshold, Severity: metric.Warning}
	same := func(when string) int {
		t.Helper()
		p, err := PreviewRule(t.Context(), s, rule, a.fact.Base(), d, a.fact.clock, nil)
		if err != nil {
			t.Fatal(err)
		}
		found, fired := map[string]bool{}, map[string]bool{}
		for _, sc := range a.Found().Series {
			if slices.ContainsFunc(sc.Points, func(p anomaly.Point) bool { return p.Alert >= anomaly.Threshold }) {
				found[sc.Key.String()] = true
			}
		}
		for _, row := range p.Rows {
			fired[row[1]] = true
		}
		if !maps.Equal(found, fired) {
			t.Errorf("%s: the rule fires on %v, detection finds %v", when, fired, found)
		}
		return len(fired)
	}
	before := same("at first")
	m, ok := a.Marking()
	if !ok {
		t.Fatal("there is no incident to mark")
	}
	if err := m.Keep(a.fact.clock.Now()); err != nil {
		t.Fatal(err)
	}
	a.Marked(m)
	search(t, a, s)
	if after := same("with what is normal"); before == 0 || after >= before {
		t.Errorf("fired on %d series, and on %d when they are normal", before, after)
	}
}

func TestNoisyRules(t *testing.T) {
	clock, hand := newClock(t)
	st := memory.New("fleet")
	now := hand.at.UnixMicro()
	var all []metric.Transition
	for i := range 8 {
		at := now - int64(8-i)*24*3600e6
		for _, to := range []metric.AlertState{metric.Firing, metric.Resolved} {
			all = append(all, metric.Transition{Key: dbCPU, Rule: "hot", Hash: map[bool]string{true: "1", false: "2"}[i < 6], Time: at, From: metric.Inactive, To: to, Severity: metric.Warning})
			at += 600e6
		}
	}
	all = append(all, metric.Transition{Key: web, Rule: "rare", Hash: "1", Time: now - 60e6, From: metric.Inactive, To: metric.Firing, Severity: metric.Warning})
	if err := st.PutTransitions(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	b, err := ReadAlerts(t.Context(), st, nil, nil, clock)
	if err != nil {
		t.Fatal(err)
	}
	got := b.Noisy()
	if len(got) != 2 || strings.Join(got[0], "|") != "hot|8|0.3|10 min|21 Nov: 1.0 to 1.0" || strings.Join(got[1], "|") != "rare|1|<0.1|–|–" || b.Flapping() != "" {
		t.Errorf("%q, %q", got, b.Flapping())
	}
}
