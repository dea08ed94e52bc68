package memory

import "aiops/metric"

// Pyramid is a series whole, nil if there are no points: charts draw from it
// without a copy of the columns. It is built at the first use and does not
// change; a write gives the series another one.
func (s *Store) Pyramid(k metric.Key) *metric.Pyramid {
	s.mu.RLock()
	e, p, closed := s.series[k], s.pyramids[k], s.closed
	s.mu.RUnlock()
	switch {
	case closed || e.Len() == 0:
		return nil
	case p != nil && p.Len() == e.Len() && &p.Times[0] == &e.Times[0] && &p.Mean[0] == &e.Values[0]:
		return p
	}
	p = metric.NewPyramid(e.Envelope())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pyramids == nil {
		s.pyramids = map[metric.Key]*metric.Pyramid{}
	}
	s.pyramids[k] = p
	return p
}
