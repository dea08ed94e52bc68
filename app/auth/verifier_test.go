package auth_test

import (
	"encoding/base64"
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

func verifier(t testing.TB, s *authtest.Server, o auth.VerifierOptions) *auth.Verifier {
	t.Helper()
	v, err := auth.NewVerifier(auth.Config{Issuer: s.Issuer(), Audience: "aiops-api"}, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// with changes claims.
func with(c authtest.Claims, name string, value any) authtest.Claims {
	if value == nil {
		delete(c, name)
	} else {
		c[name] = value
	}
	return c
}

// tamper makes an administrator of whoever the token is for, and keeps its signature.
func tamper(raw string) string {
	part := strings.Split(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(part[1])
	if err != nil {
		panic(err)
	}
	part[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.NewReplacer(`"viewer"`, `"admin"`, `"analyst"`, `"admin"`, `"nobody"`, `"admin"`, `id-of-`, `id_of_`).Replace(string(text))))
	return strings.Join(part, ".")
}

// Every action by every role, and by everybody with a token that must not be taken.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	s.AddKeys()
	v := verifier(t, s, auth.VerifierOptions{})
	may := map[auth.Action]string{ // written out, not computed: v viewer, a analyst, A admin
		auth.Read: "vaA", auth.Forecast: "aA", auth.Annotate: "aA", auth.Silence: "aA", auth.Import: "aA",
		auth.Rules: "A", auth.Retention: "A", auth.Sessions: "A",
	}
	for role, letter := range map[string]string{"viewer": "v", "analyst": "a", "admin": "A", "nobody": "-"} {
		u := authtest.User{Name: role, Roles: []string{role}}
		for _, alg := range []string{"RS256", "ES256", "PS256", "EdDSA"} {
			who, err := ask(v, "Bearer "+s.Mint(alg, s.AccessClaims(u)))
			if err != nil {
				t.Fatalf("%s of a %s: %v", alg, role, err)
			}
			for _, a := range auth.Actions() {
				if want := strings.Contains(may[a], letter); who.Can(a) != want {
					t.Errorf("a %s may %s: %v", role, a, who.Can(a))
				}
			}
		}
		now := time.Now()
		claims := func() authtest.Claims { return s.AccessClaims(u) }
		for name, raw := range map[string]string{
			"expired":             s.Mint("RS256", with(claims(), "exp", now.Add(-time.Minute).Unix())),
			"never expires":       s.Mint("RS256", with(claims(), "exp", nil)),
			"wrong audience":      s.Mint("RS256", with(claims(), "aud", "account")),
			"no audience":         s.Mint("RS256", with(claims(), "aud", nil)),
			"wrong issuer":        s.Mint("RS256", with(claims(), "iss", s.URL()+"/realms/other")),
			"no issuer":           s.Mint("RS256", with(claims(), "iss", nil)),
			"no subject":          s.Mint("RS256", with(claims(), "sub", nil)),
			"alg none":            s.MintNone(claims()),
			"HMAC, public key":    s.MintHMAC(claims()),
			"future nbf":          s.Mint("RS256", with(claims(), "nbf", now.Add(time.Minute).Unix())),
			"future iat":          s.Mint("RS256", with(claims(), "iat", now.Add(time.Minute).Unix())),
			"an ID token":         s.Mint("RS256", with(claims(), "typ", "ID")),
			"tampered":            tamper(s.Mint("RS256", claims())),
			"unknown key":         s.MintUnknown(false, claims()),
			"other key, known id": s.MintUnknown(true, claims()),
			"cut off":             strings.TrimSuffix(s.Mint("RS256", claims()), "xx")[:100],
			"very long":           s.Mint("RS256", with(claims(), "name", strings.Repeat("x", 20_000))),
		} {
			who, err := ask(v, "Bearer "+raw)
			if !errors.Is(err, auth.ErrToken) || who.Subject != "" || len(who.Roles) > 0 {
				t.Errorf("%s of a %s is taken for %+v, %v", name, role, who, err)
			}
			if c := auth.Challenge(err); !strings.Contains(c, `error="invalid_token"`) || strings.Contains(c, raw) {
				t.Errorf("%s: WWW-Authenticate is %s", name, c)
			}
			if strings.Contains(err.Error(), "eyJ") {
				t.Errorf("%s: the error quotes the token: %v", name, err)
			}
		}
	}
	for _, header := range []string{"Basic eDp5", "Bearer", "Bearer ", "bearer  "} {
		if _, err := ask(v, header); !errors.Is(err, auth.ErrToken) {
			t.Errorf("%q: %v", header, err)
		}
	}
	if _, err := v.Who(httptest.NewRequest(http.MethodGet, "/", nil)); !errors.Is(err, auth.ErrSignedOut) || auth.Challenge(err) != `Bearer realm="aiops"` {
		t.Errorf("no token: %v", err)
	}
}

func ask(v *auth.Verifier, header string) (auth.Identity, error) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", header)
	return v.Who(r)
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	clock := &at{}
	v := verifier(t, s, auth.VerifierOptions{Now: clock.now, CacheDir: t.TempDir()})
	old := s.Mint("RS256", s.AccessClaims(ann))
	if _, err := v.Verify(t.Context(), auth.Secret(old)); err != nil {
		t.Fatal(err)
	}
	s.Rotate()
	if _, err := v.Verify(t.Context(), auth.Secret(s.Mint("RS256", s.AccessClaims(ann)))); err != nil {
		t.Errorf("the new key: %v", err)
	}
	if _, err := v.Verify(t.Context(), auth.Secret(old)); !errors.Is(err, auth.ErrToken) {
		t.Errorf("the key that was thrown away: %v", err)
	}
}

// Tokens with made-up key ids do not make the service ask the server each time.
func TestUnknownKeysAreAskedForSeldom(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	clock := &at{}
	v := verifier(t, s, auth.VerifierOptions{Now: clock.now})
	good := auth.Secret(s.Mint("RS256", s.AccessClaims(ann)))
	if _, err := v.Verify(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	bad := make([]string, 40)
	for i := range bad {
		bad[i] = s.MintUnknown(false, s.AccessClaims(ann))
	}
	var wg sync.WaitGroup
	for _, raw := range bad {
		wg.Go(func() {
			if _, err := v.Verify(t.Context(), auth.Secret(raw)); !errors.Is(err, auth.ErrToken) {
				t.Error(err)
			}
			if _, err := v.Verify(t.Context(), good); err != nil {
				t.Errorf("meanwhile: %v", err)
			}
		})
	}
	wg.Wait()
	if n := s.Asked("/protocol/openid-connect/certs"); n > 5 {
		t.Errorf("the server was asked %d times", n)
	}
	s.Rotate()
	clock.pass(11 * time.Second)
	if _, err := v.Verify(t.Context(), auth.Secret(s.Mint("RS256", s.AccessClaims(ann)))); err != nil {
		t.Errorf("a rotation is seen after 10 s: %v", err)
	}
}

// A service that starts while the server is away takes the keys of the last time;
// one that never had any says that the server is away, not that the token is wrong.
func TestServerAway(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	dir := t.TempDir()
	raw := auth.Secret(s.Mint("RS256", s.AccessClaims(ann)))
	if _, err := verifier(t, s, auth.VerifierOptions{CacheDir: dir}).Verify(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	s.Away(true)
	if _, err := verifier(t, s, auth.VerifierOptions{CacheDir: dir}).Verify(t.Context(), raw); err != nil {
		t.Errorf("with the keys of before: %v", err)
	}
	v := verifier(t, s, auth.VerifierOptions{})
	for range 5 {
		if _, err := v.Verify(t.Context(), raw); !errors.Is(err, auth.ErrAway) || auth.Challenge(err) != "" {
			t.Errorf("without any: %v", err)
		}
	}
	if err := v.Ready(t.Context()); !errors.Is(err, auth.ErrAway) {
		t.Error(err)
	}
}

func TestIntrospectionEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	clock := &at{}
	v := verifier(t, s, auth.VerifierOptions{Now: clock.now, AskAs: "aiops-introspect", AskSecret: "aiops-introspect-demo"})
	c := client(t, auth.Config{Issuer: s.Issuer()}, nil)
	signedIn(t, s, c)
	token, err := c.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := v.Verify(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Asked("/protocol/openid-connect/token/introspect"); n != 1 {
		t.Errorf("the server was asked %d times within 10 s", n)
	}
	s.EndSessions()
	clock.pass(11 * time.Second)
	if _, err := v.Verify(t.Context(), token); !errors.Is(err, auth.ErrToken) || !errors.Is(err, auth.ErrEnded) {
		t.Errorf("ended: %v", err)
	}
	s.Away(true)
	clock.pass(11 * time.Second)
	if _, err := v.Verify(t.Context(), token); !errors.Is(err, auth.ErrAway) {
		t.Errorf("away: %v", err)
	}
	s.Away(false)
	wrong := verifier(t, s, auth.VerifierOptions{AskAs: "aiops-introspect", AskSecret: "wrong"})
	if _, err := wrong.Verify(t.Context(), token); !errors.Is(err, auth.ErrClient) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("wrong secret: %v", err)
	}
}

func TestRolesAndTeamsByOtherNames(t *testing.T) {
	t.Parallel()
	s := authtest.Start(t, "", false)
	names, err := auth.ParseRoleNames("viewer=ops-read, admin=ops-lead")
	if err != nil {
		t.Fatal(err)
	}
	v, err := auth.NewVerifier(auth.Config{Issuer: s.Issuer(), Audience: "aiops-api", RoleClaim: "resource_access.aiops-api.roles", TeamClaim: "https://example.com/teams", RoleNames: names}, auth.VerifierOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for list, want := range map[string]string{"ops-read": "viewer", "ops-lead,ops-read": "admin,viewer", "analyst": "analyst", "admin": "", "viewer,x": "", "": ""} {
		c := s.AccessClaims(ann)
		c["resource_access"] = map[string]any{"aiops-api": map[string]any{"roles": strings.Split(list, ",")}}
		c["https://example.com/teams"] = []any{"b", "/a", 3}
		who, err := v.Verify(t.Context(), auth.Secret(s.Mint("RS256", c)))
		var got []string
		for _, r := range who.Roles {
			got = append(got, string(r))
		}
		if err != nil || strings.Join(got, ",") != want || strings.Join(who.Teams, ",") != "a,b" {
			t.Errorf("%q: %v %v, %v", list, got, who.Teams, err)
		}
	}
}

// Whatever is sent, nothing panics and only what the server signed is taken.
func FuzzVerify(f *testing.F) {
	s := authtest.Start(f, "", false)
	v := verifier(f, s, auth.VerifierOptions{})
	good := s.Mint("RS256", s.AccessClaims(ann))
	for _, raw := range []string{good, s.MintNone(s.AccessClaims(ann)), s.MintHMAC(s.AccessClaims(ann)), tamper(good), "", ".", "..", "a.b.c", good + "=", good + ".", "eyJhbGciOiJub25lIn0..",
		`{"payload":"","protected":"","signature":""}`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		who, err := v.Verify(t.Context(), auth.Secret(raw))
		if err == nil && (who.Subject != "id-of-ann" || who.Can(auth.Rules)) {
			t.Errorf("%q is taken for %+v", raw, who)
		}
		if err != nil && who.Subject != "" {
			t.Errorf("%q: %v and yet %+v", raw, err, who)
		}
	})
}

// What a program sends back, at any size, never makes the client panic.
func FuzzClaims(f *testing.F) {
	s := authtest.Start(f, "", false)
	v := verifier(f, s, auth.VerifierOptions{})
	f.Add("realm_access", `{"roles":["admin"]}`)
	f.Add("realm_access", `[1]`)
	f.Add("groups", `"x"`)
	f.Add("aud", `[]`)
	f.Add("exp", `1e300`)
	f.Add("sub", `7`)
	f.Fuzz(func(t *testing.T, name, value string) {
		raw, ok := s.MintRaw(name, value)
		if !ok {
			return
		}
		who, err := v.Verify(t.Context(), auth.Secret(raw))
		if err != nil && !errors.Is(err, auth.ErrToken) || err == nil && who.Subject == "" {
			t.Errorf("%s=%s: %+v, %v", name, value, who, err)
		}
	})
}
