package auth_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/app/auth"
	"aiops/app/auth/authtest"
)

// at is a clock that a test moves.
type at struct {
	mu  sync.Mutex
	off time.Duration
}

func (a *at) now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Now().Add(a.off)
}

func (a *at) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.off += d
}

const refreshed = "/protocol/openid-connect/token"

// However many windows need a new token at once, the server is asked once: an old refresh token would end the session.
func TestOneRefreshAtATime(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	clock := &at{}
	dir := t.TempDir()
	open := func() *auth.Client {
		c, err := auth.NewClient(t.Context(), auth.Config{Issuer: s.Issuer()}, auth.ClientOptions{Dir: dir, Now: clock.now})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	signedIn(t, s, open())
	before, err := open().Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	asked := s.Asked(refreshed)
	clock.pass(4*time.Minute + 5*time.Second) // ahead of the end after 5
	var got sync.Map
	var wg sync.WaitGroup
	for range 8 {
		c := open()
		for range 4 {
			wg.Go(func() {
				token, err := c.Token(t.Context())
				if err != nil {
					t.Error(err)
				}
				got.Store(token.Reveal(), true)
			})
		}
	}
	wg.Wait()
	tokens := 0
	got.Range(func(any, any) bool { tokens++; return true })
	if tokens != 1 || s.Asked(refreshed)-asked != 1 || s.Sessions() != 1 {
		t.Errorf("%d tokens, the server was asked %d times, %d sessions", tokens, s.Asked(refreshed)-asked, s.Sessions())
	}
	if _, ok := got.Load(before.Reveal()); ok {
		t.Error("an old token came back")
	}
}

// The same across processes, which share nothing but the file.
func TestOneRefreshAcrossProcesses(t *testing.T) {
	if dir := os.Getenv("AIOPS_TEST_SESSION"); dir != "" {
		c, err := auth.NewClient(t.Context(), auth.Config{}, auth.ClientOptions{Dir: dir, NoKeyring: true})
		if err != nil {
			t.Fatal(err)
		}
		token, err := c.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("token %s\n", token.Reveal()[len(token.Reveal())-40:])
		return
	}
	t.Parallel()
	s := authtest.Start(t, "", false)
	s.Life = 2 * time.Second
	c, dir := plainClient(t, s)
	signedInPlain(t, s, c)
	time.Sleep(1600 * time.Millisecond) // its token is due then
	s.Life = 10 * time.Minute
	asked := s.Asked(refreshed)
	var wg sync.WaitGroup
	outs := make([]string, 6)
	for i := range outs {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "TestOneRefreshAcrossProcesses$", "-test.v")
			cmd.Env = append(os.Environ(), "AIOPS_TEST_SESSION="+dir)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			_, rest, _ := strings.Cut(string(out), "token ")
			outs[i], _, _ = strings.Cut(rest, "\n")
		})
	}
	wg.Wait()
	for _, o := range outs {
		if o == "" || o != outs[0] {
			t.Errorf("the processes have different tokens: %q", outs)
			break
		}
	}
	if n := s.Asked(refreshed) - asked; n != 1 || s.Sessions() != 1 {
		t.Errorf("the server was asked %d times; %d sessions", n, s.Sessions())
	}
}

