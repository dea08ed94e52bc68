package app

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"aiops/metric"
)

// Result is what came of one series, or why nothing did.
type Result[T any] struct {
	History metric.Series
	Out     T
	Err     error
}

// Each works on n series on all cores and yields the results in their order. A
// series that fails does not stop the others, and neither does a defect that
// one of them meets. Few results wait to be yielded, so that memory is bounded.
func Each[T any](ctx context.Context, n int, read func(ctx context.Context, i int) (metric.Series, error),
	work func(ctx context.Context, s metric.Series) (T, error), p Progress, yield func(Result[T]) error) error {
	if p == nil {
		p = func(int64, int64) {}
	}
	results := make([]chan Result[T], n)
	for i := range results {
		results[i] = make(chan Result[T], 1)
	}
	ahead := make(chan struct{}, 4*runtime.GOMAXPROCS(0))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		var workers errgroup.Group
		workers.SetLimit(runtime.GOMAXPROCS(0))
		defer func() { _ = workers.Wait() }() // their errors are in the results
		for i := range n {
			select {
			case ahead <- struct{}{}:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			workers.Go(func() error {
				results[i] <- one(ctx, i, read, work)
				return nil
			})
		}
		return nil
	})
	g.Go(func() error {
		for i := range n {
			select {
			case res := <-results[i]:
				<-ahead
				if ctx.Err() != nil { // the result may be that it was stopped
					return context.Cause(ctx)
				}
				if err := yield(res); err != nil {
					return err
				}
				p(int64(i+1), int64(n))
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	return g.Wait()
}

func one[T any](ctx context.Context, i int, read func(context.Context, int) (metric.Series, error),
	work func(context.Context, metric.Series) (T, error)) (r Result[T]) {
	defer func() {
		if p := recover(); p != nil {
			r.Err = fmt.Errorf("%v: a defect in the program: %v; please report it with the series", r.History.Key, p)
		}
	}()
	if r.History, r.Err = read(ctx, i); r.Err == nil {
		r.Out, r.Err = work(ctx, r.History)
	}
	return r
}
