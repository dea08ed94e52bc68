package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/auth"
	"aiops/app/view"
	"aiops/metric"
	"aiops/store"
)

// fakeAccount signs in as a test says. Wait runs during, as the dialog is seen then.
type fakeAccount struct {
	st      auth.Status
	confirm error
	begin   error
	during  func(tell func(string))
	err     error
	warning string
	out     int
}

func (f *fakeAccount) Host() string                                 { return "sso.example.com" }
func (f *fakeAccount) Status(context.Context) (auth.Status, error)  { return f.st, nil }
func (f *fakeAccount) Confirm(context.Context) (auth.Status, error) { return f.st, f.confirm }
func (f *fakeAccount) SignOut(context.Context) error                { f.out++; f.st = auth.Status{}; return nil }
func (f *fakeAccount) Begin(context.Context) (*auth.Code, error) {
	return &auth.Code{User: "WDJB-MJHT", Address: "https://sso.example.com/keycloak/realms/aiops/device",
		Complete: "https://sso.example.com/keycloak/realms/aiops/device?user_code=WDJB-MJHT", Began: testNow.Add(-18 * time.Second), Expires: testNow.Add(582 * time.Second)}, f.begin
}
func (f *fakeAccount) Wait(ctx context.Context, _ *auth.Code, tell func(string)) (auth.Status, string, error) {
	if f.during != nil {
		f.during(tell)
	}
	if ctx.Err() != nil {
		return auth.Status{}, "", ctx.Err()
	}
	if f.err == nil {
		f.st = demo("analyst")
	}
	return f.st, f.warning, f.err
}

func demo(role string) auth.Status {
	return auth.Status{Identity: auth.Identity{Subject: "1", Name: "Demo " + role, Roles: []auth.Role{auth.Role(role)}, Teams: []string{"platform"}}, Issuer: "https://sso.example.com/keycloak/realms/aiops", Seen: testNow}
}

func withAccount(t *testing.T, look view.Appearance, f *fakeAccount) *harness {
	t.Helper()
	h := newHarness(t, stored(t), look, 1440, 900, fourCPUs)
	h.session.Account = func(context.Context) (Account, error) { return f, nil }
	h.askAccount()
	h.q.settle()
	return h
}

func TestSignIn(t *testing.T) {
	for name, look := range map[string]view.Appearance{"dark": view.AlwaysDark, "light": view.AlwaysLight} {
		f := &fakeAccount{}
		h := withAccount(t, look, f)
		if h.head.user.Label != "Sign in" || !h.head.user.Visible() {
			t.Fatalf("the header says %q", h.head.user.Label)
		}
		f.during = func(func(string)) {
			d := h.person.dialog
			c := d.state.Countdown(testNow)
			if h.head.user.Label != "Signing in…" || d.state.Code != "WDJB-MJHT" || d.left.value != "9 min 42 s" || c.Of != "of 10 min" || d.primary.Label != "Open browser" || d.primary.disabled {
				t.Errorf("%q %+v %q", h.head.user.Label, d.state, d.left.value)
			}
			if h.win.Canvas().Focused() != d.primary {
				t.Error("the focus starts on Open browser")
			}
			h.shot("sign-in-" + name)
			d.copies.Tapped(nil)
			if got := h.a.Clipboard().Content(); got != "WDJB-MJHT" {
				t.Errorf("copied %q", got)
			}
		}
		h.head.user.Tapped(nil)
		h.q.settle()
		if h.sheet != nil || h.head.user.Label != "Demo analyst" || h.head.role.value != "analyst" || !strings.Contains(h.foot.note.value, "Signed in as Demo analyst") {
			t.Errorf("afterwards: %v %q %q", h.sheet, h.head.user.Label, h.head.role.value)
		}
		h.shot("signed-in-" + name)
		h.person.signOut()
		h.q.settle()
		if f.out != 1 || h.head.user.Label != "Sign in" {
			t.Errorf("signed out: %q", h.head.user.Label)
		}
	}
}

// Each end says what happened and what to do, and a new code can be had.
func TestSignInEnds(t *testing.T) {
	for name, c := range map[string]struct {
		begin, err error
		step       view.SignInStep
		button     string
	}{
		"denied":  {err: &auth.Problem{Kind: auth.ErrDenied, Text: "The sign-in was refused in the browser. Start again if that was a mistake."}, step: view.SignInRefused, button: "Get a new code"},
		"expired": {err: &auth.Problem{Kind: auth.ErrExpired, Text: "The code has expired. Get a new code."}, step: view.SignInExpired, button: "Get a new code"},
		"clock":   {err: &auth.Problem{Kind: auth.ErrClock, Text: "This computer's clock is 7 min behind the sign-in server's. Set the clock, then sign in again."}, step: view.SignInFailed, button: "Try again"},
		"away":    {begin: &auth.Problem{Kind: auth.ErrAway, Text: "The sign-in server sso.example.com cannot be reached. Check the network and try again."}, step: view.SignInFailed, button: "Try again"},
	} {
		f := &fakeAccount{begin: c.begin, err: c.err}
		h := withAccount(t, view.AlwaysDark, f)
		h.signIn()
		h.q.settle()
		d := h.person.dialog
		if d == nil || d.state.Step != c.step || d.primary.Label != c.button || d.primary.disabled || d.sentence.words != errors.Join(c.begin, c.err).Error() {
			t.Fatalf("%s: %+v", name, d)
		}
		h.shot("sign-in-" + name)
		f.begin, f.err = nil, nil
		d.primary.Tapped(nil)
		h.q.settle()
		if h.sheet != nil || h.head.user.Label != "Demo analyst" {
			t.Errorf("%s: a second time: %q", name, h.head.user.Label)
		}
	}
}

