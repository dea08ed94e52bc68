package memory

import (
	"context"
	"slices"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// PutPredictions stores them as the current ones and keeps each one apart.
func (s *Store) PutPredictions(ctx context.Context, all []metric.Prediction) error {
	for _, p := range all {
		if err := merge.CheckPrediction(p); err != nil {
			return err
		}
	}
	return s.alone(ctx, func() error {
		for _, p := range all {
			p = merge.CopyPrediction(p)
			if _, ok := s.series[p.Key]; !ok {
				s.series[p.Key] = entry{Series: metric.Series{Key: p.Key}}
			}
			s.current[p.Key] = merge.Succeed(s.current[p.Key], p)
			past := append(s.past[p.Key], p)
			s.past[p.Key] = past[max(0, len(past)-store.KeptPredictions):]
		}
		return nil
	})
}

// Predictions lists the current ones, ordered by key.
func (s *Store) Predictions(ctx context.Context, keys []metric.Key, r metric.Range) ([]metric.Prediction, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, errClosed
	}
	wanted := make(map[metric.Key]bool, len(keys))
	for _, k := range keys {
		wanted[k] = true
	}
	var out []metric.Prediction
	for _, p := range s.current {
		if len(keys) > 0 && !wanted[p.Key] {
			continue
		}
		if r != (metric.Range{}) {
			p = merge.CutPrediction(p, r)
		}
		if len(p.Times) > 0 {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b metric.Prediction) int { return a.Compare(b.Key) })
	return out, ctx.Err()
}

// PastPredictions lists the kept ones that touch the range, the newest first.
func (s *Store) PastPredictions(ctx context.Context, k metric.Key, r metric.Range) ([]metric.Prediction, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, errClosed
	}
	var out []metric.Prediction
	for _, p := range slices.Backward(s.past[k]) {
		if r == (metric.Range{}) || p.Times[0] < r.To && p.Times[len(p.Times)-1] >= r.From {
			out = append(out, p)
		}
	}
	return out, ctx.Err()
}
