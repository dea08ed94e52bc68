package serve

import (
	"log/slog"
	"net/http"
	"time"
)

// logged writes the request's line, and for what changes something or is denied one of the audit log.
func (s *Server) logged(r *http.Request, st *state, rec *recorder, took time.Duration, aborted bool) {
	status := rec.status
	s.counts.answered(st.route, r.Method, status, took)
	attrs := []slog.Attr{
		slog.String("http.request.id", st.id), slog.String("http.request.method", r.Method), slog.String("url.path", st.path),
		slog.String("http.route", st.route), slog.Int("http.response.status_code", status), slog.Int64("http.response.body.bytes", rec.bytes),
		slog.Int64("event.duration", took.Nanoseconds()), slog.String("client.address", st.client), slog.String("user.id", st.who.Subject),
	}
	level := slog.LevelInfo
	if st.err != nil {
		attrs = append(attrs, slog.String("error.message", st.err.Error()))
	}
	switch {
	case status >= 500:
		level = slog.LevelError
	case status >= 400 || aborted:
		level = slog.LevelWarn
	}
	s.opt.Log.LogAttrs(r.Context(), level, "request", attrs...)
	denied := status == http.StatusUnauthorized || status == http.StatusForbidden
	if st.route != "" && (denied || r.Method != http.MethodGet && r.Method != http.MethodHead) {
		s.audit(r, st, status)
	}
}

// audit tells who changed what, from where, and whether it was done.
func (s *Server) audit(r *http.Request, st *state, status int) {
	outcome := "success"
	if status >= 400 {
		outcome = "failure"
	}
	s.opt.Log.LogAttrs(r.Context(), slog.LevelWarn, "audit", slog.String("event.kind", "event"), slog.String("event.category", "database"), slog.String("event.action", st.route),
		slog.String("event.outcome", outcome), slog.String("http.request.id", st.id), slog.String("user.id", st.who.Subject), slog.String("user.name", st.who.Name),
		slog.String("client.address", st.client), slog.String("url.path", st.path))
}
