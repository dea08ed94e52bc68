package forecast

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"aiops/metric"
)

// Trial is one setting that tuning tried.
type Trial struct {
	Model  string  `json:"model"`
	Config string  `json:"config,omitempty"` // as in Options.Config
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
	tries := trials(o)
	if budget > 0 && len(tries) > budget {
		tries = tries[:budget]
	}
	for i := range tries {
		t := &tries[i]
		try := o
		try.Model, try.Config = t.Model, []byte(t.Config)
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

func better(a, b Trial) int {
	switch {
	case a.Err == "" && b.Err != "", a.Err == b.Err && a.Score < b.Score:
		return -1
	case a.Err != "" && b.Err == "", a.Score > b.Score:
		return 1
	}
	return 0
}

// trials are the settings to try, the given ones first.
func trials(o Options) []Trial {
	out := []Trial{{Model: o.Model, Config: string(o.Config)}}
	if o.Model != "auto" {
		return out
	}
	for _, m := range Models {
		if m.Name != o.Model {
			out = append(out, Trial{Model: m.Name})
		}
	}
	return out
}
