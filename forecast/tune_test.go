package forecast

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTuneOrdersTrials(t *testing.T) {
	s := series(500, time.Hour, func(i int) float64 { return float64(i*i%24) + 0.1*float64(i%5) })
	f := Forecaster{Now: clock}
	var done int64
	trials, err := f.Tune(ctx, s, Options{Horizon: 24}, 0, func(i, n int64) {
		if done++; i != done || n != int64(len(Models)) {
			t.Errorf("progress %d of %d at call %d", i, n, done)
		}
	})
	if err != nil || len(trials) != len(Models) || done != int64(len(Models)) {
		t.Fatalf("%d trials, %d steps, %v", len(trials), done, err)
	}
	var configs []string
	for i, x := range trials {
		configs = append(configs, x.Config)
		if x.Err != "" || x.Score != x.Scores.WIS || x.Scores.N != 4*24 || i > 0 && x.Score < trials[i-1].Score {
			t.Errorf("trial %d: %+v", i, x)
		}
	}
	for _, want := range []string{"", `{"model":"theta"}`, `{"model":"prophet"}`, `{"model":"seasonal-naive"}`, `{"model":"naive"}`} {
		if !slices.Contains(configs, want) {
			t.Errorf("%q is not tried: %q", want, configs)
		}
	}
	// On a rhythm without noise the last value is worse than a season ago.
	if a, b := slices.Index(configs, `{"model":"seasonal-naive"}`), slices.Index(configs, `{"model":"naive"}`); a > b {
		t.Errorf("the seasonal naive is place %d, the last value %d", a, b)
	}
	best, err := f.Adopt(ctx, s, Options{Horizon: 24}, trials[0])
	if err != nil || best.Config != trials[0].Config {
		t.Errorf("adopted %q, %v", best.Config, err)
	}
}

func TestTuneProphetWithinBudget(t *testing.T) {
	s := series(120, 24*time.Hour, func(i int) float64 { return 100 + float64(i) + 10*float64(i%7) })
	given := `{"weekly_seasonality":3}`
	trials, err := Forecaster{Now: clock}.Tune(ctx, s, Options{Model: "prophet", Horizon: 14, Config: []byte(given)}, 3, nil)
	if err != nil || len(trials) != 3 {
		t.Fatalf("%d trials, %v", len(trials), err)
	}
	if !slices.ContainsFunc(trials, func(x Trial) bool { return x.Config == given }) {
		t.Errorf("the given setting is not among %+v", trials)
	}
	for i, x := range trials {
		var c map[string]any
		if err := json.Unmarshal([]byte(x.Config), &c); err != nil || c["weekly_seasonality"] != 3.0 {
			t.Errorf("trial %d forgets what was given: %s (%v)", i, x.Config, err)
		}
		if x.Scores.N == 0 || i > 0 && x.Score < trials[i-1].Score {
			t.Errorf("trial %d: %+v", i, x)
		}
	}
	all, err := trialsOf("prophet", given)
	if err != nil || len(all) != 31 { // the given one, 2 modes x 5 x 3 scales
		t.Errorf("%d settings, %v", len(all), err)
	}
}

func trialsOf(model, config string) ([]Trial, error) {
	return trials(Options{Model: model, Config: []byte(config)})
}

// What cannot be fitted comes last, and it is an error if nothing can.
func TestTuneErrors(t *testing.T) {
	order := []Trial{{Config: "bad", Err: "x"}, {Config: "c", Score: 3}, {Config: "worse", Err: "y"}, {Config: "a", Score: 1}, {Config: "b", Score: 2}, {Config: "unknown", Score: math.NaN()}}
	slices.SortStableFunc(order, better)
	var got []string
	for _, x := range order {
		got = append(got, x.Config)
	}
	if want := []string{"a", "b", "c", "unknown", "bad", "worse"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	f := Forecaster{Now: clock}
	trials, err := f.Tune(ctx, series(3, time.Hour, func(i int) float64 { return 1 }), Options{Model: "theta"}, 0, nil)
	if err == nil || len(trials) != 1 || !strings.Contains(err.Error(), "too few") {
		t.Errorf("three points: %+v, %v", trials, err)
	}
	if _, err := f.Tune(ctx, daily(300), Options{Model: "prophet", Config: []byte("[1]")}, 0, nil); err == nil {
		t.Error("settings that are no object are no error")
	}
	if _, err := f.Tune(ctx, daily(300), Options{Model: "no such"}, 0, nil); err == nil {
		t.Error("a model that there is not is no error")
	}
	cancelled, cancel := context.WithCancel(ctx)
	if _, err := f.Tune(cancelled, daily(300), Options{Horizon: 4}, 0, func(_, _ int64) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
