package ingest

import (
	"context"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// parseText reads a text file: one goroutine cuts it into blocks, one for each
// processor parses them, and take gets the outcome in the file's order.
func (s *source) parseText(ctx context.Context, l *layout, take func(*batch) error) error {
	r, closeText, err := s.textReader()
	if err != nil {
		return err
	}
	defer func() { _ = closeText() }() // it was only read
	workers := max(runtime.GOMAXPROCS(0), 1)
	free := make(chan *block, workers+2)
	for range workers + 2 {
		free <- &block{}
	}
	work, order := make(chan *block, workers+2), make(chan *block, workers+2)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(order)
		defer close(work)
		return feed(ctx, &cutter{src: s, r: r, first: true}, l.dialect, free, work, order)
	})
	for i := range workers {
		g.Go(func() error {
			p := newParser(l, i)
			var fields [][]byte
			for b := range work {
				fields = p.parseBlock(b, fields)
				close(b.done)
			}
			return nil
		})
	}
	g.Go(func() error { return collect(ctx, order, free, take) })
	return g.Wait()
}

// feed cuts blocks and hands each one to the workers and, in order, to collect.
func feed(ctx context.Context, c *cutter, d dialect, free <-chan *block, work, order chan<- *block) error {
	for {
		var b *block
		select {
		case b = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := c.next(ctx, b, d); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		b.done = make(chan struct{})
		work <- b // never blocks: there are no more blocks than places
		order <- b
	}
}

// collect hands the parsed blocks on in their order and numbers their lines.
func collect(ctx context.Context, order <-chan *block, free chan<- *block, take func(*batch) error) error {
	line := int64(0)
	for b := range order {
		select {
		case <-b.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		for i := range b.out.rejected {
			b.out.rejected[i].Line += line
		}
		for i := range b.out.lines {
			b.out.lines[i] += line
		}
		line += b.out.length
		if err := take(&b.out); err != nil {
			return err
		}
		free <- b
	}
	return ctx.Err()
}
