package serve

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

// detail is the sentence of a problem.
func (s *service) detail(status int, method, path, body string) string {
	s.t.Helper()
	return decode[struct{ Detail string }](s.t, s.want(status, method, path, body)).Detail
}

// put stores a series.
func (s *service) put(vm, name string, times []time.Time) {
	s.t.Helper()
	sr := metric.Series{Key: metric.Key{VM: vm, Metric: name}}
	for i, t := range times {
		sr.Times, sr.Values = append(sr.Times, t.UnixMicro()), append(sr.Values, float64(i%7))
	}
	if _, err := s.Ingest(s.t.Context(), []metric.Series{sr}, store.Replace); err != nil {
		s.t.Fatal(err)
	}
}

// A filter that is not understood must not be left out: that would answer with everything.
func TestAddressesThatCountInPartAreRefused(t *testing.T) {
	s := newService(t, nil).fill()
	for path, want := range map[string]string{
		"/api/v1/metrics?vm=%25zz&days=1%":                                  "The address cannot be read",
		"/api/v1/metrics?vm=web-01;metric=cpu":                              "The address cannot be read",
		"/api/v1/metrics?days=1&days=2":                                     "days is there 2 times",
		"/api/v1/capacity?threshold=NaN":                                    "threshold must be a finite number",
		"/api/v1/figures/fact.png?vm=web-01&scale=nan":                      "scale must be a finite number",
		"/api/v1/metrics?limit=0":                                           "query.limit: expected number >= 1",
		"/api/v1/metrics?a=1&b=2&c=3&d=4":                                   "and 1 more",
		"/api/v1/metrics?start_date=2027-01-01":                             "start_date lies in the future",
		"/api/v1/predictions?start_date=2027-02-01&end_date=2027-01-01":     "end_date is not after start_date",
		"/api/v1/figures/fact.png?vm=web-01&width=4000&height=4000&scale=3": "144 million pixels",
		"/api/v1/figures/fact.png?vm=web-01&start_date=2026-11-23T11:00:00Z&width=4000&height=3000&scale=2": "48 million pixels",
	} {
		status := 422
		if strings.HasPrefix(want, "The address") {
			status = 400
		}
		if got := s.detail(status, "GET", path, ""); !strings.Contains(got, want) {
			t.Errorf("%s: %q instead of %q", path, got, want)
		}
	}
	if got := decode[[]vmRow](t, s.want(200, "GET", "/api/v1/vms?metric=cpu&metric=disk_used&vm=web-01", "")); len(got) != 1 || len(got[0].Metrics) != 2 {
		t.Errorf("a list that is there twice: %+v", got)
	}
	if got := s.detail(422, "POST", "/api/v1/predict", `{"vm":"web-01","metric":"cpu","seed":4294967296}`); strings.Contains(got, "Go struct") {
		t.Error(got)
	}
}

// Times as people and programs write them in addresses.
func TestMomentForms(t *testing.T) {
	want := time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC)
	for _, text := range []string{"2026-11-22T12:30:00Z", "2026-11-22t12:30:00z", "2026-11-22T14:30:00+02:00", "2026-11-22T14:30:00 02:00", "2026-11-22 14:30:00 02:00",
		"2026-11-22 12:30:00+00:00", "2026-11-22T14:30+02:00", "2026-11-22T12:30", "2026-11-22 12:30", "2026-11-22 12:30:00.000", "2026-11-22T12:30:00.000000Z"} {
		var m Moment
		if err := m.UnmarshalText([]byte(text)); err != nil || !m.Equal(want) || m.Day {
			t.Errorf("%q: %v, %v", text, m.Time, err)
		}
	}
	for _, text := range []string{"", "yesterday", "1700000000", "24.11.2026", "2026-02-30", "2026-11-22T25:00:00Z", " 02:00", "2026-11-22 02"} {
		if err := new(Moment).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is a time", text)
		}
	}
}

