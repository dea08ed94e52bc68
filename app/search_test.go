package app_test

import (
	"math"
	"reflect"
	"runtime"
	"testing"

	"aiops/app"
	"aiops/metric"
	"aiops/store/memory"
)

// noisy is a wave with noise and an incident near its end.
func noisy(k metric.Key, n int, seed uint64) metric.Series {
	s := metric.Series{Key: k}
	x := seed*2654435761 + 1
	for i := range n {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		v := 40 + 10*math.Sin(float64(i)/288*2*math.Pi) + float64(x%1000)/500
		if i > n-60 && i < n-40 {
			v += 40
		}
		s.Times, s.Values = append(s.Times, int64(i)*300e6), append(s.Values, v)
	}
	return s
}

// A search that goes on as points come finds the same as one over all of them.
func TestSearchGoesOn(t *testing.T) {
	keys := []metric.Key{{VM: "a", Metric: "cpu"}, {VM: "a", Metric: "mem"}, {VM: "b", Metric: "cpu"}}
	const n = 2500
	r := app.AnalyseRequest{Range: metric.Range{From: 2000 * 300e6, To: math.MaxInt64}}
	var search app.Search
	st := memory.New("x")
	for _, part := range []int{2430, 2455, n} {
		for i, k := range keys {
			s := noisy(k, n, uint64(i+1))
			s.Times, s.Values = s.Times[:part], s.Values[:part]
			st.Put(s)
		}
		var vms []string
		got, err := search.Run(t.Context(), st, r, nil, func(s app.ScoredServer, m []app.Scored) { vms = append(vms, s.VM) })
		if err != nil {
			t.Fatal(err)
		}
		want, err := app.Analyse(t.Context(), st, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Incidents, want.Incidents) || !reflect.DeepEqual(got.Servers, want.Servers) {
			t.Errorf("after %d points: %d incidents, want %d", part, len(got.Incidents), len(want.Incidents))
		}
		if !reflect.DeepEqual(vms, []string{"a", "b"}) {
			t.Errorf("told %v", vms)
		}
	}
}

// A search that nothing follows gives its detectors back on the way, and finds the same.
func TestSearchOnceKeepsNoDetectors(t *testing.T) {
	const n, series = 300, 120
	st := memory.New("x")
	for i := range series {
		st.Put(noisy(metric.Key{VM: string(rune('A' + i)), Metric: "cpu"}, n, uint64(i+1)))
	}
	r := app.AnalyseRequest{Range: metric.Range{To: math.MaxInt64}}
	want, err := app.Analyse(t.Context(), st, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	taken := func(search *app.Search) int64 {
		before, last := heap(), int64(0)
		vms := 0
		got, err := search.Run(t.Context(), st, r, nil, func(app.ScoredServer, []app.Scored) {
			if vms++; vms == series {
				last = heap()
			}
		})
		if err != nil || !reflect.DeepEqual(got.Incidents, want.Incidents) {
			t.Errorf("%d incidents, want %d; %v", len(got.Incidents), len(want.Incidents), err)
		}
		return last - before
	}
	once := &app.Search{Once: true}
	if first, again, held := taken(once), taken(once), taken(new(app.Search)); max(first, again) > held-series*30_000 { // the rest is what was found
		t.Errorf("%d and %d bytes, a search that keeps them %d", first, again, held)
	}
}
