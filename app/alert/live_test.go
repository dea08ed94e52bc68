package alert

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/memory"
)

const minute = int64(60e6)

// monday is 2026-01-05T00:00:00Z.
var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC).UnixMicro()

func rules(t *testing.T, text string) []Rule {
	t.Helper()
	f, err := Parse("rules.yaml", []byte("rules:\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return f.Rules
}

// heard keeps what a Teller is told.
type heard []string

func (h *heard) Notify(all []metric.Transition) {
	for _, t := range all {
		*h = append(*h, fmt.Sprintf("%s %s %s", t.To, t.Rule, t.VM))
	}
}

func (h *heard) take() string {
	out := strings.Join(*h, ", ")
	*h = nil
	return out
}

// rig is a database with a clock and a run of rules over it.
type rig struct {
	t    *testing.T
	st   store.Store
	now  int64
	told heard
	live *Live
}

func newRig(t *testing.T, text string) *rig {
	r := &rig{t: t, st: memory.New("live"), now: monday}
	r.start(text, 0)
	return r
}

func (r *rig) start(text string, repeat time.Duration) {
	r.live = NewLive(r.st, rules(r.t, text), LiveOptions{Now: func() time.Time { return metric.Time(r.now) }, Teller: &r.told, Repeat: repeat})
}

// pass lets five minutes pass, with a point of each value's VM.
func (r *rig) pass(values map[string]float64) string {
	r.t.Helper()
	r.now += 5 * minute
	tx, err := r.st.Begin(r.t.Context(), store.Origin{Source: "test"})
	if err != nil {
		r.t.Fatal(err)
	}
	for vm, v := range values {
		s := metric.Series{Key: metric.Key{VM: vm, Metric: "cpu"}, Times: []int64{r.now}, Values: []float64{v}}
		if _, err := tx.Write(r.t.Context(), s, store.Replace); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		r.t.Fatal(err)
	}
	return r.poll()
}

func (r *rig) poll() string {
	r.t.Helper()
	if _, err := r.live.Poll(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return r.told.take()
}

func (r *rig) check(got, want string) {
	r.t.Helper()
	if got != want {
		r.t.Errorf("told %q, want %q", got, want)
	}
}

const highCPU = "  - {name: high, kind: threshold, above: 90, for: 10m}\n"

func TestLiveTellsOnceAndRecordsAll(t *testing.T) {
	r := newRig(t, highCPU)
	web := func(v float64) map[string]float64 { return map[string]float64{"web-01": v, "web-02": 1} }
	for i, c := range []struct {
		value float64
		want  string
	}{{10, ""}, {95, ""}, {95, ""}, {95, "firing high web-01"}, {99, ""}, {99, ""}, {20, "resolved high web-01"}, {20, ""}} {
		if got := r.pass(web(c.value)); got != c.want {
			t.Errorf("step %d: told %q, want %q", i, got, c.want)
		}
		r.check(r.poll(), "") // nothing new: nothing is told
	}
	all, err := r.st.Transitions(t.Context(), store.TransitionQuery{})
	if err != nil || len(all) != 3 || all[0].To != metric.Pending || all[2].To != metric.Resolved {
		t.Errorf("%+v, %v", all, err)
	}
}

// A restart neither forgets that something fires nor tells it again.
func TestLiveRestarts(t *testing.T) {
	r := newRig(t, highCPU)
	for range 4 {
		r.pass(map[string]float64{"web-01": 95})
		r.start(highCPU, 0)
	}
	if now := Firing(recorded(t, r.st)); len(now) != 1 {
		t.Fatalf("%+v", now)
	}
	r.check(r.pass(map[string]float64{"web-01": 95}), "")
	r.start(highCPU, 0)
	r.check(r.pass(map[string]float64{"web-01": 5}), "resolved high web-01")
}

func recorded(t *testing.T, st store.Store) []metric.Transition {
	t.Helper()
	all, err := st.Transitions(t.Context(), store.TransitionQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatFiredWhileNobodyLookedIsToldAsItStands(t *testing.T) {
	r := newRig(t, "  - {name: high, kind: threshold, above: 90}\n")
	var s metric.Series
	s.Key = metric.Key{VM: "web-01", Metric: "cpu"}
	for i := range int64(12) { // it fires and resolves all the time, and fires at the end
		s.Times, s.Values = append(s.Times, monday+i*5*minute), append(s.Values, float64(10+80*(i%2)+5))
	}
	r.st.(*memory.Store).Put(s)
	r.now = monday + 60*minute
	r.check(r.poll(), "firing high web-01")
	if n := len(recorded(t, r.st)); n != 11 {
		t.Errorf("%d are recorded", n)
	}
}

func TestSilencesEndWhileItFires(t *testing.T) {
	r := newRig(t, "  - {name: high, kind: threshold, above: 90}\n")
	id, err := r.st.PutSilence(t.Context(), metric.Silence{VM: "web-*", From: monday, To: monday + 14*minute})
	if err != nil {
		t.Fatal(err)
	}
	both := map[string]float64{"web-01": 95, "db-01": 95}
	r.check(r.pass(both), "firing high db-01")
	r.check(r.pass(both), "")
	r.check(r.pass(both), "firing high web-01")
	if all := recorded(t, r.st); len(all) != 2 || all[0].Silence+all[1].Silence != id {
		t.Errorf("%+v", all)
	}
}

func TestRepeats(t *testing.T) {
	r := newRig(t, highCPU)
	r.start("  - {name: high, kind: threshold, above: 90}\n", 15*time.Minute)
	web := map[string]float64{"web-01": 95}
	for _, want := range []string{"firing high web-01", "", "", "firing high web-01", ""} {
		r.check(r.pass(web), want)
	}
}

// A restart tells nobody anew of what fires for long: it goes on in the rhythm of before.
func TestRestartsKeepTheRhythmOfRepeats(t *testing.T) {
	r := newRig(t, highCPU)
	rule := "  - {name: high, kind: threshold, above: 90}\n"
	r.start(rule, 15*time.Minute)
	web := map[string]float64{"web-01": 95}
	for _, want := range []string{"firing high web-01", "", "", "firing high web-01", ""} {
		r.check(r.pass(web), want)
	}
	r.start(rule, 15*time.Minute)
	for _, want := range []string{"", "firing high web-01", "", ""} {
		r.check(r.pass(web), want)
	}
}

// What fired under a rule that was taken away, or whose patterns changed, is over.
func TestRulesThatAreNoMore(t *testing.T) {
	both := "  - {name: high, kind: threshold, above: 90}\n  - {name: cpu, kind: threshold, vm: web-*, above: 80}\n"
	r := newRig(t, both)
	r.check(r.pass(map[string]float64{"web-01": 95}), "firing cpu web-01, firing high web-01")
	r.start("  - {name: high, kind: threshold, above: 50}\n  - {name: cpu, kind: threshold, vm: db-*, above: 80}\n", 0)
	r.check(r.pass(map[string]float64{"web-01": 95}), "resolved cpu web-01")
	if now := Firing(recorded(t, r.st)); len(now) != 1 || now[0].Rule != "high" {
		t.Errorf("%+v", now)
	}
}

func TestNoDataAndPredictionsLive(t *testing.T) {
	r := newRig(t, "  - {name: quiet, kind: no_data, for: 10m}\n  - {name: soon, kind: forecast, above: 90, horizon: 1h}\n")
	r.check(r.pass(map[string]float64{"web-01": 50}), "")
	p := metric.Prediction{Key: metric.Key{VM: "web-01", Metric: "cpu"}, Made: r.now + 1, Model: "auto", Level: 0.8, Times: []int64{r.now + 10*minute},
		Value: []float64{99}, Lower: []float64{97}, Upper: []float64{100}}
	if err := r.st.PutPredictions(t.Context(), []metric.Prediction{p}); err != nil {
		t.Fatal(err)
	}
	r.check(r.pass(nil), "firing soon web-01")
	r.check(r.pass(nil), "firing quiet web-01")
	p.Made, p.Value, p.Lower, p.Upper = r.now+1, []float64{50}, []float64{40}, []float64{60}
	p.Times = []int64{r.now + 10*minute}
	if err := r.st.PutPredictions(t.Context(), []metric.Prediction{p}); err != nil {
		t.Fatal(err)
	}
	r.check(r.pass(map[string]float64{"web-01": 50}), "resolved soon web-01, resolved quiet web-01")
}

// broken fails to record, so many times.
type broken struct {
	store.Store
	fails int
}

func (b *broken) PutTransitions(ctx context.Context, all []metric.Transition) error {
	if b.fails--; b.fails >= 0 {
		return store.ErrLocked
	}
	return b.Store.PutTransitions(ctx, all)
}

// What cannot be recorded is not told, and comes again when it can.
func TestADatabaseThatFails(t *testing.T) {
	r := newRig(t, "  - {name: high, kind: threshold, above: 90}\n")
	r.pass(map[string]float64{"web-01": 5})
	b := &broken{r.st, 2}
	r.live.st = b
	r.now += 5 * minute
	r.st.(*memory.Store).Put(metric.Series{Key: metric.Key{VM: "web-01", Metric: "cpu"}, Times: []int64{r.now}, Values: []float64{95}})
	for range 2 {
		if _, err := r.live.Poll(t.Context()); !errors.Is(err, store.ErrLocked) || r.told.take() != "" {
			t.Errorf("%v", err)
		}
	}
	r.check(r.poll(), "firing high web-01")
	if got := r.live.Standing(); len(got) != 1 || got[0].To != metric.Firing {
		t.Errorf("%+v", got)
	}
}

func TestRunStops(t *testing.T) {
	r := newRig(t, highCPU)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := r.live.Run(ctx, time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
