package serve

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

// On a real database: what is old is listed, dropped by a job, and gone; one without partitions is refused.
func TestRetention(t *testing.T) {
	url := pgtest.URL(t)
	s, stop := instance(t, url, nil, func(o *Options) { o.Watch.Off = true })
	if w := s.want(409, "GET", "/api/v1/retention?keep=13mo", ""); !strings.Contains(w.Body.String(), "--partition month") {
		t.Error(w.Body.String())
	}
	s.want(409, "POST", "/api/v1/retention", `{"keep":"13mo"}`)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.Partition(t.Context(), url, postgres.Options{}, func(string) {}); err != nil {
		t.Fatal(err)
	}
	s, _ = instance(t, url, nil, func(o *Options) { o.Watch.Off = true })
	tx, err := s.store.Begin(t.Context(), store.Origin{Source: "test"})
	if err != nil {
		t.Fatal(err)
	}
	old, recent := time.Now().AddDate(-2, 0, 0), time.Now().Add(-time.Hour)
	if _, err := tx.Write(t.Context(), metric.Series{Key: metric.Key{VM: "a", Metric: "cpu"}, Times: []int64{old.UnixMicro(), recent.UnixMicro()}, Values: []float64{1, 2}}, store.Replace); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	s.want(422, "GET", "/api/v1/retention?keep=soon", "")
	plan := decode[retentionBody](t, s.want(200, "GET", "/api/v1/retention?keep=13mo", ""))
	if len(plan.Partitions) != 1 || plan.Partitions[0].Name != fmt.Sprintf("server_metrics_fact_%s", old.UTC().Format("2006_01")) {
		t.Fatalf("%+v", plan)
	}
	w := s.want(202, "POST", "/api/v1/retention", `{"keep":"13mo"}`)
	job := w.Header().Get("Location")
	until(t, "the job is done", func() bool {
		row := decode[jobRow](t, s.want(200, "GET", job, ""))
		if row.Status == "failed" {
			t.Fatal(row.Error)
		}
		return row.Status == "done" && row.Result == "1 partitions dropped"
	})
	if left := decode[retentionBody](t, s.want(200, "GET", "/api/v1/retention?keep=13mo", "")); len(left.Partitions) != 0 {
		t.Errorf("%+v", left)
	}
	if vms := s.want(200, "GET", "/api/v1/vms", "").Body.String(); !strings.Contains(vms, `"count":1`) {
		t.Errorf("the catalog still knows what was dropped: %s", vms)
	}
}
