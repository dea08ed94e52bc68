package serve

import (
	"fmt"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/exp/api/remote"
	writev2 "github.com/prometheus/client_golang/exp/api/remote/genproto/v2"

	"aiops/store/postgres/pgtest"
)

// sender is Prometheus' own client of remote write, and the names of what it sends.
type sender struct {
	*remote.API
	t       *testing.T
	symbols writev2.SymbolsTable
	all     []*writev2.TimeSeries
	retries int
}

func newSender(t *testing.T, url string) *sender {
	t.Helper()
	api, err := remote.NewAPI(url, remote.WithAPIBackoff(remote.BackoffConfig{Min: 20 * time.Millisecond, Max: 200 * time.Millisecond, MaxRetries: 100}))
	if err != nil {
		t.Fatal(err)
	}
	return &sender{API: api, t: t, symbols: writev2.NewSymbolTable()}
}

// series adds one with samples of milliseconds and values by turns.
func (s *sender) series(labels []string, samples ...*writev2.Sample) *writev2.TimeSeries {
	ts := &writev2.TimeSeries{LabelsRefs: s.symbols.SymbolizeLabels(labels, nil), Samples: samples}
	s.all = append(s.all, ts)
	return ts
}

// send sends what was added since the last time.
func (s *sender) send() (remote.WriteResponseStats, error) {
	s.t.Helper()
	req := &writev2.Request{Symbols: s.symbols.Symbols(), Timeseries: s.all}
	s.all = nil
	return s.Write(s.t.Context(), remote.WriteV2MessageType, req, remote.WithWriteRetryCallback(func(error) { s.retries++ }))
}

func at(ago time.Duration, v float64) *writev2.Sample {
	return &writev2.Sample{Timestamp: now.Add(-ago).UnixMilli(), Value: v}
}

// What Prometheus' own client sends by version 2.0, with all that may lie in a series beside its samples.
func TestRemoteWriteFromPrometheusClient(t *testing.T) {
	s := newService(t, nil)
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	p := newSender(t, web.URL)

	// A classic histogram with metadata, exemplars and when it was created.
	for le, v := range map[string]float64{"0.1": 3, "+Inf": 7} {
		bucket := p.series([]string{"__name__", "wait_bucket", "instance", "web-01", "le", le}, at(time.Minute, v))
		bucket.Metadata = &writev2.Metadata{Type: writev2.Metadata_METRIC_TYPE_HISTOGRAM, HelpRef: p.symbols.Symbolize("How long"), UnitRef: p.symbols.Symbolize("seconds")}
		bucket.Exemplars = []*writev2.Exemplar{{LabelsRefs: p.symbols.SymbolizeLabels([]string{"trace_id", "abc"}, nil), Value: 0.05, Timestamp: now.UnixMilli()}}
		bucket.CreatedTimestamp = now.Add(-time.Hour).UnixMilli()
	}
	// Samples that go back in time, one twice, and the end of the series.
	p.series([]string{"__name__", "up", "instance", "web-01"}, at(time.Minute, 1), at(3*time.Minute, 0), at(2*time.Minute, 1), at(2*time.Minute, 1), at(0, math.Float64frombits(0x7ff0000000000002)))
	stats, err := p.send()
	if err != nil || stats.Samples != 7 || stats.Histograms != 0 || stats.Exemplars != 0 {
		t.Errorf("%+v %v", stats, err)
	}
	csv := s.want(200, "GET", "/api/v1/latest_metrics", "", "Accept", "text/csv").Body.String()
	for _, row := range []string{`,"wait_bucket{le=""0.1""}",3`, `,"wait_bucket{le=""+Inf""}",7`, "11:57:00Z,up,0", "11:58:00Z,up,1", "11:59:00Z,up,1"} {
		if strings.Count(csv, row) != 1 {
			t.Errorf("%s is missing in %s", row, csv)
		}
	}

	// Sent again, it is written again: a sender takes it for done.
	p.series([]string{"__name__", "up", "instance", "web-01"}, at(time.Minute, 1))
	if stats, err := p.send(); err != nil || stats.Samples != 1 {
		t.Errorf("%+v %v", stats, err)
	}
	// A series that only ends: nothing is stored, and the sender must not think that nobody took it.
	p.series([]string{"__name__", "gone", "instance", "web-01"}, at(0, math.Float64frombits(0x7ff0000000000002)))
	if stats, err := p.send(); err != nil || stats.Samples != 1 {
		t.Errorf("%+v %v", stats, err)
	}
	// What is refused is told and not sent again; the rest is stored.
	p.series([]string{"__name__", "load", "instance", "web-02"}, at(time.Minute, 0.5), at(-time.Hour, 1))
	p.series([]string{"__name__", "nowhere"}, at(time.Minute, 1))
	native := p.series([]string{"__name__", "wait", "instance", "web-02"})
	native.Histograms = []*writev2.Histogram{{Count: &writev2.Histogram_CountInt{CountInt: 5}, Sum: 2, Schema: 3, Timestamp: now.UnixMilli(),
		PositiveSpans: []*writev2.BucketSpan{{Offset: 1, Length: 2}}, PositiveDeltas: []int64{2, 1}}}
	stats, err = p.send()
	if err == nil || stats.Samples != 1 || stats.Histograms != 0 || p.retries > 0 {
		t.Errorf("%+v, sent again %d times, %v", stats, p.retries, err)
	}
	for _, want := range []string{"400", "3 values are refused, the others are stored", "in the future", "the label instance, which names the VM, is missing", "native histograms are not kept"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told: %v", want, err)
		}
	}
	s.want(200, "GET", "/api/v1/metrics?vm=web-02&metric=load&days=1", "")
}

// A sender that is too fast, or whose database is away, sends again until all is stored.
func TestRemoteWriteIsSentAgain(t *testing.T) {
	server := pgtest.StartServer(t)
	one, _ := instance(t, server.Database(t), nil, func(o *Options) { o.Watch = Watch{Off: true}; o.Limits.Write = 2 })
	web := httptest.NewServer(one.Handler())
	defer web.Close()
	p := newSender(t, web.URL)
	began := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	for i := range 8 {
		if i == 7 {
			if err := server.Kill(); err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(300*time.Millisecond, func() {
				if err := server.Start(); err != nil {
					t.Error(err)
				}
			})
		}
		before := p.retries
		p.series([]string{"__name__", "n", "instance", "web-01"}, &writev2.Sample{Timestamp: began.Add(time.Duration(i) * time.Second).UnixMilli(), Value: float64(i)})
		if stats, err := p.send(); err != nil || stats.Samples != 1 {
			t.Fatalf("%d: %+v %v", i, stats, err)
		}
		if i == 7 && p.retries == before {
			t.Error("the database was away, and nothing was sent again")
		}
	}
	if p.retries < 2 {
		t.Errorf("sent again %d times", p.retries)
	}
	// Prometheus drops what is answered with 429, unless it is told not to.
	var hasty int
	for range 6 {
		w := one.call("POST", "/api/v1/write", "x", asRemote2...)
		switch {
		case w.Code == 503 && w.Header().Get("Retry-After") != "":
			hasty++
		case w.Code != 400:
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if hasty == 0 {
		t.Error("the limit lets everything in")
	}
	rows := decode[[]pointRow](t, one.want(200, "GET", fmt.Sprintf("/api/v1/metrics?vm=web-01&start_date=%s", began.Add(-time.Minute).UTC().Format(time.RFC3339)), ""))
	if len(rows) != 8 {
		t.Errorf("%d of 8 are stored", len(rows))
	}
}
