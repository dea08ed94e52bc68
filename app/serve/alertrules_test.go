package serve

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/app/alert"
)

const ruleText = `# ours
channels:
  - name: hook
    kind: webhook
    url: https://secret.example.com/T0KEN
rules:
  # cpu of all
  - name: high
    kind: threshold
    metric: cpu
    above: 90
    severity: critical
    notify: [hook]
`

// The rules are changed through the service and taken in while it runs; the channels' part of the file is neither shown nor touched.
func TestAlertRulesAreReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.yaml")
	if err := os.WriteFile(path, []byte(ruleText), 0o600); err != nil {
		t.Fatal(err)
	}
	closed := 0
	s := newService(t, func(o *Options) {
		o.Watch = Watch{File: path, StateDir: t.TempDir(), Channels: func(f alert.File) (alert.Teller, func()) {
			if len(f.Channels) != 1 {
				t.Errorf("channels %+v", f.Channels)
			}
			return nil, func() { closed++ }
		}}
		o.Now = func() time.Time { return now.Add(time.Minute) }
	}).fill()
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	w := s.want(200, "GET", "/api/v1/alert-rules", "")
	tag := w.Header().Get("ETag")
	got := decode[alertRulesBody](t, w)
	if tag == "" || len(got.Rules) != 1 || got.Rules[0].Name != "high" || len(got.Channels) != 1 || got.Channels[0] != "hook" || !strings.Contains(got.Text, "# cpu of all") || strings.Contains(w.Body.String(), "T0KEN") {
		t.Fatalf("%s %+v", tag, got)
	}
	put := func(status int, text string, headers ...string) string {
		return s.want(status, "PUT", "/api/v1/alert-rules", `{"text":`+quote(text)+`}`, headers...).Body.String()
	}
	lower := "rules:\n  - name: low\n    kind: threshold\n    metric: cpu\n    above: 5\n    severity: warning\n"
	if text := put(428, lower); !strings.Contains(text, "If-Match") {
		t.Error(text)
	}
	put(412, lower, "If-Match", `"other"`)
	bad := put(422, "rules:\n  - name: a\n    kind: threshold\n    above: x\n  - name: a\n    kind: nonsense\n", "If-Match", tag)
	if !strings.Contains(bad, "rules:4") || !strings.Contains(bad, "rules:6") || !strings.Contains(bad, "nothing was changed") {
		t.Error(bad)
	}
	put(422, lower+"channels: []\n", "If-Match", tag)
	put(422, strings.Replace(lower, "severity", "notify: [nobody]\n    severity", 1), "If-Match", tag)
	if text, _ := os.ReadFile(path); string(text) != ruleText {
		t.Errorf("a wrong list changed the file: %s", text)
	}
	r, _ := openStream(t, web.URL, "/api/v1/events?kind=alert", "")
	put(200, lower, "If-Match", tag)
	put(412, lower, "If-Match", tag)
	s.want(201, "POST", "/api/v1/metrics", `{"vm":"web-01","timestamp":"2026-11-23T12:00:10Z","metric":"cpu","value":60}`)
	if _, data := next(t, r, "alert"); !strings.Contains(data, `"rule":"low"`) {
		t.Error(data)
	}
	text, _ := os.ReadFile(path)
	if !strings.HasPrefix(string(text), "# ours\nchannels:") || !strings.Contains(string(text), "T0KEN") || strings.Contains(string(text), "high") || closed != 1 {
		t.Errorf("%d times closed: %s", closed, text)
	}
	if err := os.WriteFile(path, []byte("rules: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	s.want(409, "GET", "/api/v1/alert-rules", "")
}

func quote(text string) string { return `"` + strings.ReplaceAll(text, "\n", `\n`) + `"` }
