package app

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"aiops/metric"
)

func numbered(_ context.Context, i int) (metric.Series, error) {
	s := metric.Series{Key: metric.Key{VM: fmt.Sprint(i), Metric: "cpu"}, Times: []int64{int64(i)}, Values: []float64{float64(i)}}
	if i%10 == 3 {
		return s, errors.New("unreadable")
	}
	return s, nil
}

// Results come in order, and neither a failure nor a panic stops the others.
func TestEach(t *testing.T) {
	work := func(_ context.Context, s metric.Series) (float64, error) {
		switch int(s.Values[0]) % 10 {
		case 5:
			return 0, errors.New("impossible")
		case 7:
			panic("index out of range")
		}
		return 2 * s.Values[0], nil
	}
	next, steps := 0, int64(0)
	err := Each(t.Context(), 200, numbered, work, func(done, total int64) { steps += total - done }, func(r Result[float64]) error {
		if r.History.VM != fmt.Sprint(next) {
			t.Fatalf("%s came instead of %d", r.History.VM, next)
		}
		bad := next%10 == 3 || next%10 == 5 || next%10 == 7
		if bad != (r.Err != nil) || !bad && r.Out != float64(2*next) {
			t.Errorf("series %d: %v, %v", next, r.Out, r.Err)
		}
		next++
		return nil
	})
	if err != nil || next != 200 || steps != 199*200/2 {
		t.Error(next, steps, err)
	}
}

// A slow reader of the results does not let them pile up.
func TestEachIsBounded(t *testing.T) {
	var begun, most atomic.Int64
	work := func(context.Context, metric.Series) (int, error) { begun.Add(1); return 0, nil }
	done := int64(0)
	err := Each(t.Context(), 1000, func(context.Context, int) (metric.Series, error) { return metric.Series{}, nil }, work, nil, func(Result[int]) error {
		most.Store(max(most.Load(), begun.Load()-done))
		done++
		return nil
	})
	if err != nil || done != 1000 || most.Load() > 500 {
		t.Errorf("%d results waited (%v)", most.Load(), err)
	}
}

func TestEachStops(t *testing.T) {
	enough := errors.New("enough")
	work := func(_ context.Context, s metric.Series) (int, error) { return 0, nil }
	n := 0
	err := Each(t.Context(), 1000, numbered, work, nil, func(Result[int]) error {
		if n++; n == 20 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 20 {
		t.Errorf("%d results, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = Each(ctx, 1000, numbered, work, nil, func(Result[int]) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := Each(t.Context(), 0, numbered, work, nil, nil); err != nil {
		t.Errorf("no series: %v", err)
	}
}
