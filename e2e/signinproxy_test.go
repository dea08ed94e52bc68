//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"aiops/app/auth/kctest"
	"aiops/store/postgres/pgtest"
)

// As a team has it: one name, Apache with TLS in front of Keycloak and of the service, an authority of their own,
// and each team sees its machines.
func TestBehindApache(t *testing.T) {
	listen, backend := freePort(t), freePort(t)
	name := "localhost:" + listen[strings.LastIndexByte(listen, ':')+1:]
	sso := kctest.StartBehind(t, "https://"+name+"/keycloak")
	web := newApache(t, name, backend, strings.TrimPrefix(sso.URL(), "http://"))
	web.trusting(t)
	admin := sso.Admin(t)
	admin.Set(map[string]any{"oauth2DevicePollingInterval": 1})
	admin.SetClient("aiops-web", map[string]any{"redirectUris": []string{web.address + "/aiops/dashboard-ui/"}, "webOrigins": []string{"+"}})

	pg := pgtest.StartServer(t)
	db := pg.Database(t)
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal(err)
	}
	u.User, u.RawQuery = nil, "sslmode=disable"
	serverDir, serverEnv := home(t)
	must(t, serverEnv, "import", writeCSV(t, serverDir, "m.csv", 1000), "--db", db)
	var log bytes.Buffer
	cmd := []string{"--db", db, "--base-path", "/aiops", "--behind-proxy", "--oidc-issuer", sso.Issuer(), "--oidc-ca", web.ca,
		"--database-logins", u.String(), "--login-teams", "platform=web-00;web-01,payments=web-02;m-*", "--no-watch"}
	servingAt(t, serverEnv, &log, backend, "/aiops", cmd...)
	service := web.address + "/aiops"

	dir, env := home(t)
	env = secretService(t, dir, env)
	if out, code := aiops(t, env, "login", "--issuer", sso.Issuer(), "--no-browser"); code != 1 || !strings.Contains(out, "--ca FILE") {
		t.Errorf("without the authority's certificate: %d %s", code, out)
	}
	if out, code := aiops(t, env, "login", "--issuer", strings.Replace(sso.Issuer(), "/keycloak", "", 1), "--no-browser", "--ca", web.ca); code != 1 || strings.Contains(out, "panic") {
		t.Errorf("without the proxy's path: %d %s", code, out)
	}
	teams := map[string][]string{"analyst": {"web-00", "web-01"}, "viewer": {"web-02"}, "admin": {"web-00", "web-02", "web-09"}}
	for _, user := range []string{"analyst", "viewer", "admin"} {
		login(t, env, sso.Issuer(), user, "--ca", web.ca)
		out := must(t, env, "list", "--db", service)
		for _, vm := range []string{"web-00", "web-01", "web-02", "web-09"} {
			if sees := strings.Contains(out, vm); sees != strings.Contains(strings.Join(teams[user], " "), vm) && user != "admin" {
				t.Errorf("%s sees %s: %v\n%s", user, vm, sees, out)
			}
		}
		for _, vm := range teams[user] {
			if !strings.Contains(out, vm) {
				t.Errorf("%s does not see %s:\n%s", user, vm, out)
			}
		}
	}
	heard := hears(t, sso, service)
	machineSends(t, sso, service)
	select {
	case data := <-heard:
		if !strings.Contains(data, `"vm":"m-1"`) {
			t.Error(data)
		}
	case <-time.After(8 * time.Second): // a heartbeat, which would carry it along, comes after 15 s
		t.Error("the proxy holds events back")
	}

	b := newBrowser(t, env, chromedp.Flag("ignore-certificate-errors-spki-list", web.pin))
	b.do("open the page", chromedp.Navigate(web.address+"/"), chromedp.WaitVisible("#sign-in"), chromedp.Click("#sign-in"))
	b.signIn("viewer")
	shown(b, "fact")
	b.wait("the stream of events", "document.getElementById('live').className === 'on'")
	if len(b.said) > 0 {
		t.Errorf("the page complained: %q", b.said)
	}
	noSecrets(t, []string{dir, serverDir}, log.String(), pg.Log(t))
	audited(t, log.String(), "post-database-credentials", "success", "Demo Analyst")
	audited(t, log.String(), "post-metric", "success", "service-account-aiops-ingest")
	audited(t, log.String(), "post-metric", "failure", "")
	if strings.Contains(log.String(), "203.0.113.99") {
		t.Error("the log believes what a client says of its address")
	}
}

// audited looks for a line that tells who did what, when, from where, and with what outcome.
func audited(t *testing.T, log, action, outcome, who string) {
	t.Helper()
	for line := range strings.Lines(log) {
		var l map[string]any
		if json.Unmarshal([]byte(line), &l) != nil || l["message"] != "audit" || l["event.action"] != action || l["event.outcome"] != outcome || l["user.name"] != who {
			continue
		}
		at, _ := l["@timestamp"].(string)
		if _, err := time.Parse(time.RFC3339, at); err != nil || l["client.address"] != "127.0.0.1" || l["http.request.id"] == "" || who != "" && l["user.id"] == "" {
			t.Errorf("an audit line lacks something: %s", line)
		}
		return
	}
	t.Errorf("no audit line of %s, %s, by %q", action, outcome, who)
}

// hears listens for new points as a machine does.
func hears(t *testing.T, sso *kctest.Server, service string) <-chan string {
	t.Helper()
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
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, service+"/api/v1/events?kind=points", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.AccessToken)
	r.Header.Set("X-Forwarded-For", "203.0.113.99") // a lie
	stream, err := http.DefaultClient.Do(r)
	if err != nil || stream.StatusCode != http.StatusOK {
		t.Fatal(err, stream)
	}
	t.Cleanup(func() { stream.Body.Close() })
	out := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(stream.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				out <- data
				return
			}
		}
	}()
	return out
}
