//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"image"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/app/auth/authtest"
	"aiops/store/postgres/pgtest"
)

const teamRules = `channels:
  - {name: hook, kind: webhook, url: "https://secret.example.com/T0KEN"}
rules:
  # the team's
  - name: high-cpu
    kind: threshold
    metric: cpu
    above: 90
    severity: critical
    notify: [hook]
  - name: odd
    kind: anomaly
    metric: cpu
    severity: warning
`

// loginAt signs somebody in at a sign-in server in the process.
func loginAt(t *testing.T, env []string, sso *authtest.Server, role string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), static, "login", "--issuer", sso.Issuer(), "--no-browser")
	cmd.Env = env
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if code, ok := strings.CutPrefix(lines.Text(), "Enter   "); ok {
			sso.Approve(code, authtest.User{Name: role, Roles: []string{role}})
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("aiops login: %v", err)
	}
}

// In a window: the rules of the service that it is signed in to are shown, edited and saved there, and stay to be looked at while it is away.
func TestWindowEditsTheTeamsRules(t *testing.T) {
	sso := authtest.Start(t, "", false)
	db := pgtest.StartServer(t).Database(t)
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal("the server's address is no URL")
	}
	u.User, u.RawQuery = nil, "sslmode=disable"
	serverDir, serverEnv := home(t)
	rules := filepath.Join(serverDir, "team.yaml")
	if err := os.WriteFile(rules, []byte(teamRules), 0o600); err != nil {
		t.Fatal(err)
	}
	saved := func(what string) func() bool {
		return func() bool {
			text, err := os.ReadFile(rules)
			return err == nil && strings.Contains(string(text), what) && strings.Contains(string(text), "T0KEN") && strings.Contains(string(text), "# the team's")
		}
	}
	must(t, serverEnv, "generate", "--vms", "3", "--days", "3", "--db", db)
	listen := freePort(t)
	serve := func() *exec.Cmd {
		cmd := start(t, serverEnv, static, "serve", "--listen", listen, "--db", db, "--rules", rules, "--oidc-issuer", sso.Issuer(), "--database-logins", u.String())
		until(t, "the service", func() bool {
			resp, err := http.Get("http://" + listen + "/readyz")
			if err != nil {
				return false
			}
			resp.Body.Close()
			return resp.StatusCode == http.StatusOK
		})
		return cmd
	}
	service, running := "http://"+listen, serve()

	_, env := home(t)
	loginAt(t, env, sso, "admin")
	s := newScreen(t, env, "1440x900")
	start(t, s.env, windowed, "--db", service)
	fact := s.wait("the curves", func(img image.Image) bool { return colours(img, plot) > 60 })
	s.do("mousemove", "700", "800")
	s.do("key", "ctrl+3")
	time.Sleep(2 * time.Second)
	s.do("key", "r")
	list := image.Rect(276, 130, 1430, 240)
	room := s.wait("the rules", func(img image.Image) bool { return differ(fact, img, list) > 0.02 })
	time.Sleep(time.Second)
	room = s.see()

	s.do("mousemove", "340", "175", "click", "1")
	editor := image.Rect(360, 175, 1080, 725)
	s.wait("the editor", func(img image.Image) bool { return differ(room, img, editor) > 0.2 })
	s.do("key", "--repeat", "12", "--delay", "20", "Down")
	s.do("type", "--delay", "20", "    for: 5m")
	s.do("mousemove", "918", "698", "click", "1") // Try it
	time.Sleep(3 * time.Second)
	s.see()
	s.do("mousemove", "1010", "698", "click", "1") // Save rule
	until(t, "the rule in the service's file", saved("for: 5m"))
	room = s.wait("the list again", func(img image.Image) bool { return differ(room, img, editor) < 0.1 })

	// somebody else is faster
	mine := filepath.Join(serverDir, "mine.yaml")
	s.do("mousemove", "340", "175", "click", "1")
	s.wait("the editor", func(img image.Image) bool { return differ(room, img, editor) > 0.2 })
	s.do("key", "--repeat", "12", "--delay", "20", "Down")
	s.do("type", "--delay", "20", "    keep: 20m")
	must(t, env, "--db", service, "alerts", "pull", mine)
	text, err := os.ReadFile(mine)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, bytes.Replace(text, []byte("above: 90"), []byte("above: 85"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, env, "--db", service, "alerts", "push", mine)
	before := s.see()
	s.do("mousemove", "1010", "698", "click", "1")
	s.wait("theirs", func(img image.Image) bool { return differ(before, img, image.Rect(384, 500, 1056, 660)) > 0.02 })
	time.Sleep(time.Second)
	s.see()
	if !saved("above: 85")() || saved("keep: 20m")() {
		t.Error("it is saved over theirs unseen")
	}
	s.do("mousemove", "1010", "698", "click", "1") // Save mine
	until(t, "mine", saved("keep: 20m"))
	room = s.wait("the list again", func(img image.Image) bool { return differ(room, img, editor) < 0.1 })

	if err := running.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.do("mousemove", "700", "800", "key", "F5")
	away := s.wait("the last rules", func(img image.Image) bool { return differ(room, img, list) > 0.2 })
	serve()
	time.Sleep(2 * time.Second)
	s.do("mousemove", "1390", "153", "click", "1") // Retry
	s.wait("the rules of now", func(img image.Image) bool { return differ(away, img, list) > 0.2 })
	s.do("key", "a")
	time.Sleep(2 * time.Second)
	s.see()
}
