package storetest

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"testing"

	"aiops/metric"
	"aiops/store"
)

func change(k metric.Key, rule string, at int64, to metric.AlertState) metric.Transition {
	return metric.Transition{Key: k, Rule: rule, Hash: "a1", Time: at, From: metric.Inactive, To: to, Severity: metric.Warning,
		Value: 91.5, Summary: "too \"high\"", Labels: map[string]string{"team": "web"}, Silence: 3}
}

func putChanges(t *testing.T, s store.Store, all ...metric.Transition) {
	t.Helper()
	if err := s.PutTransitions(ctx, all); err != nil {
		t.Fatal("put transitions:", err)
	}
}

// sameChanges compares all but the IDs, which must ascend within a time.
func sameChanges(t *testing.T, s store.Store, q store.TransitionQuery, want ...metric.Transition) {
	t.Helper()
	got, err := s.Transitions(ctx, q)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%+v: %d transitions, want %d: %v", q, len(got), len(want), err)
	}
	for i, g := range got {
		w := want[i]
		if g.ID == 0 || !maps.Equal(g.Labels, w.Labels) || g.Value != w.Value && !(math.IsNaN(g.Value) && math.IsNaN(w.Value)) {
			t.Errorf("%+v: transition %d is %+v, want %+v", q, i, g, w)
		}
		g.ID, g.Labels, g.Value, w.Labels, w.Value = 0, nil, 0, nil, 0
		if g.Key != w.Key || g.Rule != w.Rule || g.Hash != w.Hash || g.Time != w.Time || g.From != w.From || g.To != w.To || g.Summary != w.Summary || g.Silence != w.Silence || g.Severity != w.Severity {
			t.Errorf("%+v: transition %d is %+v, want %+v", q, i, g, w)
		}
	}
}

func testTransitions(t *testing.T, s store.Store) {
	mem, vm := metric.Key{VM: "db-01", Metric: "memory"}, metric.Key{VM: "db-01"}
	a, b := change(cpu, "high", base, metric.Pending), change(cpu, "high", base+minute, metric.Firing)
	c, d := change(mem, "full", base, metric.Firing), change(vm, "odd", base-minute, metric.Firing)
	c.Labels, c.Value = nil, math.NaN()
	sameChanges(t, s, store.TransitionQuery{})
	putChanges(t, s, a, b)
	putChanges(t, s, c, d, b) // b is there
	putChanges(t, s)
	sameChanges(t, s, store.TransitionQuery{}, d, a, c, b)
	sameChanges(t, s, store.TransitionQuery{Range: metric.Range{From: base, To: base + minute}}, a, c)
	sameChanges(t, s, store.TransitionQuery{Rule: "high"}, a, b)
	sameChanges(t, s, store.TransitionQuery{VM: "db-01"}, d, c)
	sameChanges(t, s, store.TransitionQuery{VM: "db-01", Metric: "memory"}, c)
	sameChanges(t, s, store.TransitionQuery{Newest: 2}, c, b)
	sameChanges(t, s, store.TransitionQuery{Rule: "high", Newest: 1}, b)
	edited := b
	edited.Hash = "b2"
	putChanges(t, s, edited)
	sameChanges(t, s, store.TransitionQuery{Newest: 2}, b, edited)
	a.Labels["team"] = "changed" // the store's is its own
	a.Labels = map[string]string{"team": "web"}
	sameChanges(t, s, store.TransitionQuery{Rule: "high", Range: metric.Range{From: base, To: base + 1}}, a)
}

func testBadTransitions(t *testing.T, s store.Store) {
	for name, spoil := range map[string]func(*metric.Transition){
		"no rule":      func(c *metric.Transition) { c.Rule = "" },
		"no vm":        func(c *metric.Transition) { c.VM = "" },
		"no state":     func(c *metric.Transition) { c.To = "" },
		"far too late": func(c *metric.Transition) { c.Time = math.MaxInt64 },
	} {
		bad := change(cpu, "high", base, metric.Firing)
		spoil(&bad)
		if err := s.PutTransitions(ctx, []metric.Transition{change(cpu, "high", base, metric.Firing), bad}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.PutTransitions(gone, []metric.Transition{change(cpu, "high", base, metric.Firing)}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled one: %v", err)
	}
	if _, err := s.Transitions(gone, store.TransitionQuery{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read: %v", err)
	}
	sameChanges(t, s, store.TransitionQuery{})
}

func testSilences(t *testing.T, s store.Store) {
	check := func(want ...metric.Silence) {
		t.Helper()
		got, err := s.Silences(ctx)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("silences %+v, %v, want %+v", got, err, want)
		}
	}
	check()
	once := metric.Silence{VM: "web-*", From: base, To: base + minute, Comment: "\"disk\" swap"}
	night := metric.Silence{Rule: "high", Metric: "cpu", Severity: metric.Info, From: base, Recurs: true, Weekdays: "06", Begin: 1320, End: 360, Zone: "Europe/Berlin"}
	for _, p := range []*metric.Silence{&once, &night} {
		id, err := s.PutSilence(ctx, *p)
		if err != nil || id == 0 {
			t.Fatal(id, err)
		}
		p.ID = id
	}
	check(once, night)
	once.To = base + 2*minute
	if id, err := s.PutSilence(ctx, once); err != nil || id != once.ID {
		t.Error(id, err)
	}
	check(once, night)
	if err := s.DeleteSilence(ctx, once.ID); err != nil {
		t.Error(err)
	}
	if err := s.DeleteSilence(ctx, once.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("deleting again: %v", err)
	}
	if _, err := s.PutSilence(ctx, once); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("replacing a deleted one: %v", err)
	}
	check(night)
}