// A long page must say where the next one begins too.
func TestLongPagesTellTheNext(t *testing.T) {
	s := newService(t, nil)
	vm := strings.Repeat("v", 500)
	var times []time.Time
	for i := range 6000 {
		times = append(times, now.Add(-time.Duration(6000-i)*time.Second))
	}
	s.put(vm, "m", times)
	for _, accept := range []string{"application/json", "text/csv", "application/x-ndjson"} {
		w := s.want(200, "GET", "/api/v1/metrics?limit=5000", "", "Accept", accept)
		head := w.Result().Header // as it was sent
		if w.Body.Len() < held || head.Get("X-Next-Cursor") == "" {
			t.Fatalf("%s: %d bytes, next %q", accept, w.Body.Len(), head.Get("X-Next-Cursor"))
		}
		rest := s.want(200, "GET", strings.Trim(strings.TrimSuffix(head.Get("Link"), `; rel="next"`), "<>"), "", "Accept", "application/x-ndjson")
		if n := strings.Count(rest.Body.String(), "\n"); n != 1000 || rest.Header().Get("X-Next-Cursor") != "" {
			t.Errorf("%s: %d rows after it, next %q", accept, n, rest.Header().Get("X-Next-Cursor"))
		}
	}
}

func TestLatestHasPagesAndSteps(t *testing.T) {
	s := newService(t, nil).fill()
	w := s.want(200, "GET", "/api/v1/latest_metrics?vm=web-01&metric=cpu&limit=200", "")
	next := w.Header().Get("X-Next-Cursor")
	rest := decode[[]pointRow](t, s.want(200, "GET", "/api/v1/latest_metrics?vm=web-01&metric=cpu&limit=200&cursor="+next, ""))
	if n := len(decode[[]pointRow](t, w)); n != 200 || len(rest) != 89 {
		t.Errorf("%d and %d rows", n, len(rest))
	}
	hours := decode[[]pointRow](t, s.want(200, "GET", "/api/v1/latest_metrics?vm=web-01&metric=cpu&step=12h", ""))
	if len(hours) != 3 || hours[1].Count != 144 {
		t.Errorf("%+v", hours)
	}
}

// What every answer says of who asks stays when rows are answered.
func TestRowsKeepVary(t *testing.T) {
	s := newService(t, func(o *Options) { o.Origins = []string{"https://grafana.example.com"} }).fill()
	w := s.want(200, "GET", "/api/v1/metrics?limit=1", "", "Origin", "https://grafana.example.com")
	if got := strings.Join(w.Header().Values("Vary"), ", "); got != "Origin, Accept, Accept-Encoding" {
		t.Errorf("Vary: %s", got)
	}
}

func TestNamesThatCannotBeRead(t *testing.T) {
	s := newService(t, nil)
	row := func(vm, value string) string {
		return fmt.Sprintf(`{"vm":%s,"timestamp":"2026-11-23T10:00:00Z","metric":"m","value":%s}`, vm, value)
	}
	body := "\ufeff[" + strings.Join([]string{row(`"a"`, "1"), row("\"a\xffb\"", "1"), row(`"\ud800"`, "1"), row(`" "`, "1"), row(`"n"`, "NaN"), row(`"n"`, "-Infinity"), row(`"b"`, "2")}, ",") + "]"
	got := decode[batchResult](t, s.want(201, "POST", "/api/v1/metrics/batch?mode=best_effort", body))
	want := []rowError{{1, "vm", "it is not UTF-8, or has half a character"}, {2, "vm", "it is not UTF-8, or has half a character"}, {3, "vm", "it is empty"},
		{4, "value", "it must be a finite number"}, {5, "value", "it must be a finite number"}}
	if got.Stored != 2 || fmt.Sprint(got.Errors) != fmt.Sprint(want) {
		t.Errorf("%+v", got)
	}
	for _, value := range []string{"nan", "N", "Infinit", "-NaN"} {
		s.want(400, "POST", "/api/v1/metrics", row(`"a"`, value))
	}
}

