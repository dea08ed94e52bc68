package app

import (
	"context"
	"fmt"
	"slices"

	"aiops/app/config"
	"aiops/metric"
	"aiops/store"
)

// Knowledge is what is known of series and times without a database's annotations.
func (d *Detection) Knowledge() Knowledge { return d.with(nil) }

// Request fills in what is known: options, quiet times of the settings, and the
// database's annotations of maintenance. What the request says already stays.
func (d *Detection) Request(ctx context.Context, st store.Store, r AnalyseRequest) (AnalyseRequest, error) {
	all, err := st.Annotations(ctx, metric.All)
	if err != nil {
		return r, fmt.Errorf("read the maintenance: %w", err)
	}
	all = slices.DeleteFunc(all, func(a metric.Annotation) bool { return a.Kind != metric.Maintained })
	n := d.with(all)
	if r.Options == nil {
		r.Options = n.Options
	}
	if r.Quiet == nil {
		r.Quiet = n.Quiet
	}
	if r.Skip == nil {
		r.Skip = n.Skip
	}
	return r, nil
}

func (d *Detection) with(maintenance []metric.Annotation) Knowledge {
	n := Knowledge{Options: d.Options}
	quiet, skip := d.settings.Quiets(true), d.settings.Quiets(false)
	if len(quiet)+len(maintenance) > 0 {
		n.Quiet = func(k metric.Key, t int64) bool {
			return config.AnyQuiet(quiet, k, t) || slices.ContainsFunc(maintenance, func(a metric.Annotation) bool { return a.Span().Contains(t) && a.Concerns(k) })
		}
	}
	if len(skip) > 0 {
		n.Skip = func(k metric.Key, t int64) bool { return config.AnyQuiet(skip, k, t) }
	}
	return n
}
