package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/app/auth"
)

// admit lets a request in if its client may ask for the route, and not too often.
func (s *Server) admit(rt route, w http.ResponseWriter, r *http.Request, next func(*http.Request)) {
	st := stateOf(r.Context())
	st.route = rt.id
	who, err := s.who(r)
	if err != nil {
		s.unknown(w, r, err)
		return
	}
	st.who = who
	if !who.Can(rt.action) {
		writeProblem(w, r, huma.Error403Forbidden(fmt.Sprintf("This needs the role %s, which %s does not have.", auth.Needs(rt.action), nameOf(who))))
		return
	}
	if err := cmp.Or(bodyType(rt, r), s.query[rt.id].check(r.URL.RawQuery)); err != nil {
		writeProblem(w, r, err)
		return
	}
	if wait, ok := s.allowed(rt, st); !ok {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		writeProblem(w, r, huma.NewError(tooOften(rt), fmt.Sprintf("Too many requests of kind %s. Try again in %v.", rt.class, wait.Round(time.Millisecond))))
		return
	}
	ctx, end := s.traced(auth.With(r.Context(), who), rt, r.Header)
	defer func() { end(st.status) }()
	if rt.class == stream || rt.class == free {
		if rt.class == stream && !who.Expires.IsZero() { // a stream holds no longer than its token
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, who.Expires)
			defer cancel()
		}
		next(r.WithContext(ctx))
		return
	}
	forget, err := s.receiver.receive(w, r)
	if err != nil {
		if statusOf(err) == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "1")
		}
		w.Header().Set("Connection", "close") // the rest of the body is not waited for
		writeProblem(w, r, err)
		return
	}
	defer forget()
	ctx, cancel := context.WithTimeout(ctx, s.opt.Limits.Time)
	defer cancel()
	leave, err := s.enter(ctx)
	if err != nil {
		w.Header().Set("Retry-After", "1")
		writeProblem(w, r, huma.Error503ServiceUnavailable("The service has too much to do. Try again in a moment."))
		return
	}
	defer leave()
	next(r.WithContext(ctx))
}

// tooOften is the status for who asks too often. Prometheus throws away what is
// answered with 429, unless it is told not to, and sends again what is answered with 503.
func tooOften(rt route) int {
	if rt.id == "push-remote-write" {
		return http.StatusServiceUnavailable
	}
	return http.StatusTooManyRequests
}

func (s *Server) who(r *http.Request) (auth.Identity, error) {
	if s.opt.Who == nil {
		return auth.Local, nil
	}
	return s.opt.Who(r)
}

func nameOf(i auth.Identity) string {
	for _, name := range []string{i.Name, i.Client, i.Subject} {
		if name != "" {
			return name
		}
	}
	return "This account"
}

// allowed asks the limiter; a client is who signed in, or an address.
func (s *Server) allowed(rt route, st *state) (time.Duration, bool) {
	if rt.class == free || rt.class == stream {
		return 0, true
	}
	client := st.client
	if s.opt.Who != nil && st.who.Subject != "" {
		client = st.who.Subject
	}
	return s.opt.Limiter.Allow(client, string(rt.class), rt.id)
}

// queueing is how long a request waits for others to end.
const queueing = 2 * time.Second

// enter waits for a place among the requests that are answered at a time.
func (s *Server) enter(ctx context.Context) (leave func(), err error) {
	if s.slots == nil {
		return func() {}, nil
	}
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots }, nil
	default:
	}
	t := time.NewTimer(queueing)
	defer t.Stop()
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots }, nil
	case <-t.C:
		return nil, errors.New("no place")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bodyType refuses bodies that are not JSON. A browser's page of another site
// cannot send JSON without asking first.
func bodyType(rt route, r *http.Request) error {
	if r.Method != http.MethodPost && r.Method != http.MethodPut {
		return nil
	}
	if p, ok := pushes[rt.id]; ok {
		return p.check(r)
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return huma.Error415UnsupportedMediaType("Content-Encoding " + e + " is not read here; send the body as it is.")
	}
	if r.ContentLength == 0 {
		return nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return huma.Error415UnsupportedMediaType("Send the body as Content-Type: application/json.")
	}
	return nil
}
