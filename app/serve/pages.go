package serve

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

//go:embed pages
var pageFiles embed.FS

// pageRules keep a browser from loading anything from elsewhere; only the sign-in server is asked.
func (s *Server) pageRules() string {
	ask := "'self'"
	if u, err := url.Parse(s.opt.SignIn.Issuer); err == nil && u.Host != "" {
		ask += " " + u.Scheme + "://" + u.Host
	}
	return "default-src 'none'; img-src 'self' blob:; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src " + ask + "; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
}

// SignIn is what the dashboard's page needs to sign somebody in; zero: nobody has to.
type SignIn struct {
	Issuer string `json:"issuer"`
	Client string `json:"client"` // a public client with PKCE
}

// settings are what the page asks for first.
func (s *Server) settings() ([]byte, error) {
	var out struct {
		SignIn *SignIn `json:"sign_in"`
	}
	if s.opt.SignIn != (SignIn{}) {
		out.SignIn = &s.opt.SignIn
	}
	return json.Marshal(out)
}

// pages adds the OpenAPI document, the page that shows it, and the dashboard.
// None of them holds data, so nobody signs in for them.
func (s *Server) pages() error {
	spec, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	yaml, err := s.api.OpenAPI().YAML()
	if err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	docs, err := docsPage(spec, s.opt.BasePath)
	if err != nil {
		return fmt.Errorf("write the documentation page: %w", err)
	}
	s.page("/openapi.json", "application/openapi+json", spec)
	s.page("/openapi.yaml", "application/openapi+yaml", yaml)
	s.page("/docs", "text/html; charset=utf-8", docs)
	ui, err := fs.Sub(pageFiles, "pages/ui")
	if err != nil {
		return err
	}
	settings, err := s.settings()
	if err != nil {
		return err
	}
	s.page("/dashboard-ui/settings.json", "application/json", settings)
	const script = "text/javascript; charset=utf-8"
	for name, kind := range map[string]string{"index.html": "text/html; charset=utf-8", "dashboard.js": script, "signin.js": script, "events.js": script, "dashboard.css": "text/css; charset=utf-8"} {
		text, err := fs.ReadFile(ui, name)
		if err != nil {
			return err
		}
		s.page("/dashboard-ui/"+strings.TrimPrefix(name, "index.html"), kind, text)
	}
	for _, from := range []string{"GET /dashboard-ui", "GET /{$}"} {
		s.mux.HandleFunc(from, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, s.opt.BasePath+"/dashboard-ui/", http.StatusTemporaryRedirect)
		})
	}
	return nil
}

// page serves a text that does not change.
func (s *Server) page(path, kind string, text []byte) {
	rules := s.pageRules()
	tag := `"` + strconv.FormatUint(xxhash.Sum64(text), 36) + `"`
	pattern := path
	if strings.HasSuffix(path, "/") {
		pattern += "{$}"
	}
	s.mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
		stateOf(r.Context()).route = path
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("ETag", tag)
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Security-Policy", rules)
		h.Set("Referrer-Policy", "no-referrer")
		if matches(r.Header.Values("If-None-Match"), "W/"+tag) || matches(r.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = bytes.NewReader(text).WriteTo(w) // a client that is gone needs no answer
	})
}
