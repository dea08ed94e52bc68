package export

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiops/app/view"
	"aiops/metric"
	"aiops/store"
)

// Options say what is exported and how.
type Options struct {
	VMs, Metrics []string       // none: all
	Keys         []metric.Key   // only these series; none: all
	Range        metric.Range   // the zero Range: all times
	Formats      []string       // html, png, svg, pdf, csv, xlsx; none: html
	Zone         *time.Location // of the times in the report; nil is UTC
	Now          time.Time      // when the report is made; zero: the clock
	Version      string         // of the program
	Thresholds   view.Thresholds
	Ahead        Ahead  // what is forecast
	Search       Search // for anomalies
	// Progress is told how far the work is, in points; it may be nil.
	Progress func(done, total int64, what string)
}

// Result says what was written.
type Result struct {
	Dir    string
	Files  []string // relative to Dir
	Series int
	Points int64
}

// formats lists what an export can be made of.
var formats = []string{"html", "png", "svg", "pdf", "csv", "xlsx"}

// Write exports into the directory, which is made if it is not there. Files
// of an earlier export are replaced when all new ones are complete; a failed or
// cancelled export changes nothing.
func Write(ctx context.Context, st store.Store, dir string, o Options) (Result, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	o.Zone = zone(o.Zone)
	wanted, err := parseFormats(o.Formats)
	if err != nil {
		return Result{}, err
	}
	sel, err := pick(ctx, st, o)
	if err != nil {
		return Result{}, err
	}
	s, err := newStage(dir)
	if err != nil {
		return Result{}, err
	}
	defer s.discard()
	j := &job{opt: o, selection: sel, store: st, stage: s, wanted: wanted, charts: newFileNames(), first: headline(sel.VMs)}
	if err := j.run(ctx); err != nil {
		return Result{}, err
	}
	files, err := s.publish()
	if err != nil {
		return Result{}, err
	}
	return Result{Dir: s.dir, Files: files, Series: sel.series(), Points: j.points}, nil
}

// job is one export at work.
type job struct {
	opt Options
	*selection
	store  store.Store
	stage  *stage
	wanted []string

	notes  []metric.Annotation // in the range
	known  map[metric.Key]*series
	charts *fileNames // of the pictures
	apart  bool       // some VMs show a range of their own
	first  string     // metric of the sparklines; empty: each VM's first one
	ahead  *outlook   // nil: nothing is forecast
	found  *sightings // nil: anomalies were not searched for

	points      int64 // in the range
	done, total int64
}

// run makes the files: drawings and report in one pass over the data, tables
// of every point in one pass each.
func (j *job) run(ctx context.Context) error {
	var passes []func(context.Context) error
	if j.opt.Ahead.Span > 0 {
		passes = append(passes, j.foresee)
		defer func() {
			if j.ahead != nil {
				j.ahead.close()
			}
		}()
	}
	if j.opt.Search.On {
		passes = append(passes, j.examine)
	}
	if slices.ContainsFunc(j.wanted, drawn) {
		passes = append(passes, j.draw)
	}
	if slices.Contains(j.wanted, "csv") {
		passes = append(passes, j.writeCSV)
	}
	if slices.Contains(j.wanted, "xlsx") {
		passes = append(passes, j.writeXLSX)
	}
	j.total = j.work() * int64(len(passes))
	for _, pass := range passes {
		if err := pass(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func drawn(format string) bool { return format != "csv" && format != "xlsx" }

// step reports that n more points are dealt with.
func (j *job) step(n int64, what string) {
	j.done = min(j.done+n, j.total)
	if j.opt.Progress != nil {
		j.opt.Progress(j.done, j.total, what)
	}
}

// parseFormats checks the names and puts them into the order of work.
func parseFormats(asked []string) ([]string, error) {
	var out []string
	for _, a := range asked {
		for f := range strings.SplitSeq(a, ",") {
			f = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(f)), ".")
			if f == "" {
				continue
			}
			if !slices.Contains(formats, f) {
				return nil, fmt.Errorf("cannot export as %q; the formats are %s", f, strings.Join(formats, ", "))
			}
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	if len(out) == 0 {
		out = []string{"html"}
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Compare(slices.Index(formats, a), slices.Index(formats, b))
	})
	return out, nil
}
