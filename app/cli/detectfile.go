package cli

import (
	"fmt"
	"math"
	"slices"

	"aiops/app"
	"aiops/metric"
	"aiops/store/ingest"
)

// file judges the rows of a file as they stand in it.
func (c *detectCmd) file(r *run) error {
	if err := checkNamed(c.Input); err != nil {
		return err
	}
	d, options, err := c.known(r)
	if err != nil {
		return err
	}
	w, err := c.create(r)
	if err != nil {
		return err
	}
	defer w.discard()
	file, err := c.readFile(r)
	if err != nil {
		return err
	}
	told, err := c.told(r, newestOf(file))
	if err != nil {
		return err
	}
	ds := &app.Detectors{Known: d.Knowledge(), Dir: c.State, Warn: func(err error) {
		r.bar.clear()
		fmt.Fprintln(r.Err, "warning:", err)
	}}
	ds.Known.Options = options
	r.bar.begin("Detecting")
	if c.By == "vm" {
		err = c.fileServers(r, file, ds, told, w)
	} else {
		err = c.fileMetrics(r, file, ds, told, w)
	}
	r.bar.clear()
	if err != nil {
		return err
	}
	return w.finish(r)
}

// readFile reads the wanted series of the file.
func (c *detectCmd) readFile(r *run) (ingest.Ordered, error) {
	r.bar.begin("Reading")
	file, report, err := ingest.InOrder(r.ctx, c.Input, c.reading(r))
	r.bar.clear()
	if err != nil {
		return file, err
	}
	setAside(r, report)
	if report.Quarantined >= report.Rows {
		return file, fmt.Errorf("%s has no row that could be used", c.Input)
	}
	var all []metric.Key
	for _, s := range file.Series {
		if s.Key != (metric.Key{}) {
			all = append(all, s.Key)
		}
	}
	keys, err := c.pick(all)
	if err != nil || len(keys) == len(file.Series) {
		return file, err
	}
	return file.Only(func(k metric.Key) bool { return c.has(k) }), nil
}

// newestOf is the newest time of a file.
func newestOf(file ingest.Ordered) int64 {
	last := int64(math.MinInt64)
	for _, s := range file.Series {
		if s.Len() > 0 {
			last = max(last, slices.Max(s.Times))
		}
	}
	return last
}

func (c *detectCmd) fileMetrics(r *run, file ingest.Ordered, ds *app.Detectors, told metric.Range, w *detectCSV) error {
	verdicts, err := app.DetectMetrics(r.ctx, file.Series, ds, r.bar.progress)
	if err != nil {
		return err
	}
	at := make([]int, len(file.Series))
	for _, s := range file.Of {
		series, i := &file.Series[s], at[s]
		at[s]++
		if t := series.Times[i]; told == metric.All || told.Contains(t) {
			w.point(series.Key, t, series.Values[i], verdicts[s][i])
		}
	}
	return nil
}

func (c *detectCmd) fileServers(r *run, file ingest.Ordered, ds *app.Detectors, told metric.Range, w *detectCSV) error {
	all, err := app.DetectServers(r.ctx, file, ds, r.bar.progress)
	if err != nil {
		return err
	}
	for _, v := range all {
		if told == metric.All || told.Contains(v.Time) {
			w.vm(v)
		}
	}
	return nil
}
