package app_test

import (
	"math"
	"reflect"
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
