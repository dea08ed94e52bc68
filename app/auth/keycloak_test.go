//go:build e2e

package auth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"aiops/app/auth"
	"aiops/app/auth/kctest"
	"aiops/app/keyring"
)

var ctx = context.Background()

// signIn is the whole way of a person: code, browser, tokens.
func signIn(t *testing.T, c *auth.Client, user string) auth.Status {
	t.Helper()
	code, err := c.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	approved := make(chan error, 1)
	go func() { approved <- kctest.Approve(ctx, code.Complete, user, user+"-pw") }()
	st, warning, err := c.Wait(ctx, code, func(string) {})
	if err := errors.Join(err, <-approved); err != nil || warning != "" {
		t.Fatal(err, warning)
	}
	return st
}

func TestKeycloak(t *testing.T) {
	keyring.InMemory()
	s := kctest.Start(t)
	admin := s.Admin(t)
	admin.Set(map[string]any{"oauth2DevicePollingInterval": 1})
	cfg := auth.Config{Issuer: s.Issuer(), Audience: "aiops-api"}
	v, err := auth.NewVerifier(cfg, auth.VerifierOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for user, role := range map[string]auth.Role{"viewer": auth.Viewer, "analyst": auth.Analyst, "admin": auth.Admin} {
		c, err := auth.NewClient(ctx, cfg, auth.ClientOptions{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		st := signIn(t, c, user)
		t.Logf("%s signed in after %v: %+v", user, time.Since(began), st)
		if len(st.Identity.Roles) != 1 || st.Identity.Roles[0] != role {
			t.Errorf("%s has the roles %v", user, st.Identity.Roles)
		}
		token, err := c.Token(ctx)
		if err != nil {
			t.Fatal(err)
		}
		who, err := v.Verify(ctx, token)
		t.Logf("%+v", who)
		if err != nil || who.Subject != st.Identity.Subject || who.Client != "aiops-desktop" {
			t.Errorf("the service takes %s for %+v, %v", user, who, err)
		}
		if err := c.SignOut(ctx); err != nil {
			t.Error(err)
		}
		if n := admin.Sessions(user); n != 0 {
			t.Errorf("%s has %d sessions after signing out", user, n)
		}
	}
}
