//go:build bench

package bench

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/store/postgres/pgtest"
)

// peer is a service that answers the same requests, with a database of its own
// on the same server.
type peer struct {
	name string
	*service
}

// turn is how many requests a peer answers before the next one's turn: CPU time is counted in hundredths of a second.
const turn = 20

// BenchmarkServePeer asks the service on one core and its peers in Python (bench/peer) for
// the same, in turns of 20 requests: "-cpu-ms" is the CPU time of each for a
// request, "-db-ms" that of the database server. `make peer` installs the peers.
func BenchmarkServePeer(b *testing.B) {
	peers := startPeers(b)
	alike(b, peers)
	batch := 0
	for _, c := range []struct {
		name string
		who  []peer
		do   func(b *testing.B, s *service)
	}{
		{"read-10000", peers, func(b *testing.B, s *service) { s.get(b, readPath, 10_000) }},
		{"read-10000-arrays", peers[2:], func(b *testing.B, s *service) { s.get(b, readPath+"&way=arrays", 10_000) }},
		{"read-10000-by-postgres", peers[2:], func(b *testing.B, s *service) { s.get(b, readPath+"&way=postgres", 10_000) }},
		{"latest-1440", peers, func(b *testing.B, s *service) { s.get(b, latestPath, 1440) }},
		{"batch-1000-one-series", peers, func(b *testing.B, s *service) { batch++; s.post(b, batch, 1) }},
		{"batch-1000-100-series", peers, func(b *testing.B, s *service) { batch++; s.post(b, batch, 100) }},
		{"rows-1000-one-series", peers[1:2], func(b *testing.B, s *service) {
			batch++
			s.send(b, "/api/v1/metrics/each/", batchText(batchStart(batch), 1))
		}},
	} {
		b.Run(c.name, func(b *testing.B) { takeTurns(b, c.who, c.do) })
	}
}

const (
	readPath   = "/api/v1/metrics?vm=web-01&metric=cpu&days=30&limit=10000"
	latestPath = "/api/v1/latest_metrics?vm=web-01&metric=cpu"
)

// takeTurns asks one after the other and reports what a request cost each.
func takeTurns(b *testing.B, peers []peer, do func(*testing.B, *service)) {
	own, db := make([]float64, len(peers)), make([]float64, len(peers))
	for i, p := range peers {
		for range turn {
			do(b, p.service)
		}
		own[i] = -cpuOf(b, p.pid)
	}
	for b.Loop() {
		for i, p := range peers {
			before := treeCPU(b, p.postgres)
			for range turn {
				do(b, p.service)
			}
			db[i] += treeCPU(b, p.postgres) - before
		}
	}
	n := float64(b.N * turn)
	for i, p := range peers {
		b.ReportMetric((own[i]+cpuOf(b, p.pid))/n, p.name+"-cpu-ms")
		b.ReportMetric(db[i]/n, p.name+"-db-ms")
	}
}

// BenchmarkServePeerLoad is the load of BenchmarkServeLoad on the service, with detection and
// without it, and on the best of the peers, which knows none.
func BenchmarkServePeerLoad(b *testing.B) {
	python(b, "best")
	for _, c := range []struct {
		name  string
		start func(b *testing.B, url string) *service
	}{
		{"aiops", func(b *testing.B, url string) *service { return startService(b, url) }},
		{"aiops-no-watch", func(b *testing.B, url string) *service { return startService(b, url, "--no-watch") }},
		{"best", func(b *testing.B, url string) *service { return startPeer(b, url, "best") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			l := newLoader(b, c.start(b, served(b)))
			l.warm()
			l.measure()
		})
	}
}

// startPeers starts the service, the original's design and the best of Python.
func startPeers(b *testing.B) []peer {
	b.Helper()
	python(b, "original")
	python(b, "best")
	return []peer{
		{"aiops", startService(b, served(b), "--no-watch")},
		{"original", startPeer(b, served(b), "original")},
		{"best", startPeer(b, served(b), "best")},
	}
}

// served is a database of its own with the points of fillServed.
func served(b *testing.B) string {
	b.Helper()
	url := pgtest.Copy(b, "served", func(url string) error {
		fillServed(b, url)
		return nil
	})
	pgtest.Exec(b, url, "VACUUM ANALYZE")
	return url
}

// startPeer starts a peer on the shared tables as they were before this program: without its schema and its
// triggers, and for the original's design without the index that it brought.
func startPeer(b *testing.B, url, name string) *service {
	b.Helper()
	pgtest.Exec(b, url, "DROP SCHEMA aiops CASCADE")
	if name == "original" {
		pgtest.Exec(b, url, "DROP INDEX idx_server_metrics_fact_series")
	}
	address := freeAddress(b)
	_, port, _ := net.SplitHostPort(address)
	cmd := exec.Command(python(b, name), "-m", "uvicorn", name+":app", "--app-dir", "peer", "--host", "127.0.0.1", "--port", port,
		"--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning")
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "DATABASE_URL="+strings.Replace(url, "postgres://", "postgresql://", 1))
	return launch(b, cmd, url, address, "/healthz")
}

// python is the interpreter of a peer's environment.
func python(b *testing.B, name string) string {
	b.Helper()
	cache, err := os.UserCacheDir()
	path := filepath.Join(cache, "aiops-bench", "peer-"+name, "bin", "python")
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		b.Skip("the peers in Python are not installed, run make peer: ", err)
	}
	return path
}

// alike fails if the peers do not answer the same.
func alike(b *testing.B, peers []peer) {
	b.Helper()
	ours := peers[0].points(b, "")
	for _, p := range peers[1:] {
		for _, way := range []string{"", "&way=arrays", "&way=postgres"} { // the original's design knows but one
			if theirs := p.points(b, way); !slices.Equal(ours, theirs) {
				b.Fatalf("%s answers %d points that differ from our %d", p.name, len(theirs), len(ours))
			}
		}
	}
}

// point is a row of an answer, its time in Unix microseconds.
type point struct {
	vm, metric string
	at         int64
	value      float64
}

func (s *service) points(b *testing.B, way string) []point {
	b.Helper()
	r, err := asIs.Get(s.base + readPath + way)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		b.Fatal(r.Status, err, string(body[:min(len(body), 300)]))
	}
	var rows []struct {
		VM, Metric string
		Timestamp  time.Time
		Value      float64
	}
	if err := json.Unmarshal(body, &rows); err != nil {
		b.Fatal(err)
	}
	points := make([]point, len(rows))
	for i, row := range rows {
		points[i] = point{row.VM, row.Metric, row.Timestamp.UnixMicro(), row.Value}
	}
	return points
}
