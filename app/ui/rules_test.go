package ui

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/auth"
	"aiops/app/auth/authtest"
	"aiops/app/keyring"
	"aiops/app/serve"
	"aiops/app/view"
	"aiops/store/memory"
)

const teamRules = `channels:
  - {name: hook, kind: webhook, url: "https://secret.example.com/T0KEN"}
rules:
  # the team's
  - name: hot
    kind: threshold
    metric: cpu
    above: 50
    severity: critical
    notify: [hook]
  - name: silent
    kind: no_data
    for: 15m
    severity: warning
`

// teamWindow is a window on the database of a real service in the process.
type teamWindow struct {
	*harness
	web  *httptest.Server
	sso  *authtest.Server
	path string // of the service's rules
}

// onTeam opens the rules of a service in a window in which a role is signed in.
func onTeam(t *testing.T, look view.Appearance, role string) *teamWindow {
	t.Helper()
	keyring.InMemory()
	t.Setenv("AIOPS_HOME", t.TempDir())
	w := &teamWindow{sso: authtest.Start(t, "", false), path: filepath.Join(t.TempDir(), "alerts.yaml")}
	if err := os.WriteFile(w.path, []byte(teamRules), 0o600); err != nil {
		t.Fatal(err)
	}
	v, err := auth.NewVerifier(auth.Config{Issuer: w.sso.Issuer(), Audience: "aiops-api"}, auth.VerifierOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := serve.New(serve.Options{Store: memory.New("fleet"), Who: v.Who, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Watch: serve.Watch{File: w.path, StateDir: t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	w.web = httptest.NewServer(s.Handler())
	t.Cleanup(w.web.Close)
	account, err := auth.NewClient(t.Context(), auth.Config{Issuer: w.sso.Issuer()}, auth.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	code, err := account.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.sso.Approve(code.User, authtest.User{Name: role, Roles: []string{role}})
	if _, _, err := account.Wait(t.Context(), code, func(string) {}); err != nil {
		t.Fatal(err)
	}
	w.harness = onAnalysis(t, look, 1440, 900, nil)
	w.source = app.Source{Name: "fleet", Address: w.web.URL}
	w.session.RulesPath = filepath.Join(t.TempDir(), "local.yaml")
	w.session.TeamRules = func(service string) (app.RuleBook, error) { return app.NewTeamRules(service, time.Now) }
	w.session.Account = func(context.Context) (Account, error) { return account, nil }
	w.askAccount()
	w.readAlerts()
	w.q.settle()
	w.do(view.ShowRules)
	w.q.settle()
	return w
}

// room is what stands above the list, and the list.
func (w *teamWindow) room() (about string, head view.RulesHead, rows [][]string) {
	r := w.analysis.rooms.rules
	return r.about.value, r.head, r.rows
}

// other is somebody else's window on the same service.
func (w *teamWindow) other(change func(r app.RuleBook, l app.RuleList) error) {
	w.t.Helper()
	r, err := app.NewTeamRules(w.web.URL, time.Now)
	if err != nil {
		w.t.Fatal(err)
	}
	l, err := r.Read(w.t.Context())
	if err == nil {
		err = change(r, l)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *teamWindow) has(what string) bool {
	w.t.Helper()
	text, err := os.ReadFile(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.Contains(string(text), what)
}

// open opens the editor of the first rule and gives its field; nil: nothing can be changed.
func (w *teamWindow) open() *field {
	w.t.Helper()
	w.analysis.rooms.rules.table.list.onTapped(0, 0)
	w.q.settle()
	if w.sheet == nil {
		w.t.Fatal("no editor")
	}
	f, _ := w.win.Canvas().Focused().(*field)
	return f
}

func (w *teamWindow) press(label string) {
	w.t.Helper()
	w.find(label).Tapped(nil)
	w.q.settle()
}

func TestTeamRulesAreLookedAt(t *testing.T) {
	w := onTeam(t, view.AlwaysLight, "viewer")
	about, head, rows := w.room()
	if about != "of "+w.web.URL || len(rows) != 2 || rows[0][0] != "hot" || !strings.Contains(head.Note, "This needs the role admin; Demo viewer is signed in as viewer") {
		t.Fatalf("%q %+v %v", about, head, rows)
	}
	w.shot("team-viewer")
	if !w.find("New rule…").disabled {
		t.Error("a viewer is offered a new rule")
	}
	w.person.show(demo("admin"))
	if _, head, _ := w.room(); head.Fixed != "" {
		t.Errorf("after signing in as an admin: %+v", head)
	}
	w.person.show(demo("viewer"))
	if w.open() != nil || w.harness.has("Save rule") || w.harness.has("Remove") {
		t.Error("a viewer may write")
	}
	w.press("Try it")
	w.finish()
	w.shot("team-viewer-rule")
	if w.jobs.List()[0].Result == "" || !strings.HasPrefix(w.jobs.List()[0].Result, "Would have fired") {
		t.Errorf("%+v", w.jobs.List()[0])
	}
	w.leave()
	w.review.Review().Section = view.IncidentsSection
	w.analysis.createAlert()
	if w.sheet != nil || !strings.Contains(w.foot.note.value, "This needs the role admin") {
		t.Errorf("%q", w.foot.note.value)
	}
}

func TestTeamRulesAreEdited(t *testing.T) {
	w := onTeam(t, view.AlwaysDark, "admin")
	if _, head, _ := w.room(); head.Note != "" || head.Fixed != "" {
		t.Fatalf("%+v", head)
	}
	f := w.open()
	f.SetText(strings.Replace(f.Text, "above: 50", "above: 61", 1))
	w.shot("team-editor")
	w.press("Save rule")
	if _, _, rows := w.room(); w.sheet != nil || rows[0][2] != "above 61" || !w.has("above: 61") || !w.has("# the team's") || !w.has("T0KEN") {
		t.Errorf("%v", rows)
	}
	f = w.open()
	f.SetText(strings.Replace(f.Text, "hook", "nobody", 1))
	w.press("Save rule")
	if w.sheet == nil || !strings.Contains(w.sheet.warn.value, `"nobody"`) {
		t.Error("a channel that is not there is taken")
	}
	w.leave()
	w.open()
	w.press("Remove")
	if _, _, rows := w.room(); len(rows) != 1 || w.has("name: hot") {
		t.Errorf("%v", rows)
	}
}

// Two change the same rule: the second one sees it, and nothing is lost.
func TestTeamRulesClash(t *testing.T) {
	w := onTeam(t, view.AlwaysDark, "admin")
	f := w.open()
	mine := strings.Replace(f.Text, "above: 50", "above: 62", 1)
	f.SetText(mine)
	w.other(func(r app.RuleBook, l app.RuleList) error {
		theirs := l.Rules[0]
		limit := 70.0
		theirs.Above = &limit
		return r.Put(t.Context(), l, "hot", theirs)
	})
	w.press("Save rule")
	w.shot("team-clash")
	if w.sheet == nil || f.Text != mine || !strings.Contains(w.sheet.warn.value, "Somebody changed the rule hot meanwhile") || !w.has("above: 70") || !w.harness.has("Take theirs") {
		t.Fatalf("%+v", w.sheet)
	}
	w.press("Save mine")
	if w.sheet != nil || !w.has("above: 62") || w.has("above: 70") {
		t.Error("what was saved knowingly is not there")
	}
	f = w.open()
	f.SetText(strings.Replace(f.Text, "above: 62", "above: 63", 1))
	w.other(func(r app.RuleBook, l app.RuleList) error { return r.Remove(t.Context(), l, "hot") })
	w.press("Save rule")
	if w.sheet == nil || !strings.Contains(w.sheet.warn.value, "Somebody removed the rule hot meanwhile") {
		t.Fatal("what was removed is saved unseen")
	}
	w.press("Save mine")
	if w.sheet != nil || !w.has("above: 63") {
		t.Error("it is not added again")
	}
}

// While the service is away its last rules are shown, and Retry finds it again.
func TestTeamRulesWithoutTheService(t *testing.T) {
	w := onTeam(t, view.AlwaysLight, "admin")
	at := strings.TrimPrefix(w.web.URL, "http://")
	w.web.Close()
	w.refresh()
	w.q.settle()
	about, head, rows := w.room()
	if about != "of "+w.web.URL || len(rows) != 2 || !strings.Contains(head.Note, "cannot be reached") || !strings.Contains(head.Note, "These are the rules as of ") {
		t.Fatalf("%q %+v %v", about, head, rows)
	}
	w.shot("team-away")
	if w.open() != nil || w.harness.has("Save rule") {
		t.Error("rules of a service that is away are changed")
	}
	w.leave()
	l, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	again := &http.Server{Handler: w.web.Config.Handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = again.Serve(l) }() // it ends with Close
	t.Cleanup(func() { again.Close() })
	w.press("Retry")
	if _, head, rows := w.room(); head.Note != "" || head.Fixed != "" || len(rows) != 2 {
		t.Errorf("%+v", head)
	}
}

// Elsewhere the rules are this computer's, and the window says whose they are.
func TestWhoseRulesAreShown(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, nil)
	withRules(h, hotRule)
	h.session.TeamRules = func(string) (app.RuleBook, error) { t.Error("a service is asked"); return nil, nil }
	h.do(view.ShowRules)
	for name, c := range map[string]struct {
		address, note string
		offline       bool
	}{
		"a file":            {"sqlite:/x.db", "", false},
		"a shared Postgres": {"postgres://ann@db/fleet", "fleet has no rules of its own", false},
		"a service's copy":  {"https://aiops.example.com", "Offline, so these are not the rules of https://aiops.example.com", true},
	} {
		h.source = app.Source{Name: "fleet", Address: c.address}
		h.session.Sources = &app.Sources{Offline: c.offline}
		h.readAlerts()
		h.q.settle()
		r := h.analysis.rooms.rules
		if r.about.value != "of this computer: "+h.session.RulesPath || !strings.HasPrefix(r.head.Note, c.note) || (c.note == "") != (r.head.Note == "") || len(r.rows) != 1 {
			t.Errorf("%s: %q %+v", name, r.about.value, r.head)
		}
		h.shot("whose-" + strings.ReplaceAll(name, " ", "-"))
	}
}

// On a service's copy this computer's rules are tried only: what they found would be sent to the team.
func TestOfflineRulesAreNotRun(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, nil)
	h.source, h.session.Sources = app.Source{Name: "fleet", Address: "https://aiops.example.com"}, &app.Sources{Offline: true}
	withRules(h, hotRule)
	if len(h.book.Rules.Rules) != 1 || len(h.book.History()) != 0 {
		t.Errorf("%d rules, recorded %v", len(h.book.Rules.Rules), h.book.History())
	}
}

// The noisiest rules stand beside what fires, and open.
func TestNoisyRules(t *testing.T) {
	h := onAnalysis(t, view.AlwaysLight, 1440, 900, nil)
	withRules(h, hotRule)
	if err := alert.Put(h.session.RulesPath, "hot", alert.Rule{Name: "hot", Kind: alert.Threshold, Metric: alert.Patterns{"cpu"}, Above: new(float64), Severity: "critical"}); err != nil {
		t.Fatal(err)
	}
	h.readAlerts()
	h.q.settle()
	h.do(view.ShowAlerts)
	h.q.settle()
	h.shot("noisy")
	room := h.analysis.rooms.noisy
	if len(room.rows) != 1 || room.rows[0][0] != "hot" || !strings.Contains(room.about.value, "flap") {
		t.Fatalf("%v %q", room.rows, room.about.value)
	}
	room.table.list.onTapped(0, 0)
	if h.sheet == nil {
		t.Error("a noisy rule does not open")
	}
}
