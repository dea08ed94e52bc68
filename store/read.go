package store

import (
	"context"
	"slices"

	"aiops/metric"
)

// Envelopes reads the query's series whole, ordered by key. Series without a
// point in the range are absent.
func Envelopes(ctx context.Context, s Store, q Query) ([]metric.Envelope, error) {
	var out []metric.Envelope
	err := s.Read(ctx, q, func(c metric.Envelope) error {
		if n := len(out); n == 0 || out[n-1].Key != c.Key {
			out = append(out, metric.Envelope{Key: c.Key, Step: c.Step})
		}
		grow(&out[len(out)-1], c)
		return nil
	})
	return out, err
}

func grow(e *metric.Envelope, c metric.Envelope) {
	e.Times = append(e.Times, c.Times...)
	e.Mean = append(e.Mean, c.Mean...)
	if c.Step == 0 {
		e.Min, e.Max = e.Mean, e.Mean
		return
	}
	e.Min = append(e.Min, c.Min...)
	e.Max = append(e.Max, c.Max...)
	e.Count = append(e.Count, c.Count...)
}

// Points reads one series as it was stored; ErrNotFound if it has no point in the range.
func Points(ctx context.Context, s Store, k metric.Key, r metric.Range) (metric.Series, error) {
	all, err := Envelopes(ctx, s, Query{Keys: []metric.Key{k}, Range: r})
	if err != nil {
		return metric.Series{}, err
	}
	if len(all) == 0 {
		return metric.Series{Key: k}, ErrNotFound
	}
	return metric.Series{Key: k, Times: all[0].Times, Values: all[0].Mean}, nil
}

// Growing is a store of files that others add rows to.
type Growing interface {
	// Grow takes in what was added, and tells how many points are new and how many rows were not valid.
	Grow(ctx context.Context) (points int64, bad int, err error)
}

// Finder is a store that tells of some series without listing all of them.
type Finder interface {
	Find(ctx context.Context, keys []metric.Key) ([]SeriesInfo, error)
}

// Find is the part of the catalog that is about some series.
func Find(ctx context.Context, s Store, keys []metric.Key) ([]SeriesInfo, error) {
	if f, ok := s.(Finder); ok {
		return f.Find(ctx, keys)
	}
	all, err := s.Catalog(ctx)
	if err != nil {
		return nil, err
	}
	wanted := make(map[metric.Key]bool, len(keys))
	for _, k := range keys {
		wanted[k] = true
	}
	return slices.DeleteFunc(all, func(i SeriesInfo) bool { return !wanted[i.Key] }), nil
}
