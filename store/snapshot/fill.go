package snapshot

import (
	"context"
	"errors"
	"slices"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

// fill writes what the options ask for into the new file.
func fill(ctx context.Context, from store.Store, part string, o Options) (rep Report, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	taken := o.Now()
	to, err := sqlite.Open(ctx, part, sqlite.Options{Now: o.Now, Bulk: true})
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	catalog, err := from.Catalog(ctx)
	if err != nil {
		return rep, err
	}
	series := chosen(catalog, o)
	for _, step := range []func() error{
		func() error { return rep.points(ctx, from, to, series, o) },
		func() error { return rep.predictions(ctx, from, to, series) },
		func() error { return rep.remarks(ctx, from, to, o) },
		func() error { return rep.models(ctx, to, o) },
		func() error {
			if o.View == nil {
				return nil
			}
			return to.SetNote(ctx, noteView, o.View)
		},
	} {
		if err := step(); err != nil {
			return rep, err
		}
	}
	if o.Writable {
		return rep, nil
	}
	return rep, to.Seal(ctx, origin(from.Info()), taken)
}

// origin is where a snapshot is from; one of a snapshot is from the same place.
func origin(i store.Info) string {
	if i.From != "" {
		return i.From
	}
	return i.Path
}

// batch is the number of points that are written at once, at least.
const batch = 32_768

// ahead is how many of them are read ahead: while one VM is written, the next one is read.
const ahead = 64

// points copies them: one goroutine reads while the other writes.
func (rep *Report) points(ctx context.Context, from store.Store, to *sqlite.Store, series []store.SeriesInfo, o Options) error {
	keys, total := make([]metric.Key, len(series)), int64(0)
	for i, s := range series {
		keys[i] = s.Key
		total += share(s, o.Range)
	}
	if len(keys) == 0 {
		return nil
	}
	tx, err := to.Begin(ctx, store.Origin{Source: "snapshot of " + origin(from.Info()), Began: o.Now()})
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parts, free, read := make(chan metric.Series, ahead), make(chan metric.Series, ahead), make(chan error, 1)
	go func() {
		defer close(parts)
		read <- stream(ctx, from, store.Query{Keys: keys, Range: o.Range}, parts, free)
	}()
	for part := range parts {
		if _, err := tx.Write(ctx, part, store.Replace); err != nil {
			stop()
			<-read
			return err
		}
		if rep.last != part.Key {
			rep.Series, rep.last = rep.Series+1, part.Key
		}
		rep.Points += int64(part.Len())
		if o.Progress != nil {
			o.Progress(rep.Points, max(total, rep.Points))
		}
		select {
		case free <- part:
		default:
		}
	}
	if err := <-read; err != nil {
		return err
	}
	return tx.Commit()
}

// stream hands out the query's points in large parts; free ones are used again.
func stream(ctx context.Context, from store.Store, q store.Query, parts chan<- metric.Series, free <-chan metric.Series) error {
	var part metric.Series
	send := func() error {
		if part.Len() == 0 {
			return nil
		}
		select {
		case parts <- part:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case part = <-free:
			part.Times, part.Values = part.Times[:0], part.Values[:0]
		default:
			part = metric.Series{}
		}
		return nil
	}
	err := from.Read(ctx, q, func(e metric.Envelope) error {
		if part.Key != e.Key || part.Len() >= batch {
			if err := send(); err != nil {
				return err
			}
			part.Key = e.Key
		}
		part.Times, part.Values = append(part.Times, e.Times...), append(part.Values, e.Mean...)
		return nil
	})
	if err != nil {
		return err
	}
	return send()
}

// share is about how many of a series' points lie in a range.
func share(s store.SeriesInfo, r metric.Range) int64 {
	all := s.Range()
	if r == (metric.Range{}) || all.Empty() {
		return s.Count
	}
	return int64(float64(s.Count) * float64(r.Intersect(all).Len()) / float64(all.Len()))
}

// predictions copies what is predicted now and what was predicted before.
func (rep *Report) predictions(ctx context.Context, from store.Store, to *sqlite.Store, series []store.SeriesInfo) error {
	for some := range slices.Chunk(series, 200) {
		keys := make([]metric.Key, len(some))
		for i, s := range some {
			keys[i] = s.Key
		}
		all, err := Foreseen(ctx, from, keys)
		if err != nil {
			return err
		}
		keys = slices.DeleteFunc(keys, func(k metric.Key) bool { _, ok := all[k]; return !ok })
		if len(keys) == 0 {
			continue
		}
		if err := to.MirrorPredictions(ctx, keys, all); err != nil {
			return err
		}
		rep.Predictions += len(keys)
	}
	return nil
}

// Foreseen reads what is and was predicted of series; those without are absent.
func Foreseen(ctx context.Context, from store.Store, keys []metric.Key) (map[metric.Key]sqlite.Foreseen, error) {
	out := map[metric.Key]sqlite.Foreseen{}
	current, err := from.Predictions(ctx, keys, metric.Range{})
	if err != nil {
		return nil, err
	}
	for _, p := range current {
		past, err := from.PastPredictions(ctx, p.Key, metric.Range{})
		if err != nil {
			return nil, err
		}
		out[p.Key] = sqlite.Foreseen{Current: p, Past: past}
	}
	return out, nil
}

// remarks copies annotations, silences and the alerts' history.
func (rep *Report) remarks(ctx context.Context, from store.Store, to *sqlite.Store, o Options) error {
	notes, err := from.Annotations(ctx, o.Range)
	if err != nil {
		return err
	}
	notes = slices.DeleteFunc(notes, func(a metric.Annotation) bool { return !o.concerns(a.VM, a.Metric) })
	if err := to.MirrorAnnotations(ctx, notes); err != nil {
		return err
	}
	changes, err := from.Transitions(ctx, store.TransitionQuery{Range: o.Range})
	if err != nil {
		return err
	}
	changes = slices.DeleteFunc(changes, func(t metric.Transition) bool { return !o.concerns(t.VM, t.Metric) })
	if err := to.PutTransitions(ctx, changes); err != nil {
		return err
	}
	silences, err := from.Silences(ctx)
	if err != nil {
		return err
	}
	rep.Annotations, rep.Changes = len(notes), len(changes)
	return to.MirrorSilences(ctx, silences)
}

// concerns reports whether something about a VM and a metric, each of which may
// be all of them, is about the chosen series.
func (o Options) concerns(vm, name string) bool {
	return len(o.Keys) == 0 || slices.ContainsFunc(o.Keys, func(k metric.Key) bool {
		return (vm == "" || vm == k.VM) && (name == "" || name == k.Metric)
	})
}
