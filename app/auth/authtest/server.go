package authtest

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// User is somebody who can approve a sign-in.
type User struct {
	Name   string
	Roles  []string
	Groups []string
}

// Server is the sign-in server.
type Server struct {
	http *httptest.Server
	base string // path before /realms, as behind a proxy

	mu       sync.Mutex
	Off      time.Duration // its clock is so far from the computer's
	Interval int           // of polls, in seconds
	Hold     time.Duration // how long a code holds
	Life     time.Duration // of an access token
	keys     []signer      // the first one signs
	codes    map[string]*grant
	sessions map[string]*login // by its current refresh token
	old      map[string]*login // by refresh tokens that were used
	ended    map[string]bool   // refresh tokens of sessions that were ended
	away     bool
	slow     int            // so many polls are told to slow down
	asked    map[string]int // how often a path was asked
}

// Start starts a server that ends with the test; tlsOn makes it speak https
// with a certificate that nobody knows.
func Start(t testing.TB, base string, tlsOn bool) *Server {
	s := &Server{base: base, Interval: 1, Hold: 10 * time.Minute, Life: 5 * time.Minute, codes: map[string]*grant{},
		sessions: map[string]*login{}, old: map[string]*login{}, ended: map[string]bool{}, asked: map[string]int{}}
	s.Rotate()
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	if tlsOn {
		s.http.StartTLS()
	} else {
		s.http.Start()
	}
	t.Cleanup(s.http.Close)
	return s
}

// URL is the server's address without the realm.
func (s *Server) URL() string { return s.http.URL + s.base }

// Issuer is the realm's.
func (s *Server) Issuer() string { return s.URL() + "/realms/aiops" }

// HTTP is the server below, for its certificate.
func (s *Server) HTTP() *httptest.Server { return s.http }

// Away makes it answer as a proxy does whose server is gone, or not any more.
func (s *Server) Away(on bool) { s.set(func() { s.away = on }) }

// SlowDown tells the next polls to slow down.
func (s *Server) SlowDown(polls int) { s.set(func() { s.slow = polls }) }

// SetClock moves its clock away from the computer's.
func (s *Server) SetClock(off time.Duration) { s.set(func() { s.Off = off }) }

// EndSessions ends all sessions, as an administrator does.
func (s *Server) EndSessions() {
	s.set(func() {
		for raw := range s.sessions {
			s.ended[raw] = true
		}
		clear(s.sessions)
	})
}

// Sessions is how many there are.
func (s *Server) Sessions() (n int) {
	s.set(func() { n = len(s.sessions) })
	return n
}

// Asked is how often a path below the realm was asked for.
func (s *Server) Asked(path string) (n int) {
	s.set(func() { n = s.asked[path] })
	return n
}

func (s *Server) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *Server) now() time.Time { return time.Now().Add(s.Off) }

const connect = "/protocol/openid-connect"

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header()["Date"] = nil // Keycloak sends none
	if s.away {
		http.Error(w, "no server", http.StatusBadGateway)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, s.base+"/realms/aiops")
	if !ok {
		refuse(w, http.StatusNotFound, "Realm does not exist", "")
		return
	}
	s.asked[path]++
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	switch path {
	case "/.well-known/openid-configuration":
		reply(w, s.discovery())
	case connect + "/certs":
		reply(w, s.publicKeys())
	case connect + "/auth/device":
		s.device(w, r)
	case connect + "/token":
		s.token(w, r)
	case connect + "/logout", connect + "/revoke":
		s.logout(w, r)
	case connect + "/token/introspect":
		s.introspect(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) discovery() map[string]any {
	at := s.Issuer() + connect
	return map[string]any{
		"issuer": s.Issuer(), "token_endpoint": at + "/token", "device_authorization_endpoint": at + "/auth/device", "jwks_uri": at + "/certs",
		"end_session_endpoint": at + "/logout", "revocation_endpoint": at + "/revoke", "introspection_endpoint": at + "/token/introspect",
	}
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	raw := r.Form.Get("refresh_token") + r.Form.Get("token")
	if _, ok := s.sessions[raw]; !ok {
		refuse(w, http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
		return
	}
	delete(s.sessions, raw)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) introspect(w http.ResponseWriter, r *http.Request) {
	if client, secret, ok := r.BasicAuth(); !ok || client != "aiops-introspect" || secret != "aiops-introspect-demo" {
		refuse(w, http.StatusUnauthorized, "invalid_request", "Authentication failed.")
		return
	}
	active := false
	for l := range maps.Values(s.sessions) {
		active = active || l.access == r.Form.Get("token")
	}
	reply(w, map[string]any{"active": active})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who asked sees what is missing
}

func refuse(w http.ResponseWriter, code int, name, description string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": name, "error_description": description})
}

func random() string {
	raw := make([]byte, 16)
	rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}
