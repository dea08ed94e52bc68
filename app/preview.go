package app

import (
	"cmp"
	"context"
	"slices"

	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store"
)

// Preview tells what would have been raised in a series' history with what is
// known of it now, and with other options.
type Preview struct {
	metric.Key
	Weeks  float64 // of history in the range
	Before []int64 // times of the alerts
	After  []int64
	Err    error // why it could not be read
}

// PreviewOptions runs the series of a request with its own options and with others.
func PreviewOptions(ctx context.Context, st store.Store, r AnalyseRequest, with func(metric.Key) anomaly.Options, p Progress) ([]Preview, error) {
	infos, err := r.series(ctx, st)
	if err != nil {
		return nil, err
	}
	now, then := r, r
	then.Options = with
	work := func(ctx context.Context, s metric.Series) (Preview, error) {
		out := Preview{Key: s.Key, Before: alerts(now.score(s)), After: alerts(then.score(s))}
		if told := s.Slice(r.told()); told.Len() > 1 {
			out.Weeks = told.Range().Duration().Hours() / (7 * 24)
		}
		return out, ctx.Err()
	}
	var out []Preview
	err = Each(ctx, len(infos), r.reader(st, infos), work, p, func(res Result[Preview]) error {
		res.Out.Key, res.Out.Err = infos[len(out)].Key, res.Err
		out = append(out, res.Out)
		return nil
	})
	return out, err
}

func alerts(s Scored) []int64 {
	var out []int64
	for _, p := range s.Points {
		if p.Alert >= anomaly.Threshold {
			out = append(out, p.Time)
		}
	}
	return out
}

// told is the range that is told.
func (r AnalyseRequest) told() metric.Range {
	if r.Range == (metric.Range{}) {
		return metric.All
	}
	return r.Range
}

// series are those of the request that the database has.
func (r AnalyseRequest) series(ctx context.Context, st store.Store) ([]store.SeriesInfo, error) {
	all, err := st.Catalog(ctx)
	if err != nil || len(r.Keys) == 0 {
		return all, err
	}
	wanted := map[metric.Key]bool{}
	for _, k := range r.Keys {
		wanted[k] = true
	}
	return slices.DeleteFunc(all, func(i store.SeriesInfo) bool { return !wanted[i.Key] }), nil
}

// reader reads the series with the history before the range that is learnt from.
func (r AnalyseRequest) reader(st store.Store, infos []store.SeriesInfo) func(context.Context, int) (metric.Series, error) {
	return func(ctx context.Context, i int) (metric.Series, error) {
		rng := r.told()
		if rng != metric.All {
			rng.From = max(metric.All.From, rng.From-learning*max(1, infos[i].Step))
		}
		return store.Points(ctx, st, infos[i].Key, rng)
	}
}

// firstIn is the place of the first point in the range.
func firstIn(points []anomaly.Point, r metric.Range) int {
	i, _ := slices.BinarySearchFunc(points, r.From, func(p anomaly.Point, t int64) int { return cmp.Compare(p.Time, t) })
	return i
}
