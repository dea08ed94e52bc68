//go:build e2e

package wire

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

// scraped is what the exporter of this test shows: one target that ends, so
// that Prometheus sends marks of the end, and a histogram.
const scraped = `# TYPE node_load1 gauge
node_load1 0.25
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 1234.5
# TYPE rpc histogram
rpc_bucket{le="0.1"} 2
rpc_bucket{le="+Inf"} 3
rpc_sum 0.4
rpc_count 3
odd NaN
`

// A real Prometheus scrapes a target and writes what it finds to the parser.
func TestARealPrometheusWrites(t *testing.T) {
	path, err := exec.LookPath("prometheus")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("prometheus is not installed")
		}
		t.Skip("prometheus is not installed")
	}
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		_, _ = io.WriteString(w, scraped) // Prometheus tells
	}))
	defer target.Close()
	batches := make(chan Batch, 1000)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := receive(r)
		if err != nil {
			t.Error(err)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		batches <- b
	}))
	defer receiver.Close()
	startPrometheus(t, path, strings.TrimPrefix(target.URL, "http://"), receiver.URL)

	want := map[metric.Key]float64{
		{VM: "127.0.0.1", Metric: `node_load1{job="node"}`}:                                 0.25,
		{VM: "127.0.0.1", Metric: `node_cpu_seconds_total{cpu="0",job="node",mode="idle"}`}: 1234.5,
		{VM: "127.0.0.1", Metric: `rpc_bucket{job="node",le="+Inf"}`}:                       3,
		{VM: "127.0.0.1", Metric: `up{job="node"}`}:                                         1,
	}
	empty, stale := 0, 0
	for end := time.After(60 * time.Second); len(want) > 0 || empty == 0 || stale == 0; {
		select {
		case b := <-batches:
			if b.Refused > 0 {
				t.Fatalf("%+v", b.Rejected)
			}
			empty, stale = empty+b.Empty, stale+b.Stale
			for _, s := range b.Series {
				if v, ok := want[s.Key]; ok && s.Values[s.Len()-1] == v {
					delete(want, s.Key)
				}
			}
			if len(want) == 0 {
				target.CloseClientConnections()
				target.Close() // what it showed ends
			}
		case <-end:
			t.Fatalf("missing %v, %d empty, %d stale", want, empty, stale)
		}
	}
}

func receive(r *http.Request) (Batch, error) {
	m, err := MessageOf(r.Header.Get("Content-Type"))
	if err != nil {
		return Batch{}, err
	}
	packed, err := io.ReadAll(r.Body)
	if err != nil {
		return Batch{}, err
	}
	body, err := Unpack(r.Header.Get("Content-Encoding"), packed, Limits{})
	if err != nil {
		return Batch{}, err
	}
	return RemoteWrite(m, body, Options{StripPort: true})
}

func startPrometheus(t *testing.T, path, target, receiver string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	config := filepath.Join(dir, "p.yml")
	content := fmt.Sprintf(`global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs: [{job_name: node, static_configs: [{targets: [%q]}]}]
remote_write: [{url: %q, queue_config: {batch_send_deadline: 500ms}}]
`, target, receiver)
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}
