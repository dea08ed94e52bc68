package app_test

import (
	"errors"
	"io"
	"log/slog"
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
	"aiops/metric"
	"aiops/store/memory"
)

const teamFile = `channels:
  - name: hook
    kind: webhook
    url: https://secret.example.com/T0KEN
rules:
  # cpu of all
  - name: high
    kind: threshold
    metric: cpu
    above: 90
    severity: critical
    notify: [hook]
  - name: silent   # somebody's
    kind: no_data
    for: 15m
    severity: warning
`

// team is a service that keeps rules for who is signed in at a server in the process.
type team struct {
	*httptest.Server
	sso  *authtest.Server
	path string // of the rules
}

func newTeam(t *testing.T) *team {
	t.Helper()
	keyring.InMemory()
	t.Setenv("AIOPS_HOME", t.TempDir())
	out := &team{sso: authtest.Start(t, "", false), path: filepath.Join(t.TempDir(), "alerts.yaml")}
	if err := os.WriteFile(out.path, []byte(teamFile), 0o600); err != nil {
		t.Fatal(err)
	}
	v, err := auth.NewVerifier(auth.Config{Issuer: out.sso.Issuer(), Audience: "aiops-api"}, auth.VerifierOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := serve.New(serve.Options{Store: memory.New("fleet"), Who: v.Who, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Watch: serve.Watch{File: out.path, StateDir: t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	out.Server = httptest.NewServer(s.Handler())
	t.Cleanup(out.Server.Close)
	return out
}

// signIn signs somebody in on this computer.
func (s *team) signIn(t *testing.T, role string) *auth.Client {
	t.Helper()
	c, err := auth.NewClient(t.Context(), auth.Config{Issuer: s.sso.Issuer()}, auth.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	code, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.sso.Approve(code.User, authtest.User{Name: role, Roles: []string{role}})
	if _, _, err := c.Wait(t.Context(), code, func(string) {}); err != nil {
		t.Fatal(err)
	}
	return c
}

// rules are the team's, as another window has them.
func (s *team) rules(t *testing.T) *app.TeamRules {
	t.Helper()
	r, err := app.NewTeamRules(s.URL, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *team) content(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func read(t *testing.T, r *app.TeamRules) app.RuleList {
	t.Helper()
	l, err := r.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func above(name string, limit float64) alert.Rule {
	return alert.Rule{Name: name, Kind: alert.Threshold, Metric: alert.Patterns{"cpu"}, Above: &limit, Severity: metric.Critical, Notify: []string{"hook"}}
}

func TestTeamRulesAreChanged(t *testing.T) {
	s := newTeam(t)
	s.signIn(t, "admin")
	r := s.rules(t)
	l := read(t, r)
	if len(l.Rules) != 2 || l.Path != s.URL || l.Tag == "" || len(l.Channels) != 1 || l.Channels[0].Name != "hook" {
		t.Fatalf("%+v", l)
	}
	if err := r.Put(t.Context(), l, "high", above("high", 80)); err != nil {
		t.Fatal(err)
	}
	if err := r.Put(t.Context(), read(t, r), "", above("higher", 99)); err != nil {
		t.Fatal(err)
	}
	if err := r.Remove(t.Context(), read(t, r), "silent"); err != nil {
		t.Fatal(err)
	}
	text := s.content(t)
	if f, err := alert.Load(s.path); err != nil || len(f.Rules) != 2 || *f.Rules[0].Above != 80 || f.Rules[1].Name != "higher" || !strings.Contains(text, "# cpu of all") || !strings.Contains(text, "T0KEN") {
		t.Errorf("%v\n%s", err, text)
	}
	wrong := above("third", 1)
	wrong.Notify = []string{"nobody"}
	for name, bad := range map[string]alert.Rule{"there already": above("high", 1), `"nobody"`: wrong} {
		if err := r.Put(t.Context(), read(t, r), "", bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if s.content(t) != text {
		t.Error("what is wrong was saved")
	}
}

// What somebody else did to other rules stays; what they did to the same one is shown, and nothing is lost.
func TestTeamRulesChangedByTwo(t *testing.T) {
	s := newTeam(t)
	s.signIn(t, "admin")
	mine, theirs := s.rules(t), s.rules(t)
	was := read(t, mine)
	if err := theirs.Put(t.Context(), read(t, theirs), "", above("new", 70)); err != nil {
		t.Fatal(err)
	}
	if err := mine.Put(t.Context(), was, "high", above("high", 80)); err != nil {
		t.Fatalf("another rule's change is in the way: %v", err)
	}
	if got := read(t, mine); len(got.Rules) != 3 || *got.Rules[0].Above != 80 || *got.Rules[2].Above != 70 {
		t.Fatalf("%+v", got.Rules)
	}
	was = read(t, mine)
	if err := theirs.Put(t.Context(), was, "high", above("high", 60)); err != nil {
		t.Fatal(err)
	}
	var clash *app.RuleClash
	if err := mine.Put(t.Context(), was, "high", above("high", 85)); !errors.As(err, &clash) || !errors.Is(err, alert.ErrChanged) || clash.Rule == nil || *clash.Rule.Above != 60 {
		t.Fatalf("%v", err)
	}
	if strings.Contains(s.content(t), "85") {
		t.Error("it is saved over theirs unseen")
	}
	if err := mine.Remove(t.Context(), was, "high"); !errors.As(err, &clash) {
		t.Fatalf("what was changed is removed unseen: %v", err)
	}
	if err := mine.Put(t.Context(), clash.Now, "high", above("high", 85)); err != nil || !strings.Contains(s.content(t), "85") {
		t.Errorf("saved knowingly: %v", err)
	}
	was = read(t, mine)
	if err := theirs.Remove(t.Context(), was, "high"); err != nil {
		t.Fatal(err)
	}
	if err := mine.Remove(t.Context(), was, "high"); err != nil {
		t.Errorf("what both removed is removed: %v", err)
	}
	if err := mine.Put(t.Context(), was, "high", above("high", 86)); !errors.As(err, &clash) || clash.Rule != nil || !strings.Contains(err.Error(), "removed") {
		t.Errorf("%v", err)
	}
}

// An answer that was lost: what is saved again is saved already.
func TestTeamRulesSavedTwice(t *testing.T) {
	s := newTeam(t)
	s.signIn(t, "admin")
	r := s.rules(t)
	was := read(t, r)
	for range 2 {
		if err := r.Put(t.Context(), was, "high", above("high", 77)); err != nil {
			t.Error(err)
		}
		if err := r.Put(t.Context(), was, "", above("new", 70)); err != nil {
			t.Error(err)
		}
	}
	if n := strings.Count(s.content(t), "name: new"); n != 1 {
		t.Errorf("it is there %d times", n)
	}
}

func TestTeamRulesNeedARole(t *testing.T) {
	s := newTeam(t)
	s.signIn(t, "viewer")
	r := s.rules(t)
	l := read(t, r)
	if err := r.Put(t.Context(), l, "high", above("high", 80)); err == nil || !strings.Contains(err.Error(), "admin") || s.content(t) != teamFile {
		t.Errorf("%v", err)
	}
}

// The last rules stay when the service is away or nobody is signed in, also for a window that is opened then.
func TestTeamRulesWithoutTheService(t *testing.T) {
	s := newTeam(t)
	if l, err := s.rules(t).Read(t.Context()); err == nil || len(l.Rules) != 0 || !l.At.IsZero() {
		t.Errorf("nobody is signed in: %+v %v", l, err)
	}
	c := s.signIn(t, "analyst")
	r := s.rules(t)
	read(t, r)
	s.Server.Close()
	for name, r := range map[string]*app.TeamRules{"the same window": r, "a new one": s.rules(t)} {
		l, err := r.Read(t.Context())
		if !errors.Is(err, auth.ErrAway) || !strings.Contains(err.Error(), "The service "+s.URL+" cannot be reached") || len(l.Rules) != 2 || l.At.IsZero() || len(l.Channels) != 1 {
			t.Errorf("%s: %+v %v", name, l, err)
		}
	}
	if err := c.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l, err := r.Read(t.Context()); !app.NeedsSignIn(err) || len(l.Rules) != 2 {
		t.Errorf("signed out: %+v %v", l, err)
	}
}

// What is wrong on the server is told as it is.
func TestTeamRulesThatAreWrong(t *testing.T) {
	s := newTeam(t)
	s.signIn(t, "viewer")
	r := s.rules(t)
	read(t, r)
	if err := os.WriteFile(s.path, []byte("rules: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := r.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "Mend it on the server") || len(l.Rules) != 2 {
		t.Errorf("%+v %v", l, err)
	}
}

// An editor may change the file of this computer while a rule is open.
func TestLocalRulesChangedByTwo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.yaml")
	r := app.LocalRules(path, time.Now)
	was, err := r.Read(t.Context())
	if err != nil || len(was.Rules) != 0 || was.Path != path {
		t.Fatalf("no file is no error: %+v %v", was, err)
	}
	one := above("high", 80)
	one.Notify = nil
	if err := r.Put(t.Context(), was, "", one); err != nil {
		t.Fatal(err)
	}
	if was, err = r.Read(t.Context()); err != nil || len(was.Rules) != 1 {
		t.Fatalf("%+v %v", was, err)
	}
	theirs := one
	theirs.For = 300e6
	if err := alert.Put(path, "high", theirs); err != nil {
		t.Fatal(err)
	}
	var clash *app.RuleClash
	if err := r.Put(t.Context(), was, "high", one); !errors.As(err, &clash) || clash.Rule.For != 300e6 {
		t.Fatalf("%v", err)
	}
	if err := r.Put(t.Context(), clash.Now, "high", one); err != nil {
		t.Error(err)
	}
	if err := r.Remove(t.Context(), clash.Now, "high"); !errors.As(err, &clash) {
		t.Errorf("what was changed is removed unseen: %v", err)
	}
}
