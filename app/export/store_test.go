package export

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

// fake is a read-only store over columns in memory. With bucket set it rolls
// series up that are asked for with fewer points than they have.
type fake struct {
	store.Store
	series []metric.Series
	notes  []metric.Annotation
	fail   error // of reads, after the first
	reads  atomic.Int64
	bucket int64
}

func (f *fake) Info() store.Info { return store.Info{Name: "fleet", Kind: "Test"} }

func (f *fake) Catalog(context.Context) ([]store.SeriesInfo, error) {
	var out []store.SeriesInfo
	for _, s := range f.series {
		info := store.SeriesInfo{Key: s.Key, Count: int64(s.Len()), Step: metric.Spacing(s.Times)}
		if n := s.Len(); n > 0 {
			info.First, info.Last, info.LastValue = s.Times[0], s.Times[n-1], s.Values[n-1]
		}
		out = append(out, info)
	}
	slices.SortFunc(out, func(a, b store.SeriesInfo) int { return a.Key.Compare(b.Key) })
	return out, nil
}

func (f *fake) Annotations(_ context.Context, r metric.Range) ([]metric.Annotation, error) {
	var out []metric.Annotation
	for _, a := range f.notes {
		if !a.Span().Intersect(r).Empty() {
			out = append(out, a)
		}
	}
	return out, nil
}

func (f *fake) Read(ctx context.Context, q store.Query, yield func(metric.Envelope) error) error {
	if n := f.reads.Add(1); f.fail != nil && n > 1 {
		return f.fail
	}
	sorted := slices.SortedFunc(slices.Values(f.series), func(a, b metric.Series) int { return a.Key.Compare(b.Key) })
	for _, s := range sorted {
		if len(q.Keys) > 0 && !slices.Contains(q.Keys, s.Key) {
			continue
		}
		if q.Range != (metric.Range{}) {
			s = s.Slice(q.Range)
		}
		e := s.Envelope()
		if f.bucket > 0 && q.MaxPoints > 0 && s.Len() > q.MaxPoints {
			e = rollUp(s, f.bucket)
		}
		for i := 0; i < e.Len(); i += 1000 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := yield(cut(e, i, min(i+1000, e.Len()))); err != nil {
				return err
			}
		}
	}
	return nil
}

func cut(e metric.Envelope, i, k int) metric.Envelope {
	e.Times, e.Min, e.Max, e.Mean = e.Times[i:k], e.Min[i:k], e.Max[i:k], e.Mean[i:k]
	if e.Count != nil {
		e.Count = e.Count[i:k]
	}
	return e
}

func rollUp(s metric.Series, step int64) metric.Envelope {
	e := metric.Envelope{Key: s.Key, Step: step}
	for i, t := range s.Times {
		t -= t % step
		v := s.Values[i]
		n := e.Len()
		if n == 0 || e.Times[n-1] != t {
			e.Times, e.Min, e.Max = append(e.Times, t), append(e.Min, v), append(e.Max, v)
			e.Mean, e.Count = append(e.Mean, v), append(e.Count, 1)
			continue
		}
		e.Min[n-1], e.Max[n-1] = min(e.Min[n-1], v), max(e.Max[n-1], v)
		e.Count[n-1]++
		e.Mean[n-1] += (v - e.Mean[n-1]) / float64(e.Count[n-1])
	}
	return e
}

// The fleet's day: Sun 22 Nov 2026 14:00 to Mon 23 Nov 14:00 UTC, a point a minute.
var (
	dayStart = time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	dayEnd   = dayStart.Add(24 * time.Hour)
)

// wave is a series with a daily rhythm, a point every step.
func wave(vm, name string, base, swing float64, step time.Duration) metric.Series {
	s := metric.Series{Key: metric.Key{VM: vm, Metric: name}}
	for t := dayStart; !t.After(dayEnd); t = t.Add(step) {
		x := t.Sub(dayStart).Hours() / 24
		s.Times = append(s.Times, t.UnixMicro())
		s.Values = append(s.Values, base+swing*math.Sin(2*math.Pi*x)+swing/9*math.Sin(700*x))
	}
	return s
}

// until drops the points from t on.
func until(s metric.Series, t time.Time) metric.Series {
	return s.Slice(metric.Range{From: math.MinInt64, To: t.UnixMicro()})
}

// fleet is a small database with something of everything.
func fleet() *fake {
	hot := wave("cache-01", "memory", 88, 2, time.Minute)
	for i := len(hot.Values) - 40; i < len(hot.Values); i++ {
		hot.Values[i] = 92
	}
	at := func(h, m int) int64 { return time.Date(2026, 11, 23, h, m, 0, 0, time.UTC).UnixMicro() }
	return &fake{
		series: []metric.Series{
			wave("api-01", "cpu", 30, 15, time.Minute), wave("api-01", "memory", 58, 2, time.Minute), wave("api-01", "latency_ms", 48, 20, time.Minute),
			wave("cache-01", "cpu", 20, 8, time.Minute), hot, wave("cache-01", "latency_ms", 0.9, 0.2, time.Minute),
			wave("db-01", "cpu", 40, 20, time.Minute), wave("db-01", "memory", 66, 3, time.Minute), wave("db-01", "latency_ms", 30, 9, time.Minute),
			until(wave("edge-01", "cpu", 22, 8, time.Minute), dayEnd.Add(-22*time.Minute)),
		},
		notes: []metric.Annotation{
			{ID: 1, VM: "db-01", From: at(2, 0), To: at(2, 0), Kind: metric.Note, Text: "Backup db-01"},
			{ID: 2, From: at(10, 30), To: at(10, 30), Kind: metric.Deployment, Text: "Deploy api 4.12.0"},
			{ID: 3, VM: "db-01", From: at(10, 38), To: at(11, 30), Kind: metric.Incident, Text: "Disk queue full"},
		},
	}
}

func options(formats ...string) Options {
	return Options{Formats: formats, Zone: time.FixedZone("CET", 3600), Now: dayEnd, Version: "1.0.0"}
}

var errBroken = errors.New("disk broken")

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func export(t *testing.T, st store.Store, o Options) (dir string, r Result) {
	t.Helper()
	dir = t.TempDir()
	r, err := Write(t.Context(), st, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, r
}
