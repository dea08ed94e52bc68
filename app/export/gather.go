package export

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"aiops/metric"
	"aiops/store"
)

// readPoints is how many points of a series are read at most before the
// store's roll-ups are taken: several for each pixel of the widest chart.
const readPoints = 20_000

// series is one series as the report needs it.
type series struct {
	metric.Key
	Unit  metric.Unit
	Data  metric.Envelope
	Sum   metric.Summary // Last and LastTime are those of the last point itself
	First int64
	Step  int64
	// Silent is how long no point has come at the end of the range, when that
	// is long for this series; otherwise 0.
	Silent int64
}

// gather reads a VM's series in the range; those without a point there are absent.
func (j *job) gather(ctx context.Context, v vmSelection) ([]*series, error) {
	all, err := store.Envelopes(ctx, j.store, store.Query{Keys: v.keys(), Range: j.Range, MaxPoints: readPoints})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", v.Name, err)
	}
	infos := map[metric.Key]store.SeriesInfo{}
	for _, s := range v.Series {
		infos[s.Key] = s
	}
	var out []*series
	for _, e := range all {
		info := infos[e.Key]
		if e, err = j.trim(ctx, e); err != nil {
			return nil, fmt.Errorf("read %s: %w", e.Key, err)
		}
		if e.Len() == 0 {
			continue
		}
		s := &series{Key: e.Key, Unit: metric.UnitOf(e.Metric), Data: e, Sum: metric.Summarize(e), Step: info.Step}
		s.First = max(e.Times[0], info.First, j.Range.From)
		if err := j.exactLast(ctx, s, info); err != nil {
			return nil, err
		}
		s.Silent = j.silence(s)
		j.remember(s)
		out = append(out, s)
	}
	return out, nil
}

// trim makes the first and the last bucket tell of the points inside the range
// only, as buckets need not begin and end where it does.
func (j *job) trim(ctx context.Context, e metric.Envelope) (metric.Envelope, error) {
	if e.Step == 0 {
		return e, nil
	}
	for _, i := range []int{e.Len() - 1, 0} {
		if i < 0 || i >= e.Len() {
			continue
		}
		bucket := metric.Range{From: e.Times[i], To: e.Times[i] + e.Step}
		inside := bucket.Intersect(j.Range)
		if inside == bucket {
			continue
		}
		points, err := store.Points(ctx, j.store, e.Key, inside)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return e, err
		}
		if points.Len() == 0 {
			e.Times, e.Min, e.Max = slices.Delete(e.Times, i, i+1), slices.Delete(e.Min, i, i+1), slices.Delete(e.Max, i, i+1)
			e.Mean, e.Count = slices.Delete(e.Mean, i, i+1), slices.Delete(e.Count, i, i+1)
			continue
		}
		sum := metric.Summarize(points.Envelope())
		e.Min[i], e.Max[i], e.Mean[i], e.Count[i] = sum.Min, sum.Max, sum.Mean, sum.Count
	}
	return e, nil
}

// exactLast replaces the last bucket's mean by the last point.
func (j *job) exactLast(ctx context.Context, s *series, info store.SeriesInfo) error {
	if s.Data.Step == 0 {
		return nil
	}
	if info.Last < j.Range.To {
		s.Sum.Last, s.Sum.LastTime = info.LastValue, info.Last
		return nil
	}
	tail, err := store.Points(ctx, j.store, s.Key, metric.Range{From: s.Data.Times[s.Data.Len()-1], To: j.Range.To})
	if err != nil {
		return fmt.Errorf("read the last point of %s: %w", s.Key, err)
	}
	last := tail.At(tail.Len() - 1)
	s.Sum.Last, s.Sum.LastTime = last.Value, last.Time
	return nil
}

// silence is the time from the last point to the newest of the selection, if
// the series' own rhythm makes that a gap. A series that has been silent for
// longer than it ever ran is a recording of another time, not one that stopped.
func (j *job) silence(s *series) int64 {
	limit := max(metric.GapLimit(s.Data.Times), 3*s.Data.Step, 3*s.Step)
	if d := j.Ref - s.Sum.LastTime; limit > 0 && d > limit && d <= s.Sum.LastTime-s.First {
		return d
	}
	return 0
}

// remember keeps the figures of a series, not its points.
func (j *job) remember(s *series) {
	if j.known == nil {
		j.known = map[metric.Key]*series{}
	}
	figures := *s
	figures.Data = metric.Envelope{}
	j.known[s.Key] = &figures
}

// summaries are the figures of a VM's series, read again only if that has not
// been done.
func (j *job) summaries(ctx context.Context, v vmSelection) ([]*series, error) {
	var out []*series
	for _, s := range v.Series {
		if f := j.known[s.Key]; f != nil {
			out = append(out, f)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	return j.gather(ctx, v)
}
