package auth_test

import (
	"context"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/app/auth"
	"aiops/app/auth/authtest"
	"aiops/app/keyring"
)

var ann = authtest.User{Name: "ann", Roles: []string{"analyst"}, Groups: []string{"/platform"}}

func TestMain(m *testing.M) {
	keyring.InMemory()
	os.Exit(m.Run())
}

func client(t *testing.T, cfg auth.Config, now func() time.Time) *auth.Client {
	t.Helper()
	c, err := auth.NewClient(t.Context(), cfg, auth.ClientOptions{Dir: folder(t), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// folder is one of the test's own. Keys are renewed in the background, and may be written while the test ends.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "aiops-auth-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 100 {
			if err = os.RemoveAll(dir); err == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Error(err)
	})
	return dir
}

// signedIn signs ann in.
func signedIn(t *testing.T, s *authtest.Server, c *auth.Client) auth.Status {
	t.Helper()
	code, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Approve(code.User, ann)
	st, warning, err := c.Wait(t.Context(), code, func(string) {})
	if err != nil || warning != "" {
		t.Fatal(err, warning)
	}
	return st
}

func TestSignInWithACode(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "/keycloak", false) // behind a proxy's path
	c := client(t, auth.Config{Issuer: s.Issuer()}, nil)
	code, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if code.Address != s.Issuer()+"/device" || code.Complete != code.Address+"?user_code="+code.User || code.Expires.Sub(code.Began) != 10*time.Minute {
		t.Errorf("%+v", code)
	}
	s.Approve(code.User, ann)
	st, _, err := c.Wait(t.Context(), code, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	i := st.Identity
	if i.Name != "Demo ann" || i.Email != "ann@example.test" || !slices.Equal(i.Roles, []auth.Role{auth.Analyst}) || !slices.Equal(i.Teams, []string{"platform"}) || i.Client != "aiops-desktop" {
		t.Errorf("%+v", i)
	}
	if !i.Can(auth.Forecast) || i.Can(auth.Rules) {
		t.Error("an analyst may forecast and may not change rules")
	}
}

// Each end of a sign-in has a kind and a sentence that says what to do.
func TestSignInEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		client string
		do     func(*authtest.Server, *auth.Code) // before the first poll
		clock  time.Duration                      // of the server
		kind   error
		say    string
	}{
		{name: "denied", do: func(s *authtest.Server, c *auth.Code) { s.Deny(c.User) }, kind: auth.ErrDenied, say: "refused in the browser"},
		{name: "forgotten by a restart", do: func(s *authtest.Server, _ *auth.Code) { s.ForgetCodes() }, kind: auth.ErrExpired, say: "Get a new code"},
		{name: "unknown client", client: "nobody", kind: auth.ErrClient, say: `does not know a program "nobody"`},
		{name: "no device flow", client: "aiops-nodevice", kind: auth.ErrClient, say: "Have the device flow switched on"},
		{name: "clock behind", do: func(s *authtest.Server, c *auth.Code) { s.Approve(c.User, ann) }, clock: 7 * time.Minute, kind: auth.ErrClock, say: "clock is 7 min behind"},
		{name: "clock ahead", do: func(s *authtest.Server, c *auth.Code) { s.Approve(c.User, ann) }, clock: -3 * time.Hour, kind: auth.ErrClock, say: "clock is 3 h ahead of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := authtest.Start(t, "", false)
			s.SetClock(c.clock + c.clock/time.Hour*time.Second + time.Second) // not on the edge of a minute
			cl := client(t, auth.Config{Issuer: s.Issuer(), Client: c.client}, nil)
			code, err := cl.Begin(t.Context())
			if err == nil {
				c.do(s, code)
				_, _, err = cl.Wait(t.Context(), code, func(string) {})
			}
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.say) {
				t.Errorf("%v", err)
			}
			if _, err := cl.Token(t.Context()); !errors.Is(err, auth.ErrSignedOut) {
				t.Errorf("and yet somebody is signed in: %v", err)
			}
		})
	}
}

func TestCodeExpires(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	s.Hold = 2 * time.Second
	c := client(t, auth.Config{Issuer: s.Issuer()}, nil)
	code, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Wait(t.Context(), code, func(string) {}); !errors.Is(err, auth.ErrExpired) || err.Error() != "The code has expired. Get a new code." {
		t.Error(err)
	}
}

// A server that is away for a moment, or asks to be asked less often, costs only time.
func TestWaitGoesOn(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	c := client(t, auth.Config{Issuer: s.Issuer()}, nil)
	code, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Away(true)
	var heard []string
	_, _, err = c.Wait(t.Context(), code, func(sentence string) {
		heard = append(heard, sentence)
		switch sentence {
		case auth.AwayWait:
			s.Away(false)
			s.SlowDown(1)
		case auth.Slower:
			s.Approve(code.User, ann)
		}
	})
	if want := []string{auth.Waiting, auth.AwayWait, auth.Slower}; err != nil || !slices.Equal(heard, want) {
		t.Errorf("%q, %v", heard, err)
	}
}

func TestWaitIsCancelled(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	c := client(t, auth.Config{Issuer: s.Issuer()}, nil)
	code, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := c.Wait(ctx, code, func(string) {}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestServerNotFound(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	secure := authtest.Start(t, "", true)
	named := authtest.Start(t, "/keycloak", false)
	gone := authtest.Start(t, "", false)
	goneAt := gone.Issuer()
	gone.HTTP().Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.HTTP().Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, issuer, ca string
		kind             error
		say              string
	}{
		{"away", goneAt, "", auth.ErrAway, "cannot be reached"},
		{"no such realm", s.URL() + "/realms/other", "", auth.ErrRealm, "Check the realm's name"},
		{"the proxy's path forgotten", named.HTTP().URL + "/realms/aiops", "", auth.ErrRealm, "path of a proxy"},
		{"a slash too many", s.Issuer() + "/", "", auth.ErrIssuer, "the same to the letter"},
		{"unknown authority", secure.Issuer(), "", auth.ErrCertificate, "--ca FILE"},
		{"http for https", strings.Replace(s.Issuer(), "http:", "https:", 1), "", auth.ErrAway, "does not speak https"},
		{"known authority", secure.Issuer(), ca, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := client(t, auth.Config{Issuer: c.issuer, CAFile: c.ca}, nil).Begin(t.Context())
			if !errors.Is(err, c.kind) || err != nil && !strings.Contains(err.Error(), c.say) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for issuer, say := range map[string]string{
		"sso.example.com":                        "not an address",
		"http://sso.example.com/realms/x":        "use https",
		"https://sso.example.com/realms/x?a=b":   "plain address",
		"https://a:b@sso.example.com/realms/x":   "plain address",
		"ftp://sso.example.com/realms/x":         "not an address",
		"https://sso.example.com/realms/x#there": "plain address",
	} {
		_, err := auth.NewClient(t.Context(), auth.Config{Issuer: issuer}, auth.ClientOptions{Dir: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), say) || strings.Contains(err.Error(), "a:b@") {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	for _, text := range []string{"viewer", "boss=x", "viewer="} {
		if _, err := auth.ParseRoleNames(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
