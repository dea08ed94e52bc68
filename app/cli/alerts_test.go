package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// watched fills a fresh user's database with two hours of cpu, high for the last half hour.
func watched(t *testing.T) {
	t.Helper()
	t.Setenv("AIOPS_HOME", t.TempDir())
	text := "vm,timestamp,metric,value\n"
	for i := range 24 {
		v := 10
		if i >= 18 {
			v = 95
		}
		text += fmt.Sprintf("web-01,%s,cpu,%d\n", clock.Add(time.Duration(i-23)*5*time.Minute).Format(time.RFC3339), v)
	}
	if _, errs, code := aiops(t, "import", file(t, "cpu.csv", text)); code != 0 {
		t.Fatal(errs)
	}
}

const alertRules = `rules:
  - {name: high-cpu, kind: threshold, metric: cpu, above: 90, for: 10m, severity: critical}
  - {name: nobody, kind: no_data, vm: mail-*, for: 5m}
`

func wants(t *testing.T, out string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(out, p) {
			t.Errorf("no %q in:\n%s", p, out)
		}
	}
}

func TestAlertsCheck(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	good := file(t, "alerts.yaml", alertRules)
	out, errs, code := aiops(t, "alerts", "check", good)
	if wants(t, out, "is right: 2 rules, 0 channels", "no database yet"); code != 0 {
		t.Error(errs)
	}
	watched(t)
	out, _, _ = aiops(t, "alerts", "check", good)
	wants(t, out, "high-cpu (threshold, critical) matches 1 series:\n  web-01 cpu", "nobody (no_data, warning) matches no series: no VM mail-* has a metric *")
	_, errs, code = aiops(t, "alerts", "check", file(t, "bad.yaml", "rules:\n  - {name: a, kind: no_data}\n"))
	if wants(t, errs, "bad.yaml:2: rule a: for is missing"); code != exitFailed {
		t.Error(code)
	}
	_, errs, code = aiops(t, "alerts", "check")
	if wants(t, errs, "there is no rules file", "docs/examples/alerts.yaml"); code != exitFailed {
		t.Error(code)
	}
	out, _, code = aiops(t, "alerts", "schema")
	if !json.Valid([]byte(out)) || code != 0 {
		t.Error("the schema is no JSON")
	}
}

func TestAlertsRunRecordListHistoryStats(t *testing.T) {
	watched(t)
	rules := file(t, "alerts.yaml", alertRules)
	if out, _, _ := aiops(t, "alerts", "list"); !strings.Contains(out, "Nothing fires") {
		t.Error(out)
	}
	out, errs, code := aiops(t, "--time-zone", "UTC", "alerts", "run", rules, "--pending")
	if code != 0 {
		t.Fatal(errs)
	}
	wants(t, out, "11:35  pending  critical  high-cpu  web-01  cpu", "11:45  firing", "2 rules fired 1 time, 1 firing at the end")
	if out, _, _ = aiops(t, "alerts", "history"); !strings.Contains(out, "Nothing is recorded") {
		t.Error(out)
	}
	for range 2 { // recording again changes nothing
		aiops(t, "alerts", "run", rules, "--record")
	}
	out, _, _ = aiops(t, "--time-zone", "UTC", "alerts", "history")
	if wants(t, out, "pending", "firing"); strings.Count(out, "high-cpu") != 2 {
		t.Error(out)
	}
	if out, _, _ = aiops(t, "alerts", "list", "--severity", "info"); !strings.Contains(out, "Nothing fires") {
		t.Error(out)
	}
	out, _, _ = aiops(t, "alerts", "list")
	wants(t, out, "firing  critical  high-cpu")
	out, _, _ = aiops(t, "--time-zone", "UTC", "alerts", "stats")
	wants(t, out, "Fired 1 time, 0 of them silenced; 1 firing at the end", "high-cpu", "Mon    .   .   .   .   .   .   .   .   .   .   .   1")
}

