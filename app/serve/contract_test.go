package serve

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// calls are a request for every operation: what is in the table and is not here fails.
var calls = map[string]struct {
	path, body string
	status     int
	headers    []string
}{
	"latest-metrics":     {"/api/v1/latest_metrics", "", 200, nil},
	"get-metrics":        {"/api/v1/metrics?step=1h", "", 200, nil},
	"post-metric":        {"/api/v1/metrics", `{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1}`, 201, nil},
	"post-metrics-batch": {"/api/v1/metrics/batch?mode=best_effort", `[{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1},5]`, 201, nil},
	"push-remote-write":  {"/api/v1/write", request1(1, "__name__", "up", "instance", "a"), 204, asRemote1},
	"push-openmetrics":   {"/api/v1/openmetrics", "up{instance=\"a\"} 1\n", 200, []string{"Content-Type", "text/plain"}},
	"push-influx":        {"/api/v1/influx?precision=s", "up,host=a value=1,text=\"x\"\n", 200, []string{"Content-Type", "text/plain"}},
	"get-vms":            {"/api/v1/vms", "", 200, nil},
	"predict":            {"/api/v1/predict", `{"vm":"web-01","metric":"cpu","periods":5}`, 200, nil},
	"train":              {"/api/v1/train", `{"vm":"web-01"}`, 200, nil},
	"get-predictions":    {"/api/v1/predictions?start_date=2026-01-01", "", 200, nil},
	"get-capacity":       {"/api/v1/capacity?threshold=60&metric=disk_used&days=2", "", 200, nil},
	"get-anomalies":      {"/api/v1/anomalies?vm=web-01", "", 200, nil},
	"get-incidents":      {"/api/v1/incidents", "", 200, nil},
	"get-alerts":         {"/api/v1/alerts?state=history", "", 200, nil},
	"get-silences":       {"/api/v1/silences", "", 200, nil},
	"post-silence":       {"/api/v1/silences", `{"vm":"web-*","days":"mon-fri","at":"22:00-06:00"}`, 201, nil},
	"get-silence":        {"/api/v1/silences/1", "", 200, nil},
	"put-silence":        {"/api/v1/silences/1", `{"all":true,"to":"2026-12-01T00:00:00Z"}`, 200, nil},
	"delete-silence":     {"/api/v1/silences/1", "", 204, nil},
	"get-annotations":    {"/api/v1/annotations", "", 200, nil},
	"post-annotation":    {"/api/v1/annotations", `{"from":"2026-11-23T10:00:00Z","text":"Deployment","kind":"deployment"}`, 201, nil},
	"get-annotation":     {"/api/v1/annotations/1", "", 200, nil},
	"put-annotation":     {"/api/v1/annotations/1", `{"from":"2026-11-23T10:00:00Z","to":"2026-11-23T11:00:00Z","text":"Disk"}`, 200, nil},
	"delete-annotation":  {"/api/v1/annotations/1", "", 204, nil},
	"get-figure":         {"/api/v1/figures/fact.svg?vm=web-01", "", 200, nil},
	"get-events":         {"", "", 0, nil}, // does not end: TestEvents
	"get-jobs":           {"/api/v1/jobs", "", 200, nil},
	"get-job":            {"/api/v1/jobs/1", "", 200, nil},
	"cancel-job":         {"/api/v1/jobs/1", "", 204, nil},
	"get-job-events":     {"/api/v1/jobs/1/events", "", 200, nil},
	"exposition":         {"/metrics", "", 200, nil},

	"post-database-credentials": {"/api/v1/database-credentials", `{"device":"laptop"}`, 201, nil},
	"get-database-credentials":  {"/api/v1/database-credentials", "", 200, nil},
	"get-alert-rules":           {"/api/v1/alert-rules", "", 200, nil},
	"put-alert-rules":           {"/api/v1/alert-rules", `{"text":"rules: []"}`, 200, []string{"If-Match", "*"}},
	"get-retention":             {"/api/v1/retention?keep=13mo", "", 409, nil},
	"post-retention":            {"/api/v1/retention", `{"keep":"13mo"}`, 409, nil},
	"end-database-credentials":  {"/api/v1/database-credentials/x", "", 204, nil},
}

// Every operation of the document is a row of the table and answers as the document says.
func TestContract(t *testing.T) {
	s := newService(t, func(o *Options) { o.Logins, o.Watch.File = &fakeLogins{}, filepath.Join(t.TempDir(), "alerts.yaml") }).fill()
	if w := s.want(202, "POST", "/api/v1/predict", `{"async":true,"periods":3}`); w.Header().Get("Location") != "/api/v1/jobs/1" {
		t.Error(w.Header())
	}
	listed := 0
	for _, item := range s.api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete, item.Patch} {
			if op != nil {
				listed++
				routeOf(op.OperationID) // panics if it is not there
			}
		}
	}
	if listed != len(routes) {
		t.Errorf("%d operations are documented, %d in the table", listed, len(routes))
	}
	for _, rt := range routes {
		c, ok := calls[rt.id]
		if !ok || !s.done[rt.id] {
			t.Errorf("%s: no call here, or no handler", rt.id)
			continue
		}
		if c.status == 0 {
			continue
		}
		w := s.want(c.status, rt.method, c.path, c.body, c.headers...)
		documented(t, s, rt, w.Code, w.Header().Get("Content-Type"), w.Body.Bytes())
	}
	for _, kind := range []string{"fact.png", "forecast.svg", "forecast.png", "analysis.svg", "analysis.png"} {
		w := s.want(200, "GET", "/api/v1/figures/"+kind+"?vm=web-01&metric=cpu&theme=dark&width=600", "")
		if w.Body.Len() < 2000 {
			t.Errorf("%s has %d bytes", kind, w.Body.Len())
		}
	}
}

// documented checks an answer against the document.
func documented(t *testing.T, s *service, rt route, status int, kind string, body []byte) {
	t.Helper()
	r, ok := s.documented(rt.id).Responses[strconv.Itoa(status)]
	if !ok {
		t.Errorf("%s: %d is not documented", rt.id, status)
		return
	}
	if len(body) == 0 {
		return
	}
	kind, _, _ = strings.Cut(kind, ";")
	m, ok := r.Content[kind]
	if !ok {
		t.Errorf("%s: %s is not documented", rt.id, kind)
		return
	}
	if kind != "application/json" {
		return
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Errorf("%s: %v", rt.id, err)
		return
	}
	res := &huma.ValidateResult{}
	huma.Validate(s.api.OpenAPI().Components.Schemas, m.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, res)
	for _, err := range res.Errors {
		t.Errorf("%s: %v", rt.id, err)
	}
}
