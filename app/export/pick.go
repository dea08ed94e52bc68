package export

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiops/metric"
	"aiops/store"
)

// selection is what an export covers, as the catalog tells it.
type selection struct {
	VMs     []vmSelection
	Metrics []string // in the order of first use
	Range   metric.Range
	// Ref is the newest time that the selection reaches: what is said of "now"
	// is said of this time, as the data may be years old.
	Ref int64
	// Whole is set when no range was asked for.
	Whole bool
}

// vmSelection is one VM with its selected series and the stem of its files.
type vmSelection struct {
	Name, File string
	Series     []store.SeriesInfo
}

func (v vmSelection) keys() []metric.Key {
	keys := make([]metric.Key, len(v.Series))
	for i, s := range v.Series {
		keys[i] = s.Key
	}
	return keys
}

// data is the range from the VM's first to its last point.
func (v vmSelection) data() metric.Range {
	var r metric.Range
	for _, s := range v.Series {
		r = r.Union(s.Range())
	}
	return r
}

func (s *selection) series() (n int) {
	for _, v := range s.VMs {
		n += len(v.Series)
	}
	return n
}

// work is the number of points that one pass over the selection reads at most.
func (s *selection) work() (n int64) {
	for _, v := range s.VMs {
		n += v.work()
	}
	return n
}

func (v vmSelection) work() (n int64) {
	for _, s := range v.Series {
		n += s.Count
	}
	return n
}

// pick finds the series that the options ask for.
func pick(ctx context.Context, st store.Store, o Options) (*selection, error) {
	catalog, err := st.Catalog(ctx)
	if err != nil {
		return nil, fmt.Errorf("list series: %w", err)
	}
	catalog = slices.DeleteFunc(catalog, func(s store.SeriesInfo) bool { return s.Count == 0 })
	if len(catalog) == 0 {
		return nil, notFound("the database has no points yet; import a file or generate demo data first")
	}
	if err := checkNames("VM", o.VMs, catalog, func(s store.SeriesInfo) string { return s.VM }); err != nil {
		return nil, err
	}
	if err := checkNames("metric", o.Metrics, catalog, func(s store.SeriesInfo) string { return s.Metric }); err != nil {
		return nil, err
	}
	sel := &selection{Whole: o.Range == metric.Range{}}
	var data metric.Range
	names := newFileNames()
	for _, s := range catalog {
		if !chosen(o.VMs, s.VM) || !chosen(o.Metrics, s.Metric) || len(o.Keys) > 0 && !slices.Contains(o.Keys, s.Key) {
			continue
		}
		data = data.Union(s.Range())
		if !slices.Contains(sel.Metrics, s.Metric) {
			sel.Metrics = append(sel.Metrics, s.Metric)
		}
		if n := len(sel.VMs); n == 0 || sel.VMs[n-1].Name != s.VM {
			sel.VMs = append(sel.VMs, vmSelection{Name: s.VM, File: names.unique(s.VM)})
		}
		v := &sel.VMs[len(sel.VMs)-1]
		v.Series = append(v.Series, s)
	}
	if len(sel.VMs) == 0 && len(o.Keys) > 0 {
		return nil, notFound("the chosen series have no points")
	}
	if len(sel.VMs) == 0 {
		return nil, notFound(fmt.Sprintf("VM %s has no metric %s", strings.Join(o.VMs, ", "), strings.Join(o.Metrics, ", ")))
	}
	return sel, sel.limit(o, data)
}

// limit sets the range: open ends are where the data begin and end.
func (s *selection) limit(o Options, data metric.Range) error {
	s.Range = o.Range
	if s.Whole {
		s.Range = data
	}
	if s.Range.From <= metric.All.From {
		s.Range.From = min(data.From, s.Range.To)
	}
	if s.Range.To >= metric.All.To {
		s.Range.To = max(data.To, s.Range.From)
	}
	if s.Range.Intersect(data).Empty() {
		return notFound(fmt.Sprintf("no points in this range; the data are from %s", o.clock().Range(closed(data))))
	}
	s.Ref = min(s.Range.To, data.To) - 1
	return nil
}

func checkNames(kind string, asked []string, catalog []store.SeriesInfo, name func(store.SeriesInfo) string) error {
	if len(asked) == 0 {
		return nil
	}
	var known []string
	for _, s := range catalog {
		if n := name(s); !slices.Contains(known, n) {
			known = append(known, n)
		}
	}
	for _, a := range asked {
		if !slices.Contains(known, a) {
			return unknownName(kind, a, known)
		}
	}
	return nil
}

func chosen(asked []string, name string) bool {
	return len(asked) == 0 || slices.Contains(asked, name)
}

func zone(z *time.Location) *time.Location {
	if z == nil {
		return time.UTC
	}
	return z
}
