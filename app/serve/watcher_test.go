package serve

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/config"
	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

var rules = []alert.Rule{{Name: "high", Kind: alert.Threshold, Above: new(90.0), Severity: metric.Critical}}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 1000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("waited in vain: " + what)
}

// What is posted is searched, rules fire on it, and streams are told.
func TestWatch(t *testing.T) {
	s := newService(t, func(o *Options) {
		o.Watch = Watch{Rules: rules, StateDir: t.TempDir()}
		o.Now = func() time.Time { return now.Add(time.Minute) }
	}).fill()
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	r, _ := openStream(t, web.URL, "/api/v1/events?kind=alert", "")
	seen := func() bool {
		at, _, err := s.watch.newest(metric.Key{VM: "web-01", Metric: "cpu"})
		return err == nil && at >= now.UnixMicro()
	}
	s.want(201, "POST", "/api/v1/metrics", `{"vm":"web-01","timestamp":"2026-11-23T12:00:10Z","metric":"cpu","value":95}`)
	until(t, "the points are searched", seen)
	_, data := next(t, r, "alert")
	if !strings.Contains(data, `"rule":"high","vm":"web-01","metric":"cpu","state":"firing"`) {
		t.Error(data)
	}
	if all := decode[[]alertRow](t, s.want(200, "GET", "/api/v1/alerts", "")); len(all) != 1 || all[0].Rule != "high" {
		t.Errorf("%+v", all)
	}
	if w := s.want(200, "GET", "/metrics", ""); !strings.Contains(w.Body.String(), "aiops_alert_transitions_total 1") {
		t.Error("the change is not counted")
	}
	until(t, "the lag is measured", func() bool {
		return !strings.Contains(s.want(200, "GET", "/metrics", "").Body.String(), "aiops_detection_lag_seconds_count 0")
	})
}

// A point that is unusual is told, but not in maintenance.
func TestWatchTellsAnomalies(t *testing.T) {
	for _, maintained := range []bool{false, true} {
		known, err := app.NewDetection(config.Detection{}, "")
		if err != nil {
			t.Fatal(err)
		}
		s := newService(t, func(o *Options) {
			o.Watch, o.Detection = Watch{StateDir: t.TempDir()}, known
			o.Now = func() time.Time { return now.Add(time.Hour) }
		}).fill()
		k := metric.Key{VM: "web-01", Metric: "cpu"}
		reached := func(at time.Time) func() bool {
			return func() bool {
				seen, _, err := s.watch.newest(k)
				return err == nil && seen >= at.UnixMicro()
			}
		}
		if maintained {
			s.want(201, "POST", "/api/v1/annotations", `{"from":"2026-11-23T12:01:00Z","to":"2026-11-23T13:00:00Z","text":"disk","kind":"maintenance"}`)
		}
		until(t, "the series are this instance's", func() bool { return s.shares.owns(k) })
		s.attend([]metric.Key{k})
		until(t, "the history is learnt", reached(now))
		s.want(201, "POST", "/api/v1/metrics", `{"vm":"web-01","timestamp":"2026-11-23T12:05:00Z","metric":"cpu","value":5000}`)
		until(t, "the point is searched", reached(now.Add(5*time.Minute)))
		told := !strings.Contains(s.want(200, "GET", "/metrics", "").Body.String(), "aiops_anomalies_total 0")
		if told == maintained {
			t.Errorf("in maintenance: %v, told: %v", maintained, told)
		}
	}
}

// What comes while nobody watches is searched after the next start, from where the detectors were.
func TestWatchTakesUp(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	run := func(post string) int64 {
		st, err := sqlite.Open(t.Context(), filepath.Join(dir, "m.db"), sqlite.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		s, err := New(Options{Store: st, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Watch: Watch{StateDir: state, Every: 50 * time.Millisecond}})
		if err != nil {
			t.Fatal(err)
		}
		tx, err := st.Begin(t.Context(), store.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		k := metric.Key{VM: "web-01", Metric: "cpu"}
		at, err := time.Parse(time.RFC3339, post)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Write(t.Context(), metric.Series{Key: k, Times: []int64{at.UnixMicro()}, Values: []float64{1}}, store.Replace); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil { // as another program writes it
			t.Fatal(err)
		}
		before, _, err := s.watch.newest(k)
		if err != nil {
			t.Fatal(err)
		}
		stop := s.work()
		until(t, "the point is searched", func() bool {
			seen, _, _ := s.watch.newest(k)
			return seen == at.UnixMicro()
		})
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		return before
	}
	if before := run("2026-11-23T10:00:00Z"); before != 0 {
		t.Error("a detector that has seen nothing says", before)
	}
	if before := run("2026-11-23T10:05:00Z"); before != time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC).UnixMicro() {
		t.Error("the second run begins at", metric.Time(before))
	}
}

func TestDutyHandsASeriesToOneWorker(t *testing.T) {
	d := newDuty()
	k := metric.Key{VM: "a", Metric: "m"}
	for range 3 {
		d.wrote([]metric.Key{k})
	}
	keys, err := d.take(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatal(keys, err)
	}
	d.wrote(keys)
	var taken atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, err := d.take(t.Context()); err == nil {
			taken.Store(true)
		}
	}()
	time.Sleep(20 * time.Millisecond)
	if taken.Load() {
		t.Error("a series is with two workers")
	}
	d.done(keys)
	<-done
	if !taken.Load() || d.left() != 0 {
		t.Error("what was written meanwhile is not handed out")
	}
}

func ExampleNewMemoryLimiter() {
	l := NewMemoryLimiter(Limits{Read: 1})
	for range 3 {
		_, ok := l.Allow("10.0.0.1", "read", "get-vms")
		fmt.Println(ok)
	}
	// Output:
	// true
	// true
	// false
}

// A detector of a series that has ended takes no memory, and is taken up where
// it stopped when the series goes on.
func TestWatchLetsGo(t *testing.T) {
	s := newService(t, func(o *Options) {
		o.Watch = Watch{StateDir: t.TempDir(), Every: 20 * time.Millisecond}
		o.Now = func() time.Time { return now.Add(4 * 24 * time.Hour) }
	})
	old, young := metric.Key{VM: "old", Metric: "cpu"}, metric.Key{VM: "young", Metric: "cpu"}
	post := func(k metric.Key, at time.Time) {
		s.want(201, "POST", "/api/v1/metrics", fmt.Sprintf(`{"vm":%q,"timestamp":%q,"metric":"cpu","value":1}`, k.VM, at.Format(time.RFC3339)))
	}
	live := func(n int) func() bool { return func() bool { return s.watch.detectors.Live() == n } }
	for i := range 5 {
		post(old, now.Add(time.Duration(i)*time.Minute))
	}
	until(t, "the first series is learnt", live(1))
	post(young, now.Add(3*24*time.Hour))
	until(t, "the second one is learnt, the first one let go", func() bool {
		at, known, err := s.watch.newest(young)
		return err == nil && known && at > 0 && live(1)()
	})
	post(old, now.Add(3*24*time.Hour))
	until(t, "it goes on", func() bool {
		at, _, err := s.watch.newest(old)
		return err == nil && at == now.Add(3*24*time.Hour).UnixMicro() && live(2)()
	})
}
