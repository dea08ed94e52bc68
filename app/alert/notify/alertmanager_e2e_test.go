//go:build e2e

package notify

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"aiops/metric"
)

// A real Alertmanager takes an alert and its end.
func TestARealAlertmanager(t *testing.T) {
	path, err := exec.LookPath("prometheus-alertmanager")
	if err != nil {
		missing(t, "prometheus-alertmanager is not installed")
	}
	address := running(t, path)
	ch := open(t, Config{Kind: Alertmanager, URL: "http://" + address})
	tr := change("high-cpu", "web-01", time.Now().Add(-time.Minute).UnixMicro()/60e6, metric.Firing)
	tr.Labels = map[string]string{"team": "web"}
	deadline := time.Now().Add(20 * time.Second)
	for err = ch.Send(t.Context(), Message{"x", []metric.Transition{tr}}); err != nil; err = ch.Send(t.Context(), Message{"x", []metric.Transition{tr}}) {
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	waitFor(t, address, 1)
	all := listed(t, address)
	if l := all[0].Labels; l["alertname"] != "high-cpu" || l["vm"] != "web-01" || l["team"] != "web" || all[0].Annotations["summary"] != tr.Summary {
		t.Errorf("%+v", all)
	}
	tr.From, tr.To, tr.Time = metric.Firing, metric.Resolved, time.Now().UnixMicro()
	if err := ch.Send(t.Context(), Message{"x", []metric.Transition{tr}}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, address, 0)
}

func running(t *testing.T, path string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()
	dir := t.TempDir()
	config := filepath.Join(dir, "a.yml")
	if err := os.WriteFile(config, []byte("route: {receiver: none}\nreceivers: [{name: none}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--config.file="+config, "--storage.path="+dir, "--web.listen-address="+address, "--cluster.listen-address=")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return address
}

func listed(t *testing.T, address string) []postedAlert {
	t.Helper()
	resp, err := http.Get("http://" + address + "/api/v2/alerts?active=true")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all []postedAlert
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func waitFor(t *testing.T, address string, n int) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); len(listed(t, address)) != n; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d alerts, want %d", len(listed(t, address)), n)
		}
	}
}
