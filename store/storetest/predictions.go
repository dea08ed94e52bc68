package storetest

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"aiops/metric"
	"aiops/store"
)

// predict makes a prediction of n steps a minute apart from the start on.
func predict(k metric.Key, start int64, n int, v float64) metric.Prediction {
	p := metric.Prediction{Key: k, Made: start - second/2, Model: "auto", Level: 0.8}
	for i := range n {
		p.Times = append(p.Times, start+int64(i)*minute)
		p.Value = append(p.Value, v+float64(i)/4)
		p.Lower, p.Upper = append(p.Lower, v-1), append(p.Upper, v+1.5)
	}
	return p
}

func put(t *testing.T, s store.Store, all ...metric.Prediction) {
	t.Helper()
	if err := s.PutPredictions(ctx, all); err != nil {
		t.Fatal("put predictions:", err)
	}
}

func current(t *testing.T, s store.Store, r metric.Range, keys ...metric.Key) []metric.Prediction {
	t.Helper()
	all, err := s.Predictions(ctx, keys, r)
	if err != nil {
		t.Fatal("predictions:", err)
	}
	return all
}

func past(t *testing.T, s store.Store, k metric.Key, r metric.Range) []metric.Prediction {
	t.Helper()
	all, err := s.PastPredictions(ctx, k, r)
	if err != nil {
		t.Fatal("past predictions:", err)
	}
	return all
}

func samePredictions(t *testing.T, got []metric.Prediction, want ...metric.Prediction) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d predictions, want %d", len(got), len(want))
	}
	columns := func(p metric.Prediction) [3][]float64 { return [3][]float64{p.Value, p.Lower, p.Upper} }
	for i, w := range want {
		g := got[i]
		if g.Key != w.Key || g.Made != w.Made || g.Model != w.Model || g.Level != w.Level || !slices.Equal(g.Times, w.Times) {
			t.Fatalf("prediction %d: %+v, want %+v", i, g, w)
		}
		for c, column := range columns(w) {
			if !slices.EqualFunc(columns(g)[c], column, equalOrNaN) {
				t.Fatalf("prediction %d: column %d is %v, want %v", i, c, columns(g)[c], column)
			}
		}
	}
}

