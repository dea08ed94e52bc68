//go:build bench

package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

// service is the built program serving a Postgres database that has a million points.
type service struct {
	base     string
	pid      int
	postgres int // the server's first process
}

// BenchmarkServe measures the CPU milliseconds that a request costs: "cpu-ms" of
// the service, "db-ms" of all processes of the database server.
func BenchmarkServe(b *testing.B) {
	url := pgtest.URL(b)
	fillServed(b, url)
	s := startService(b, url, "--no-watch")
	batch := 0
	for _, c := range []struct {
		name string
		do   func(b *testing.B)
	}{
		{"read-10000", func(b *testing.B) { s.get(b, "/api/v1/metrics?vm=web-01&metric=cpu&days=30&limit=10000", 10_000) }},
		{"read-10000-whole", func(b *testing.B) { s.get(b, "/api/v1/metrics?vm=web-01&metric=cpu&days=7", 10_080) }},
		{"read-10000-gzip", func(b *testing.B) {
			s.getBy(b, http.DefaultClient, "/api/v1/metrics?vm=web-01&metric=cpu&days=7", 10_080)
		}},
		{"latest-1440", func(b *testing.B) { s.get(b, "/api/v1/latest_metrics?vm=web-01&metric=cpu", 1440) }},
		{"batch-1000-one-series", func(b *testing.B) { batch++; s.post(b, batch, 1) }},
		{"batch-1000-100-series", func(b *testing.B) { batch++; s.post(b, batch, 100) }},
		{"post-one", func(b *testing.B) { batch++; s.postOne(b, batch) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range 20 {
				c.do(b)
			}
			system := kernelOf(b, s.pid)
			own, db := cpuOf(b, s.pid), treeCPU(b, s.postgres)
			b.ResetTimer()
			for b.Loop() {
				c.do(b)
			}
			n := float64(b.N)
			b.ReportMetric((cpuOf(b, s.pid)-own)/n, "cpu-ms")
			b.ReportMetric((kernelOf(b, s.pid)-system)/n, "kernel-ms")
			b.ReportMetric((treeCPU(b, s.postgres)-db)/n, "db-ms")
		})
	}
}

