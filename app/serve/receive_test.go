package serve

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aiops/store"
)

// lazy is a store that takes its time to begin a write.
type lazy struct {
	store.Store
	wait time.Duration
}

func (l lazy) Begin(ctx context.Context, o store.Origin) (store.Tx, error) {
	time.Sleep(l.wait)
	return l.Store.Begin(ctx, o)
}

const onePoint = `{"vm":"web-01","timestamp":"2026-11-23T11:00:00Z","metric":"cpu","value":1}`

// The time for the body is over when the body is there: what is done with it may take longer.
func TestTheBodyTimeIsForTheBody(t *testing.T) {
	s := newService(t, func(o *Options) {
		o.Limits.BodyTime = 100 * time.Millisecond
		o.Store = lazy{o.Store, 500 * time.Millisecond}
	})
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	for range 2 { // on one connection
		r, err := http.Post(web.URL+"/api/v1/metrics", "application/json", strings.NewReader(onePoint))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r.Body)
		if r.Body.Close(); r.StatusCode != 201 || err != nil {
			t.Errorf("%d %s %v", r.StatusCode, text, err)
		}
	}
}

// slowly begins a request with a body that does not come.
func slowly(t *testing.T, url string, head string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	fmt.Fprint(c, "POST /api/v1/metrics HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+head)
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second)) // a connection of the network has one
	return c
}

// Clients that do not send their bodies take no place from others.
func TestSlowBodiesTakeNoPlaces(t *testing.T) {
	s := newService(t, func(o *Options) { o.Limits.Concurrent = 4 })
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	for range 20 {
		slowly(t, web.URL, "Content-Length: 100\r\n\r\n{")
	}
	until(t, "all are there", func() bool {
		return strings.Contains(s.want(200, "GET", "/metrics", "").Body.String(), "aiops_http_requests_in_flight 21")
	})
	s.want(201, "POST", "/api/v1/metrics", onePoint)
}

// What is announced to be too large is refused before it is sent, what becomes too large as soon as it is.
func TestTooLargeBodies(t *testing.T) {
	s := newService(t, func(o *Options) { o.Limits.Body = 1000 })
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	for name, head := range map[string]string{
		"announced": "Content-Length: 1001\r\n\r\n",
		"in pieces": "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + strings.Repeat(" ", 1001) + "\r\n",
		"expected":  "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n",
	} {
		r, err := http.ReadResponse(bufio.NewReader(slowly(t, web.URL, head)), nil)
		if err != nil || r.StatusCode != http.StatusRequestEntityTooLarge {
			t.Error(name, r, err)
		}
	}
	s.want(201, "POST", "/api/v1/metrics", onePoint+strings.Repeat(" ", 1000-len(onePoint)))
}

// A request that is refused for its head is answered, also if its body never comes.
func TestRefusedBodiesAreNotWaitedFor(t *testing.T) {
	s := newService(t, func(o *Options) { o.Limits.BodyTime = 200 * time.Millisecond })
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	for status, head := range map[int]string{415: "Content-Encoding: br\r\n", 403: "Sec-Fetch-Site: cross-site\r\n"} {
		r, err := http.ReadResponse(bufio.NewReader(slowly(t, web.URL, head+"Content-Length: 1000\r\n\r\n")), nil)
		if err != nil || r.StatusCode != status {
			t.Error(status, r, err)
		}
	}
}

// A client that goes away in the middle of its body is no failure of the service.
func TestClientGoesInTheMiddle(t *testing.T) {
	s := newService(t, nil)
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	slowly(t, web.URL, "Content-Length: 100\r\n\r\n{").Close()
	seen := func(status string) bool {
		return strings.Contains(s.want(200, "GET", "/metrics", "").Body.String(), `aiops_http_requests_total{method="POST",route="post-metric",status="`+status+`"} 1`)
	}
	until(t, "its end is seen", func() bool { return seen("400") || seen("500") })
	if seen("500") {
		t.Error("it counts as a failure of the service")
	}
}

// What is held of bodies at a time is bounded.
func TestBodiesAreHeldWithinBounds(t *testing.T) {
	s := newService(t, func(o *Options) { o.Limits.Body = 1000 })
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	for range bodiesHeld {
		slowly(t, web.URL, "Content-Length: 1000\r\n\r\n"+strings.Repeat(" ", 999))
	}
	until(t, "they are held", func() bool { return s.receiver.held.Load() == 999*bodiesHeld })
	w := s.want(503, "POST", "/api/v1/metrics", onePoint)
	if w.Header().Get("Retry-After") == "" {
		t.Error(w.Header())
	}
}
