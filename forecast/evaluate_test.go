package forecast

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/forecast/backtest"
	"aiops/metric"
)

func evaluate(t *testing.T, s metric.Series, o Options, origins int) Evaluation {
	t.Helper()
	e, err := Forecaster{Now: clock}.Evaluate(ctx, s, o, origins, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Each forecast must be the one that is made when nothing later is there.
func TestEvaluateIsHonest(t *testing.T) {
	for _, model := range []string{"auto", "autoregression", "prophet", "theta"} {
		s := series(400, time.Hour, func(i int) float64 { return 50 + 20*math.Sin(2*math.Pi*float64(i)/24) + float64(i*i%7) })
		s.Times, s.Values = slices.Delete(s.Times, 190, 205), slices.Delete(s.Values, 190, 205) // over the first origin
		o := Options{Model: model, Horizon: 24}
		e := evaluate(t, s, o, 3)
		if len(e.Past) != 3 {
			t.Fatalf("%s: %d forecasts", model, len(e.Past))
		}
		for i, p := range e.Past {
			_, end := metric.Range{From: math.MinInt64, To: p.Origin + 1}.Indexes(s.Times)
			changed := metric.Series{Key: s.Key, Times: s.Times, Values: slices.Clone(s.Values)}
			for k := end; k < changed.Len(); k++ {
				changed.Values[k] = 1000 - changed.Values[k]
			}
			q := evaluate(t, changed, o, 3).Past[i]
			if q.Origin != p.Origin || !slices.Equal(q.Value, p.Value) || !slices.Equal(q.Lower, p.Lower) || !slices.Equal(q.Upper, p.Upper) {
				t.Errorf("%s: the forecast from origin %d changes with what comes after it", model, i)
			}
			if q.Actual[23] == p.Actual[23] {
				t.Errorf("%s: what came after origin %d is not what came", model, i)
			}
			if i > 0 { // outside the hole a plain forecast from the past says the same
				past := metric.Series{Key: s.Key, Times: s.Times[:end], Values: s.Values[:end]}
				f, err := Forecaster{Now: clock}.Forecast(ctx, past, o)
				if err != nil || !slices.Equal(f.Value, p.Value) || !slices.Equal(f.Times, p.Times) {
					t.Errorf("%s: a forecast from origin %d is another one (%v)", model, i, err)
				}
			}
		}
	}
}

// Origins are spread over the last half, and parts add up to the whole.
func TestEvaluateAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := series(480, time.Hour, func(i int) float64 { return 50 + 20*math.Sin(2*math.Pi*float64(i)/24) + r.NormFloat64() })
	s.Times, s.Values = slices.Delete(s.Times, 300, 310), slices.Delete(s.Values, 300, 310)
	var steps []int64
	e, err := Forecaster{Now: clock}.Evaluate(ctx, s, Options{Horizon: 48}, 5, func(done, total int64) { steps = append(steps, done, total) })
	if err != nil || !slices.Equal(steps, []int64{1, 5, 2, 5, 3, 5, 4, 5, 5, 5}) {
		t.Fatalf("progress %v, %v", steps, err)
	}
	first, last := s.Times[0]+239*3600e6, s.Times[0]+431*3600e6 // the last point of the first half, and 48 before the end
	if len(e.Past) != 5 || e.Past[0].Origin != first || e.Past[4].Origin != last {
		t.Errorf("%d origins from %d to %d, want %d to %d", len(e.Past), e.Past[0].Origin, e.Past[4].Origin, first, last)
	}
	missing, observed := 0, 0
	for _, p := range e.Past {
		if len(p.Value) != 48 || len(p.Actual) != 48 || len(p.Lower) != 48 || p.Times[0] != p.Origin+3600e6 {
			t.Fatalf("%d values, %d actual ones, times from %d after %d", len(p.Value), len(p.Actual), p.Times[0], p.Origin)
		}
		for i, v := range p.Actual {
			at := (p.Times[i] - s.Times[0]) / 3600e6
			if hole := at >= 300 && at < 310; hole != math.IsNaN(v) {
				t.Errorf("hour %d came as %v", at, v)
			}
			if math.IsNaN(v) {
				missing++
			} else {
				observed++
			}
		}
	}
	if missing == 0 || e.Scores.N != observed || e.Reference.N != observed {
		t.Errorf("%d compared, %d with the naive; %d observed, %d missing", e.Scores.N, e.Reference.N, observed, missing)
	}
	var n int
	var abs, wis float64
	from := 1
	for _, b := range e.ByHorizon {
		if b.From != from {
			t.Errorf("%d..%d follows on %d", b.From, b.To, from-1)
		}
		from = b.To + 1
		n += b.Scores.N
		abs += b.Scores.MAE * float64(b.Scores.N)
		wis += b.Scores.WIS * float64(b.Scores.N)
	}
	if from != 49 || n != e.Scores.N || math.Abs(abs/float64(n)-e.Scores.MAE) > 1e-9 || math.Abs(wis/float64(n)-e.Scores.WIS) > 1e-9 {
		t.Errorf("up to %d, %d compared, mean error %v, WIS %v; want 48, %+v", from-1, n, abs/float64(n), wis/float64(n), e.Scores)
	}
}

// The reference is the value of a season ago, and the naive model scores as it does.
func TestEvaluateReference(t *testing.T) {
	s := series(300, time.Hour, func(i int) float64 { return float64(i%24) + float64(i*i%5) })
	e := evaluate(t, s, Options{Model: "seasonal-naive", Horizon: 30}, 3)
	if math.Abs(e.Scores.MAE-e.Reference.MAE) > 1e-9 || math.Abs(e.Scores.MASE-e.Reference.MASE) > 1e-9 {
		t.Errorf("%+v, the reference %+v", e.Scores, e.Reference)
	}
	var want backtest.Sum
	for _, p := range e.Past {
		_, end := metric.Range{From: math.MinInt64, To: p.Origin + 1}.Indexes(s.Times)
		ref := make([]float64, 30)
		for h := range ref {
			ref[h] = s.Values[end-24+h%24]
		}
		var square float64 // the interval is the normal one of the changes from day to day, wider on the second day
		for i := 24; i < end; i++ {
			square += math.Pow(s.Values[i]-s.Values[i-24], 2) / float64(end-24)
		}
		lo, hi := make([]float64, 30), make([]float64, 30)
		for h := range ref {
			w := 1.2815515655446004 * math.Sqrt(square*float64(1+h/24)) // the normal distribution's 90 % quantile
			lo[h], hi[h] = ref[h]-w, ref[h]+w
		}
		want.Add(p.Actual, ref, lo, hi, 0.8, backtest.Scale(s.Values[:end], 24))
	}
	if w := want.Scores(); math.Abs(e.Reference.MAE-w.MAE) > 1e-9 || math.Abs(e.Reference.WIS-w.WIS) > 1e-9 || e.Reference.Coverage != w.Coverage {
		t.Errorf("the reference is %+v, want %+v", e.Reference, w)
	}
}

func TestBuckets(t *testing.T) {
	for n, want := range map[int][]int{1: {1}, 2: {1, 2}, 6: {1, 3, 6}, 24: {1, 4, 12, 24}, 288: {12, 48, 144, 288}} {
		var got []int
		for _, b := range buckets(n) {
			got = append(got, b.To)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
}

func TestEvaluateEdges(t *testing.T) {
	f := Forecaster{Now: clock}
	short := series(3, time.Hour, func(i int) float64 { return float64(i) })
	if _, err := f.Evaluate(ctx, short, Options{}, 5, nil); err == nil || !strings.Contains(err.Error(), "3 points are too few") {
		t.Errorf("three points: %v", err)
	}
	four := series(4, time.Hour, func(i int) float64 { return float64(i) })
	if e := evaluate(t, four, Options{}, 99); len(e.Past) != 1 || len(e.Past[0].Value) != 2 {
		t.Errorf("four points: %+v", e)
	}
	if e := evaluate(t, four, Options{Horizon: 1}, 99); len(e.Past) != 2 { // only two origins leave a step
		t.Errorf("four points, one step: %d forecasts", len(e.Past))
	}
	for _, model := range []string{"auto", "prophet"} {
		cancelled, cancel := context.WithCancel(ctx)
		calls := 0
		_, err := f.Evaluate(cancelled, daily(300), Options{Model: model, Horizon: 5}, 5, func(_, _ int64) { calls++; cancel() })
		if !errors.Is(err, context.Canceled) || calls != 1 {
			t.Errorf("%s: %v after %d forecasts", model, err, calls)
		}
	}
}