func TestSilences(t *testing.T) {
	watched(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--for", "2h"}, "say what is silenced"},
		{[]string{"--all"}, "say how long"},
		{[]string{"--all", "--for", "2h", "--to", "2026-11-24"}, "decide for one"},
		{[]string{"--all", "--every", "daily"}, "--every and --at go together"},
		{[]string{"--all", "--every", "someday", "--at", "1:00-2:00"}, "names no weekday"},
		{[]string{"--all", "--every", "daily", "--at", "noon"}, "is not a time of day"},
		{[]string{"--all", "--to", "2020-01-01"}, "ends before it begins"},
		{[]string{"--all", "--for", "soon"}, "write a time such as 2h"},
	} {
		if _, errs, code := aiops(t, append([]string{"alerts", "silence", "add"}, c.args...)...); code != exitUsage || !strings.Contains(errs, c.want) {
			t.Errorf("%v: %d %s", c.args, code, errs)
		}
	}
	out, _, _ := aiops(t, "alerts", "silence", "add", "--vm", "web-*", "--from", "2026-11-23 11:00", "--for", "2h", "--comment", "new disk", "--time-zone", "UTC")
	wants(t, out, "Silence 1: vm web-*, from 2026-11-23 11:00, to 2026-11-23 13:00")
	out, _, _ = aiops(t, "alerts", "silence", "add", "--rule", "x", "--every", "mon-fri", "--at", "22:00-06:00", "--time-zone", "Europe/Berlin")
	wants(t, out, "Silence 2: rule x", "Mon,Tue,Wed,Thu,Fri 22:00-06:00 Europe/Berlin")
	out, _, _ = aiops(t, "alerts", "silence")
	wants(t, out, "1       silent", "new disk", "2       -")
	out, _, _ = aiops(t, "alerts", "run", file(t, "alerts.yaml", alertRules))
	wants(t, out, "(silence 1)")
	aiops(t, "alerts", "silence", "delete", "1")
	_, errs, code := aiops(t, "alerts", "silence", "delete", "1")
	if wants(t, errs, "there is no silence 1; `aiops alerts silence` lists them"); code != exitFailed {
		t.Error(code)
	}
}

func TestAlertsTest(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("alerts.yaml", alertRules)
	load := "load 5m\n  web-01 cpu 10x3 95x5\nrules alerts.yaml\neval at 35m\n"
	good, bad := write("good.alert", load+"expect firing high-cpu web-01 cpu\n"), write("bad.alert", load+"expect nothing\n")
	out, errs, code := aiops(t, "alerts", "test", good)
	if wants(t, out, "good.alert: fine, 1 expectation met"); code != 0 {
		t.Error(errs)
	}
	out, errs, code = aiops(t, "alerts", "test", good, bad)
	if wants(t, out+errs, "bad.alert:5: expected nothing\n  got      firing high-cpu web-01 cpu", "1 script failed"); code != exitFailed {
		t.Error(code)
	}
	_, errs, code = aiops(t, "alerts", "test", write("odd.alert", "rules none.yaml"))
	if wants(t, errs, "odd.alert:1: read the rules"); code != exitFailed {
		t.Error(code)
	}
}

func TestAlertsWatchTellsAWebhook(t *testing.T) {
	watched(t)
	var mu sync.Mutex
	var got []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Title string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		mu.Lock()
		got = append(got, body.Title)
		mu.Unlock()
	}))
	defer s.Close()
	rules := file(t, "alerts.yaml", alertRules+"channels:\n  - {name: hook, kind: webhook, url: \""+s.URL+"\"}\n")
	for range 2 { // the second time there is nothing new
		if out, errs, code := aiops(t, "alerts", "watch", rules, "--once"); code != 0 {
			t.Error(out, errs)
		}
	}
	if len(got) != 1 || !strings.HasPrefix(got[0], "[critical] web-01 cpu is 95.0") {
		t.Errorf("%q", got)
	}
	out, _, _ := aiops(t, "alerts", "list")
	wants(t, out, "high-cpu")
}

func TestAlertsWatchSaysWhatFails(t *testing.T) {
	watched(t)
	rules := file(t, "alerts.yaml", alertRules+"channels:\n  - {name: hook, kind: webhook, url_env: NO_SUCH_VARIABLE, attempts: 1}\n")
	_, errs, code := aiops(t, "alerts", "watch", rules, "--once")
	if wants(t, errs, "channel hook fails", "NO_SUCH_VARIABLE is not set", "channel hook: 1 message not told"); code != exitFailed {
		t.Error(code)
	}
	if _, errs, code := aiops(t, "alerts", "watch", rules, "--every", "1ms"); code != exitUsage {
		t.Error(code, errs)
	}
}

// The rules are read again when their file changes; while it is wrong the old
// ones go on. Ctrl-C ends it.
func TestAlertsWatchReadsTheRulesAgain(t *testing.T) {
	watched(t)
	path := file(t, "alerts.yaml", "rules: []\n")
	var out, errs bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int)
	lines := &locked{w: &errs}
	go func() {
		done <- Main(ctx, Env{Args: []string{"alerts", "watch", path, "--every", "1s"}, Out: &out, Err: lines, Version: "1", Now: func() time.Time { return clock }})
	}()
	for _, c := range []struct{ text, want string }{{"", "watching 0 rules"}, {"rules: [", "the old rules go on"}, {alertRules, "watching 2 rules"}} {
		if c.text != "" {
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for end := time.Now().Add(20 * time.Second); !strings.Contains(lines.String(), c.want); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("no %q in %s", c.want, lines.String())
			}
		}
	}
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// locked is a buffer that two may use.
type locked struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.String()
}
