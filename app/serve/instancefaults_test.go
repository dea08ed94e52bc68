package serve

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store/postgres/pgtest"
)

// Two instances whose clocks are two minutes apart watch each series once: who
// holds what is decided by the database's clock.
func TestInstancesWithOtherClocks(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	teller := &told{}
	clock := func(by time.Duration) func(*Options) {
		return func(o *Options) { o.Now = func() time.Time { return time.Now().Add(by) } }
	}
	fast, _ := instance(t, url, teller, clock(time.Minute))
	slow, stopSlow := instance(t, url, teller, clock(-time.Minute))
	both := []*service{fast, slow}
	until(t, "they have divided the series", func() bool { return fast.shares.count() == groups/2 && slow.shares.count() == groups/2 })
	for i := range 6 {
		both[i%2].want(201, "POST", "/api/v1/metrics", cpuRow("web-0"+strconv.Itoa(i), time.Now(), "95"))
	}
	until(t, "all alerts are told", func() bool { return strings.Count(teller.String(), "firing") >= 6 })
	for i := range 6 {
		until(t, "each series is searched in one place", func() bool {
			n := 0
			for _, s := range both {
				s.watch.mu.Lock()
				if seen, _, err := s.watch.detectors.Newest(metric.Key{VM: "web-0" + strconv.Itoa(i), Metric: "cpu"}); err == nil && seen > 0 {
					n++
				}
				s.watch.mu.Unlock()
			}
			return n == 1
		})
	}
	for range 4 { // jobs too
		fast.want(202, "POST", "/api/v1/train", `{"async":true}`)
	}
	until(t, "the jobs are done", func() bool {
		done := 0
		for _, j := range decode[[]jobRow](t, slow.want(200, "GET", "/api/v1/jobs", "")) {
			if j.Status == "done" {
				done++
			}
		}
		return done == 4
	})
	if err := stopSlow(); err != nil {
		t.Error(err)
	}
	until(t, "the other one holds all", func() bool { return fast.shares.count() == groups })
	if got := teller.String(); strings.Count(got, "firing") != 6 {
		t.Error("told:", got)
	}
}

// The instance that evaluates the rules is cut off from the database for longer
// than its leases hold, and comes back: the other one goes on, and nothing is told twice.
func TestAnInstanceIsCutOff(t *testing.T) {
	t.Parallel()
	server := pgtest.StartServer(t)
	url := server.Database(t)
	wire := server.Proxy(t)
	teller := &told{}
	away, _ := instance(t, strings.Replace(url, ":"+strconv.Itoa(server.Port()), ":"+strconv.Itoa(wire.Port()), 1), teller, nil)
	until(t, "the first one rules", func() bool { _, told, yes := away.shares.leads(); return yes && told != nil })
	here, _ := instance(t, url, teller, nil)
	until(t, "they have divided the series", func() bool { return away.shares.count() == groups/2 && here.shares.count() == groups/2 })
	away.want(201, "POST", "/api/v1/metrics", cpuRow("web-01", time.Now().Add(-time.Minute), "95"))
	until(t, "the first alert is told", func() bool { return strings.Contains(teller.String(), "web-01 firing") })
	wire.Cut()
	away.want(503, "POST", "/api/v1/metrics", cpuRow("web-02", time.Now().Add(-time.Minute), "95"))
	here.want(201, "POST", "/api/v1/metrics", cpuRow("web-03", time.Now().Add(-time.Minute), "95"))
	long := func(what string, ok func() bool) {
		for end := time.Now().Add(40 * time.Second); !ok(); time.Sleep(100 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("not within 40 s: %s", what)
			}
		}
	}
	long("the other one holds all and tells", func() bool {
		return here.shares.count() == groups && strings.Contains(teller.String(), "web-03 firing")
	})
	if _, _, yes := away.shares.leads(); yes {
		t.Error("both evaluate the rules")
	}
	wire.Mend()
	long("they have divided the series again", func() bool { return away.shares.count() == groups/2 && here.shares.count() == groups/2 })
	away.want(201, "POST", "/api/v1/metrics", cpuRow("web-02", time.Now().Add(-time.Minute), "95"))
	long("the third alert is told", func() bool { return strings.Contains(teller.String(), "web-02 firing") })
	if got := teller.String(); strings.Count(got, "firing") != 3 {
		t.Error("told:", got)
	}
}