// The sentence of a clash offers only what the route has.
func TestClashOfOnePoint(t *testing.T) {
	s := newService(t, nil)
	row := `{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":%d}`
	s.want(201, "POST", "/api/v1/metrics", fmt.Sprintf(row, 1))
	if got := s.detail(409, "POST", "/api/v1/metrics?on_conflict=keep", fmt.Sprintf(row, 2)); !strings.HasSuffix(got, "Send on_conflict=replace to change it.") {
		t.Error(got)
	}
}

// Points that lie centuries apart would be forecast beyond what a database holds.
func TestForecastOfTooFarTimes(t *testing.T) {
	s := newService(t, nil)
	var times []time.Time
	for i := range 9 {
		times = append(times, time.Date(1700+40*i, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	s.put("old", "m", times[:9])
	for _, more := range []string{"", `,"store":false`} {
		if got := s.detail(422, "POST", "/api/v1/predict", `{"vm":"old","metric":"m","model":"naive"`+more+`}`); !strings.Contains(got, "beyond the year 2241") {
			t.Error(got)
		}
	}
}

// A search of very many series keeps nothing for the next one.
func TestSearchOfManyKeepsNoDetectors(t *testing.T) {
	s := newService(t, nil)
	var all []metric.Series
	for i := range mostHeld + 1 {
		all = append(all, metric.Series{Key: metric.Key{VM: fmt.Sprint("vm", i), Metric: "m"}, Times: []int64{now.UnixMicro()}, Values: []float64{1}})
	}
	if _, err := s.Ingest(t.Context(), all[:mostHeld], store.Replace); err != nil {
		t.Fatal(err)
	}
	s.want(200, "GET", "/api/v1/incidents", "")
	if n := s.whole.Held(); n != mostHeld {
		t.Errorf("%d detectors are kept of %d series", n, mostHeld)
	}
	if _, err := s.Ingest(t.Context(), all, store.Replace); err != nil {
		t.Fatal(err)
	}
	s.want(200, "GET", "/api/v1/incidents", "")
	if n := s.whole.Held(); n != 0 {
		t.Errorf("%d detectors are kept of %d series", n, len(all))
	}
}

// What persons write is told in words that fit.
func TestSentencesOfBodies(t *testing.T) {
	s := newService(t, nil).fill()
	for _, c := range []struct{ path, body, want string }{
		{"/api/v1/annotations", `{"from":"2026-11-23T10:00:00Z","text":"  "}`, "the text is empty"},
		{"/api/v1/annotations", `{"from":"2026-11-23T10:00:00Z","text":"a` + "\xff" + `"}`, "not UTF-8"},
		{"/api/v1/silences", `{"vm":"a","to":"2026-11-23T10:00:00Z"}`, "to lies in the past"},
	} {
		if got := s.detail(422, "POST", c.path, c.body); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", c.body, got)
		}
	}
	s.put("one", "cpu", []time.Time{now})
	at := s.want(202, "POST", "/api/v1/predict", `{"metric":"cpu","model":"naive","async":true}`).Header().Get("Location")
	job := jobRow{Status: "waiting"}
	for end := time.Now().Add(20 * time.Second); !job.over() && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		job = decode[jobRow](t, s.want(200, "GET", at, ""))
	}
	if !strings.HasPrefix(job.Result, "2 series forecast, 1 not; the first: one cpu: one point") {
		t.Errorf("%+v", job)
	}
}

// A figure has the points of this second, though it is drawn once for many seconds.
func TestFigureHasTheNewestPoints(t *testing.T) {
	s := newService(t, func(o *Options) { o.Now = func() time.Time { return now.Add(7 * time.Second) } })
	var rows []string
	for i := range mostDrawn + 1 {
		rows = append(rows, fmt.Sprintf(`{"vm":"vm-%d","timestamp":"2026-11-23T12:00:06Z","metric":"cpu","value":1}`, i))
	}
	s.want(201, "POST", "/api/v1/metrics/batch/", "["+strings.Join(rows, ",")+"]")
	if w := s.want(422, "GET", "/api/v1/figures/fact.svg", ""); !strings.Contains(w.Body.String(), "these are 41 series") {
		t.Error(w.Body.String())
	}
}