func equalOrNaN(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func testPredictions(t *testing.T, s store.Store) {
	if all := current(t, s, metric.Range{}); len(all) != 0 {
		t.Errorf("predictions of an empty store: %v", all)
	}
	if all := past(t, s, cpu, metric.Range{}); len(all) != 0 {
		t.Errorf("past predictions of an empty store: %v", all)
	}
	put(t, s)
	p := predict(cpu, base+second/4, 1000, 40)
	put(t, s, p)
	samePredictions(t, current(t, s, metric.Range{}), p)
	samePredictions(t, past(t, s, cpu, metric.Range{}), p)
	if i := info(t, s, cpu); i.Count != 0 || len(read(t, s, cpu, metric.Range{}).Times) != 0 {
		t.Errorf("a prediction counts as points: %+v", i)
	}
	if all, err := s.Catalog(ctx); err != nil || len(all) != 1 || all[0].Key != cpu {
		t.Errorf("the series is not there: %v, %v", all, err)
	}
	part := metric.Range{From: p.Times[3], To: p.Times[7]}
	want := p
	want.Times, want.Value, want.Lower, want.Upper = p.Times[3:7], p.Value[3:7], p.Lower[3:7], p.Upper[3:7]
	samePredictions(t, current(t, s, part), want)
	samePredictions(t, current(t, s, metric.Range{From: base - minute, To: base}))

	write(t, s, store.Replace, line(cpu, base, 10))
	samePredictions(t, current(t, s, metric.Range{}), p)
	if i := info(t, s, cpu); i.Count != 10 {
		t.Errorf("after points came: %+v", i)
	}
}

// A new prediction takes the old one's place from its first time on.
func testPredictionsAgain(t *testing.T, s store.Store) {
	first := predict(cpu, base, 10, 40)
	put(t, s, first)
	second := predict(cpu, base+4*minute, 3, 50)
	second.Model, second.Level = "prophet", 0.95
	put(t, s, second)
	want := second
	want.Times, want.Value = slices.Concat(first.Times[:4], second.Times), slices.Concat(first.Value[:4], second.Value)
	want.Lower, want.Upper = slices.Concat(first.Lower[:4], second.Lower), slices.Concat(first.Upper[:4], second.Upper)
	samePredictions(t, current(t, s, metric.Range{}), want)
	samePredictions(t, past(t, s, cpu, metric.Range{}), second, first)

	open := predict(cpu, base-minute, 2, 1e300)
	open.Lower[0], open.Upper[0], open.Lower[1] = math.Inf(-1), math.Inf(1), math.NaN()
	put(t, s, open)
	unknown := predict(cpu, base-minute, 2, 1e300)
	unknown.Lower[0], unknown.Upper[0], unknown.Lower[1] = math.NaN(), math.NaN(), math.NaN()
	samePredictions(t, current(t, s, metric.Range{}), unknown)
	samePredictions(t, past(t, s, cpu, metric.Range{From: base - minute, To: base}), unknown)
}

func testPredictionsOfMany(t *testing.T, s store.Store) {
	keys := []metric.Key{{VM: "b", Metric: "cpu"}, {VM: "a", Metric: "mem"}, {VM: "a", Metric: "cpu"}, {VM: "B", Metric: "cpu"}}
	var all []metric.Prediction
	for i, k := range keys {
		all = append(all, predict(k, base, 5+i, float64(i)))
	}
	put(t, s, all...)
	samePredictions(t, current(t, s, metric.Range{}), all[3], all[2], all[1], all[0])
	samePredictions(t, current(t, s, metric.Range{}, keys[0], keys[2], keys[0], cpu), all[2], all[0])
	samePredictions(t, past(t, s, keys[1], metric.Range{}), all[1])
	again := predict(keys[0], base, 2, 9)
	put(t, s, again, predict(keys[1], base, 1, 9))
	samePredictions(t, current(t, s, metric.Range{}, keys[0]), again)
	samePredictions(t, current(t, s, metric.Range{}, keys[2]), all[2])
	all[2].Times[0], all[2].Value[0] = 0, -1 // the store's is its own
	if got := current(t, s, metric.Range{}, keys[2]); got[0].Times[0] != base || got[0].Value[0] != 2 {
		t.Error("the store shares the columns that it was given")
	}
}

func testPastPredictions(t *testing.T, s store.Store) {
	for i := range store.KeptPredictions + 5 {
		put(t, s, predict(cpu, base+int64(i)*10*minute, 20, float64(i)))
	}
	other := metric.Key{VM: "web-02", Metric: "cpu"}
	put(t, s, predict(other, base, 3, 1))
	all := past(t, s, cpu, metric.Range{})
	if len(all) != store.KeptPredictions {
		t.Fatalf("%d predictions are kept", len(all))
	}
	for i, p := range all {
		samePredictions(t, []metric.Prediction{p}, predict(cpu, base+int64(store.KeptPredictions+4-i)*10*minute, 20, float64(store.KeptPredictions+4-i)))
	}
	// The two that touch these times.
	at := base + 300*minute
	samePredictions(t, past(t, s, cpu, metric.Range{From: at, To: at + 1}), predict(cpu, at, 20, 30), predict(cpu, at-10*minute, 20, 29))
	if all := past(t, s, other, metric.Range{}); len(all) != 1 {
		t.Errorf("%d predictions of the other series", len(all))
	}
}

func testBadPredictions(t *testing.T, s store.Store) {
	good := predict(cpu, base, 3, 1)
	for name, spoil := range map[string]func(p *metric.Prediction){
		"no vm":        func(p *metric.Prediction) { p.VM = "" },
		"no times":     func(p *metric.Prediction) { *p = metric.Prediction{Key: cpu} },
		"few bounds":   func(p *metric.Prediction) { p.Upper = p.Upper[:2] },
		"NaN":          func(p *metric.Prediction) { p.Value[1] = math.NaN() },
		"Inf":          func(p *metric.Prediction) { p.Value[2] = math.Inf(1) },
		"time twice":   func(p *metric.Prediction) { p.Times[2] = p.Times[1] },
		"far too late": func(p *metric.Prediction) { p.Times[2] = math.MaxInt64 },
	} {
		bad := predict(cpu, base, 3, 1)
		spoil(&bad)
		if err := s.PutPredictions(ctx, []metric.Prediction{good, bad}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.PutPredictions(gone, []metric.Prediction{good}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled one: %v", err)
	}
	if _, err := s.Predictions(gone, nil, metric.Range{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read: %v", err)
	}
	if all := current(t, s, metric.Range{}); len(all) != 0 {
		t.Errorf("refused predictions left %v", all)
	}
}
