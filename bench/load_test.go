//go:build bench

package bench

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"aiops/store/postgres/pgtest"
)

// What is asked for in a second: reads of 10,000 points, of the latest 1,440, and batches of 1,000.
const (
	readsASecond   = 30
	latestASecond  = 20
	batchesASecond = 2
)

// BenchmarkServeLoad asks a service on one core, with detection and all, for
// reads and writes at random times, whether it keeps up or not. It tells how
// long reads of 10,000 points took, and the memory of each minute. AIOPS_LOAD
// says how long: 10s without it.
func BenchmarkServeLoad(b *testing.B) {
	url := pgtest.URL(b)
	fillServed(b, url)
	l := newLoader(b, startService(b, url))
	l.warm()
	l.measure()
}

// loadTime is how long the load lasts.
func loadTime(b *testing.B) time.Duration {
	b.Helper()
	text := os.Getenv("AIOPS_LOAD")
	if text == "" {
		return 10 * time.Second
	}
	long, err := time.ParseDuration(text)
	if err != nil {
		b.Fatal("AIOPS_LOAD: ", err)
	}
	return long
}

// loader sends requests and keeps how long they took.
type loader struct {
	b      *testing.B
	s      *service
	client *http.Client
	wait   sync.WaitGroup
	mu     sync.Mutex
	took   []time.Duration
	batch  int
	late   time.Duration // for how long answers came after the last request
}

func newLoader(b *testing.B, s *service) *loader {
	return &loader{b: b, s: s, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}}
}

// warm asks for some seconds and lets detection catch up.
func (l *loader) warm() {
	l.run(5 * time.Second)
	for l.searching() {
		time.Sleep(200 * time.Millisecond)
	}
}

// measure runs the load and reports what it took: "late-ms" says whether the service kept up.
func (l *loader) measure() {
	long := loadTime(l.b)
	l.took = nil
	for l.b.Loop() {
		own, db := cpuOf(l.b, l.s.pid), treeCPU(l.b, l.s.postgres)
		l.run(long)
		l.b.ReportMetric((cpuOf(l.b, l.s.pid)-own)/10/long.Seconds(), "cpu-%")
		l.b.ReportMetric((treeCPU(l.b, l.s.postgres)-db)/10/long.Seconds(), "db-%")
	}
	slices.Sort(l.took)
	for name, share := range map[string]float64{"p50-ms": 0.5, "p99-ms": 0.99} {
		l.b.ReportMetric(float64(l.took[int(share*float64(len(l.took)))].Microseconds())/1000, name)
	}
	l.b.ReportMetric(float64(l.late.Milliseconds()), "late-ms")
	l.b.ReportMetric(float64(len(l.took)), "reads")
	l.b.ReportMetric(resident(l.b, l.s.pid), "MB")
}

// run sends at random times until the time is over.
func (l *loader) run(long time.Duration) {
	const all = readsASecond + latestASecond + batchesASecond
	minute := time.Now().Add(time.Minute)
	for end := time.Now().Add(long); time.Now().Before(end); {
		time.Sleep(time.Duration(rand.ExpFloat64() / all * float64(time.Second)))
		switch n := rand.IntN(all); {
		case n < readsASecond:
			l.wait.Go(func() { l.took1(l.ask("GET", "/api/v1/metrics?vm=web-01&metric=cpu&days=7&limit=10000", nil, 200)) })
		case n < readsASecond+latestASecond:
			l.wait.Go(func() { l.ask("GET", "/api/v1/latest_metrics?vm=web-01&metric=cpu", nil, 200) })
		default:
			l.batch++
			text := batchText(time.Date(2024, 1, 1, 0, 100*l.batch, 0, 0, time.UTC), 10)
			l.wait.Go(func() { l.ask("POST", "/api/v1/metrics/batch/", text, 201) })
		}
		if time.Now().After(minute) {
			l.b.Logf("%s: %.0f MB", time.Now().UTC().Format("15:04:05"), resident(l.b, l.s.pid))
			minute = minute.Add(time.Minute)
		}
	}
	last := time.Now()
	l.wait.Wait()
	l.late = time.Since(last)
}

// ask sends a request and reads the answer.
func (l *loader) ask(method, path string, body []byte, want int) time.Duration {
	began := time.Now()
	r, err := http.NewRequest(method, l.s.base+path, bytes.NewReader(body))
	if err != nil {
		l.b.Error(err)
		return 0
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := l.client.Do(r)
	if err == nil {
		_, err = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if err == nil && res.StatusCode != want {
			err = errors.New(res.Status)
		}
	}
	if err != nil {
		l.b.Error(method, path, err)
	}
	return time.Since(began)
}

// searching reports whether points wait to be searched for anomalies: never where there is no detection.
func (l *loader) searching() bool {
	r, err := l.client.Get(l.s.base + "/metrics")
	if err != nil {
		l.b.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	_, after, found := bytes.Cut(text, []byte("\naiops_detection_waiting "))
	return err != nil || found && !bytes.HasPrefix(after, []byte("0\n"))
}

func (l *loader) took1(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took = append(l.took, d)
}
