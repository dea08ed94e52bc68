package backtest

import (
	"encoding/json"
	"math"
)

// scoresJSON are scores on the wire: null stands for what is not known.
type scoresJSON struct {
	N        int      `json:"n"`
	MAE      *float64 `json:"mae"`
	RMSE     *float64 `json:"rmse"`
	SMAPE    *float64 `json:"smape"`
	MASE     *float64 `json:"mase"`
	Coverage *float64 `json:"coverage"`
	WIS      *float64 `json:"wis"`
}

// MarshalJSON writes what is not finite as null.
func (s Scores) MarshalJSON() ([]byte, error) {
	return json.Marshal(scoresJSON{s.N, known(s.MAE), known(s.RMSE), known(s.SMAPE), known(s.MASE), known(s.Coverage), known(s.WIS)})
}

// UnmarshalJSON reads null as NaN.
func (s *Scores) UnmarshalJSON(text []byte) error {
	var j scoresJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*s = Scores{j.N, orNaN(j.MAE), orNaN(j.RMSE), orNaN(j.SMAPE), orNaN(j.MASE), orNaN(j.Coverage), orNaN(j.WIS)}
	return nil
}

func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
