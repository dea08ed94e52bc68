package forecast

import (
	"context"
	"fmt"

	"aiops/forecast/backtest"
	"aiops/metric"
)

// Scores tell how far forecasts were from what came.
type Scores = backtest.Scores

// Evaluation tells how a model would have done on a series: forecasts from
// earlier origins, each trained only on what came before it.
type Evaluation struct {
	metric.Key
	Model     string
	Step      metric.Step
	Level     float64
	Past      []Past
	Scores    Scores
	Reference Scores // the seasonal naive's, from the same origins
	ByHorizon []HorizonScores
}

// Past is a forecast from an earlier origin over what came.
type Past struct {
	Origin int64     `json:"origin"`
	Times  []int64   `json:"times"`
	Value  []float64 `json:"value"`
	Lower  []float64 `json:"lower"`
	Upper  []float64 `json:"upper"`
	Actual []float64 `json:"actual"`
}

// HorizonScores are the scores of the steps From..To (1 is the first after the origin).
type HorizonScores struct {
	From      int    `json:"from"`
	To        int    `json:"to"`
	Scores    Scores `json:"scores"`
	Reference Scores `json:"reference"`
}

// Evaluate forecasts from origins spread evenly over the last half of the series.
func (f Forecaster) Evaluate(ctx context.Context, s metric.Series, o Options, origins int, p Progress) (Evaluation, error) {
	o, err := o.check()
	if err != nil {
		return Evaluation{}, err
	}
	g, err := Prepare(s, o.Step)
	if err != nil {
		return Evaluation{}, fmt.Errorf("%v: %w", s.Key, err)
	}
	n, err := o.horizon(g.Step)
	if err != nil {
		return Evaluation{}, err
	}
	e := Evaluation{Key: s.Key, Model: o.Model, Step: g.Step, Level: o.Level}
	total := len(g.Values)
	if total < 4 {
		return e, fmt.Errorf("%v: %d points are too few to test forecasts on; 4 are the least", s.Key, total)
	}
	n = min(n, total/2)
	e.ByHorizon = buckets(n)
	scored := newScorer(&e)
	origins = min(max(1, origins), total-n-total/2+1)
	for i := range origins {
		if err := ctx.Err(); err != nil { // not every model looks
			return e, err
		}
		at := total - n
		if origins > 1 {
			at = total/2 + i*(total-n-total/2)/(origins-1)
		}
		past, season, err := f.past(ctx, s.Key, g, at, n, o)
		if err != nil {
			return e, err
		}
		e.Past = append(e.Past, past)
		scored.add(past, g.Values[:at], season)
		if p != nil {
			p(int64(i+1), int64(origins))
		}
	}
	scored.finish()
	return e, nil
}

// past forecasts n steps from the first `at` points.
func (f Forecaster) past(ctx context.Context, k metric.Key, g Grid, at, n int, o Options) (Past, int, error) {
	known := g.until(at)
	o.Horizon = n
	m, err := f.train(ctx, k, known, o)
	if err != nil {
		return Past{}, 0, fmt.Errorf("%v: %w", k, err)
	}
	out, err := m.predict(known, n)
	if err != nil {
		return Past{}, 0, err
	}
	p := Past{Origin: g.Times[at-1], Times: g.Times[at : at+n], Value: out.Value, Actual: g.observed(at, at+n)}
	out.Times = p.Times
	p.Lower, p.Upper = out.Interval(o.Level)
	return p, m.Seasons.Short, nil
}

// observed are the values i..j-1, NaN where they were filled in.
func (g Grid) observed(i, j int) []float64 {
	v := append([]float64(nil), g.Values[i:j]...)
	for k := range v {
		if g.Missing != nil && g.Missing[i+k] {
			v[k] = nan
		}
	}
	return v
}

// buckets divide a horizon at a 24th, a sixth and a half.
func buckets(n int) []HorizonScores {
	var out []HorizonScores
	from := 1
	for _, to := range []int{n / 24, n / 6, n / 2, n} {
		if to >= from {
			out = append(out, HorizonScores{From: from, To: to})
			from = to + 1
		}
	}
	return out
}

// scorer adds up the scores of an evaluation.
type scorer struct {
	e             *Evaluation
	all, naive    backtest.Sum
	parts, nparts []backtest.Sum
}

func newScorer(e *Evaluation) *scorer {
	return &scorer{e: e, parts: make([]backtest.Sum, len(e.ByHorizon)), nparts: make([]backtest.Sum, len(e.ByHorizon))}
}

func (s *scorer) add(p Past, known []float64, season int) {
	scale := backtest.Scale(known, season)
	level := s.e.Level
	ref, lo, hi := seasonalNaive(known, season, len(p.Value), level)
	s.all.Add(p.Actual, p.Value, p.Lower, p.Upper, level, scale)
	s.naive.Add(p.Actual, ref, lo, hi, level, scale)
	for k, b := range s.e.ByHorizon {
		i, j := b.From-1, b.To
		s.parts[k].Add(p.Actual[i:j], p.Value[i:j], p.Lower[i:j], p.Upper[i:j], level, scale)
		s.nparts[k].Add(p.Actual[i:j], ref[i:j], lo[i:j], hi[i:j], level, scale)
	}
}

func (s *scorer) finish() {
	s.e.Scores, s.e.Reference = s.all.Scores(), s.naive.Scores()
	for k := range s.e.ByHorizon {
		s.e.ByHorizon[k].Scores, s.e.ByHorizon[k].Reference = s.parts[k].Scores(), s.nparts[k].Scores()
	}
}
