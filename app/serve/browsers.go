package serve

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aiops/app/auth"
)

// guard sets what every answer tells browsers.
func (s *Server) guard(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if s.opt.Who != nil { // what is told depends on who asks
		h.Add("Vary", "Authorization")
	}
}

// corsHeaders are what pages of the allowed origins may send and read. There
// are no cookies: whoever asks sends a token, so nothing is done in a person's
// name without the page having it.
const (
	corsMethods = "GET, POST, PUT, DELETE"
	corsSend    = "Authorization, Content-Type, If-None-Match, Last-Event-ID, X-Request-ID"
	corsRead    = "ETag, Link, Location, Retry-After, WWW-Authenticate, X-Next-Cursor, X-Request-Id"
)

// cors lets pages of the listed origins in; it reports whether that was all, as a preflight asks no more.
func (s *Server) cors(w http.ResponseWriter, r *http.Request) (done bool) {
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.Contains(s.opt.Origins, origin) {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		h.Set("Access-Control-Expose-Headers", corsRead)
		return false
	}
	h.Set("Access-Control-Allow-Methods", corsMethods)
	h.Set("Access-Control-Allow-Headers", corsSend)
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// unknown answers who could not be told who they are.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, auth.ErrAway) || errors.Is(err, auth.ErrCertificate) { // the token may be right
		w.Header().Set("Retry-After", "5")
		writeProblem(w, r, huma.Error503ServiceUnavailable("Who you are cannot be checked at the moment: the sign-in server is away. Try again."))
		return
	}
	challenge := auth.Challenge(err)
	if challenge == "" {
		challenge = "Bearer"
	}
	w.Header().Set("WWW-Authenticate", challenge)
	detail := err.Error()
	if !strings.HasPrefix(detail, "Sign in") {
		detail = "Sign in first: " + detail
	}
	writeProblem(w, r, huma.Error401Unauthorized(detail))
}
