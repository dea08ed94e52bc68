package serve

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/app/auth"
	"aiops/app/auth/authtest"
	"aiops/store/postgres"
	"aiops/store/sqlite"
)

var update = flag.Bool("update", false, "write the table of docs/SIGNIN.md anew")

// guarded is a service that asks who is there.
func guarded(t *testing.T, change func(*Options)) (*httptest.Server, *authtest.Server) {
	t.Helper()
	sso := authtest.Start(t, "", false)
	sso.AddKeys()
	v, err := auth.NewVerifier(auth.Config{Issuer: sso.Issuer(), Audience: "aiops-api"}, auth.VerifierOptions{})
	if err != nil {
		t.Fatal(err)
	}
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "m.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	o := Options{Store: st, Who: v.Who, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Limits: Limits{Read: -1, Write: -1, Heavy: -1, Time: 5 * time.Second}}
	o.Watch.Off = true
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	return web, sso
}

func request(t *testing.T, web *httptest.Server, rt route, token string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	path := strings.NewReplacer("{id}", "1", "{file}", "fact.svg", "{subject}", "x").Replace(rt.path)
	var body io.Reader
	if rt.method == http.MethodPost || rt.method == http.MethodPut {
		body = strings.NewReader("{}")
	}
	r, err := http.NewRequestWithContext(ctx, rt.method, web.URL+path, body)
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
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// forgeries are tokens that must not be taken, whoever they name.
func forgeries(sso *authtest.Server, u authtest.User) map[string]string {
	now := time.Now()
	claims := func(name string, value any) authtest.Claims {
		c := sso.AccessClaims(u)
		if name != "" {
			c[name] = value
		}
		return c
	}
	good := sso.Mint("RS256", claims("", nil))
	other := sso.Mint("RS256", sso.AccessClaims(authtest.User{Name: "x", Roles: []string{"admin"}}))
	body := strings.Split(other, ".")[1]
	parts := strings.Split(good, ".")
	return map[string]string{
		"no token":         "",
		"expired":          sso.Mint("RS256", claims("exp", now.Add(-time.Minute).Unix())),
		"wrong audience":   sso.Mint("RS256", claims("aud", "account")),
		"wrong issuer":     sso.Mint("RS256", claims("iss", "https://sso.example.com/realms/aiops")),
		"alg none":         sso.MintNone(claims("", nil)),
		"HMAC, public key": sso.MintHMAC(claims("", nil)),
		"future nbf":       sso.Mint("RS256", claims("nbf", now.Add(time.Minute).Unix())),
		"tampered":         parts[0] + "." + body + "." + parts[2],
	}
}

// Every route by every role, and by everybody with a token that must not be taken.
func TestEveryRouteAsksWhoIsThere(t *testing.T) {
	web, sso := guarded(t, nil)
	roles := []auth.Role{auth.Viewer, auth.Analyst, auth.Admin}
	var table strings.Builder
	table.WriteString("| route | needs | viewer | analyst | admin | no role, no or a false token |\n|---|---|---|---|---|---|\n")
	for _, rt := range routes {
		fmt.Fprintf(&table, "| `%s %s` | %s |", rt.method, rt.path, rt.action)
		for i, role := range append(roles, "nobody") {
			u := authtest.User{Name: string(role), Roles: []string{string(role)}}
			got := request(t, web, rt, sso.Mint("ES256", sso.AccessClaims(u))).StatusCode
			allowed := i < len(roles) && i+1 >= 1+map[auth.Role]int{auth.Viewer: 0, auth.Analyst: 1, auth.Admin: 2}[auth.Needs(rt.action)]
			if allowed == (got == http.StatusForbidden) || got == http.StatusUnauthorized {
				t.Errorf("%s %s as a %s: %d", rt.method, rt.path, role, got)
			}
			if i < len(roles) {
				table.WriteString(map[bool]string{true: " yes |", false: " 403 |"}[allowed])
			}
			for name, token := range forgeries(sso, u) {
				resp := request(t, web, rt, token)
				var p struct{ Status int }
				err := json.NewDecoder(resp.Body).Decode(&p)
				if resp.StatusCode != http.StatusUnauthorized || p.Status != resp.StatusCode || err != nil || resp.Header.Get("Content-Type") != "application/problem+json" ||
					!strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), `Bearer realm="aiops"`) {
					t.Errorf("%s %s, %s of a %s: %d, %v", rt.method, rt.path, name, role, resp.StatusCode, resp.Header)
				}
			}
		}
		table.WriteString(" 403, 401 |\n")
	}
	inDocs(t, table.String())
}

