package auth_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/app/auth"
	"aiops/app/auth/authtest"
)

// lender is a service that hands out logins to who has a token that holds.
type lender struct {
	mu      sync.Mutex
	asked   int
	devices map[string]bool
}

func lending(t *testing.T, s *authtest.Server) (*lender, string) {
	t.Helper()
	v := verifier(t, s, auth.VerifierOptions{})
	l := &lender{devices: map[string]bool{}}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := v.Who(r)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"detail":"The token is not valid."}`))
			return
		}
		var in struct{ Device string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.asked++
		l.devices[in.Device] = true
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(auth.DatabaseLogin{Database: "postgres://h/d", User: "u", Password: "geheim", Role: who.Role(), Seconds: 900})
	}))
	t.Cleanup(web.Close)
	return l, web.URL
}

func TestDatabaseLoginIsShared(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	l, service := lending(t, s)
	clock := &at{}
	dir := t.TempDir()
	open := func() *auth.Client {
		c, err := auth.NewClient(t.Context(), auth.Config{Issuer: s.Issuer()}, auth.ClientOptions{Dir: dir, Now: clock.now})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, err := open().DatabaseLogin(t.Context(), service); !errors.Is(err, auth.ErrSignedOut) {
		t.Errorf("before signing in: %v", err)
	}
	signedIn(t, s, open())
	var wg sync.WaitGroup
	for range 8 {
		c := open()
		wg.Go(func() {
			if d, err := c.DatabaseLogin(t.Context(), service); err != nil || d.Password != "geheim" || d.Role != auth.Analyst || strings.Contains(d.String(), "geheim") {
				t.Errorf("%v, %v", d, err)
			}
		})
	}
	wg.Wait()
	if l.asked != 1 || len(l.devices) != 1 {
		t.Errorf("the service was asked %d times by %d devices", l.asked, len(l.devices))
	}
	clock.pass(2 * time.Minute)
	if _, err := open().Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	clock.pass(10 * time.Minute) // the token is renewed, the login holds
	if _, err := open().DatabaseLogin(t.Context(), service); err != nil || l.asked != 1 {
		t.Errorf("asked %d times, %v", l.asked, err)
	}
	clock.pass(2 * time.Minute) // ahead of its end after 15
	s.Away(true)
	if d, err := open().DatabaseLogin(t.Context(), service); err != nil || d.Password != "geheim" || l.asked != 1 {
		t.Errorf("while the sign-in server is away it still holds: %v, asked %d times", err, l.asked)
	}
	s.Away(false)
	if _, err := open().DatabaseLogin(t.Context(), service); err != nil || l.asked != 2 || len(l.devices) != 1 {
		t.Errorf("asked %d times by %d devices, %v", l.asked, len(l.devices), err)
	}
}

// A token whose key was thrown away is renewed, and the service asked again.
func TestDatabaseLoginAfterKeysRotated(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	_, service := lending(t, s)
	clock := &at{}
	c := client(t, auth.Config{Issuer: s.Issuer()}, clock.now)
	signedIn(t, s, c)
	s.Rotate()
	if _, err := c.DatabaseLogin(t.Context(), service); err != nil {
		t.Error(err)
	}
	if _, err := c.DatabaseLogin(t.Context(), "http://127.0.0.1:1"); !errors.Is(err, auth.ErrAway) || !strings.Contains(err.Error(), "The service http://127.0.0.1:1 cannot be reached") {
		t.Errorf("a service that is away: %v", err)
	}
	s.EndSessions()
	clock.pass(15 * time.Minute)
	if _, err := c.DatabaseLogin(t.Context(), service); !errors.Is(err, auth.ErrEnded) {
		t.Errorf("a session that has ended: %v", err)
	}
}
