package serve

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestHubReplaysAndDrops(t *testing.T) {
	h := newHub(2)
	a, _, missed, full := h.join("", nil)
	if missed || full {
		t.Fatal(missed, full)
	}
	for i := range 3 {
		h.publish("job", i)
	}
	first := <-a.ch
	h.leave(a)
	b, before, missed, _ := h.join(h.id(first.seq), nil)
	if missed || len(before) != 2 || before[0].seq != first.seq+1 || string(before[1].data) != "2" {
		t.Errorf("%v, missed %v", before, missed)
	}
	for i := range ahead + 1 {
		h.publish("job", i)
	}
	n := 0
	for range b.ch {
		n++
	}
	if n != ahead || h.listeners() != 0 {
		t.Errorf("a stream that does not read got %d events and %d listen", n, h.listeners())
	}
	for i := range keptEvents {
		h.publish("points", i)
	}
	if _, _, missed, _ := h.join(h.id(first.seq), nil); !missed {
		t.Error("events are lost, and it is not told")
	}
	if _, _, missed, _ := h.join("0000-1", nil); !missed {
		t.Error("the service was started anew, and it is not told")
	}
	if _, _, _, full := h.join("", nil); !full {
		t.Error("there are more streams than there may be")
	}
}

// openStream opens a stream on a real connection.
func openStream(t *testing.T, base, path, last string) (*bufio.Reader, *http.Response) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(res.Status, res.Header)
	}
	return bufio.NewReader(res.Body), res
}

// next reads up to the next event of a kind.
func next(t *testing.T, r *bufio.Reader, kind string) (id, data string) {
	t.Helper()
	is := ""
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("wait for %s: %v", kind, err)
		}
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "id: "):
			id = line[4:]
		case strings.HasPrefix(line, "event: "):
			is = line[7:]
		case strings.HasPrefix(line, "data: "):
			data = line[6:]
		case line == "" && is == kind:
			return id, data
		case line == "":
			is = ""
		}
	}
}

func TestEvents(t *testing.T) {
	s := newService(t, nil)
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	all, _ := openStream(t, web.URL, "/api/v1/events", "")
	changes, _ := openStream(t, web.URL, "/api/v1/events?kind=change", "")
	s.want(201, "POST", "/api/v1/metrics", `{"vm":"web-01","timestamp":"2026-11-23T11:59:00Z","metric":"cpu","value":1}`)
	s.want(201, "POST", "/api/v1/annotations", `{"from":"2026-11-23T10:00:00Z","text":"x"}`)
	id, data := next(t, all, "points")
	if !strings.Contains(data, `{"vm":"web-01","metric":"cpu","count":1,"from":"2026-11-23T11:59:00Z"`) {
		t.Error(data)
	}
	if _, data := next(t, changes, "change"); data != `{"what":"annotation"}` {
		t.Error(data)
	}
	again, _ := openStream(t, web.URL, "/api/v1/events", id)
	if _, data := next(t, again, "change"); data != `{"what":"annotation"}` {
		t.Error("after coming back:", data)
	}
	s.fill()
	s.want(202, "POST", "/api/v1/predict", `{"async":true,"periods":2}`)
	job, _ := openStream(t, web.URL, "/api/v1/jobs/1/events", "")
	for {
		if _, data := next(t, job, "job"); strings.Contains(data, `"status":"done"`) {
			break
		}
	}
	next(t, all, "job")
}

// A client that goes away frees its stream, and a flood of headers is refused.
func TestClientsThatMisbehave(t *testing.T) {
	s := newService(t, nil).fill()
	ctx, stop := context.WithCancel(t.Context())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	base := "http://" + l.Addr().String()
	_, res := openStream(t, base, "/api/v1/events", "")
	for range 20 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "GET /api/v1/metrics?days=10 HTTP/1.1\r\nHost: localhost\r\n\r\n")
		_ = c.Close() // gone before the answer comes
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: localhost\r\n")
		for i := range 20_000 {
			if _, err := fmt.Fprintf(c, "X-%d: %s\r\n", i, strings.Repeat("x", 100)); err != nil {
				return
			}
		}
	}()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "431") {
		t.Errorf("a flood of headers: %q, %v", line, err)
	}
	if s.hub.listeners() != 1 {
		t.Error("streams:", s.hub.listeners())
	}
	_ = res.Body.Close()
	for range 200 {
		if s.hub.listeners() == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := s.hub.listeners(); n != 0 {
		t.Error("the client is gone and", n, "streams are left")
	}
	open, _ := openStream(t, base, "/api/v1/events", "") // must not hold the end up
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(15 * time.Second):
		t.Error("the service does not end while a stream is open")
	}
	if _, err := open.ReadString('\x00'); err == nil {
		t.Error("the stream goes on")
	}
}
