package serve

import (
	"context"
	"errors"
	"sync"
	"time"

	"aiops/metric"
)

// work starts what runs beside the requests; stop ends it when nothing waits
// any more: first what is still to be stored, then who looks at it.
func (s *Server) work() (stop func() error) {
	storing, stored := context.WithCancel(context.Background())
	watching, watched := context.WithCancel(context.Background())
	var ingest, others sync.WaitGroup
	ingest.Go(func() { s.ingest.run(storing) })
	if s.watch != nil {
		others.Go(func() { s.watch.run(watching) })
	}
	others.Go(func() { s.models(watching) })
	return func() error {
		s.end()
		s.jobs.Close()
		s.flying.Wait()
		stored()
		ingest.Wait()
		watched()
		others.Wait()
		soon, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return errors.Join(s.endTraces(soon))
	}
}

// wrote is told what was stored.
func (s *Server) wrote(series []metric.Series) {
	s.generation.Add(1)
	s.hub.told(series)
	if s.watch == nil {
		return
	}
	keys := make([]metric.Key, len(series))
	for i, sr := range series {
		keys[i] = sr.Key
	}
	s.counts.noted(keys)
	if err := s.opt.Duty.Wrote(context.Background(), keys); err != nil {
		s.opt.Log.Error("note what must be looked at", "error.message", err.Error())
	}
	s.watch.wake()
}

// hurry ends streams, so that the service can stop.
func (s *Server) hurry() { s.hub.close() }
