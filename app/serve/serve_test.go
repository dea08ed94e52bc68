package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/app"
	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

// now is the clock of the tests' services.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// service is a service over a SQLite database of its own, with what runs beside it.
type service struct {
	*Server
	t *testing.T
}

func newService(t *testing.T, change func(*Options)) *service {
	t.Helper()
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "metrics.db"), sqlite.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Store: st, Version: "1.2.3", Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Watch: Watch{Off: true},
		Forecaster: app.Forecaster(st, t.TempDir(), func() time.Time { return now })}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	stop := s.work()
	t.Cleanup(func() {
		s.hurry()
		if err := stop(); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return &service{s, t}
}

// fill stores a day of 5-minute points of two VMs' metrics, up to now.
func (s *service) fill() *service {
	s.t.Helper()
	tx, err := s.store.Begin(s.t.Context(), store.Origin{Source: "test"})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, vm := range []string{"web-01", "db, \"1\""} {
		for j, m := range []string{"cpu", "disk_used"} {
			sr := metric.Series{Key: metric.Key{VM: vm, Metric: m}}
			for i := range 400 {
				sr.Times = append(sr.Times, now.Add(-time.Duration(399-i)*5*time.Minute).UnixMicro())
				sr.Values = append(sr.Values, 50+10*math.Sin(float64(i)/20)+float64(j*i)/50)
			}
			if _, err := tx.Write(s.t.Context(), sr, store.Replace); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		s.t.Fatal(err)
	}
	return s
}

// call asks for one thing; headers are name, value, name, value ...
func (s *service) call(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	var r *http.Request
	if body == "" {
		r = httptest.NewRequest(method, "http://localhost"+path, nil)
	} else {
		r = httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// want calls and fails unless the status is this one.
func (s *service) want(status int, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	w := s.call(method, path, body, headers...)
	if w.Code != status {
		s.t.Fatalf("%s %s: %d instead of %d: %.500s", method, path, w.Code, status, w.Body)
	}
	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%v: %.300s", err, w.Body)
	}
	return out
}

func TestReadForms(t *testing.T) {
	s := newService(t, nil).fill()
	all := decode[[]pointRow](t, s.want(200, "GET", "/api/v1/latest_metrics", ""))
	if len(all) != 4*289 || all[0].VM != `db, "1"` || all[0].Metric != "cpu" {
		t.Fatalf("%d rows, the first %+v", len(all), all[0])
	}
	csv := s.want(200, "GET", "/api/v1/metrics/?vm=web-01&metric=cpu&start_date=2026-11-23T11:50:00Z", "", "Accept", "text/csv")
	want := fmt.Sprintf("vm,timestamp,metric,value\nweb-01,2026-11-23T11:50:00Z,cpu,%v\nweb-01,2026-11-23T11:55:00Z,cpu,%v\nweb-01,2026-11-23T12:00:00Z,cpu,%v\n",
		50+10*math.Sin(397./20), 50+10*math.Sin(398./20), 50+10*math.Sin(399./20))
	if csv.Body.String() != want {
		t.Errorf("%s\nwant\n%s", csv.Body, want)
	}
	lines := s.want(200, "GET", "/api/v1/metrics?metric=cpu&start_date=2026-11-23T11:58:00Z", "", "Accept", "application/x-ndjson, application/json;q=0.5")
	if n := strings.Count(lines.Body.String(), "\n"); n != 2 || !strings.HasPrefix(lines.Body.String(), `{"vm":"db, \"1\"","timestamp":"2026-11-23T12:00:00Z","metric":"cpu","value":`) {
		t.Errorf("%s", lines.Body)
	}
	s.want(406, "GET", "/api/v1/metrics", "", "Accept", "image/png")
}

func TestReadETag(t *testing.T) {
	s := newService(t, nil).fill()
	first := s.want(200, "GET", "/api/v1/latest_metrics", "")
	tag := first.Header().Get("ETag")
	if w := s.want(304, "GET", "/api/v1/latest_metrics", "", "If-None-Match", `"x", `+tag); w.Body.Len() > 0 {
		t.Error("a 304 has a body")
	}
	s.want(201, "POST", "/api/v1/metrics", `{"vm":"web-01","timestamp":"2026-11-23T11:59:00Z","metric":"cpu","value":1}`)
	if w := s.want(200, "GET", "/api/v1/latest_metrics", "", "If-None-Match", tag); w.Header().Get("ETag") == tag {
		t.Error("the ETag is the old one")
	}
}

func TestPagesJoinToTheWhole(t *testing.T) {
	s := newService(t, nil).fill()
	whole := decode[[]pointRow](t, s.want(200, "GET", "/api/v1/metrics?days=10", ""))
	for _, limit := range []int{1, 7, 399, 400, 401, 5000} {
		if limit == 1 {
			whole := decode[[]pointRow](t, s.want(200, "GET", "/api/v1/metrics?days=10&limit=1", ""))
			if len(whole) != 1 {
				t.Errorf("%d rows instead of one", len(whole))
			}
			continue
		}
		var got []pointRow
		path := fmt.Sprintf("/api/v1/metrics?days=10&limit=%d", limit)
		for path != "" {
			w := s.want(200, "GET", path, "")
			page := decode[[]pointRow](t, w)
			if len(page) > limit || len(page) == 0 {
				t.Fatalf("limit %d: a page of %d", limit, len(page))
			}
			got = append(got, page...)
			path = ""
			if link := w.Header().Get("Link"); link != "" {
				path = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
			}
		}
		if len(got) != len(whole) {
			t.Fatalf("limit %d: %d rows instead of %d", limit, len(got), len(whole))
		}
		for i := range got {
			if got[i] != whole[i] {
				t.Fatalf("limit %d: row %d is %v instead of %v", limit, i, got[i], whole[i])
			}
		}
	}
	s.want(422, "GET", "/api/v1/metrics?cursor=nonsense", "")
}

func TestDecimated(t *testing.T) {
	s := newService(t, nil).fill()
	points := decode[[]pointRow](t, s.want(200, "GET", "/api/v1/metrics?vm=web-01&metric=cpu&start_date=2026-11-23T06:00:00Z&end_date=2026-11-23T11:59:00Z", ""))
	rows := decode[[]pointRow](t, s.want(200, "GET", "/api/v1/metrics?vm=web-01&metric=cpu&start_date=2026-11-23T06:00:00Z&end_date=2026-11-23T11:59:00Z&step=1h", ""))
	if len(rows) != 6 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, r := range rows {
		part := points[12*i : 12*i+12]
		lo, hi, sum := math.Inf(1), math.Inf(-1), 0.0
		for _, p := range part {
			lo, hi, sum = min(lo, p.Value), max(hi, p.Value), sum+p.Value
		}
		if r.Count != 12 || *r.Min != lo || *r.Max != hi || math.Abs(r.Value-sum/12) > 1e-9 || !r.Timestamp.Equal(part[0].Timestamp) {
			t.Errorf("row %d: %+v", i, r)
		}
	}
}

func TestBatchModes(t *testing.T) {
	s := newService(t, nil)
	good := `{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1}`
	bad := `{"vm":"","timestamp":"2026-11-23T10:01:00Z","metric":"m","value":1}`
	if w := s.want(422, "POST", "/api/v1/metrics/batch/", "["+good+","+bad+"]"); !strings.Contains(w.Body.String(), `"location":"body[1].vm"`) {
		t.Errorf("%s", w.Body)
	}
	if all := s.want(200, "GET", "/api/v1/latest_metrics", "").Body.String(); all != "[]\n" {
		t.Errorf("something was stored: %s", all)
	}
	got := decode[batchResult](t, s.want(201, "POST", "/api/v1/metrics/batch?mode=best_effort", "["+good+","+bad+"]"))
	if got.Stored != 1 || got.Rejected != 1 || len(got.Errors) != 1 || got.Errors[0] != (rowError{1, "vm", "it is empty"}) {
		t.Errorf("%+v", got)
	}
	if got := decode[batchResult](t, s.want(201, "POST", "/api/v1/metrics/batch", "["+good+"]")); got.Duplicates != 1 || got.Stored != 0 {
		t.Errorf("sent again: %+v", got)
	}
	other := strings.Replace(good, `"value":1`, `"value":2`, 1)
	s.want(409, "POST", "/api/v1/metrics/batch?on_conflict=keep", "["+other+"]")
	if got := decode[batchResult](t, s.want(201, "POST", "/api/v1/metrics/batch?on_conflict=keep&mode=best_effort", "["+other+"]")); got.Rejected != 1 || got.Errors[0].Index != 0 {
		t.Errorf("kept: %+v", got)
	}
	if got := decode[batchResult](t, s.want(201, "POST", "/api/v1/metrics/batch", "["+other+"]")); got.Replaced != 1 {
		t.Errorf("replaced: %+v", got)
	}
	if got := decode[batchResult](t, s.want(201, "POST", "/api/v1/metrics/batch", "[]")); got.Stored != 0 {
		t.Errorf("empty: %+v", got)
	}
}

func TestRefused(t *testing.T) {
	s := newService(t, func(o *Options) { o.Limits = Limits{Body: 2000, Rows: 3} })
	row := `{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1}`
	cases := []struct {
		name, method, path, body string
		status                   int
		headers                  []string
	}{
		{"unknown field", "POST", "/api/v1/metrics", `{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1,"x":2}`, 422, nil},
		{"unknown field of a silence", "POST", "/api/v1/silences", `{"vm":"a","to":"2026-12-23T10:00:00Z","x":2}`, 422, nil},
		{"unknown parameter", "GET", "/api/v1/metrics?x=1", "", 422, nil},
		{"future", "POST", "/api/v1/metrics", strings.Replace(row, "2026-11-23", "2026-11-24", 1), 422, nil},
		{"not JSON", "POST", "/api/v1/metrics", `{"vm":`, 400, nil},
		{"more after it", "POST", "/api/v1/metrics", row + row, 400, nil},
		{"too many rows", "POST", "/api/v1/metrics/batch", "[" + strings.Repeat(row+",", 3) + row + "]", 413, nil},
		{"too large", "POST", "/api/v1/metrics/batch", "[" + strings.Repeat(row+",", 40) + row + "]", 413, nil},
		{"a form", "POST", "/api/v1/metrics", row, 415, []string{"Content-Type", "text/plain"}},
		{"packed", "POST", "/api/v1/metrics", row, 415, []string{"Content-Encoding", "gzip"}},
		{"another site's page", "POST", "/api/v1/metrics", row, 403, []string{"Sec-Fetch-Site", "cross-site"}},
		{"nothing there", "GET", "/api/v2/metrics", "", 404, nil},
		{"no such method", "PATCH", "/api/v1/metrics", "", 405, nil},
		{"no such silence", "DELETE", "/api/v1/silences/77", "", 404, nil},
		{"no such job", "GET", "/api/v1/jobs/77", "", 404, nil},
		{"no such series", "POST", "/api/v1/predict", `{"vm":"nobody"}`, 404, nil},
		{"two ranges", "GET", "/api/v1/metrics?days=2&start_date=2026-11-23", "", 422, nil},
		{"backwards", "GET", "/api/v1/metrics?end_date=2026-11-20&start_date=2026-11-23", "", 422, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := s.call(c.method, c.path, c.body, c.headers...)
			var m struct {
				Type, Title, Detail, Instance string
				Status                        int
			}
			if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
				t.Fatalf("%d: %s", w.Code, w.Body)
			}
			if w.Code != c.status || m.Status != c.status || m.Type != "urn:aiops:problem:"+problems[c.status] || m.Detail == "" || m.Title == "" {
				t.Errorf("%d %+v", w.Code, m)
			}
			if id := w.Header().Get("X-Request-Id"); id == "" || m.Instance != "urn:aiops:request:"+id || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("headers %v, instance %s", w.Header(), m.Instance)
			}
		})
	}
	r := httptest.NewRequest("GET", "http://evil.example/api/v1/vms", nil)
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusMisdirectedRequest {
		t.Errorf("another name: %d", w.Code)
	}
}

