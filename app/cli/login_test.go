package cli

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/app/auth/authtest"
	"aiops/app/keyring"
)

// heard is what a command prints, as it comes.
type heard struct {
	mu  sync.Mutex
	buf bytes.Buffer
	on  func(text string)
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	h.buf.Write(b)
	text := h.buf.String()
	h.mu.Unlock()
	h.on(text)
	return len(b), nil
}

// login runs `aiops login`; approve is told the code.
func login(t *testing.T, approve func(code string), args ...string) (out, errs string, code int) {
	t.Helper()
	var once sync.Once
	h := &heard{on: func(text string) {
		if _, rest, ok := strings.Cut(text, "Enter   "); ok && strings.Contains(rest, "\n") {
			once.Do(func() { approve(strings.Fields(rest)[0]) })
		}
	}}
	var e bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	code = Main(ctx, Env{Args: append([]string{"login", "--no-browser"}, args...), Out: h, Err: &e, Version: "1.2.3", Now: time.Now})
	return h.buf.String(), e.String(), code
}

func TestLoginWhoamiLogout(t *testing.T) {
	keyring.InMemory()
	t.Setenv("AIOPS_HOME", t.TempDir())
	s := authtest.Start(t, "/keycloak", false)
	if out, errs, code := aiops(t, "login"); code != exitUsage || !strings.Contains(errs, "--issuer") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if _, errs, code := aiops(t, "whoami"); code != exitFailed || !strings.Contains(errs, "aiops login") {
		t.Errorf("%d %s", code, errs)
	}
	ann := authtest.User{Name: "ann", Roles: []string{"analyst"}, Groups: []string{"platform"}}
	out, errs, code := login(t, func(c string) { s.Approve(c, ann) }, "--issuer", s.Issuer())
	if code != exitOK || !strings.Contains(out, "Signed in as Demo ann <ann@example.test>, analyst, of platform") || !strings.Contains(out, s.Issuer()+"/device") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if strings.Contains(out, "\x1b") {
		t.Error("a QR code in a pipe")
	}
	t.Setenv("AIOPS_OIDC_ISSUER", "") // remembered without it
	var o, e bytes.Buffer
	now := func() time.Time { return time.Now() }
	if code := Main(t.Context(), Env{Args: []string{"whoami"}, Out: &o, Err: &e, Now: now}); code != exitOK || !strings.Contains(o.String(), "Demo ann") {
		t.Errorf("%d %s%s", code, o.String(), e.String())
	}
	if out, errs, code := aiops(t, "logout"); code != exitOK || out != "Signed out.\n" || s.Sessions() != 0 {
		t.Errorf("%d %s%s", code, out, errs)
	}
	if out, _, code := aiops(t, "logout"); code != exitOK || out != "Nobody was signed in.\n" {
		t.Errorf("%d %s", code, out)
	}
	if _, errs, code := login(t, s.Deny); code != exitFailed || !strings.Contains(errs, "refused in the browser") {
		t.Errorf("denied: %d %s", code, errs)
	}
}

func TestServeSignInFlags(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	s := authtest.Start(t, "", false)
	for _, c := range []struct {
		args string
		code int
		say  string
	}{
		{"serve --listen 0.0.0.0:0", exitFailed, "configure an OIDC issuer"},
		{"serve --cors-origin https://a.example.com", exitUsage, "need a sign-in"},
		{"serve --database-logins postgres://h/d", exitUsage, "need a sign-in"},
		{"serve --oidc-issuer http://sso.example.com/realms/x", exitFailed, "use https"},
		{"serve --oidc-issuer " + s.URL() + "/realms/other", exitFailed, "Check the realm's name"},
		{"serve --oidc-issuer " + s.Issuer() + " --cors-origin *", exitUsage, "* is not taken"},
		{"serve --oidc-issuer " + s.Issuer() + " --database-logins postgres://h/d", exitFailed, "logins are for Postgres databases"},
		{"serve --oidc-issuer " + s.Issuer() + " --oidc-roles boss=x", exitUsage, "viewer=NAME"},
		{"list --db http://aiops.example.com", exitFailed, "use https"},
	} {
		out, errs, code := aiops(t, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(errs, c.say) {
			t.Errorf("aiops %s: %d %s%s", c.args, code, out, errs)
		}
	}
}
