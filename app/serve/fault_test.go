package serve

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

// A database that goes away is told as 503, and what comes after it is back is stored.
func TestDatabaseGoesAway(t *testing.T) {
	server := pgtest.StartServer(t)
	st, err := postgres.Open(t.Context(), server.Database(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Store: st, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Watch: Watch{Off: true}})
	if err != nil {
		t.Fatal(err)
	}
	stop := s.work()
	one := &service{s, t}
	row := `{"vm":"web-01","timestamp":"2026-01-01T00:00:00Z","metric":"cpu","value":1}`
	one.want(201, "POST", "/api/v1/metrics", row)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if w := one.want(503, "POST", "/api/v1/metrics", strings.Replace(row, "00:00Z", "01:00Z", 1)); strings.Contains(w.Body.String(), pgtest.Password) {
		t.Error("the password is told")
	}
	one.want(503, "GET", "/api/v1/vms", "")
	one.want(503, "GET", "/readyz", "")
	one.want(200, "GET", "/healthz", "")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "the service is ready again", func() bool { return one.call("GET", "/readyz", "").Code == 200 })
	one.want(201, "POST", "/api/v1/metrics", strings.Replace(row, "00:00Z", "02:00Z", 1))
	rows := decode[[]pointRow](t, one.want(200, "GET", "/api/v1/metrics?start_date=2026-01-01", ""))
	if len(rows) != 2 {
		t.Errorf("%+v", rows)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}

// A database whose tables are gone, or not made yet, is not ready, and the answer says what to do.
func TestTablesAreMissing(t *testing.T) {
	url := pgtest.URL(t)
	one, _ := instance(t, url, nil, func(o *Options) { o.Watch = Watch{Off: true} })
	one.want(200, "GET", "/readyz", "")
	pgtest.Exec(t, url, "DROP SCHEMA aiops CASCADE")
	if w := one.want(503, "GET", "/readyz", ""); !strings.Contains(w.Body.String(), "aiops db migrate") {
		t.Error(w.Body)
	}
	one.want(200, "GET", "/healthz", "")
}

// A client that sends its body too slowly is told so, and so is one whose answer takes too long.
func TestTooSlow(t *testing.T) {
	s := newService(t, func(o *Options) { o.Limits.BodyTime = 200 * time.Millisecond })
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	c, err := net.Dial("tcp", strings.TrimPrefix(web.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "POST /api/v1/metrics HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if r, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || r.StatusCode != http.StatusRequestTimeout {
		t.Error(r, err)
	}
	hasty := newService(t, func(o *Options) { o.Limits.Time = time.Nanosecond })
	hasty.want(504, "GET", "/api/v1/vms", "")
	hasty.want(504, "GET", "/api/v1/latest_metrics", "")
}