func TestRates(t *testing.T) {
	s := newService(t, func(o *Options) { o.Limits = Limits{Read: 1} })
	codes := map[int]int{}
	var last *httptest.ResponseRecorder
	for range 5 {
		last = s.call("GET", "/api/v1/vms", "")
		codes[last.Code]++
	}
	if codes[200] != 2 || codes[429] != 3 || last.Header().Get("Retry-After") != "1" {
		t.Errorf("%v, Retry-After %q", codes, last.Header().Get("Retry-After"))
	}
	s.want(200, "GET", "/api/v1/silences", "") // another route
	s.want(200, "GET", "/healthz", "")
}

func TestBasePath(t *testing.T) {
	s := newService(t, func(o *Options) { o.BasePath = "/aiops/" }).fill()
	s.want(200, "GET", "/aiops/api/v1/vms/", "")
	s.want(404, "GET", "/api/v1/vms", "")
	s.want(404, "GET", "/aiopsx/api/v1/vms", "")
	if to := s.want(307, "GET", "/aiops", "").Header().Get("Location"); to != "/aiops/dashboard-ui/" {
		t.Error(to)
	}
	if w := s.want(200, "GET", "/aiops/docs", ""); !strings.Contains(w.Body.String(), "/aiops/openapi.json") {
		t.Error("the documentation names other paths")
	}
	link := s.want(200, "GET", "/aiops/api/v1/metrics?limit=1", "").Header().Get("Link")
	if !strings.HasPrefix(link, "</aiops/api/v1/metrics?") {
		t.Error(link)
	}
}

