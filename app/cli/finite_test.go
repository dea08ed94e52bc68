package cli

import (
	"encoding/json"
	"math"
	"testing"

	"aiops/forecast"
	"aiops/metric"
)

func TestFiniteIsAlwaysJSON(t *testing.T) {
	type inner struct {
		K      float64   `json:"k"`
		Delta  []float64 `json:"delta,omitempty"`
		hidden int
		Skip   float64 `json:"-"`
		Plain  *float64
	}
	nan := math.NaN()
	for want, v := range map[string]any{
		`null`:                               nan,
		`{"a":null,"b":[1,null,null]}`:       map[string]any{"a": math.Inf(1), "b": []float64{1, nan, math.Inf(-1)}},
		`[[0.5,null],[]]`:                    [][]float64{{0.5, nan}, {}},
		`{"Plain":null,"delta":[2],"k":1}`:   inner{K: 1, Delta: []float64{2}, hidden: 3, Skip: nan},
		`{"Plain":null,"delta":[],"k":null}`: &inner{K: nan, Plain: &nan},
		`["x",true,7,null,null]`:             []any{"x", true, 7, nil, func() {}},
		`{"1":"y"}`:                          map[int]string{1: "y"},
		`{"n":0,"mae":null,"rmse":null,"smape":null,"mase":null,"coverage":null,"wis":null}`: forecast.Scores{MAE: nan, RMSE: nan, SMAPE: nan, MASE: nan, Coverage: nan, WIS: nan},
	} {
		text, err := json.Marshal(finite(v))
		if err != nil || string(text) != want {
			t.Errorf("%s (%v), want %s", text, err, want)
		}
	}
}

func TestDetailsOfAForecast(t *testing.T) {
	f := forecast.Forecast{Key: metric.Key{VM: "a", Metric: "cpu"}, Step: metric.Step{N: 1, Unit: metric.StepHour}, Origin: 1_700_000_000_000_000, Times: []int64{1, 2},
		Model: "prophet", Why: "asked for", Weights: []forecast.Weight{{Name: "x", Share: math.NaN()}}, Scores: forecast.Scores{MAE: math.Inf(1)},
		Components: []forecast.Component{{Name: "daily", Period: 86400e6, Times: []int64{0, 1_500_000}, Values: []float64{math.NaN(), 0.25}}},
		Changes:    []forecast.Change{{Time: 0, Text: "level +3 %"}}, Params: map[string]any{"k": 0.5, "delta": []float64{0, math.NaN()}}}
	text, err := json.Marshal(detailOf(f, 0.8))
	want := `{"vm":"a","metric":"cpu","model":"prophet","why":"asked for","step":"1h","origin":"2023-11-14T22:13:20Z","horizon":2,"interval":0.8,` +
		`"parameters":{"delta":[0,null],"k":0.5},"weights":[{"name":"x","share":null}],` +
		`"components":[{"name":"daily","period_seconds":86400,"times":["1970-01-01T00:00:00Z","1970-01-01T00:00:01.5Z"],"values":[null,0.25]}],` +
		`"changepoints":[{"time":"1970-01-01T00:00:00Z","text":"level +3 %"}],` +
		`"backtest":{"n":0,"mae":null,"rmse":0,"smape":0,"mase":0,"coverage":0,"wis":0},` +
		`"backtest_seasonal_naive":{"n":0,"mae":0,"rmse":0,"smape":0,"mase":0,"coverage":0,"wis":0},"warnings":[]}`
	if err != nil || string(text) != want {
		t.Errorf("%v\n%s, want\n%s", err, text, want)
	}
}

func TestNumbersAreShortAndExact(t *testing.T) {
	for v, want := range map[float64]string{0.1: "0.1", 1e6: "1000000", 1.0 / 3: "0.3333333333333333", 1e21: "1e+21", -2.5e-7: "-2.5e-07", 0: "0", math.Inf(1): ""} {
		if got := string(appendNumber(nil, v)); got != want {
			t.Errorf("%v is written as %q", v, got)
		}
	}
}