// fillServed stores 100 series of 1-minute points; those of web-01 are a week long.
func fillServed(b *testing.B, url string) {
	b.Helper()
	ctx := context.Background()
	st, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	tx, err := st.Begin(ctx, store.Origin{Source: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now().Truncate(time.Minute)
	for vm := range 20 {
		for _, m := range []string{"cpu", "memory", "latency", "requests", "disk_used"} {
			s := metric.Series{Key: metric.Key{VM: fmt.Sprintf("web-%02d", vm+1), Metric: m}}
			for i := range 10_100 {
				s.Times = append(s.Times, now.Add(-time.Duration(10_099-i)*time.Minute).UnixMicro())
				s.Values = append(s.Values, float64(i*7919%10000)/100)
			}
			if _, err := tx.Write(ctx, s, store.Replace); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	pgtest.Exec(b, url, "VACUUM ANALYZE") // as the server does by itself within a minute
}

func startService(b *testing.B, url string, flags ...string) *service {
	b.Helper()
	address := freeAddress(b)
	cmd := exec.Command(program, append([]string{"--db", url, "serve", "--listen", address, "--rate-read=-1", "--rate-write=-1"}, flags...)...)
	cmd.Env = append(os.Environ(), "AIOPS_HOME="+b.TempDir(), "GOMAXPROCS=1")
	return launch(b, cmd, url, address, "/readyz")
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// launch starts a service on a database and waits until it is ready.
func launch(b *testing.B, cmd *exec.Cmd, url, address, ready string) *service {
	b.Helper()
	log, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		_ = log.Close()
	})
	s := &service{base: "http://" + address, pid: cmd.Process.Pid}
	for range 200 {
		if r, err := http.Get(s.base + ready); err == nil {
			_ = r.Body.Close()
			s.postgres = postmaster(b, url)
			return s
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, _ := os.ReadFile(log.Name())
	b.Fatalf("%s does not answer: %s", cmd.Path, text[max(0, len(text)-2000):])
	return nil
}

// postmaster is the first process of a database's server.
func postmaster(b *testing.B, url string) int {
	b.Helper()
	c := pgtest.Connect(b, url)
	defer c.Close(context.Background())
	var backend int
	if err := c.QueryRow(context.Background(), "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		b.Fatal(err)
	}
	return parentOf(b, backend)
}

// asIs asks for answers as they are; http.Get asks for gzip.
var asIs = &http.Client{Transport: &http.Transport{DisableCompression: true}}

func (s *service) get(b *testing.B, path string, rows int) { s.getBy(b, asIs, path, rows) }

func (s *service) getBy(b *testing.B, client *http.Client, path string, rows int) {
	b.Helper()
	r, err := client.Get(s.base + path)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 {
		b.Fatal(r.Status, err, string(body[:min(len(body), 300)]))
	}
	if n := bytes.Count(body, []byte(`"vm"`)); n < rows-5 || n > rows+5 {
		b.Fatalf("%d rows instead of %d", n, rows)
	}
}

// post stores 1,000 new points, of so many series.
func (s *service) post(b *testing.B, batch, series int) {
	b.Helper()
	s.send(b, "/api/v1/metrics/batch/", batchText(batchStart(batch), series))
}

// batchStart is the time of the first point of a batch.
func batchStart(batch int) time.Time {
	return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(batch) * 1000 * time.Minute)
}

// batchText is 1,000 points, a minute after each other, of so many series.
func batchText(start time.Time, series int) []byte {
	var body bytes.Buffer
	for i := range 1000 {
		fmt.Fprintf(&body, `,{"vm":"new-%02d","timestamp":%q,"metric":"m%d","value":%.2f}`, i%series/10, start.Add(time.Duration(i/series)*time.Minute).Format(time.RFC3339), i%series%10, float64(i*7919%10000)/100)
	}
	text := append([]byte("["), body.Bytes()[1:]...)
	return append(text, ']')
}

func (s *service) postOne(b *testing.B, n int) {
	b.Helper()
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
	s.send(b, "/api/v1/metrics/", fmt.Appendf(nil, `{"vm":"one","timestamp":%q,"metric":"cpu","value":51.6}`, at.Format(time.RFC3339)))
}

func (s *service) send(b *testing.B, path string, text []byte) {
	b.Helper()
	r, err := http.Post(s.base+path, "application/json", bytes.NewReader(text))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	if answer, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 201 {
		b.Fatal(r.Status, err, string(answer[:min(len(answer), 300)]))
	}
}

// cpuOf is the CPU time of a process in milliseconds, its threads and its ended children included.
func cpuOf(b *testing.B, pid int) float64 {
	b.Helper()
	f := statOf(b, pid)
	var ticks float64
	for _, i := range []int{11, 12} { // utime, stime
		v, _ := strconv.ParseFloat(f[i], 64)
		ticks += v
	}
	return ticks * 10 // 100 a second
}

// kernelOf is the part of it that was spent in the kernel.
func kernelOf(b *testing.B, pid int) float64 {
	b.Helper()
	v, _ := strconv.ParseFloat(statOf(b, pid)[12], 64)
	return v * 10
}

func statOf(b *testing.B, pid int) []string {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), ") ")
	return strings.Fields(after)
}

func parentOf(b *testing.B, pid int) int {
	b.Helper()
	v, err := strconv.Atoi(statOf(b, pid)[1])
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// treeCPU is the CPU time of a process and its children.
func treeCPU(b *testing.B, pid int) float64 {
	b.Helper()
	sum := cpuOf(b, pid)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", pid))
	if err != nil {
		b.Fatal(err)
	}
	for _, child := range strings.Fields(string(text)) {
		n, _ := strconv.Atoi(child)
		if _, err := os.Stat("/proc/" + child); err == nil {
			sum += cpuOf(b, n)
		}
	}
	return sum
}

// BenchmarkServeStreams opens 1,000 event streams that nothing happens on: "MB" is
// the memory of the service with them, "MB-without" before.
func BenchmarkServeStreams(b *testing.B) {
	url := pgtest.URL(b)
	migrate(b, url)
	s := startService(b, url, "--no-watch")
	before := resident(b, s.pid)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for range 1000 {
		r, err := client.Get(s.base + "/api/v1/events")
		if err != nil || r.StatusCode != 200 {
			b.Fatal(err, r)
		}
		defer r.Body.Close()
	}
	time.Sleep(2 * time.Second)
	for b.Loop() {
		s.get(b, "/api/v1/latest_metrics", 0)
	}
	b.ReportMetric(before, "MB-without")
	b.ReportMetric(resident(b, s.pid), "MB")
}

// resident is the memory of a process in megabytes.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	v, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return v / 1024
}
