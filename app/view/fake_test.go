package view

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"aiops/metric"
	"aiops/store"
)

// fake is a store in memory that remembers what was asked of it.
type fake struct {
	store.Store // what no page asks for
	mu          sync.Mutex
	series      []metric.Series
	notes       []metric.Annotation
	asked       []store.Query

	predictions []metric.Prediction // that were stored
	fail        error
}

func (f *fake) put(k metric.Key, times []int64, values []float64) {
	f.series = append(f.series, metric.Series{Key: k, Times: times, Values: values})
	slices.SortFunc(f.series, func(a, b metric.Series) int { return a.Compare(b.Key) })
}

func (f *fake) catalog() []store.SeriesInfo {
	out, _ := f.Catalog(context.Background())
	return out
}

func (f *fake) Info() store.Info { return store.Info{Name: "fake"} }

func (f *fake) Catalog(context.Context) ([]store.SeriesInfo, error) {
	var out []store.SeriesInfo
	for _, s := range f.series {
		info := store.SeriesInfo{Key: s.Key, Count: int64(s.Len()), Step: metric.Spacing(s.Times)}
		if n := s.Len(); n > 0 {
			info.First, info.Last, info.LastValue = s.Times[0], s.Times[n-1], s.Values[n-1]
		}
		out = append(out, info)
	}
	return out, nil
}

// Read rolls up to buckets of 64 steps when there are more points than MaxPoints.
func (f *fake) Read(ctx context.Context, q store.Query, yield func(metric.Envelope) error) error {
	f.mu.Lock()
	f.asked = append(f.asked, q)
	f.mu.Unlock()
	if f.fail != nil {
		return f.fail
	}
	for _, s := range f.series {
		if len(q.Keys) > 0 && !slices.Contains(q.Keys, s.Key) {
			continue
		}
		if q.Range != (metric.Range{}) {
			s = s.Slice(q.Range)
		}
		if s.Len() == 0 {
			continue
		}
		e := s.Envelope()
		if q.MaxPoints > 0 && s.Len() > q.MaxPoints {
			e = rollUp(s, 64*metric.Spacing(s.Times))
		}
		if err := yield(e); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func rollUp(s metric.Series, step int64) metric.Envelope {
	e := metric.Envelope{Key: s.Key, Step: step}
	for i := range s.Times {
		t, v := s.Times[i]/step*step, s.Values[i]
		n := len(e.Times)
		if n == 0 || e.Times[n-1] != t {
			e.Times, e.Min, e.Max = append(e.Times, t), append(e.Min, v), append(e.Max, v)
			e.Mean, e.Count = append(e.Mean, v), append(e.Count, 1)
			continue
		}
		n--
		e.Count[n]++
		e.Min[n], e.Max[n] = min(e.Min[n], v), max(e.Max[n], v)
		e.Mean[n] += (v - e.Mean[n]) / float64(e.Count[n])
	}
	return e
}

func (f *fake) Begin(context.Context, store.Origin) (store.Tx, error) { return nil, store.ErrReadOnly }

func (f *fake) Interrupted(context.Context) ([]store.Origin, error) { return nil, nil }

func (f *fake) Annotations(_ context.Context, r metric.Range) ([]metric.Annotation, error) {
	if f.fail != nil {
		return nil, f.fail
	}
	return slices.Clone(f.notes), nil
}

func (f *fake) PutAnnotation(_ context.Context, a metric.Annotation) (int64, error) {
	if a.ID == 0 {
		a.ID = int64(len(f.notes) + 1)
		f.notes = append(f.notes, a)
		return a.ID, nil
	}
	for i := range f.notes {
		if f.notes[i].ID == a.ID {
			f.notes[i] = a
			return a.ID, nil
		}
	}
	return 0, store.ErrNotFound
}

func (f *fake) DeleteAnnotation(_ context.Context, id int64) error {
	n := len(f.notes)
	f.notes = slices.DeleteFunc(f.notes, func(a metric.Annotation) bool { return a.ID == id })
	if len(f.notes) == n {
		return store.ErrNotFound
	}
	return nil
}

func (f *fake) PutPredictions(_ context.Context, all []metric.Prediction) error {
	f.predictions = append(f.predictions, all...)
	return nil
}

func (f *fake) Close() error { return nil }

// berlin is the zone of the reference pictures.
func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// hand is a clock that tests move: Mon 23 Nov 2026 14:35:02 CET at first.
type hand struct{ at time.Time }

func (h *hand) add(d time.Duration) { h.at = h.at.Add(d) }

func newClock(t testing.TB) (Clock, *hand) {
	h := &hand{time.Date(2026, 11, 23, 14, 35, 2, 0, berlin(t))}
	return Clock{Now: func() time.Time { return h.at }, Zone: berlin(t)}, h
}

// at reads a local time of the pictures: "2026-11-23 10:30".
func at(t testing.TB, text string) int64 {
	t.Helper()
	layout := time.DateTime
	if len(text) == len("2006-01-02 15:04") {
		layout = "2006-01-02 15:04"
	}
	v, err := time.ParseInLocation(layout, text, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	return v.UnixMicro()
}

// grid is n times from a start, step apart.
func grid(from int64, step time.Duration, n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = from + int64(i)*step.Microseconds()
	}
	return out
}

// ramp is start, start+1, ...
func ramp(start float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = start + float64(i)
	}
	return out
}

// wave is a sine between lo and hi with a period of points.
func wave(lo, hi float64, period, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = lo + (hi-lo)*(1+math.Sin(2*math.Pi*float64(i)/float64(period)))/2
	}
	return out
}

var (
	apiCPU = metric.Key{VM: "api-01", Metric: "cpu"}
	dbCPU  = metric.Key{VM: "db-01", Metric: "cpu"}
	dbMem  = metric.Key{VM: "db-01", Metric: "memory_bytes"}
	dbLat  = metric.Key{VM: "db-01", Metric: "latency"}
	web    = metric.Key{VM: "web-03", Metric: "cpu"}
)

// open makes a model over a store with all its series selected, and reads what it wants.
func open(t testing.TB, s *fake, clock Clock, p Preset) *Fact {
	t.Helper()
	st := DefaultState()
	st.Span.Preset = p
	f := NewFact(st, clock)
	f.SetCatalog(s.catalog())
	for _, info := range s.catalog() {
		f.Select(info.Key)
	}
	read(t, f, s)
	return f
}

// read fetches until nothing is wanted; it must come to rest at once.
func read(t testing.TB, f *Fact, s store.Store) {
	t.Helper()
	p, ok := f.Plan()
	if !ok {
		return
	}
	r, err := Fetch(context.Background(), s, p)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Apply(r) {
		t.Fatal("the result of the newest plan was dropped")
	}
	if p, ok := f.Plan(); ok {
		t.Fatalf("a satisfied view still wants %+v", p)
	}
}
