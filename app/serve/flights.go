package serve

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// flights are works that several requests wait for.
type flights struct {
	mu     sync.Mutex
	all    map[string]*flight
	places chan struct{} // of works that are done at a time
}

type flight struct {
	over    chan struct{}
	cancel  context.CancelFunc
	waiting int
	text    []byte
	err     error
}

func newFlights() flights {
	return flights{all: map[string]*flight{}, places: make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
}

// longest is how long a work may take at all.
const longest = 5 * time.Minute

// shared answers from the cache, or does the work once for all who ask for it
// meanwhile and after the same writes. It is given up when nobody waits any more.
func (s *Server) shared(ctx context.Context, name string, keep time.Duration, work func(context.Context) ([]byte, error)) ([]byte, error) {
	text, age, ok := s.opt.Cache.Get(ctx, name)
	if ok {
		return text, nil
	}
	f := s.board(ctx, name, age, keep, work)
	defer s.flights.leave(f)
	select {
	case <-f.over:
		return f.text, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// board joins a work that is under way, or begins it.
func (s *Server) board(ctx context.Context, name, age string, keep time.Duration, work func(context.Context) ([]byte, error)) *flight {
	s.flights.mu.Lock()
	defer s.flights.mu.Unlock()
	f := s.flights.all[name+age]
	if f == nil {
		f = &flight{over: make(chan struct{})}
		ctx, f.cancel = context.WithTimeout(context.WithoutCancel(ctx), longest)
		s.flights.all[name+age] = f
		s.flying.Go(func() { s.fly(ctx, name, age, keep, f, work) })
	}
	f.waiting++
	return f
}

func (fs *flights) leave(f *flight) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		f.cancel()
	}
}

func (s *Server) fly(ctx context.Context, name, age string, keep time.Duration, f *flight, work func(context.Context) ([]byte, error)) {
	defer context.AfterFunc(s.life, f.cancel)()
	defer func() {
		if p := recover(); p != nil {
			f.err = fmt.Errorf("a defect in the program: %v", p)
		}
		s.flights.mu.Lock()
		delete(s.flights.all, name+age)
		s.flights.mu.Unlock()
		close(f.over)
	}()
	select {
	case s.flights.places <- struct{}{}:
		defer func() { <-s.flights.places }()
	case <-ctx.Done():
		f.err = ctx.Err()
		return
	}
	if f.text, f.err = work(ctx); f.err == nil {
		s.opt.Cache.Put(ctx, name, age, f.text, keep)
	}
}
