package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiops/app"
	"aiops/app/config"
	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
)

// choice says which series of the database a command is about.
type choice struct {
	VM     []string `name:"vm" placeholder:"V" sep:"none" help:"Only this VM (may be repeated)."`
	Metric []string `name:"metric" placeholder:"M" sep:"none" help:"Only this metric (may be repeated)."`
}

// wanted says which series of a file or of the database a command is about.
type wanted struct {
	Input string `name:"input" placeholder:"FILE" help:"Take the series of this file, any that import reads, instead of the database; nothing is stored."`
	choice
}

// subject is the series that a command is about, in their order.
type subject struct {
	keys       []metric.Key
	read       func(ctx context.Context, i int) (metric.Series, error)
	st         store.Store // nil: a file
	forecaster forecast.Forecaster
}

func (s *subject) close() {
	if s.st != nil {
		_ = s.st.Close() // what was written is committed
	}
}

// subject finds the series in the file, or in the database.
func (w wanted) subject(r *run) (*subject, error) {
	if w.Input == "" {
		return w.choice.subject(r)
	}
	if err := checkNamed(w.Input); err != nil {
		return nil, err
	}
	o := ingest.Options{Now: r.Now, Zone: time.UTC, Progress: r.bar.progress}
	if r.TimeZone != "" {
		o.Zone = r.zone
	}
	r.bar.begin("Reading")
	series, report, err := ingest.Load(r.ctx, w.Input, o)
	r.bar.clear()
	if err != nil {
		return nil, err
	}
	setAside(r, report)
	if len(series) == 0 {
		return nil, fmt.Errorf("%s has no row that could be used", w.Input)
	}
	all := make([]metric.Key, len(series))
	for i, s := range series {
		all[i] = s.Key
	}
	keys, err := w.pick(all)
	if err != nil {
		return nil, err
	}
	series = slices.DeleteFunc(series, func(s metric.Series) bool { return !w.has(s.Key) })
	read := func(_ context.Context, i int) (metric.Series, error) {
		s := series[i]
		series[i] = metric.Series{} // each is read once: what is done needs no memory
		return s, nil
	}
	return &subject{keys: keys, read: read, forecaster: forecast.Forecaster{Now: r.Now}}, nil
}

// setAside tells which rows of a file do not count.
func setAside(r *run, rep ingest.Report) {
	if rep.Quarantined == 0 {
		return
	}
	fmt.Fprintf(r.Err, "%s: %s of %s rows are set aside and count as gaps:\n", rep.File, metric.Grouped(rep.Quarantined), metric.Grouped(rep.Rows))
	const most = 5
	for i, bad := range rep.First {
		if i == most {
			break
		}
		fmt.Fprintf(r.Err, "  %s\n", bad.InFile())
	}
	if more := rep.Quarantined - int64(min(most, len(rep.First))); more > 0 {
		fmt.Fprintf(r.Err, "  and %s more\n", metric.Grouped(more))
	}
}

// subject finds the series in the database.
func (c choice) subject(r *run) (*subject, error) {
	if err := r.mustExist(); err != nil {
		return nil, err
	}
	st, err := r.open(false)
	if err != nil {
		return nil, err
	}
	s, err := c.of(r, st)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return s, nil
}

func (c choice) of(r *run, st store.Store) (*subject, error) {
	catalog, err := st.Catalog(r.ctx)
	if err != nil {
		return nil, err
	}
	var all []metric.Key
	for _, s := range catalog {
		if s.Count > 0 {
			all = append(all, s.Key)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no points: `aiops import FILE` or `aiops generate` fills it", st.Info().Path)
	}
	keys, err := c.pick(all)
	if err != nil {
		return nil, err
	}
	models, err := r.models(st)
	if err != nil {
		return nil, err
	}
	read := func(ctx context.Context, i int) (metric.Series, error) {
		return store.Points(ctx, st, keys[i], metric.Range{})
	}
	return &subject{keys: keys, read: read, st: st, forecaster: forecast.Forecaster{Storage: models, Now: r.Now}}, nil
}

// models is where the database's models are kept.
func (r *run) models(st store.Store) (forecast.Storage, error) {
	dir, err := config.ModelsDir()
	if err != nil {
		return nil, err
	}
	models, err := app.Models(r.Models, st, dir)
	if err != nil {
		return nil, usageError{err}
	}
	return models, nil
}

func (c choice) has(k metric.Key) bool {
	return (len(c.VM) == 0 || slices.Contains(c.VM, k.VM)) && (len(c.Metric) == 0 || slices.Contains(c.Metric, k.Metric))
}

// pick leaves the wanted ones of all keys, in their order.
func (c choice) pick(all []metric.Key) ([]metric.Key, error) {
	err := cmp.Or(known("VM", c.VM, all, func(k metric.Key) string { return k.VM }),
		known("metric", c.Metric, all, func(k metric.Key) string { return k.Metric }))
	if err != nil {
		return nil, err
	}
	keys := slices.DeleteFunc(slices.Clone(all), func(k metric.Key) bool { return !c.has(k) })
	if len(keys) == 0 {
		return nil, fmt.Errorf("VM %s has no metric %s", strings.Join(c.VM, ", "), strings.Join(c.Metric, ", "))
	}
	return keys, nil
}

// known reports the first name that no series has, with those that there are.
func known(what string, names []string, all []metric.Key, of func(metric.Key) string) error {
	if len(names) == 0 {
		return nil
	}
	there := map[string]bool{}
	var list []string
	for _, k := range all {
		if name := of(k); !there[name] {
			there[name] = true
			list = append(list, name)
		}
	}
	const most = 10
	for _, name := range names {
		if there[name] {
			continue
		}
		slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(distance(a, name), distance(b, name)) })
		more := ""
		if len(list) > most {
			list, more = list[:most], " ..."
		}
		return fmt.Errorf("there is no %s %q; there is %s%s", what, name, strings.Join(list, ", "), more)
	}
	return nil
}
