//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"

	"aiops/store/postgres/pgtest"
)

// A real Prometheus scrapes a counter and writes it to the service. The service
// is killed in between; Prometheus sends again, and nothing is missing.
func TestPrometheusWritesToTheService(t *testing.T) {
	path := tool(t, "prometheus")
	dir, env := home(t)
	url := pgtest.URL(t)
	address := freeAddress(t)
	service := serve(t, env, address, "--db", url, "--strip-port", "--drop-label", "job")
	var scrapes atomic.Int64
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		fmt.Fprintf(w, "# TYPE scrapes_total counter\nscrapes_total %d\nload{core=\"0\"} 0.25\n", scrapes.Add(1))
	}))
	defer target.Close()
	config := filepath.Join(dir, "prometheus.yml")
	text := fmt.Sprintf(`global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs: [{job_name: node, static_configs: [{targets: [%q]}]}]
remote_write: [{url: "http://%s/api/v1/write", queue_config: {batch_send_deadline: 300ms, min_backoff: 50ms, max_backoff: 500ms}}]
`, target.URL[len("http://"):], address)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, env, path, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "prometheus"), "--web.listen-address="+freeAddress(t))
	conn := pgtest.Connect(t, url)
	defer conn.Close(t.Context())
	stored := func() (count, least, most int64) {
		err := conn.QueryRow(t.Context(), `SELECT count(*), coalesce(min(value), 0)::bigint, coalesce(max(value), 0)::bigint FROM server_metrics_fact WHERE metric = 'scrapes_total' AND vm = '127.0.0.1'`).Scan(&count, &least, &most)
		if err != nil {
			t.Fatal(err)
		}
		return count, least, most
	}
	reach := func(n int64) {
		until(t, fmt.Sprintf("scrape %d to be stored", n), func() bool { _, _, most := stored(); return most >= n })
	}
	reach(3)
	if err := service.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = service.Wait() // it was killed
	at := scrapes.Load()
	until(t, "scrapes while the service is away", func() bool { return scrapes.Load() > at+2 })
	serve(t, env, address, "--db", url, "--strip-port", "--drop-label", "job")
	reach(scrapes.Load() + 2)
	count, least, most := stored()
	if count != most-least+1 {
		t.Errorf("%d points from scrape %d to %d: some are lost", count, least, most)
	}
	var loads int64
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM server_metrics_fact WHERE metric = 'load{core="0"}'`).Scan(&loads); err != nil || loads < count-1 {
		t.Error(loads, err)
	}
	t.Logf("%d scrapes, %d while the service was away, all stored", count, at)
}

// tool is a program that the tests need; where tests must not be passed over, it has to be there.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}
