//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/app/auth/kctest"
	"aiops/store/postgres/pgtest"
)

// secretService is a keyring of the test's own; the environment names it.
func secretService(t *testing.T, dir string, env []string) []string {
	t.Helper()
	bus := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address", "--address=unix:dir="+dir)
	bus.Env = env
	out, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(); err != nil {
		t.Fatalf("the tests need dbus and gnome-keyring: %v", err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	env = append(env, "DBUS_SESSION_BUS_ADDRESS="+strings.TrimSpace(address), "XDG_RUNTIME_DIR="+dir, "XDG_DATA_HOME="+dir)
	ring := exec.Command("gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets")
	ring.Env = env
	ring.Stdin = strings.NewReader("ring")
	if err := ring.Start(); err != nil {
		t.Fatalf("the tests need gnome-keyring: %v", err)
	}
	t.Cleanup(func() {
		for _, c := range []*exec.Cmd{ring, bus} {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
	time.Sleep(500 * time.Millisecond) // until it has its name on the bus
	return env
}

// login signs a user in with the program; a script is the person in the browser.
func login(t *testing.T, env []string, issuer, user string, more ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, static, append([]string{"login", "--issuer", issuer, "--no-browser"}, more...)...)
	cmd.Env = env
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	address, all := "", ""
	for lines.Scan() {
		all += lines.Text() + "\n"
		switch f := strings.Fields(lines.Text()); {
		case len(f) == 2 && f[0] == "Open":
			address = f[1]
		case len(f) == 2 && f[0] == "Enter":
			if err := kctest.Approve(ctx, address+"?user_code="+url.QueryEscape(f[1]), user, user+"-pw"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("aiops login: %v\n%s%s", err, all, errs.String())
	}
	return all + errs.String()
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serving starts the service and waits until it answers; log is what it says.
func serving(t *testing.T, env []string, log io.Writer, args ...string) (address string) {
	t.Helper()
	listen := freePort(t)
	servingAt(t, env, log, listen, "", args...)
	return "http://" + listen
}

// servingAt is serving at an address, below a base path.
func servingAt(t *testing.T, env []string, log io.Writer, listen, base string, args ...string) {
	t.Helper()
	cmd := exec.Command(static, append([]string{"serve", "--listen", listen}, args...)...)
	cmd.Env, cmd.Stderr = env, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	until(t, "the service answers", func() bool {
		resp, err := http.Get("http://" + listen + base + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// From a code in a browser to points of a database whose password nobody knows,
// and what becomes of it when things go wrong.
func TestSignedInToADatabase(t *testing.T) {
	sso := kctest.Start(t)
	admin := sso.Admin(t)
	admin.Set(map[string]any{"oauth2DevicePollingInterval": 1, "accessTokenLifespan": 10})
	pg := pgtest.StartServer(t)
	pgtest.Exec(t, pg.URL("postgres"), `ALTER SYSTEM SET log_statement = 'all'`, `SELECT pg_reload_conf()`)
	db := pg.Database(t)
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal(err)
	}
	u.User, u.RawQuery = nil, "sslmode=disable"
	serverDir, serverEnv := home(t)
	var log bytes.Buffer
	must(t, serverEnv, "import", writeCSV(t, serverDir, "m.csv", 1000), "--db", db)
	service := serving(t, serverEnv, &log, "--db", db, "--oidc-issuer", sso.Issuer(), "--database-logins", u.String(), "--login-hold", "30s", "--no-watch")

	dir, env := home(t)
	env = secretService(t, dir, env)
	if out, code := aiops(t, env, "list", "--db", service); code != 1 || !strings.Contains(out, "needs a sign-in") || !strings.Contains(out, "aiops login") {
		t.Errorf("before signing in: %d %s", code, out)
	}
	if out := login(t, env, sso.Issuer(), "viewer"); !strings.Contains(out, "Signed in as Demo Viewer <viewer@example.test>, viewer, of payments") || strings.Contains(out, "keyring") {
		t.Error(out)
	}
	if out := must(t, env, "whoami"); !strings.Contains(out, "Demo Viewer") {
		t.Error(out)
	}
	if out := must(t, env, "list", "--db", service); !strings.Contains(out, "web-09") {
		t.Errorf("a viewer reads: %s", out)
	}
	if out, code := aiops(t, env, "import", writeCSV(t, dir, "more.csv", 10), "--db", service); code != 1 || !strings.Contains(out, "no right") && !strings.Contains(out, "reading only") {
		t.Errorf("a viewer imports: %d %s", code, out)
	}
	login(t, env, sso.Issuer(), "analyst")
	if out := must(t, env, "import", writeCSV(t, dir, "more.csv", 2000), "--db", service); !strings.Contains(out, "1,000") {
		t.Errorf("an analyst imports: %s", out)
	}
	t.Run("a machine sends points", func(t *testing.T) { machineSends(t, sso, service) })

	admin.RotateKeys()
	time.Sleep(8 * time.Second) // the token is due, and the next one is of the new key
	if out := must(t, env, "list", "--db", service); !strings.Contains(out, "web-09") {
		t.Errorf("with new keys: %s", out)
	}

	if err := sso.Kill(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(8 * time.Second)
	if out, code := aiops(t, env, "whoami"); code != 0 || !strings.Contains(out, "which is away: this is as of") {
		t.Errorf("while the sign-in server is away: %d %s", code, out)
	}
	if out := must(t, env, "list", "--db", service); !strings.Contains(out, "web-09") {
		t.Errorf("the database's login holds meanwhile: %s", out)
	}
	if err := sso.Start(); err != nil {
		t.Fatal(err)
	}
	if out := must(t, env, "whoami"); strings.Contains(out, "away") {
		t.Errorf("back again: %s", out)
	}

	sso.Admin(t).EndSessions("analyst")
	time.Sleep(8 * time.Second)
	if out, code := aiops(t, env, "whoami"); code != 1 || !strings.Contains(out, "Sign in again") {
		t.Errorf("ended by an administrator: %d %s", code, out)
	}
	if out, code := aiops(t, env, "list", "--db", service); code != 1 || !strings.Contains(out, "Sign in again") {
		t.Errorf("and its database: %d %s", code, out)
	}
	until(t, "expired logins are dropped", func() bool {
		conn := pgtest.Connect(t, db)
		defer conn.Close(t.Context())
		left := -1
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_roles WHERE rolname LIKE 'aiops_login_%'`).Scan(&left); err != nil {
			t.Fatal(err)
		}
		return left == 0
	})

	login(t, env, sso.Issuer(), "admin")
	must(t, env, "list", "--db", service)
	noSecrets(t, []string{dir, serverDir}, log.String(), pg.Log(t))
	if out := must(t, env, "logout"); out != "Signed out.\n" {
		t.Error(out)
	}
	if n := sso.Admin(t).Sessions("admin"); n != 0 {
		t.Errorf("%d sessions after signing out", n)
	}
}

// machineSends is a program that has its own account.
func machineSends(t *testing.T, sso *kctest.Server, service string) {
	resp, err := http.PostForm(sso.Issuer()+"/protocol/openid-connect/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"aiops-ingest"}, "client_secret": {"aiops-ingest-demo"}})
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
	for token, want := range map[string]int{a.AccessToken: http.StatusCreated, "": http.StatusUnauthorized, a.AccessToken[:len(a.AccessToken)-4] + "AAAA": http.StatusUnauthorized} {
		body := fmt.Sprintf(`{"vm":"m-1","timestamp":%q,"metric":"cpu","value":1}`, time.Now().Add(-time.Minute).UTC().Format(time.RFC3339))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, service+"/api/v1/metrics", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%d instead of %d: %s", resp.StatusCode, want, text)
		}
	}
}

// noSecrets looks for tokens and for passwords of logins in everything that was written.
func noSecrets(t *testing.T, dirs []string, logs ...string) {
	t.Helper()
	look := func(name string, text []byte) {
		for _, secret := range []string{"eyJ", `"password":`, "analyst-pw"} {
			if i := bytes.Index(text, []byte(secret)); i >= 0 {
				t.Errorf("%s has %q", name, text[i:min(len(text), i+40)])
			}
		}
	}
	files := 0
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil // the server takes its files away meanwhile
			}
			text, err := os.ReadFile(path)
			if err == nil {
				look(path, text)
				files++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range logs {
		look("a log", []byte(l))
	}
	t.Logf("looked through %d files and %d bytes of logs", files, len(strings.Join(logs, "")))
}
