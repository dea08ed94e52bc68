package authtest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// grant is a code that somebody may approve.
type grant struct {
	user             *User
	denied           bool
	expires          time.Time
	nonce, challenge string
	userCode         string
}

// login is a session.
type login struct {
	user   User
	access string
}

func (s *Server) device(w http.ResponseWriter, r *http.Request) {
	switch r.Form.Get("client_id") {
	case "aiops-desktop":
	case "aiops-nodevice":
		refuse(w, http.StatusBadRequest, "unauthorized_client", "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. The flow is disabled for the client.")
		return
	default:
		refuse(w, http.StatusUnauthorized, "invalid_client", "Invalid client or Invalid client credentials")
		return
	}
	code, user := random(), strings.ToUpper(random()[:4]+"-"+random()[:4])
	s.codes[code] = &grant{expires: time.Now().Add(s.Hold), nonce: r.Form.Get("nonce"), challenge: r.Form.Get("code_challenge"), userCode: user}
	at := s.Issuer() + "/device"
	reply(w, map[string]any{"device_code": code, "user_code": user, "verification_uri": at, "verification_uri_complete": at + "?user_code=" + user,
		"expires_in": int(s.Hold.Seconds()), "interval": s.Interval})
}

// Approve is the person in the browser.
func (s *Server) Approve(userCode string, u User) {
	s.set(func() {
		for _, g := range s.codes {
			if g.userCode == userCode {
				g.user = &u
			}
		}
	})
}

// Deny is the person who refuses.
func (s *Server) Deny(userCode string) {
	s.set(func() {
		for _, g := range s.codes {
			g.denied = g.denied || g.userCode == userCode
		}
	})
}

// ForgetCodes is a server that was restarted.
func (s *Server) ForgetCodes() { s.set(func() { clear(s.codes) }) }

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if id := r.Form.Get("client_id"); id != "aiops-desktop" {
		refuse(w, http.StatusUnauthorized, "invalid_client", "Invalid client or Invalid client credentials")
		return
	}
	switch r.Form.Get("grant_type") {
	case "urn:ietf:params:oauth:grant-type:device_code":
		s.poll(w, r)
	case "refresh_token":
		s.refresh(w, r)
	default:
		refuse(w, http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type")
	}
}

func (s *Server) poll(w http.ResponseWriter, r *http.Request) {
	g, ok := s.codes[r.Form.Get("device_code")]
	sum := sha256.Sum256([]byte(r.Form.Get("code_verifier")))
	switch {
	case !ok:
		refuse(w, http.StatusBadRequest, "invalid_grant", "Device code not valid")
	case time.Now().After(g.expires):
		refuse(w, http.StatusBadRequest, "expired_token", "Device code is expired")
	case s.slow > 0:
		s.slow--
		refuse(w, http.StatusBadRequest, "slow_down", "Slow down")
	case g.denied:
		refuse(w, http.StatusBadRequest, "access_denied", "The end user denied the authorization request")
	case g.user == nil:
		refuse(w, http.StatusBadRequest, "authorization_pending", "The authorization request is still pending")
	case g.challenge != "" && base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge:
		refuse(w, http.StatusBadRequest, "invalid_grant", "PKCE verification failed: Code mismatch")
	default:
		delete(s.codes, r.Form.Get("device_code"))
		s.grant(w, &login{user: *g.user}, g.nonce)
	}
}

// refresh ends the session when an old refresh token is used, as Keycloak does.
func (s *Server) refresh(w http.ResponseWriter, r *http.Request) {
	raw := r.Form.Get("refresh_token")
	if l, ok := s.old[raw]; ok {
		for current, other := range s.sessions {
			if other == l {
				delete(s.sessions, current)
			}
		}
		refuse(w, http.StatusBadRequest, "invalid_grant", "Maximum allowed refresh token reuse exceeded")
		return
	}
	l, ok := s.sessions[raw]
	if s.ended[raw] {
		refuse(w, http.StatusBadRequest, "invalid_grant", "Session not active")
		return
	}
	if !ok {
		refuse(w, http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
		return
	}
	delete(s.sessions, raw)
	s.old[raw] = l
	s.grant(w, l, "")
}

func (s *Server) grant(w http.ResponseWriter, l *login, nonce string) {
	refresh := random()
	s.sessions[refresh] = l
	l.access = s.mint(s.keys[0], s.AccessClaims(l.user))
	id := s.AccessClaims(l.user)
	delete(id, "realm_access")
	id["aud"], id["typ"] = "aiops-desktop", "ID"
	if nonce != "" {
		id["nonce"] = nonce
	}
	reply(w, map[string]any{"access_token": l.access, "refresh_token": refresh, "id_token": s.mint(s.keys[0], id), "token_type": "Bearer", "expires_in": int(s.Life.Seconds())})
}
