//go:build e2e

package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aiops/store/postgres/pgtest"
)

// heardAlerts counts what a webhook was told, by VM and state.
type heardAlerts struct {
	mu  sync.Mutex
	all map[string]int
}

func (h *heardAlerts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var m struct {
		Alerts []struct {
			VM, State string
		}
	}
	if err := json.Unmarshal(body, &m); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range m.Alerts {
		h.all[a.VM+" "+a.State]++
	}
}

func (h *heardAlerts) count(what string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[what]
}

// noted asks whether it is written down that people know of all alerts: what was
// told in an instance's last moment before a kill is told again.
const noted = `SELECT count(*) FROM aiops.jobs WHERE kind = 'watch' AND key = '0' AND (convert_from(payload, 'UTF8')::json->>'told')::bigint >= (SELECT max(id) FROM aiops.transitions)`

// listen hears the alerts of a rule, whose file and environment it returns.
func listen(t *testing.T, dir string, env []string) (heard *heardAlerts, rules string, all []string) {
	t.Helper()
	heard, rules = &heardAlerts{all: map[string]int{}}, filepath.Join(dir, "rules.yaml")
	hook := httptest.NewServer(heard)
	t.Cleanup(hook.Close)
	text := `rules: [{name: high, kind: threshold, metric: cpu, above: 90, severity: critical}]
channels: [{name: hook, kind: webhook, url_env: HOOK}]
grouping: {by: rule, wait: 1s}
`
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return heard, rules, append(env, "HOOK="+hook.URL)
}

// Two processes serve one Postgres. Points go in through both, jobs are asked
// for, and the first process, which evaluates the rules, is killed in the middle.
func TestAnInstanceIsKilled(t *testing.T) {
	dir, env := home(t)
	url := pgtest.URL(t)
	heard, rules, env := listen(t, dir, env)
	addresses := []string{freeAddress(t), freeAddress(t)}
	victim := serve(t, env, addresses[0], "--db", url, "--rules", rules)
	serve(t, env, addresses[1], "--db", url, "--rules", rules)
	conn := pgtest.Connect(t, url)
	defer conn.Close(t.Context())
	number := func(query string) (n int) {
		if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	until(t, "the series to be divided", func() bool {
		return number(`SELECT count(DISTINCT worker) FROM aiops.jobs WHERE kind = 'watch' AND state = 'running'`) == 2
	})
	events := follow(t, "http://"+addresses[1]+"/api/v1/events")
	post := func(address, vm string, value int) {
		body := fmt.Sprintf(`{"vm":%q,"timestamp":%q,"metric":"cpu","value":%d}`, vm, time.Now().UTC().Add(-time.Second).Format(time.RFC3339Nano), value)
		r, err := http.Post("http://"+address+"/api/v1/metrics", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if r.StatusCode != 201 {
			t.Fatal(r.Status)
		}
	}
	post(addresses[0], "web-01", 95)
	post(addresses[1], "web-02", 95)
	until(t, "both alerts to be told", func() bool { return heard.count("web-01 firing") > 0 && heard.count("web-02 firing") > 0 })
	until(t, "it to be noted that people know", func() bool { return number(noted) == 1 })
	until(t, "the other instance's stream to have heard of web-01", func() bool { return events.has(`"vm":"web-01"`) && events.has("event: alert") })

	acknowledged, sent := load(addresses, 3*time.Second, func() {
		for range 4 {
			r, err := http.Post("http://"+addresses[0]+"/api/v1/train", "application/json", strings.NewReader(`{"async":true}`))
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Body.Close()
			if r.StatusCode != 202 {
				t.Fatal(r.Status)
			}
		}
		if err := victim.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	})
	_ = victim.Wait() // it was killed
	post(addresses[1], "web-03", 99)
	until(t, "the alert to be told by the one that is left", func() bool { return heard.count("web-03 firing") > 0 })
	until(t, "every job to be done", func() bool { return len(jobs(t, addresses[1], "done")) == 4 })
	checkBatches(t, addresses[1], acknowledged, sent, "web-01", "web-02", "web-03")
	serve(t, env, addresses[0], "--db", url, "--rules", rules) // comes back
	if n := len(jobs(t, addresses[0], "done")); n != 4 {
		t.Errorf("%d jobs are seen there", n)
	}
	until(t, "the series to be divided again", func() bool {
		return number(`SELECT count(DISTINCT worker) FROM aiops.jobs WHERE kind = 'watch' AND state = 'running' AND due > now()`) == 2
	})
	for _, vm := range []string{"web-01", "web-02", "web-03"} {
		if n := heard.count(vm + " firing"); n != 1 {
			t.Errorf("the alert of %s was told %d times", vm, n)
		}
		if n := number(`SELECT count(*) FROM aiops.transitions WHERE vm = '` + vm + `' AND to_state = 'firing'`); n != 1 {
			t.Errorf("the alert of %s was recorded %d times", vm, n)
		}
	}
}

// load sends batches through several addresses for a while; in the middle something happens.
func load(addresses []string, long time.Duration, middle func()) (acknowledged map[int]bool, sent int) {
	acknowledged = map[int]bool{}
	var mu sync.Mutex
	var clients sync.WaitGroup
	var next atomic.Int64
	end := time.Now().Add(long)
	for i := range 2 * len(addresses) {
		clients.Go(func() {
			for time.Now().Before(end) {
				n := int(next.Add(1))
				if postBatch(addresses[i%len(addresses)], n) {
					mu.Lock()
					acknowledged[n] = true
					mu.Unlock()
				}
			}
		})
	}
	time.Sleep(long / 2)
	middle()
	clients.Wait()
	return acknowledged, int(next.Load())
}

// jobs are the IDs of those in a state.
func jobs(t *testing.T, address, state string) (ids []string) {
	t.Helper()
	r, err := http.Get("http://" + address + "/api/v1/jobs")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var all []struct{ ID, Status string }
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	for _, j := range all {
		if j.Status == state {
			ids = append(ids, j.ID)
		}
	}
	return ids
}

// followed is what a stream of events has told so far.
type followed struct {
	mu   sync.Mutex
	text strings.Builder
}

func (f *followed) has(part string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Contains(f.text.String(), part)
}

func follow(t *testing.T, url string) *followed {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Body.Close() })
	f := &followed{}
	go func() {
		for lines := bufio.NewScanner(r.Body); lines.Scan(); {
			f.mu.Lock()
			f.text.WriteString(lines.Text() + "\n")
			f.mu.Unlock()
		}
	}()
	return f
}
