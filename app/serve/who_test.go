package serve

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"aiops/app/auth"
)

// Every route is refused to nobody, and to who lacks its right.
func TestWhoMayDoWhat(t *testing.T) {
	var log bytes.Buffer
	s := newService(t, func(o *Options) {
		o.Log = slog.New(slog.NewJSONHandler(&log, nil))
		o.Who = func(r *http.Request) (auth.Identity, error) {
			role := r.Header.Get("X-Role")
			if role == "" {
				return auth.Identity{}, errors.New("no token")
			}
			return auth.Identity{Subject: "u-1", Name: "Mia", Roles: []auth.Role{auth.Role(role)}}, nil
		}
	})
	for _, rt := range routes {
		path := strings.NewReplacer("{id}", "1", "{file}", "fact.svg").Replace(rt.path)
		if w := s.call(rt.method, path, ""); w.Code != 401 || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s without signing in: %d", rt.id, w.Code)
		}
		if rt.class == stream {
			continue
		}
		w := s.call(rt.method, path, "", "X-Role", "viewer")
		if forbidden := auth.Needs(rt.action) != auth.Viewer; (w.Code == 403) != forbidden {
			t.Errorf("%s as a viewer: %d", rt.id, w.Code)
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/docs", "/openapi.json", "/openapi.yaml", "/dashboard-ui/"} {
		s.want(200, "GET", path, "")
	}
	log.Reset()
	s.want(201, "POST", "/api/v1/annotations", `{"from":"2026-11-23T10:00:00Z","text":"x"}`, "X-Role", "analyst", "X-Request-Id", "mine-0001")
	for _, part := range []string{`"msg":"audit"`, `"event.action":"post-annotation"`, `"event.outcome":"success"`, `"user.id":"u-1"`, `"user.name":"Mia"`, `"client.address":"192.0.2.1"`, `"http.request.id":"mine-0001"`} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log lacks %s: %s", part, log.String())
		}
	}
}

func TestClientBehindProxy(t *testing.T) {
	s := newService(t, func(o *Options) { o.Proxy = true })
	r := func(forwarded string) *http.Request {
		r, _ := http.NewRequest("GET", "http://localhost/", nil)
		r.RemoteAddr = "127.0.0.1:1"
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		return r
	}
	for forwarded, want := range map[string]string{"": "127.0.0.1", "1.2.3.4, 10.0.0.7": "10.0.0.7", "nonsense": "127.0.0.1"} {
		if got := s.client(r(forwarded)); got != want {
			t.Errorf("%q: %s instead of %s", forwarded, got, want)
		}
	}
}
