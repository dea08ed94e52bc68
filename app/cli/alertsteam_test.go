package cli

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"aiops/app/auth/authtest"
	"aiops/app/keyring"
	"aiops/store/postgres/pgtest"
)

const teamRules = `channels:
  - {name: hook, kind: webhook, url: "https://secret.example.com/T0KEN"}
rules:
  # loud
  - {name: high-cpu, kind: threshold, metric: cpu, above: 90, for: 10m, severity: critical, notify: [hook]}
`

// today runs the program with the computer's clock, as tokens need it.
func today(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(t.Context(), Env{Args: args, Out: &o, Err: &e, Version: "1.2.3", Now: time.Now})
	return o.String(), e.String(), code
}

// teamService is `aiops serve` on a real Postgres with the rules of a file, for who is signed in.
func teamService(t *testing.T, rules string) (address string, sso *authtest.Server) {
	t.Helper()
	keyring.InMemory()
	t.Setenv("AIOPS_HOME", t.TempDir())
	sso = authtest.Start(t, "", false)
	db := pgtest.StartServer(t).Database(t)
	if _, errs, code := today(t, "--db", db, "generate", "--vms", "1", "--days", "2"); code != 0 {
		t.Fatal(errs)
	}
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal("the server's address is no URL")
	}
	u.User, u.RawQuery = nil, "sslmode=disable"
	ctx, cancel := context.WithCancel(t.Context())
	var errs bytes.Buffer
	lines, done := &locked{w: &errs}, make(chan int, 1)
	go func() {
		done <- Main(ctx, Env{Args: []string{"serve", "--db", db, "--listen", "127.0.0.1:0", "--rules", rules, "--oidc-issuer", sso.Issuer(), "--database-logins", u.String()},
			Out: lines, Err: lines, Version: "1.2.3", Now: time.Now})
	}()
	t.Cleanup(func() { cancel(); <-done })
	at := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		for _, line := range strings.Split(lines.String(), "\n") {
			if a := at.FindString(line); a != "" && strings.Contains(line, "/docs") {
				return a, sso
			}
		}
		if time.Now().After(end) {
			t.Fatalf("the service does not start:\n%s", lines.String())
		}
	}
}

func TestAlertsOfAService(t *testing.T) {
	rules := file(t, "team.yaml", teamRules)
	service, sso := teamService(t, rules)
	as := func(role string) {
		t.Helper()
		if _, errs, code := login(t, func(c string) { sso.Approve(c, authtest.User{Name: role, Roles: []string{role}}) }, "--issuer", sso.Issuer()); code != 0 {
			t.Fatal(errs)
		}
	}
	says := func(code int, want string, args ...string) string {
		t.Helper()
		out, errs, got := today(t, append([]string{"--db", service, "alerts"}, args...)...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Errorf("%v: exit code %d, want %d and %q in:\n%s%s", args, got, code, want, out, errs)
		}
		return out
	}
	mine, other := filepath.Join(t.TempDir(), "mine.yaml"), filepath.Join(t.TempDir(), "other.yaml")
	edit := func(path, old, now string) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), old) {
			t.Fatalf("no %q in %s, %v", old, text, err)
		}
		if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte(old), []byte(now)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	says(exitFailed, "aiops login", "pull")
	as("viewer")
	says(exitOK, "The rules of "+service+" (1) are in ", "pull", mine)
	says(exitUsage, "--force", "pull", mine)
	says(exitOK, "mine.yaml is right: 1 rule, 1 channel", "check", mine)
	says(exitOK, "The rules of "+service+" are right: 1 rule, 1 channel", "check")
	says(exitOK, "The rules of "+service+" are right: 1 rule, 1 channel", "check")
	says(exitOK, "1 rule fired", "run")
	says(exitUsage, "runs its rules itself", "watch", "--once")
	if text := says(exitOK, "# loud", "pull"); strings.Contains(text, "T0KEN") {
		t.Error("a channel's secret is told")
	}
	edit(mine, "above: 90", "above: 80")
	says(exitFailed, "admin", "push", mine)

	as("admin")
	says(exitOK, "1 rule fired", "run", mine)
	says(exitOK, "now; different: high-cpu", "push", mine)
	says(exitOK, "no rule differs", "push", mine)
	if text, err := os.ReadFile(rules); err != nil || !strings.Contains(string(text), "above: 80") || !strings.Contains(string(text), "T0KEN") {
		t.Errorf("%s %v", text, err)
	}
	says(exitOK, "other.yaml", "pull", other)
	edit(other, "above: 80", "above: 70")
	says(exitOK, "different: high-cpu", "push", other)
	edit(mine, "rules:\n", "rules:\n  - {name: quiet, kind: no_data, for: 5m}\n")
	says(exitFailed, "different: high-cpu; only in "+mine+": quiet", "push", mine)
	edit(mine, "notify: [hook]", "notify: [nobody]")
	says(exitFailed, "nobody", "push", "--force", mine)
	edit(mine, `name: "hook"`, `name: "nobody"`) // here, not at the service
	says(exitFailed, "(lines count from `rules:` in "+mine+")", "push", "--force", mine)
	edit(mine, "nobody", "hook")
	says(exitOK, "only now: quiet", "push", "--force", mine)
	says(exitUsage, "alerts pull", "push", file(t, "own.yaml", teamRules))
	if _, errs, code := today(t, "alerts", "pull"); code != exitUsage || !strings.Contains(errs, "--db https://HOST") {
		t.Error(code, errs)
	}
	if _, errs, code := today(t, "--db", service, "--offline", "alerts", "push", mine); code != exitUsage || !strings.Contains(errs, "--offline") {
		t.Error(code, errs)
	}
}
