//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// hook is a webhook that keeps what it is told.
type hook struct {
	*httptest.Server
	mu     sync.Mutex
	titles []string
}

func newHook(t *testing.T) *hook {
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var m struct{ Title string }
		_ = json.Unmarshal(body, &m)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.titles = append(h.titles, m.Title)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) told() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(h.titles, "; ")
}

// points imports a value for each of some past minutes, the newest last.
func points(t *testing.T, env []string, dir string, from, to int, value int) {
	t.Helper()
	text := "vm,timestamp,metric,value\n"
	now := time.Now().Truncate(time.Minute)
	for m := from; m > to; m-- {
		text += fmt.Sprintf("web-01,%s,cpu,%d\n", now.Add(-time.Duration(m)*time.Minute).Format(time.RFC3339), value)
	}
	path := filepath.Join(dir, fmt.Sprint(from, ".csv"))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, env, "import", path)
}

// A watch that is killed with kill -9 takes up where it was: what fires is told
// once, and so is its end, which comes while nobody watches.
func TestKilledWatch(t *testing.T) {
	dir, env := home(t)
	h := newHook(t)
	rules := filepath.Join(dir, "alerts.yaml")
	text := "rules:\n  - {name: high-cpu, kind: threshold, metric: cpu, above: 90, for: 5m, severity: critical}\nchannels:\n  - {name: hook, kind: webhook, url: \"" + h.URL + "\"}\n"
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	points(t, env, dir, 120, 60, 20)
	watch := start(t, env, static, "alerts", "watch", rules, "--every", "1s")
	points(t, env, dir, 60, 40, 95)
	until(t, "the alert is told", func() bool { return strings.HasPrefix(h.told(), "[critical] web-01 cpu is 95.0") })
	if err := watch.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = watch.Wait()
	if out := must(t, env, "alerts", "list"); !strings.Contains(out, "high-cpu") {
		t.Errorf("after the kill nothing fires:\n%s", out)
	}
	points(t, env, dir, 40, 30, 95)
	must(t, env, "alerts", "watch", rules, "--once")
	points(t, env, dir, 30, 20, 10)
	again := start(t, env, static, "alerts", "watch", rules, "--every", "1s")
	until(t, "the end is told", func() bool { return strings.Contains(h.told(), "[resolved]") })
	if err := again.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := again.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v", err)
	}
	if n := len(h.titles); n != 2 {
		t.Errorf("told %d times: %s", n, h.told())
	}
	if out := must(t, env, "alerts", "history"); strings.Count(out, "high-cpu") != 3 {
		t.Errorf("history:\n%s", out)
	}
}
