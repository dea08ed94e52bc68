package forecast

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"aiops/metric"
)

// Trial is one setting that tuning tried.
type Trial struct {
	Config string  `json:"config"` // as in Options.Config
	Scores Scores  `json:"scores"`
	Score  float64 `json:"score"` // what was compared, lower is better
	Err    string  `json:"error,omitempty"`
}

// tuneOrigins is how many backtests each trial has.
const tuneOrigins = 4

// Tune tries settings by backtest, at most budget of them (0: all), and
// returns them from best to worst: for the automatic model each model by name,
// for Prophet its prior scales and modes. What cannot be fitted comes last.
func (f Forecaster) Tune(ctx context.Context, s metric.Series, o Options, budget int, p Progress) ([]Trial, error) {
	o, err := o.check()
	if err != nil {
		return nil, err
	}
	tries, err := trials(o)
	if err != nil {
		return nil, err
	}
	if budget > 0 && len(tries) > budget {
		tries = tries[:budget]
	}
	for i := range tries {
		t := &tries[i]
		try := o
		try.Config = []byte(t.Config)
		e, err := f.Evaluate(ctx, s, try, tuneOrigins, nil)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		t.Scores, t.Score = e.Scores, e.Scores.WIS
		if !(t.Score >= 0) {
			t.Score = e.Scores.MAE
		}
		if err != nil {
			t.Err = err.Error()
		}
		if p != nil {
			p(int64(i+1), int64(len(tries)))
		}
	}
	slices.SortStableFunc(tries, better)
	if len(tries) > 0 && tries[0].Err != "" {
		return tries, fmt.Errorf("no setting could be tried: %w", errors.New(tries[0].Err))
	}
	return tries, nil
}

// better puts what was not scored behind what was, and errors behind that.
func better(a, b Trial) int {
	class := func(t Trial) int {
		switch {
		case t.Err != "":
			return 2
		case math.IsNaN(t.Score):
			return 1
		}
		return 0
	}
	if k := class(a); k != 0 || class(b) != 0 {
		return cmp.Compare(k, class(b))
	}
	return cmp.Compare(a.Score, b.Score)
}

// trials are the settings to try, the given one first.
func trials(o Options) ([]Trial, error) {
	out := []Trial{{Config: string(o.Config)}}
	switch o.Model {
	case "auto":
		for _, m := range Models[1:] {
			out = append(out, Trial{Config: fmt.Sprintf(`{"model":%q}`, m.Name)})
		}
	case "prophet":
		return prophetTrials(out, o.Config)
	}
	return out, nil
}

// prophetTrials vary how freely trend and seasons may bend and whether seasons
// grow with the level: the ones that Prophet's documentation says matter most,
// the likeliest first.
func prophetTrials(out []Trial, config []byte) ([]Trial, error) {
	c := map[string]any{}
	if len(config) > 0 {
		if err := json.Unmarshal(config, &c); err != nil {
			return nil, fmt.Errorf("the options of Prophet's model are no JSON object: %w", err)
		}
	}
	for _, mode := range []string{"additive", "multiplicative"} {
		for _, bend := range []float64{0.05, 0.5, 0.01, 0.2, 0.001} {
			for _, season := range []float64{10, 0.1, 1} {
				c["changepoint_prior_scale"], c["seasonality_prior_scale"], c["seasonality_mode"] = bend, season, mode
				text, err := json.Marshal(c)
				if err != nil {
					return nil, err
				}
				out = append(out, Trial{Config: string(text)})
			}
		}
	}
	return out, nil
}