// inDocs holds docs/SIGNIN.md to what was found.
func inDocs(t *testing.T, table string) {
	t.Helper()
	const path, begin, end = "../../docs/SIGNIN.md", "<!-- routes: begin -->\n", "<!-- routes: end -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(text), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the table", path)
	}
	if old == table {
		return
	}
	if !*update {
		t.Errorf("the table of %s is not what the service does: go test ./app/serve -run EveryRoute -update", path)
		return
	}
	if err := os.WriteFile(path, []byte(head+begin+table+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPagesOfOtherSites(t *testing.T) {
	web, sso := guarded(t, func(o *Options) { o.Origins = []string{"https://grafana.example.com"} })
	ask := func(method, origin string, headers ...string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, web.URL+"/api/v1/vms", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	token := "Bearer " + sso.Mint("RS256", sso.AccessClaims(authtest.User{Name: "ann", Roles: []string{"viewer"}}))
	before := ask(http.MethodOptions, "https://grafana.example.com", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
	if before.StatusCode != http.StatusNoContent || before.Header.Get("Access-Control-Allow-Origin") != "https://grafana.example.com" || !strings.Contains(before.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("%d %v", before.StatusCode, before.Header)
	}
	got := ask(http.MethodGet, "https://grafana.example.com", "Authorization", token)
	if got.StatusCode != http.StatusOK || got.Header.Get("Access-Control-Allow-Origin") == "" || got.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	for _, origin := range []string{"https://evil.example.com", "null", "https://grafana.example.com.evil.example.com"} {
		got := ask(http.MethodGet, origin, "Authorization", token)
		if got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s is let in: %v", origin, got.Header)
		}
		if post := ask(http.MethodPost, origin, "Authorization", token, "Sec-Fetch-Site", "cross-site"); post.StatusCode != http.StatusForbidden {
			t.Errorf("%s may post: %d", origin, post.StatusCode)
		}
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "no-referrer"} {
		if got := got.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if !strings.Contains(got.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("no Content-Security-Policy")
	}
}

// While the sign-in server is away nobody is told that their token is wrong.
func TestSignInServerAway(t *testing.T) {
	web, sso := guarded(t, nil)
	token := sso.Mint("RS256", sso.AccessClaims(authtest.User{Name: "ann", Roles: []string{"viewer"}}))
	sso.Away(true)
	resp := request(t, web, routeOf("get-vms"), token)
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	sso.Away(false)
	if resp := request(t, web, routeOf("get-vms"), token); resp.StatusCode != http.StatusOK {
		t.Errorf("back again: %d", resp.StatusCode)
	}
}

// fakeLogins hands out what a test looks at.
type fakeLogins struct{ made, ended []string }

func (f *fakeLogins) Make(_ context.Context, who auth.Identity, device, from string) (auth.DatabaseLogin, error) {
	f.made = append(f.made, who.Subject+" "+device+" "+from)
	return auth.DatabaseLogin{Database: "postgres://h/d", User: "u", Password: "p", Role: who.Role(), Seconds: 900, Expires: time.Now()}, nil
}

func (f *fakeLogins) Held(context.Context) ([]postgres.LoginHeld, error) {
	return []postgres.LoginHeld{{LoginRequest: postgres.LoginRequest{Subject: "id-of-bob", Person: "Bob", Teams: []string{"web"}}}}, nil
}

func (f *fakeLogins) End(_ context.Context, subject string) error {
	f.ended = append(f.ended, subject)
	return nil
}

func TestDatabaseCredentials(t *testing.T) {
	var log strings.Builder
	logins := &fakeLogins{}
	web, sso := guarded(t, func(o *Options) {
		o.Logins = logins
		o.Log = slog.New(slog.NewJSONHandler(&log, nil))
	})
	ask := func(method, path, role, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, web.URL+"/api/v1/database-credentials"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+sso.Mint("RS256", sso.AccessClaims(authtest.User{Name: "ann", Roles: []string{role}})))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(text)
	}
	code, text := ask(http.MethodPost, "", "analyst", `{"device":"laptop"}`)
	if code != http.StatusCreated || !strings.Contains(text, `"role":"analyst"`) || !strings.Contains(text, `"password":"p"`) || len(logins.made) != 1 || logins.made[0] != "id-of-ann laptop 127.0.0.1" {
		t.Errorf("%d %s %v", code, text, logins.made)
	}
	for _, body := range []string{`{}`, `{"device":""}`, `{"device":"a b"}`, `{"device":"x","role":"admin"}`, `[]`} {
		if code, text := ask(http.MethodPost, "", "analyst", body); code != http.StatusUnprocessableEntity && code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", body, code, text)
		}
	}
	if code, _ := ask(http.MethodDelete, "/id-of-bob", "analyst", ""); code != http.StatusForbidden {
		t.Errorf("an analyst ends others' logins: %d", code)
	}
	if code, _ := ask(http.MethodDelete, "/id-of-bob", "admin", ""); code != http.StatusNoContent || len(logins.ended) != 1 {
		t.Errorf("%d %v", code, logins.ended)
	}
	if code, text := ask(http.MethodGet, "", "admin", ""); code != http.StatusOK || !strings.Contains(text, `"subject":"id-of-bob"`) {
		t.Errorf("%d %s", code, text)
	}
	for _, want := range []string{`"event.action":"post-database-credentials"`, `"event.action":"end-database-credentials"`, `"user.id":"id-of-ann"`, `"client.address":"127.0.0.1"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the audit log lacks %s", want)
		}
	}
	if strings.Contains(log.String(), "eyJ") || strings.Contains(log.String(), `"p"`) {
		t.Error("the log holds a token or a password")
	}
}
