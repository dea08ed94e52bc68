package cli

import (
	"context"
	"fmt"
	"time"

	"aiops/metric"
	"aiops/store"
)

// between is what --from and --to say; one that is missing is open. The newest
// point is asked for only where a length of time before it is named.
func between(from, to string, zone *time.Location, newest func() (int64, error)) (metric.Range, error) {
	out := metric.All
	for _, part := range []struct {
		text string
		set  *int64
	}{{from, &out.From}, {to, &out.To}} {
		if part.text == "" {
			continue
		}
		t, err := moment(part.text, zone, newest)
		if err != nil {
			return out, err
		}
		*part.set = t.UnixMicro()
	}
	if out.Empty() {
		return out, usageError{fmt.Errorf("--from %s is not before --to %s", from, to)}
	}
	return out, nil
}

// moment reads a time, or a length of time before the newest point.
func moment(text string, zone *time.Location, newest func() (int64, error)) (time.Time, error) {
	if d, ok := span(text); ok {
		last, err := newest()
		return metric.Time(last).Add(-d), err
	}
	t, err := parseTime(text, zone)
	if err != nil {
		return t, usageError{err}
	}
	return t, nil
}

// storedRange is between for the points of a database; the zero Range where nothing is said.
func storedRange(r *run, st store.Store, from, to string) (metric.Range, error) {
	if from == "" && to == "" {
		return metric.Range{}, nil
	}
	return between(from, to, r.zone, func() (int64, error) { return newest(r.ctx, st) })
}

// newest is the newest time in a database.
func newest(ctx context.Context, st store.Store) (int64, error) {
	all, err := st.Catalog(ctx)
	var last int64
	for _, s := range all {
		last = max(last, s.Last)
	}
	return last, err
}