func TestSignInIsCancelled(t *testing.T) {
	f := &fakeAccount{}
	h := withAccount(t, view.AlwaysDark, f)
	f.during = func(func(string)) { h.leave() } // Escape
	h.signIn()
	h.q.settle()
	if h.sheet != nil || h.person.dialog != nil || h.head.user.Label != "Sign in" {
		t.Errorf("%v %q", h.sheet, h.head.user.Label)
	}
}

func TestHeaderTellsOfTheSession(t *testing.T) {
	f := &fakeAccount{st: demo("viewer")}
	h := withAccount(t, view.AlwaysDark, f)
	f.st.Offline = true
	h.person.confirm()
	h.q.settle()
	if h.head.role.value != "viewer, as of 14:35:02" || h.head.role.ink != colorWarn {
		t.Errorf("offline: %q", h.head.role.value)
	}
	f.st.Offline, f.st.Ended = false, "The session has ended: it was closed at the server. Sign in again."
	h.person.confirm()
	h.q.settle()
	if h.head.user.Label != "Sign in again" || h.head.user.Tip != f.st.Ended {
		t.Errorf("ended: %q %q", h.head.user.Label, h.head.user.Tip)
	}
	h.person.whoAmI()
	h.shot("who-am-i")
}

// What a role may not do on a service's database is not offered and says why; on one's own it is.
func TestRolesOnRemoteDatabases(t *testing.T) {
	h := withAccount(t, view.AlwaysDark, &fakeAccount{st: demo("viewer")})
	if h.refused(auth.Annotate) != "" {
		t.Error("one's own database needs no role")
	}
	h.source = app.Source{Name: "fleet", Address: "https://aiops.example.com"}
	h.editAnnotation(metric.Annotation{})
	if h.sheet != nil || !strings.Contains(h.foot.note.value, "This needs the role analyst; Demo viewer is signed in as viewer") {
		t.Errorf("%v %q", h.sheet, h.foot.note.value)
	}
	if m := h.offered(auth.Import, item("Make demo data…", nil)); !m.Disabled || !strings.Contains(m.Label, "analyst") {
		t.Errorf("%+v", m)
	}
	h.showPage(view.ForecastPage)
	h.q.settle()
	for name, do := range map[string]func(){
		"a rule": func() { h.editRule("", alert.Rule{}) }, "storing forecasts": func() { h.outlook.forecastMany("Forecast all", nil, false, nil) },
	} {
		h.foot.say("")
		do()
		if h.sheet != nil || !strings.Contains(h.foot.note.value, "This needs the role") {
			t.Errorf("%s: %v %q", name, h.sheet, h.foot.note.value)
		}
	}
	h.person.show(demo("analyst"))
	if h.refused(auth.Annotate) != "" || h.refused(auth.Rules) == "" {
		t.Error("an analyst may annotate and not change rules")
	}
}

func TestSignInBringsTheDatabaseBack(t *testing.T) {
	h := withAccount(t, view.AlwaysDark, &fakeAccount{})
	db := &fakeLink{Store: h.db, link: store.Link{Cause: &auth.Problem{Kind: auth.ErrSignedOut, Text: "Nobody is signed in."}, CopiedAt: testNow}}
	h.use(db)
	h.q.settle()
	h.signIn()
	if !h.person.dialog.later.Visible() {
		t.Error("the cached copy is not offered")
	}
	h.q.settle()
	if db.retried != 1 {
		t.Errorf("the database was tried %d times", db.retried)
	}
}

// A service is a data source like others: its address is asked for, and whoever is not signed in is led there.
func TestServiceIsAddedAsASource(t *testing.T) {
	h := withAccount(t, view.AlwaysDark, &fakeAccount{})
	withSources(t, h)
	h.editSource(nil)
	e := h.editor
	e.kind.Set(2)
	e.build()
	h.shot("service-source")
	for text, want := range map[string]string{"": "https://HOST", "aiops.example.com": "https://HOST", "http://aiops.example.com": "not encrypted", "https://ann@aiops.example.com": "without a user"} {
		e.service.SetText(text)
		if _, _, err := e.typed(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	e.service.SetText("https://aiops.example.com/aiops/")
	_, src, err := e.typed()
	if err != nil || src.Address != "https://aiops.example.com/aiops" || src.Name != "aiops.example.com/aiops" {
		t.Errorf("%+v, %v", src, err)
	}
	a, err := app.ParseAddress(src.Address)
	if err != nil || a.String() != src.Address || a.Check() != nil {
		t.Errorf("%+v, %v", a, err)
	}
}