func TestListensOnThisComputerOnly(t *testing.T) {
	s := newService(t, func(o *Options) { o.Listen = "0.0.0.0:0" })
	if _, err := s.Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "this computer only") {
		t.Error(err)
	}
	for host, want := range map[string]bool{"127.0.0.1": true, "::1": true, "localhost": true, "": false, "10.0.0.1": false, "example.org": false} {
		if loopback(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
}

func TestCompressed(t *testing.T) {
	s := newService(t, nil).fill()
	plain := s.want(200, "GET", "/api/v1/latest_metrics", "").Body.Bytes()
	for _, name := range []string{"gzip", "zstd"} {
		w := s.want(200, "GET", "/api/v1/latest_metrics", "", "Accept-Encoding", name)
		if w.Header().Get("Content-Encoding") != name || w.Body.Len() > len(plain)/4 {
			t.Errorf("%s: %d bytes of %d", name, w.Body.Len(), len(plain))
		}
		if got := unpacked(t, name, w.Body.Bytes()); !bytes.Equal(got, plain) {
			t.Errorf("%s holds something else", name)
		}
	}
	if w := s.want(200, "GET", "/api/v1/latest_metrics", "", "Accept-Encoding", "gzip;q=0"); w.Header().Get("Content-Encoding") != "" {
		t.Error("packed for one who does not want it")
	}
}

// Long answers are streamed: whatever was not held goes out before all is read.
func TestStreamed(t *testing.T) {
	s := newService(t, nil)
	tx, err := s.store.Begin(context.Background(), store.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	sr := metric.Series{Key: metric.Key{VM: "web-01", Metric: "cpu"}}
	for i := range 60_000 {
		sr.Times, sr.Values = append(sr.Times, now.Add(-time.Duration(i)*time.Second).UnixMicro()), append(sr.Values, float64(i)/7)
	}
	if _, err := tx.Write(context.Background(), sr, store.Replace); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, packed := range []string{"", "gzip"} {
		w := s.want(200, "GET", "/api/v1/metrics?days=1", "", "Accept-Encoding", packed)
		if w.Header().Get("ETag") != "" || w.Header().Get("Content-Length") != "" {
			t.Error("a streamed answer has", w.Header())
		}
		body := w.Body.Bytes()
		if packed != "" {
			body = unpacked(t, packed, body)
		}
		var rows []pointRow
		if err := json.Unmarshal(body, &rows); err != nil || len(rows) != 60_000 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	}
}
