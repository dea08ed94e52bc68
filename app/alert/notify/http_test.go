package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

// server answers with the statuses in turn, then 200, and keeps what it got.
type server struct {
	*httptest.Server
	answers []int
	header  http.Header
	paths   []string
	auth    string
	bodies  []string
}

func serve(t *testing.T, answers ...int) *server {
	s := &server{answers: answers, header: http.Header{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.paths, s.auth, s.bodies = append(s.paths, r.URL.RequestURI()), r.Header.Get("Authorization"), append(s.bodies, string(body))
		for k, v := range s.header {
			w.Header()[k] = v
		}
		if len(s.answers) > 0 {
			code := s.answers[0]
			s.answers = s.answers[1:]
			http.Error(w, "what "+s.auth+" "+r.URL.RequestURI(), code)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func open(t *testing.T, c Config) Channel {
	t.Helper()
	ch, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func TestWebhook(t *testing.T) {
	s := serve(t)
	t.Setenv("HOOK", s.URL+"/hook?key=s3cret")
	t.Setenv("TOKEN", "t0ken")
	ch := open(t, Config{Name: "hook", Kind: Webhook, URLEnv: "HOOK", TokenEnv: "TOKEN"})
	quiet := change("quiet", "web-02", 61, metric.Firing)
	quiet.Value, quiet.Labels = math.NaN(), map[string]string{"team": "web"}
	if err := ch.Send(t.Context(), Message{"high", []metric.Transition{change("high", "web-01", 60, metric.Firing), quiet}}); err != nil {
		t.Fatal(err)
	}
	if s.paths[0] != "/hook?key=s3cret" || s.auth != "Bearer t0ken" {
		t.Error(s.paths, s.auth)
	}
	var p payload
	if err := json.Unmarshal([]byte(s.bodies[0]), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != "firing" || p.Group != "high" || len(p.Alerts) != 2 || *p.Alerts[0].Value != 95 || p.Alerts[0].Time != "1970-01-01T01:00:00Z" ||
		p.Alerts[1].Value != nil || p.Alerts[1].Labels["team"] != "web" || !strings.Contains(p.Text, "web-01 cpu is 95.0") {
		t.Errorf("%+v", p)
	}
}

func TestStatusesThatMatter(t *testing.T) {
	for _, c := range []struct {
		status    int
		permanent bool
		after     time.Duration
	}{{500, false, 0}, {502, false, 0}, {408, false, 0}, {503, false, 7 * time.Second}, {429, false, 7 * time.Second}, {400, true, 0}, {404, true, 0}, {301, true, 0}} {
		s := serve(t, c.status)
		s.header.Set("Retry-After", "7")
		err := open(t, Config{Kind: Webhook, URL: s.URL}).Send(t.Context(), Message{})
		var p permanentError
		var l laterError
		if err == nil || errors.As(err, &p) != c.permanent || errors.As(err, &l) != (c.after > 0) || l.after != c.after {
			t.Errorf("%d: %v", c.status, err)
		}
	}
}

// No error tells a secret: neither that of a server that repeats what it got,
// nor that of an address that cannot be reached.
func TestErrorsHideSecrets(t *testing.T) {
	s := serve(t, 400, 500)
	t.Setenv("HOOK", s.URL+"/hook/s3cret")
	t.Setenv("TOKEN", "t0ken")
	ch := open(t, Config{Name: "hook", Kind: Webhook, URLEnv: "HOOK", TokenEnv: "TOKEN"})
	var errs []error
	for range 2 {
		errs = append(errs, ch.Send(t.Context(), Message{}))
	}
	s.Close()
	errs = append(errs, ch.Send(t.Context(), Message{}))
	t.Setenv("BAD", "s3cret://t0ken")
	_, err := Open(Config{Name: "hook", Kind: Webhook, URLEnv: "BAD"})
	for _, err := range append(errs, err) {
		if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "t0ken") {
			t.Errorf("the error is %v", err)
		}
	}
	var p permanentError
	if !errors.As(errs[0], &p) {
		t.Errorf("hiding made %v one that is tried again", errs[0])
	}
	if _, err := Open(Config{Name: "hook", Kind: Webhook, URLEnv: "NONE"}); err == nil || !strings.Contains(err.Error(), "the environment variable NONE is not set") {
		t.Errorf("%v", err)
	}
}

func TestAlertmanagerAPI(t *testing.T) {
	s := serve(t)
	ch := open(t, Config{Kind: Alertmanager, URL: s.URL + "/"})
	vm := change("odd", "db-01", 90, metric.Resolved)
	vm.Metric = ""
	first := change("high", "web-01", 60, metric.Firing)
	first.Labels = map[string]string{"the team": "web", "vm": "overridden"}
	if err := ch.Send(t.Context(), Message{"x", []metric.Transition{first, vm}}); err != nil {
		t.Fatal(err)
	}
	want := `[{"labels":{"alertname":"high","metric":"cpu","severity":"warning","the_team":"web","vm":"web-01"},"annotations":{"summary":"web-01 cpu is 95.0 %"},` +
		`"startsAt":"1970-01-01T01:00:00Z","endsAt":"1970-01-08T01:00:00Z"},` +
		`{"labels":{"alertname":"odd","severity":"warning","vm":"db-01"},"annotations":{"summary":"db-01 cpu is 95.0 %"},"endsAt":"1970-01-01T01:30:00Z"}]`
	if s.paths[0] != "/api/v2/alerts" || s.bodies[0] != want {
		t.Errorf("%s got %s", s.paths[0], s.bodies[0])
	}
}

// A server that does not answer is given up when the time is up.
func TestTimeout(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer s.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := open(t, Config{Kind: Webhook, URL: s.URL}).Send(ctx, Message{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
