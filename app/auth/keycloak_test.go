//go:build e2e

package auth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/app/auth"
	"aiops/app/auth/authtest"
	"aiops/app/auth/kctest"
)

// keycloak is the real server with quick polls, and its administrator.
func keycloak(t *testing.T) (*kctest.Server, *kctest.Admin) {
	t.Helper()
	s := kctest.Start(t)
	a := s.Admin(t)
	a.Set(map[string]any{"oauth2DevicePollingInterval": 1})
	return s, a
}

// signIn is the whole way of a person: code, browser, tokens.
func signIn(t *testing.T, c *auth.Client, user string) auth.Status {
	t.Helper()
	code, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	approved := make(chan error, 1)
	go func() { approved <- kctest.Approve(t.Context(), code.Complete, user, user+"-pw") }()
	st, warning, err := c.Wait(t.Context(), code, func(string) {})
	if err := errors.Join(err, <-approved); err != nil || warning != "" {
		t.Fatal(err, warning)
	}
	return st
}

// One server is started for all of it, as a start takes its time.
func TestKeycloak(t *testing.T) {
	s, admin := keycloak(t)
	cfg := auth.Config{Issuer: s.Issuer(), Audience: "aiops-api"}
	clock := &at{}
	v, err := auth.NewVerifier(cfg, auth.VerifierOptions{Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	asking, err := auth.NewVerifier(cfg, auth.VerifierOptions{Now: clock.now, AskAs: "aiops-introspect", AskSecret: "aiops-introspect-demo"})
	if err != nil {
		t.Fatal(err)
	}

	t.Run("every demo user has its role, and signing out ends the session", func(t *testing.T) {
		for user, role := range map[string]auth.Role{"viewer": auth.Viewer, "analyst": auth.Analyst, "admin": auth.Admin} {
			c := client(t, cfg, nil)
			st := signIn(t, c, user)
			if len(st.Identity.Roles) != 1 || st.Identity.Roles[0] != role {
				t.Errorf("%s has the roles %v", user, st.Identity.Roles)
			}
			who := taken(t, c, v)
			if who.Subject != st.Identity.Subject || who.Client != "aiops-desktop" || who.Roles[0] != role {
				t.Errorf("the service takes %s for %+v", user, who)
			}
			if err := c.SignOut(t.Context()); err != nil {
				t.Error(err)
			}
			if n := admin.Sessions(user); n != 0 {
				t.Errorf("%s has %d sessions after signing out", user, n)
			}
		}
	})

	t.Run("denied", func(t *testing.T) {
		c := client(t, cfg, nil)
		code, err := c.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := kctest.Deny(t.Context(), code.Complete, "viewer", "viewer-pw"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Wait(t.Context(), code, func(string) {}); !errors.Is(err, auth.ErrDenied) {
			t.Error(err)
		}
	})

	t.Run("a machine", func(t *testing.T) {
		token := machine(t, s, "aiops-ingest", "aiops-ingest-demo")
		who, err := v.Verify(t.Context(), token)
		if err != nil || !who.Can(auth.Import) || who.Can(auth.Rules) || who.Client != "aiops-ingest" {
			t.Errorf("%+v, %v", who, err)
		}
	})

	t.Run("refresh, and an old refresh token", func(t *testing.T) {
		dir := t.TempDir()
		c := at4min(t, cfg, dir, clock)
		signIn(t, c, "analyst")
		before := tokenOf(t, c)
		clock.pass(4*time.Minute + 10*time.Second)
		if after := tokenOf(t, c); after == before {
			t.Error("the token was not renewed ahead of its end")
		}
		if n := admin.Sessions("analyst"); n != 1 {
			t.Errorf("%d sessions", n)
		}
		clock.pass(-4*time.Minute - 10*time.Second)
	})

	t.Run("two windows renew at once", func(t *testing.T) { renewTogether(t, cfg, admin, clock) })
	t.Run("a refresh token that was used before", func(t *testing.T) { reuse(t, cfg, admin, clock) })

	t.Run("ended by an administrator", func(t *testing.T) {
		c := at4min(t, cfg, t.TempDir(), clock)
		signIn(t, c, "analyst")
		token := tokenOf(t, c)
		if _, err := asking.Verify(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		admin.EndSessions("analyst")
		clock.pass(11 * time.Second)
		if _, err := asking.Verify(t.Context(), token); !errors.Is(err, auth.ErrEnded) {
			t.Errorf("a service that asks knows at once: %v", err)
		}
		if _, err := v.Verify(t.Context(), token); err != nil {
			t.Errorf("a service that does not takes the token until it expires: %v", err)
		}
		clock.pass(4 * time.Minute)
		st, err := c.Confirm(t.Context())
		if err != nil || !strings.Contains(st.Ended, "Sign in again") || st.Identity.Name != "Demo Analyst" {
			t.Errorf("%+v, %v", st, err)
		}
		t.Log(st.Ended)
		clock.pass(-4*time.Minute - 11*time.Second)
	})

	t.Run("an account that is disabled", func(t *testing.T) {
		c := at4min(t, cfg, t.TempDir(), clock)
		signIn(t, c, "viewer")
		admin.Enable("viewer", false)
		defer admin.Enable("viewer", true)
		clock.pass(5 * time.Minute)
		defer clock.pass(-5 * time.Minute)
		st, err := c.Confirm(t.Context())
		if err != nil || st.Ended == "" {
			t.Errorf("%+v, %v", st, err)
		}
		t.Log(st.Ended)
	})

	t.Run("keys rotated", func(t *testing.T) {
		c := at4min(t, cfg, t.TempDir(), clock)
		signIn(t, c, "analyst")
		old := tokenOf(t, c)
		admin.RotateKeys()
		clock.pass(4*time.Minute + 30*time.Second)
		defer clock.pass(-4*time.Minute - 30*time.Second)
		if who := taken(t, c, v); who.Name != "Demo Analyst" {
			t.Errorf("%+v", who)
		}
		if _, err := v.Verify(t.Context(), old); !errors.Is(err, auth.ErrToken) {
			t.Errorf("a token of the key that was thrown away: %v", err)
		}
	})

	t.Run("the clock is wrong", func(t *testing.T) {
		wrong := &at{off: -20 * time.Minute}
		c := at4min(t, cfg, t.TempDir(), wrong)
		code, err := c.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := kctest.Approve(t.Context(), code.Complete, "viewer", "viewer-pw"); err != nil {
			t.Fatal(err)
		}
		_, _, err = c.Wait(t.Context(), code, func(string) {})
		if !errors.Is(err, auth.ErrClock) || !strings.Contains(err.Error(), "behind the sign-in server's") {
			t.Error(err)
		}
	})

	t.Run("killed and started again", func(t *testing.T) {
		c := at4min(t, cfg, t.TempDir(), clock)
		signIn(t, c, "admin")
		if err := s.Kill(); err != nil {
			t.Fatal(err)
		}
		clock.pass(4*time.Minute + 30*time.Second)
		if tokenOf(t, c) == "" {
			t.Error("what still holds is not used while the server is away")
		}
		clock.pass(time.Minute) // now it does not
		st, err := c.Confirm(t.Context())
		if err != nil || !st.Offline || st.Identity.Name != "Demo Admin" {
			t.Errorf("while it is away: %+v, %v", st, err)
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		clock.pass(-5*time.Minute - 30*time.Second)
		if st, err = c.Confirm(t.Context()); err != nil || st.Offline || st.Ended != "" {
			t.Errorf("and again: %+v, %v", st, err)
		}
		if who := taken(t, c, v); !who.Can(auth.Rules) {
			t.Errorf("%+v", who)
		}
	})

	t.Run("the server in the process answers the same", func(t *testing.T) { sameAnswers(t, s) })
}

// renewTogether is windows on one computer that find their token due at the same time: one asks, the session goes on.
func renewTogether(t *testing.T, cfg auth.Config, admin *kctest.Admin, clock *at) {
	dir := t.TempDir()
	before := admin.Sessions("analyst")
	signIn(t, at4min(t, cfg, dir, clock), "analyst")
	for range 3 { // each time the refresh token is another one
		clock.pass(4*time.Minute + 10*time.Second)
		defer clock.pass(-4*time.Minute - 10*time.Second)
		var all sync.WaitGroup
		var got sync.Map
		for range 6 {
			c := at4min(t, cfg, dir, clock)
			all.Go(func() {
				token, err := c.Token(t.Context())
				if err != nil {
					t.Error(err)
				}
				got.Store(token.Reveal(), true)
			})
		}
		all.Wait()
		n := 0
		got.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d tokens", n)
		}
	}
	if n := admin.Sessions("analyst"); n != before+1 {
		t.Errorf("%d sessions, %d before", n, before)
	}
	if err := at4min(t, cfg, dir, clock).SignOut(t.Context()); err != nil {
		t.Error(err)
	}
}

// reuse is a computer whose stored session is older than what the server knows, as after a restored backup:
// Keycloak takes the old token for a stolen one, and the person signs in again.
func reuse(t *testing.T, cfg auth.Config, admin *kctest.Admin, clock *at) {
	dir := t.TempDir()
	c := at4min(t, cfg, dir, clock)
	signIn(t, c, "analyst")
	path := filepath.Join(dir, "sign-in", "session.json")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	clock.pass(4*time.Minute + 10*time.Second)
	defer clock.pass(-4*time.Minute - 10*time.Second)
	tokenOf(t, c)
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = at4min(t, cfg, dir, clock).Token(t.Context())
	if !errors.Is(err, auth.ErrEnded) || !strings.Contains(err.Error(), "Sign in again") {
		t.Errorf("an old refresh token: %v", err)
	}
	t.Log(err)
	st, err := at4min(t, cfg, dir, clock).Confirm(t.Context())
	if err != nil || st.Ended == "" || st.Identity.Name != "Demo Analyst" {
		t.Errorf("%+v, %v", st, err)
	}
	admin.EndSessions("analyst")
	signIn(t, at4min(t, cfg, dir, clock), "analyst") // and that is mended
	admin.EndSessions("analyst")
}

func at4min(t *testing.T, cfg auth.Config, dir string, clock *at) *auth.Client {
	t.Helper()
	c, err := auth.NewClient(t.Context(), cfg, auth.ClientOptions{Dir: filepath.Join(dir, "sign-in"), Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tokenOf(t *testing.T, c *auth.Client) auth.Secret {
	t.Helper()
	token, err := c.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// taken is whom the service takes the client's user for.
func taken(t *testing.T, c *auth.Client, v *auth.Verifier) auth.Identity {
	t.Helper()
	who, err := v.Verify(t.Context(), tokenOf(t, c))
	if err != nil {
		t.Error(err)
	}
	return who
}

func machine(t *testing.T, s *kctest.Server, id, secret string) auth.Secret {
	t.Helper()
	resp, err := http.PostForm(s.Issuer()+"/protocol/openid-connect/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return auth.Secret(a.AccessToken)
}

// sameAnswers asks the real server and the one of the unit tests the same.
func sameAnswers(t *testing.T, real *kctest.Server) {
	fake := authtest.Start(t, "", false)
	ask := func(issuer, path string, form url.Values) string {
		resp, err := http.PostForm(issuer+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		var a struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
			Device      string `json:"device_code"`
		}
		if err := json.Unmarshal(text, &a); err != nil && len(text) > 0 {
			t.Logf("%s", text)
		}
		if a.Device != "" {
			return a.Device
		}
		return fmt.Sprintf("%d %s: %s", resp.StatusCode, a.Error, a.Description)
	}
	const device, token = "/protocol/openid-connect/auth/device", "/protocol/openid-connect/token"
	code := func(issuer string) string {
		return ask(issuer, device, url.Values{"client_id": {"aiops-desktop"}, "scope": {"openid"}})
	}
	poll := func(issuer, code string) string {
		return ask(issuer, token, url.Values{"client_id": {"aiops-desktop"}, "grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {code}})
	}
	for name, do := range map[string]func(issuer string) string{
		"pending":             func(i string) string { return poll(i, code(i)) },
		"unknown device code": func(i string) string { return poll(i, "x") },
		"unknown client":      func(i string) string { return ask(i, device, url.Values{"client_id": {"nobody"}}) },
		"unknown client at the token endpoint": func(i string) string {
			return ask(i, token, url.Values{"client_id": {"nobody"}, "grant_type": {"refresh_token"}})
		},
		"no refresh token": func(i string) string {
			return ask(i, token, url.Values{"client_id": {"aiops-desktop"}, "grant_type": {"refresh_token"}, "refresh_token": {"x"}})
		},
		"other realm":                    func(i string) string { return ask(strings.TrimSuffix(i, "aiops")+"other", device, nil) },
		"introspection without a secret": func(i string) string { return ask(i, token+"/introspect", url.Values{"token": {"x"}}) },
		"logout": func(i string) string {
			return ask(i, "/protocol/openid-connect/logout", url.Values{"client_id": {"aiops-desktop"}, "refresh_token": {"x"}})
		},
	} {
		a, b := do(real.Issuer()), do(fake.Issuer())
		t.Logf("%-40s %s", name, a)
		if a != b {
			t.Errorf("%s: Keycloak says %q, the test's server %q", name, a, b)
		}
	}
	if a := ask(real.Issuer(), device, url.Values{"client_id": {"aiops-ingest"}, "client_secret": {"aiops-ingest-demo"}}); a != ask(fake.Issuer(), device, url.Values{"client_id": {"aiops-nodevice"}}) {
		t.Errorf("no device flow: %s", a)
	}
	c := code(real.Issuer())
	poll(real.Issuer(), c)
	if a := poll(real.Issuer(), c); a != "400 slow_down: Slow down" {
		t.Errorf("too quick: %s", a)
	}
}
