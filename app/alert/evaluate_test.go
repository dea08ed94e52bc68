package alert

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store"
	"aiops/store/memory"
)

const mixed = `  - {name: high, kind: threshold, metric: cpu, above: 90, resolve: 70, for: 10m, severity: critical}
  - {name: often, kind: threshold, above: 80, times: 3, within: 30m}
  - {name: odd, kind: anomaly}
  - {name: odd-vm, kind: vm_anomaly, share: 40%}
  - {name: quiet, kind: no_data, for: 20m}
`

// fleet is a database of noisy series with gaps, bursts and steps.
func fleet(t testing.TB, vms, points int) *memory.Store {
	t.Helper()
	st := memory.New("fleet")
	for v := range vms {
		for m, name := range []string{"cpu", "memory"} {
			r := rand.New(rand.NewPCG(uint64(v), uint64(m)))
			s := metric.Series{Key: metric.Key{VM: fmt.Sprintf("vm-%02d", v), Metric: name}}
			level := 50.0
			for i := range points {
				if r.IntN(150) == 0 {
					level = 30 + 60*r.Float64()
				}
				if i%211 > 204 && v%2 == 0 { // nothing for half an hour
					continue
				}
				s.Times = append(s.Times, monday+int64(i)*5*minute)
				s.Values = append(s.Values, min(100, level+8*r.NormFloat64()))
			}
			st.Put(s)
		}
	}
	return st
}

