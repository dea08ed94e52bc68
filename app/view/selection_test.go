package view

import (
	"fmt"
	"testing"

	"aiops/metric"
)

func TestSlotsAreKept(t *testing.T) {
	var s Selection
	key := func(n int) metric.Key { return metric.Key{VM: fmt.Sprint("vm-", n), Metric: "cpu"} }
	slots := func() (out []int) {
		for _, e := range s {
			out = append(out, e.Slot)
		}
		return out
	}
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() { s.Add(key(1), key(2), key(3)) }, "[0 1 2]"},
		{func() { s.Add(key(2)) }, "[0 1 2]"},           // selected already
		{func() { s.Remove(key(2)) }, "[0 2]"},          // the others keep theirs
		{func() { s.Add(key(4), key(5)) }, "[0 2 1 3]"}, // lowest free
		{func() { s.Remove(key(1), key(9)) }, "[2 1 3]"},
		{func() { s.Add(key(2)) }, "[2 1 3 0]"},
	} {
		step.do()
		if got := fmt.Sprint(slots()); got != step.want {
			t.Fatalf("slots %s, want %s", got, step.want)
		}
	}
	if s.Slot(key(3)) != 2 || s.Slot(key(1)) != -1 || s.Has(key(1)) {
		t.Error("wrong slot")
	}
}

func TestThresholds(t *testing.T) {
	var ts Thresholds
	ts.Set(Threshold{Metric: "cpu", Value: 85})
	ts.Set(Threshold{Metric: "cpu", VM: "db-01", Value: 70})
	ts.Set(Threshold{Metric: "cpu", Value: 90}) // replaces 85
	for _, tc := range []struct {
		k    metric.Key
		want float64
		ok   bool
	}{{dbCPU, 70, true}, {apiCPU, 90, true}, {dbLat, 0, false}} {
		if v, ok := ts.Of(tc.k); v != tc.want || ok != tc.ok {
			t.Errorf("%s: %v %v, want %v %v", tc.k, v, ok, tc.want, tc.ok)
		}
	}
	if got := ts.figures(metric.Percent, []metric.Key{dbCPU, apiCPU, web}); len(got) != 2 || got[1].Label != "Threshold 90\u00a0%" {
		t.Errorf("figures %+v", got)
	}
	ts.Remove("cpu", "")
	if _, ok := ts.Of(apiCPU); ok || len(ts) != 1 {
		t.Errorf("left %+v", ts)
	}
}
