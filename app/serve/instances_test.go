package serve

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/app"
	"aiops/metric"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

// told remembers what people were told.
type told struct {
	mu  sync.Mutex
	all []string
}

func (t *told) Notify(all []metric.Transition) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tr := range all {
		t.all = append(t.all, tr.VM+" "+string(tr.To))
	}
}

func (t *told) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.all, ", ")
}

// instance is one of several on a database; stop ends it.
func instance(t *testing.T, url string, teller *told, change func(*Options)) (s *service, stop func() error) {
	t.Helper()
	st, err := postgres.Open(t.Context(), url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Store: st, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Forecaster: app.Forecaster(st, t.TempDir(), time.Now),
		Watch: Watch{Rules: rules, Teller: teller, StateDir: t.TempDir()}}
	if change != nil {
		change(&o)
	}
	one, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	end := one.work()
	once := sync.OnceValue(func() error {
		one.hurry()
		err := end()
		_ = st.Close()
		return err
	})
	t.Cleanup(func() { _ = once() })
	return &service{one, t}, once
}

func cpuRow(vm string, at time.Time, v string) string {
	return `{"vm":"` + vm + `","timestamp":"` + at.UTC().Format(time.RFC3339) + `","metric":"cpu","value":` + v + `}`
}

// Two instances on one database: each series is watched by one of them, an alert
// is told once, events and jobs of one are seen at the other, and what one held
// goes to the other when it ends.
func TestInstancesShareTheWork(t *testing.T) {
	url := pgtest.URL(t)
	teller := &told{}
	a, stopA := instance(t, url, teller, nil)
	until(t, "the first one holds all", func() bool { return a.shares.count() == groups })
	b, stopB := instance(t, url, teller, nil)
	until(t, "they have divided the series", func() bool { return a.shares.count() == groups/2 && b.shares.count() == groups/2 })
	for g := range groups {
		_, inA := a.shares.held[g]
		if _, inB := b.shares.held[g]; inA == inB {
			t.Errorf("group %d is with none or both", g)
		}
	}
	web := httptest.NewServer(b.Handler())
	defer web.Close()
	events, _ := openStream(t, web.URL, "/api/v1/events", "")
	at := time.Now().Add(-time.Minute)
	a.want(201, "POST", "/api/v1/metrics", cpuRow("web-01", at, "95"))
	if _, data := next(t, events, "points"); !strings.Contains(data, `{"vm":"web-01","metric":"cpu","count":1`) {
		t.Error(data)
	}
	if _, data := next(t, events, "alert"); !strings.Contains(data, `"state":"firing"`) {
		t.Error(data)
	}
	b.want(201, "POST", "/api/v1/metrics", cpuRow("web-02", at, "96"))
	until(t, "both alerts are told", func() bool { return strings.Count(teller.String(), "firing") == 2 })
	for _, s := range []*service{a, b} {
		until(t, "both series are searched where they belong", func() bool {
			for _, vm := range []string{"web-01", "web-02"} {
				k := metric.Key{VM: vm, Metric: "cpu"}
				if seen, ok := s.shares.seen(k); s.shares.owns(k) && (!ok || seen == 0) {
					return false
				}
			}
			return true
		})
	}
	b.want(202, "POST", "/api/v1/train", `{"async":true}`)
	id := decode[[]jobRow](t, a.want(200, "GET", "/api/v1/jobs", ""))[0].ID
	for _, s := range []*service{a, b} {
		until(t, "the job is done", func() bool {
			return decode[jobRow](t, s.want(200, "GET", "/api/v1/jobs/"+id, "")).Status == "done"
		})
	}
	if err := stopA(); err != nil {
		t.Error(err)
	}
	until(t, "the other one holds all", func() bool { return b.shares.count() == groups })
	b.want(201, "POST", "/api/v1/metrics", cpuRow("web-03", at, "97"))
	until(t, "the third alert is told", func() bool { return strings.Contains(teller.String(), "web-03 firing") })
	if got := teller.String(); strings.Count(got, "web-01") != 1 || strings.Count(got, "web-02") != 1 {
		t.Error("told:", got)
	}
	if err := stopB(); err != nil {
		t.Error(err)
	}
}

// A change that an instance recorded and did not tell is told by the next one.
func TestWhatWasNotToldIsTold(t *testing.T) {
	url := pgtest.URL(t)
	silent := &deaf{}
	a, _ := instance(t, url, nil, func(o *Options) { o.Watch.Teller = silent })
	until(t, "it rules", func() bool { _, told, yes := a.shares.leads(); return yes && told != nil })
	a.want(201, "POST", "/api/v1/metrics", cpuRow("web-01", time.Now().Add(-time.Minute), "95"))
	until(t, "the alert is recorded", func() bool { return strings.Contains(a.want(200, "GET", "/api/v1/alerts", "").Body.String(), "firing") })
	// As if it had been killed: its lease ends, and nothing is given away.
	pgtest.Exec(t, url, "UPDATE aiops.jobs SET due = now(), lease = lease + 1 WHERE kind = 'watch' AND state = 'running'")
	until(t, "it sees that", func() bool {
		if err := a.shares.keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		return a.shares.count() == 0
	})
	teller := &told{}
	b, _ := instance(t, url, teller, nil)
	until(t, "the next one tells", func() bool { return teller.String() == "web-01 firing" })
	b.want(201, "POST", "/api/v1/metrics", cpuRow("web-01", time.Now().Add(-time.Second), "99"))
	time.Sleep(2 * time.Second)
	if got := teller.String(); got != "web-01 firing" {
		t.Error("told:", got)
	}
}

// deaf takes messages and never gets rid of them.
type deaf struct{}

func (*deaf) Notify([]metric.Transition) {}
func (*deaf) Idle() bool                 { return false }

// A job that is cancelled at one instance ends at the other.
func TestJobsAreCancelledAnywhere(t *testing.T) {
	url := pgtest.URL(t)
	off := func(o *Options) { o.Watch = Watch{Off: true} }
	a, _ := instance(t, url, nil, off)
	b, _ := instance(t, url, nil, off)
	var all []string
	for i := range 300 {
		all = append(all, cpuRow("web-01", time.Now().Add(-time.Duration(i+1)*time.Hour), "5"))
	}
	a.want(201, "POST", "/api/v1/metrics/batch", "["+strings.Join(all, ",")+"]")
	var ids []string
	for range 6 { // more than run at once
		a.want(202, "POST", "/api/v1/predict", `{"async":true,"periods":20000,"retrain":true}`)
	}
	for _, j := range decode[[]jobRow](t, b.want(200, "GET", "/api/v1/jobs", "")) {
		ids = append(ids, j.ID)
		b.want(204, "DELETE", "/api/v1/jobs/"+j.ID, "")
	}
	b.want(204, "DELETE", "/api/v1/jobs/"+ids[0], "") // once more
	for _, s := range []*service{a, b} {
		until(t, "nothing runs", func() bool {
			s.jobs.mu.Lock()
			defer s.jobs.mu.Unlock()
			return len(s.jobs.running) == 0
		})
	}
	for _, id := range ids {
		if j := decode[jobRow](t, a.want(200, "GET", "/api/v1/jobs/"+id, "")); j.Status != "cancelled" && j.Status != "done" {
			t.Errorf("%+v", j)
		}
	}
	a.want(404, "GET", "/api/v1/jobs/999999", "")
	a.want(404, "GET", "/api/v1/jobs/x", "")
}
