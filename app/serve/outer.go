package serve

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// outer is what every request goes through before its route is known.
func (s *Server) outer() http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		st := &state{id: newRequestID(r.Header.Get("X-Request-Id")), path: r.URL.Path, client: s.client(r)}
		r = r.WithContext(context.WithValue(r.Context(), stateKey{}, st))
		rec := &recorder{ResponseWriter: w}
		h := w.Header()
		h.Set("X-Request-Id", st.id)
		s.guard(h)
		s.counts.flying.Inc()
		defer s.counts.flying.Dec()
		defer func() {
			p := recover()
			if p != nil && p != http.ErrAbortHandler {
				st.err = fmt.Errorf("a defect in the program: %v\n%s", p, debug.Stack())
				if !rec.wrote {
					writeProblem(rec, r, huma.Error500InternalServerError(detailOf(nil, http.StatusInternalServerError)))
				}
				p = http.ErrAbortHandler
				if rec.wrote {
					p = nil
				}
			}
			s.logged(r, st, rec, time.Since(began), p != nil)
			if p != nil {
				panic(p)
			}
		}()
		s.receiver.hasten(rec, r)
		if err := s.sane(r); err != nil {
			writeProblem(rec, r, err)
			return
		}
		if s.cors(rec, r) {
			return
		}
		if err := cross.Check(r); err != nil && h.Get("Access-Control-Allow-Origin") == "" {
			writeProblem(rec, r, huma.Error403Forbidden("A page of another site may not do this: "+err.Error()))
			return
		}
		s.inner(rec, r)
	})
}

// sane refuses a name that is not this computer's while nobody signs in: a
// page that a browser loaded from elsewhere may lead it here under its own name.
func (s *Server) sane(r *http.Request) error {
	if s.opt.Who != nil {
		return nil
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if !loopback(strings.Trim(host, "[]")) {
		return huma.NewError(http.StatusMisdirectedRequest, "Without sign-in the service answers to localhost and 127.0.0.1 only; this request names "+r.Host+".")
	}
	return nil
}

// inner takes off the base path and a slash at the end, and finds the handler.
func (s *Server) inner(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if base := s.opt.BasePath; base != "" {
		rest, ok := strings.CutPrefix(path, base)
		if !ok || rest != "" && rest[0] != '/' {
			writeProblem(w, r, huma.Error404NotFound("There is nothing here; the service lies below "+base+"/."))
			return
		}
		if path = rest; path == "" {
			path = "/"
		}
	}
	if strings.HasPrefix(path, "/api/") && strings.HasSuffix(path, "/") {
		path = strings.TrimRight(path, "/")
	}
	if path != r.URL.Path {
		u := *r.URL
		u.Path, u.RawPath = path, ""
		r2 := *r
		r2.URL = &u
		r = &r2
	}
	h, pattern := s.mux.Handler(r)
	if pattern == "" {
		s.nowhere(w, r, h)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// nowhere answers as the mux would, with a problem.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request, h http.Handler) {
	m := &muted{header: http.Header{}}
	h.ServeHTTP(m, r)
	switch m.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", m.header.Get("Allow"))
		writeProblem(w, r, huma.Error405MethodNotAllowed(fmt.Sprintf("%s is not done here, only %s.", r.Method, m.header.Get("Allow"))))
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		w.Header().Set("Location", s.opt.BasePath+m.header.Get("Location"))
		w.WriteHeader(m.status)
	default:
		writeProblem(w, r, huma.Error404NotFound("There is nothing here; /docs tells what there is."))
	}
}

// muted takes an answer that is not sent.
type muted struct {
	header http.Header
	status int
}

func (m *muted) Header() http.Header         { return m.header }
func (m *muted) WriteHeader(status int)      { m.status = status }
func (m *muted) Write(b []byte) (int, error) { return len(b), nil }

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	wrote  bool
}

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if !r.wrote {
		r.status, r.wrote = http.StatusOK, true
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController find what is below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// client is the address of who asks; a proxy in front tells it last in the list.
func (s *Server) client(r *http.Request) string {
	if s.opt.Proxy {
		if all := r.Header.Values("X-Forwarded-For"); len(all) > 0 {
			last := all[len(all)-1]
			if i := strings.LastIndexByte(last, ','); i >= 0 {
				last = last[i+1:]
			}
			if ip := net.ParseIP(strings.TrimSpace(last)); ip != nil {
				return ip.String()
			}
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// errorLog takes what package http has to say.
func errorLog(l *slog.Logger) *log.Logger { return slog.NewLogLogger(l.Handler(), slog.LevelDebug) }
