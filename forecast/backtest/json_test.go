package backtest

import (
	"encoding/json"
	"math"
	"testing"
)

func TestScoresOfNothingAreNull(t *testing.T) {
	text, err := json.Marshal((&Sum{}).Scores())
	if want := `{"n":0,"mae":null,"rmse":null,"smape":null,"mase":null,"coverage":null,"wis":null}`; err != nil || string(text) != want {
		t.Fatalf("%s, %v", text, err)
	}
	var s Scores
	if err := json.Unmarshal(text, &s); err != nil || !math.IsNaN(s.MAE) || !math.IsNaN(s.WIS) {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestScoresComeBack(t *testing.T) {
	want := Scores{N: 3, MAE: 1.5, RMSE: 1.0 / 3, SMAPE: 200, MASE: 0, Coverage: 0.8, WIS: 1e-9}
	text, err := json.Marshal(want)
	var got Scores
	if err != nil || json.Unmarshal(text, &got) != nil || got != want {
		t.Errorf("%s: %+v, %v", text, got, err)
	}
}
