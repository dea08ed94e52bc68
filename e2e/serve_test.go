//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aiops/store/postgres/pgtest"
)

// freeAddress is an address that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve starts the service and waits until it is ready.
func serve(t *testing.T, env []string, address string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := start(t, env, static, append([]string{"serve", "--listen", address, "--rate-write=-1", "--rate-read=-1"}, args...)...)
	until(t, "the service to be ready", func() bool {
		r, err := http.Get("http://" + address + "/readyz")
		if err != nil {
			return false
		}
		_ = r.Body.Close()
		return r.StatusCode == 200
	})
	return cmd
}

// TestServeKilled kills the service under load, again and again: every row whose
// batch was answered with 201 is there, and every batch is there wholly or not at all.
func TestServeKilled(t *testing.T) {
	_, env := home(t)
	url := pgtest.URL(t)
	address := freeAddress(t)
	acknowledged := map[int]bool{}
	var mu sync.Mutex
	var sent atomic.Int64
	for round := range 6 {
		cmd := serve(t, env, address, "--db", url)
		var clients sync.WaitGroup
		var stop atomic.Bool
		for range 4 {
			clients.Go(func() {
				for !stop.Load() {
					n := int(sent.Add(1))
					if postBatch(address, n) {
						mu.Lock()
						acknowledged[n] = true
						mu.Unlock()
					}
				}
			})
		}
		time.Sleep(time.Duration(700+130*round) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		stop.Store(true)
		clients.Wait()
	}
	cmd := serve(t, env, address, "--db", url)
	checkBatches(t, address, acknowledged, int(sent.Load()))
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

const batchRows = 50

// postBatch sends batch n, a VM of its own; true if it was acknowledged.
func postBatch(address string, n int) bool {
	var body bytes.Buffer
	for i := range batchRows {
		fmt.Fprintf(&body, `,{"vm":"b%d","timestamp":"2026-01-01T00:%02d:00Z","metric":"m%d","value":%d}`, n, i/5, i%5, i)
	}
	r, err := http.Post("http://"+address+"/api/v1/metrics/batch/", "application/json", strings.NewReader("["+body.String()[1:]+"]"))
	if err != nil {
		return false
	}
	defer r.Body.Close()
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil && r.StatusCode == 201
}

// checkBatches looks at what is stored; others are VMs that no batch made.
func checkBatches(t *testing.T, address string, acknowledged map[int]bool, sent int, others ...string) {
	t.Helper()
	r, err := http.Get("http://" + address + "/api/v1/vms")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var vms []struct {
		VM      string
		Metrics []struct{ Count int }
	}
	if err := json.NewDecoder(r.Body).Decode(&vms); err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, v := range vms {
		if slices.Contains(others, v.VM) {
			continue
		}
		for _, m := range v.Metrics {
			rows[v.VM] += m.Count
		}
	}
	for n := range acknowledged {
		if got := rows[fmt.Sprintf("b%d", n)]; got != batchRows {
			t.Errorf("batch %d was acknowledged and has %d rows", n, got)
		}
	}
	for vm, n := range rows {
		if n != batchRows {
			t.Errorf("%s has %d rows: a batch is there in part", vm, n)
		}
	}
	t.Logf("%d batches sent, %d acknowledged, %d stored", sent, len(acknowledged), len(rows))
	if len(acknowledged) < 5 {
		t.Error("too few batches were acknowledged to tell anything")
	}
}

// TestDashboardInBrowser opens the page in a headless browser, behind a base path.
func TestDashboardInBrowser(t *testing.T) {
	browser := tool(t, "chromium")
	dir, env := home(t)
	must(t, env, "generate", "--vms", "2", "--days", "2")
	address := freeAddress(t)
	serve(t, env, address, "--log-level", "error")
	based := freeAddress(t)
	start(t, env, static, "serve", "--listen", based, "--base-path", "/aiops")
	until(t, "the second service", func() bool {
		r, err := http.Get("http://" + based + "/aiops/readyz")
		if err == nil {
			_ = r.Body.Close()
		}
		return err == nil && r.StatusCode == 200
	})
	for page, want := range map[string]string{
		"http://" + address + "/dashboard-ui/?live=off":              `alt="fact of `,
		"http://" + address + "/dashboard-ui/?live=off#forecast":     `alt="forecast of `,
		"http://" + based + "/aiops/dashboard-ui/?live=off#analysis": `alt="analysis of `,
	} {
		cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
			"--disable-sync", "--user-data-dir="+filepath.Join(dir, "browser"), "--virtual-time-budget=20000", "--dump-dom", page)
		cmd.Env = env
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		dom := string(out)
		if !strings.Contains(dom, want) || !strings.Contains(dom, `src="blob:`) || !strings.Contains(dom, `<option value="`) && !strings.Contains(dom, "<option>") {
			t.Errorf("%s lacks %s: %.3000s", page, want, dom)
		}
		if strings.Contains(dom, "fact of") && !strings.Contains(dom, "<td") {
			t.Error("the table of series is empty")
		}
	}
}

// TestSchemathesis runs the tool over the service; where pip cannot get it, that is told.
func TestSchemathesis(t *testing.T) {
	dir, env := home(t)
	must(t, env, "generate", "--vms", "1", "--days", "2")
	address := freeAddress(t)
	serve(t, env, address, "--rate-heavy=-1")
	cmd := exec.CommandContext(t.Context(), "../scripts/schemathesis.sh", "http://"+address, "4")
	cmd.Env = append(env, "PHASES=examples,coverage,fuzzing", "XDG_CACHE_HOME="+os.Getenv("XDG_CACHE_HOME"), "SCHEMATHESIS="+os.Getenv("SCHEMATHESIS"))
	if os.Getenv("XDG_CACHE_HOME") == "" {
		cmd.Env = append(cmd.Env, "XDG_CACHE_HOME="+filepath.Join(os.TempDir(), "aiops-cache"))
	}
	out, err := cmd.CombinedOutput()
	if err != nil && !bytes.Contains(out, []byte("Schemathesis")) {
		t.Skipf("the tool cannot be had here: %s (%s)", err, dir)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out[max(0, len(out)-6000):])
	}
}

// TestMetricsForPrometheus: promtool has nothing to say against what Prometheus
// reads, nor against the rules in deploy, and what these ask for is there.
func TestMetricsForPrometheus(t *testing.T) {
	promtool := tool(t, "promtool")
	_, env := home(t)
	address := freeAddress(t)
	serve(t, env, address, "--db", pgtest.URL(t))
	for _, path := range []string{"/api/v1/vms", "/metrics"} { // counted by the next one
		if r, err := http.Get("http://" + address + path); err == nil {
			_ = r.Body.Close()
		}
	}
	r, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	cmd.Stdin = bytes.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
	const rules = "../deploy/prometheus/aiops-rules.yml"
	for _, args := range [][]string{{"check", "rules", rules}, {"test", "rules", "../deploy/prometheus/aiops-rules.test.yml"}} {
		if out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	asked, err := os.ReadFile(rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`aiops_[a-z_]+`).FindAllString(string(asked), -1) {
		if !strings.Contains(string(text), "\n"+name) {
			t.Errorf("a rule asks for %s, which the service does not tell", name)
		}
	}
}
