package serve

import (
	"context"
	"sync"
	"time"

	"aiops/metric"
)

// work starts what runs beside the requests; stop ends it when nothing waits
// any more: first what is still to be stored, then who looks at it, then who
// holds the series and tells others.
func (s *Server) work() (stop func() error) {
	var stages []func()
	stage := func(works ...func(context.Context)) {
		ctx, cancel := context.WithCancel(context.Background())
		var all sync.WaitGroup
		for _, w := range works {
			all.Go(func() { w(ctx) })
		}
		stages = append(stages, func() {
			cancel()
			all.Wait()
		})
	}
	if s.relay != nil {
		stage(s.relay.run, s.relay.listen)
	}
	if s.watch != nil {
		stage(s.hold)
		stage(s.watch.run)
	}
	stage(s.models)
	stage(s.ingest.run)
	stage(s.jobs.run)
	return func() error {
		s.end()
		s.flying.Wait()
		for len(stages) > 0 {
			stages[len(stages)-1]()
			stages = stages[:len(stages)-1]
		}
		soon, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.endTraces(soon); err != nil { // what was to be done is done
			s.opt.Log.Warn("send the last traces", "error.message", err.Error())
		}
		return nil
	}
}

// wrote is told what was stored, before it is acknowledged.
func (s *Server) wrote(series []metric.Series) {
	s.opt.Cache.Wrote(context.Background())
	news := newsOf(series)
	s.hub.told(news)
	s.relay.told(news)
	keys := make([]metric.Key, len(series))
	for i, sr := range series {
		keys[i] = sr.Key
	}
	s.attend(keys)
}

// hurry ends streams, so that the service can stop.
func (s *Server) hurry() { s.hub.close() }