// What is stored is sealed; without a keyring it is readable by its owner only, and that is said.
func TestTokensAreSealed(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	dir := t.TempDir()
	c, err := auth.NewClient(t.Context(), auth.Config{Issuer: s.Issuer()}, auth.ClientOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, s, c)
	token, err := c.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Contains(text, []byte(token.Reveal())) || bytes.Contains(text, []byte("eyJ")) {
			t.Errorf("%s holds a token", path)
		}
		if info, err := d.Info(); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p, dir := plainClient(t, s)
	if warning := signedInPlain(t, s, p); warning != auth.PlainWarning {
		t.Errorf("the warning is %q", warning)
	}
	if info, err := os.Stat(filepath.Join(dir, "session.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestSecretsPrintAsNothing(t *testing.T) {
	t.Parallel()
	secret := auth.Secret("geheim")
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "a", secret, "b", struct{ T auth.Secret }{secret})
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "a", secret, "b", struct{ T auth.Secret }{secret})
	fmt.Fprintf(&b, "%v %s %q %#v %+v %x", secret, secret, secret, secret, struct{ T auth.Secret }{secret}, secret)
	if strings.Contains(b.String(), "geheim") || strings.Contains(b.String(), "67656865696d") {
		t.Error(b.String())
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	clock := &at{}
	c := client(t, auth.Config{Issuer: s.Issuer()}, clock.now)
	if _, err := c.Confirm(t.Context()); !errors.Is(err, auth.ErrSignedOut) {
		t.Errorf("before signing in: %v", err)
	}
	signedIn(t, s, c)

	s.Away(true)
	st, err := c.Confirm(t.Context())
	if err != nil || st.Offline {
		t.Errorf("a token that still holds asks nobody: %+v, %v", st, err)
	}
	clock.pass(time.Hour)
	st, err = c.Confirm(t.Context())
	if err != nil || !st.Offline || st.Identity.Name != "Demo ann" || st.Ended != "" {
		t.Errorf("without a network the last identity is told: %+v, %v", st, err)
	}
	s.Away(false)
	if st, err = c.Confirm(t.Context()); err != nil || st.Offline {
		t.Errorf("and it goes on where it was: %+v, %v", st, err)
	}

	s.EndSessions()
	clock.pass(time.Hour)
	st, err = c.Confirm(t.Context())
	if err != nil || !strings.Contains(st.Ended, "closed at the server") || !strings.Contains(st.Ended, "Sign in again") {
		t.Errorf("ended by an administrator: %+v, %v", st, err)
	}
	asked := s.Asked(refreshed)
	if _, err := c.Token(t.Context()); !errors.Is(err, auth.ErrEnded) || s.Asked(refreshed) != asked {
		t.Errorf("a session that has ended is not tried again: %v", err)
	}
	s.SetClock(2 * time.Hour) // the test's clock is there
	signedIn(t, s, c)
	if st, err = c.Confirm(t.Context()); err != nil || st.Ended != "" {
		t.Errorf("signed in again: %+v, %v", st, err)
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	dir := t.TempDir()
	c, err := auth.NewClient(t.Context(), auth.Config{Issuer: s.Issuer()}, auth.ClientOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, s, c)
	if err := c.SignOut(t.Context()); err != nil || s.Sessions() != 0 {
		t.Errorf("%v; %d sessions are left", err, s.Sessions())
	}
	if err := c.SignOut(t.Context()); !errors.Is(err, auth.ErrSignedOut) {
		t.Errorf("a second time: %v", err)
	}
	again, err := auth.NewClient(t.Context(), auth.Config{}, auth.ClientOptions{Dir: dir})
	if err != nil {
		t.Fatalf("where it was is remembered: %v", err)
	}
	signedIn(t, s, again)
	s.Away(true)
	if err := again.SignOut(t.Context()); !errors.Is(err, auth.ErrAway) || !strings.Contains(err.Error(), "Signed out on this computer") {
		t.Errorf("while the server is away: %v", err)
	}
	if st, err := again.Status(t.Context()); !errors.Is(err, auth.ErrSignedOut) || st.Identity.Subject != "" {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestDamagedSession(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	for name, text := range map[string]string{
		"no JSON":        "{",
		"other sealing":  `{"config":{"issuer":"` + s.Issuer() + `","client":"aiops-desktop"},"identity":{"Subject":"x"},"sealed":"AAAA"}`,
		"without tokens": `{"config":{"issuer":"` + s.Issuer() + `","client":"aiops-desktop"},"identity":{"Subject":"x"}}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "session.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := auth.NewClient(t.Context(), auth.Config{Issuer: s.Issuer()}, auth.ClientOptions{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Token(t.Context()); !errors.Is(err, auth.ErrSignedOut) && !errors.Is(err, auth.ErrEnded) {
			t.Errorf("%s: %v", name, err)
		}
		signedIn(t, s, c)
	}
}