func evaluate(t *testing.T, st store.Store, r metric.Range) []metric.Transition {
	t.Helper()
	all, err := Evaluate(t.Context(), st, rules(t, mixed), r, EvaluateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// tell is a transition without its NaN, which equals nothing.
func tell(all []metric.Transition) []string {
	var out []string
	for _, t := range all {
		out = append(out, fmt.Sprint(t.Time, t.Key, t.Rule, t.From, t.To, t.Summary))
	}
	return out
}

func TestEvaluateIsDeterministic(t *testing.T) {
	st := fleet(t, 6, 1500)
	first := evaluate(t, st, metric.Range{})
	for range 3 {
		if again := evaluate(t, st, metric.Range{}); !reflect.DeepEqual(tell(first), tell(again)) {
			t.Fatal("another run gave another result")
		}
	}
	kinds := map[string]int{}
	for i, tr := range first {
		kinds[tr.Rule]++
		if i > 0 && tr.Time < first[i-1].Time {
			t.Fatal("they are not ordered by time")
		}
	}
	if len(kinds) != 5 {
		t.Errorf("not every rule fired: %v", kinds)
	}
}

// What is told of a range is what is told of it in the whole history: what
// comes before is learnt from, what comes after changes nothing.
func TestARangeIsAPartOfTheWhole(t *testing.T) {
	st := fleet(t, 3, 1500)
	whole := evaluate(t, st, metric.Range{})
	r := metric.Range{From: monday + 700*5*minute, To: monday + 1100*5*minute}
	want := slices.DeleteFunc(whole, func(t metric.Transition) bool { return !r.Contains(t.Time) })
	got := evaluate(t, st, r)
	// Hysteresis may reach back further than any lookback: its state at the
	// beginning is not asked for.
	settled := func(all []metric.Transition) []string {
		return tell(slices.DeleteFunc(slices.Clone(all), func(t metric.Transition) bool { return t.Time < r.From+100*5*minute }))
	}
	if len(got) == 0 || !slices.Equal(settled(got), settled(want)) {
		t.Errorf("got %d of %d\n%v\n%v", len(got), len(want), settled(got), settled(want))
	}
}

// States follow one another, and each alert on its own.
func TestStatesFollowOneAnother(t *testing.T) {
	may := map[metric.AlertState][]metric.AlertState{
		metric.Inactive: {metric.Pending, metric.Firing}, metric.Pending: {metric.Inactive, metric.Firing},
		metric.Firing: {metric.Resolved}, metric.Resolved: {metric.Pending, metric.Firing},
	}
	last := map[standing]metric.AlertState{}
	for _, tr := range evaluate(t, fleet(t, 6, 1500), metric.Range{}) {
		name := standing{tr.Rule, tr.Key}
		was, ok := last[name]
		if !ok {
			was = metric.Inactive
		}
		if tr.From != was || !slices.Contains(may[was], tr.To) {
			t.Errorf("%s %v: from %s to %s, but it was %s", tr.Rule, tr.Key, tr.From, tr.To, was)
		}
		last[name] = tr.To
	}
}

// Live, point by point and restarted at random, gives what the preview gives.
func TestLiveIsWhatThePreviewSays(t *testing.T) {
	full := fleet(t, 2, 900)
	want := evaluate(t, full, metric.Range{})
	r := rand.New(rand.NewPCG(5, 6))
	g := newRig(t, mixed)
	var series []metric.Series
	infos, err := full.Catalog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	end := int64(0)
	for _, info := range infos {
		s, err := store.Points(t.Context(), full, info.Key, metric.Range{})
		if err != nil {
			t.Fatal(err)
		}
		series, end = append(series, s), max(end, info.Last)
	}
	for at := monday; ; at = min(end, at+(1+r.Int64N(40))*5*minute) {
		for _, s := range series {
			g.st.(*memory.Store).Put(s.Slice(metric.Range{From: monday, To: at + 1}))
		}
		g.now = at
		if r.IntN(4) == 0 {
			g.start(mixed, 0)
			g.live.o.CatchUp = 400 * 24 * 3600e9
		}
		g.poll()
		if at == end {
			break
		}
	}
	if got := recorded(t, g.st); !reflect.DeepEqual(sorted(got), sorted(want)) {
		t.Errorf("%d transitions live, %d in the preview", len(got), len(want))
		for i, s := range sorted(got) {
			if w := sorted(want); i >= len(w) || w[i] != s {
				t.Errorf("first difference: live %s, preview %v", s, w[min(i, len(w)-1)])
				break
			}
		}
	}
}

func sorted(all []metric.Transition) []string {
	out := tell(all)
	slices.Sort(out)
	return out
}

func TestEvaluateWithoutSilencesAndWithKnobs(t *testing.T) {
	st := fleet(t, 2, 900)
	if _, err := st.PutSilence(t.Context(), metric.Silence{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o        EvaluateOptions
		silenced bool
	}{{EvaluateOptions{}, true}, {EvaluateOptions{Unsilenced: true}, false}} {
		all, err := Evaluate(t.Context(), st, rules(t, mixed), metric.Range{}, c.o)
		if err != nil || len(all) == 0 || (all[0].Silence != 0) != c.silenced {
			t.Errorf("%+v: %d, %v", c, len(all), err)
		}
	}
	deaf := EvaluateOptions{Options: Options{Detector: func(metric.Key) anomaly.Options { return anomaly.Options{MinDeviation: 1e9, IgnoreGaps: true} }}}
	all, err := Evaluate(t.Context(), st, rules(t, "  - {name: odd, kind: anomaly}\n"), metric.Range{}, deaf)
	if err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestEvaluateStops(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Evaluate(gone, fleet(t, 1, 10), rules(t, mixed), metric.Range{}, EvaluateOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	var calls int64
	all, err := Evaluate(t.Context(), memory.New("empty"), rules(t, mixed), metric.Range{}, EvaluateOptions{Progress: func(int64, int64) { calls++ }})
	if err != nil || all != nil || calls != 0 {
		t.Errorf("an empty database: %v, %v", all, err)
	}
}

// A threshold costs well under a microsecond a point.
func BenchmarkThreshold(b *testing.B) {
	st := fleet(b, 1, 100_000)
	file, err := Parse("r", []byte("rules:\n"+highCPU))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Evaluate(b.Context(), st, file.Rules, metric.Range{}, EvaluateOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200_000, "ns/point")
}
