package serve

import (
	"context"
	"sync"

	"aiops/metric"
)

// work starts what runs beside the requests; stop ends it when nothing waits any more.
func (s *Server) work() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.ingest.run(ctx) })
	return func() error {
		cancel()
		running.Wait()
		return nil
	}
}

// wrote is told what was stored.
func (s *Server) wrote(series []metric.Series) {
	keys := make([]metric.Key, len(series))
	for i, sr := range series {
		keys[i] = sr.Key
	}
	if err := s.opt.Duty.Wrote(context.Background(), keys); err != nil {
		s.opt.Log.Error("note what must be looked at", "error.message", err.Error())
	}
}

// hurry ends streams, so that the service can stop.
func (s *Server) hurry() {}
