package ui

import (
	"context"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"aiops/app"
	"aiops/app/view"
	"aiops/metric"
	"aiops/store"
	"aiops/store/memory"
)

// queue is a runner for tests: background work runs on the test's goroutine
// when settled is called, and what would come later comes then too.
type queue struct {
	mu    sync.Mutex
	tasks []func()
	later []func()
}

func (q *queue) add(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tasks = append(q.tasks, f)
}

func (q *queue) runner() *runner {
	return &runner{work: q.add, post: q.add, after: func(d time.Duration, f func()) {
		if d < time.Second { // the window's clock does not tick in tests
			q.mu.Lock()
			defer q.mu.Unlock()
			q.later = append(q.later, f)
		}
	}}
}

// settle runs everything that is waiting, what it makes included.
func (q *queue) settle() {
	for {
		q.mu.Lock()
		if len(q.tasks) == 0 {
			q.tasks, q.later = q.later, nil
		}
		if len(q.tasks) == 0 {
			q.mu.Unlock()
			return
		}
		f := q.tasks[0]
		q.tasks = q.tasks[1:]
		q.mu.Unlock()
		f()
	}
}

// harness is a window on the software painter.
type harness struct {
	*Window
	t *testing.T
	q *queue
	a fyne.App
}

var testNow = time.Date(2026, 11, 23, 13, 35, 2, 0, time.UTC)

// stored is a database for tests: the reference pictures' story, made of formulas.
func stored(t *testing.T) store.Store {
	t.Helper()
	st := memory.New("fleet")
	for vm, name := range []string{"api-01", "api-02", "batch-01", "db-01", "web-03"} {
		for m, metricName := range []string{"cpu", "memory_bytes", "latency", "disk_read"} {
			st.Put(madeUp(metric.Key{VM: name, Metric: metricName}, vm, m))
		}
	}
	at := func(h, m int) int64 { return time.Date(2026, 11, 23, h, m, 0, 0, time.UTC).UnixMicro() }
	for _, a := range []metric.Annotation{
		{From: at(9, 30), To: at(9, 30), Kind: metric.Deployment, Text: "Deploy api 4.12.0"},
		{From: at(9, 42), To: at(10, 24), Kind: metric.Incident, Text: "db-01 overload", VM: "db-01"},
		{From: at(1, 0), To: at(1, 40), Kind: metric.Maintained, Text: "Backup db-01", VM: "db-01"},
	} {
		if _, err := st.PutAnnotation(context.Background(), a); err != nil {
			t.Fatal(err)
		}
	}
	return st
}

func madeUp(k metric.Key, vm, m int) metric.Series {
	s := metric.Series{Key: k}
	scale := []float64{1, 1 << 29, 2, 1 << 20}[m]
	for i := range 14 * 24 * 60 / 5 {
		at := testNow.Truncate(5 * time.Minute).Add(-time.Duration(14*24*60-5*i) * time.Minute)
		hours := float64(at.Unix()%86400) / 3600
		v := 30 + 5*float64(vm) + 15*math.Sin((hours-8)/24*2*math.Pi) + 3*math.Sin(float64(i*(7+vm)))
		incident := at.After(time.Date(2026, 11, 23, 9, 40, 0, 0, time.UTC)) && at.Before(time.Date(2026, 11, 23, 10, 25, 0, 0, time.UTC))
		if incident && k.VM == "db-01" {
			v += 38
		}
		if k.VM == "web-03" && hours > 2 && hours < 3 {
			continue
		}
		s.Times, s.Values = append(s.Times, at.UnixMicro()), append(s.Values, v*scale)
	}
	return s
}

// fakeActions notes what the window asks for.
type fakeActions struct {
	imported []string
	exported []ExportRequest
	saved    []SnapshotRequest
	snapshot store.Store
	view     []byte
}

func (f *fakeActions) Preview(context.Context, string) (Preview, error) {
	return Preview{Found: "long CSV", Head: []string{"vm", "timestamp"}, Rows: [][]string{{"a", "b"}}}, nil
}

func (f *fakeActions) Import(_ context.Context, _ store.Store, files []string, _ app.Progress) (string, error) {
	f.imported = append(f.imported, files...)
	return "3 rows: 3 stored", nil
}

func (f *fakeActions) Demo(ctx context.Context, st store.Store, _ app.Progress) (string, error) {
	tx, err := st.Begin(ctx, store.Origin{})
	if err != nil {
		return "", err
	}
	if _, err := tx.Write(ctx, madeUp(metric.Key{VM: "vm-01", Metric: "cpu"}, 0, 0), store.Replace); err != nil {
		return "", err
	}
	return "demo", tx.Commit()
}

func (f *fakeActions) OpenSnapshot(_ context.Context, path string) (store.Store, []byte, error) {
	if f.snapshot == nil {
		return nil, nil, store.ErrDamaged
	}
	return f.snapshot, f.view, nil
}

func (f *fakeActions) SaveSnapshot(_ context.Context, _ store.Store, r SnapshotRequest, _ app.Progress) (string, error) {
	f.saved = append(f.saved, r)
	return "3 points of 1 series", nil
}

func (f *fakeActions) Export(_ context.Context, _ store.Store, r ExportRequest, _ app.Progress) ([]string, error) {
	f.exported = append(f.exported, r)
	return []string{filepath.Join(r.Dir, "index.html")}, nil
}

// newHarness opens a window of a size on a database.
func newHarness(t *testing.T, db store.Store, look view.Appearance, width, height int, change func(*view.State)) *harness {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(Theme{look})
	st := view.DefaultState()
	st.Theme, st.Window = look, view.Window{W: width, H: height}
	info := db.Info()
	st.Database = info.Kind + ":" + info.Path
	if change != nil {
		change(st)
	}
	q := &queue{}
	s := &Session{Open: func(context.Context) (store.Store, error) { return db, nil }, Actions: &fakeActions{}, StatePath: filepath.Join(t.TempDir(), "window.json"),
		Version: "0.1.0", Zone: time.FixedZone("CET", 3600), Now: func() time.Time { return testNow }, Started: testNow}
	s.begun = make(chan opened, 1)
	s.begun <- opened{store: db}
	w := build(t.Context(), test.NewTempWindow(t, nil), s, st, q.runner())
	h := &harness{w, t, q, a}
	w.win.Resize(fyne.NewSize(float32(width), float32(height)))
	w.begin()
	q.settle()
	return h
}

// shot writes the window into a picture when AIOPS_SHOTS names a directory.
func (h *harness) shot(name string) {
	h.t.Helper()
	img := h.win.Canvas().Capture()
	dir := os.Getenv("AIOPS_SHOTS")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		h.t.Fatal(err)
	}
}

func fourCPUs(st *view.State) {
	for _, vm := range []string{"api-01", "api-02", "db-01", "web-03"} {
		st.Selection.Add(metric.Key{VM: vm, Metric: "cpu"})
	}
	st.Thresholds.Set(view.Threshold{Metric: "cpu", Value: 85})
	st.Expand("db-01", true)
}

func TestFactPage(t *testing.T) {
	for _, c := range []struct {
		name string
		look view.Appearance
		w, h int
	}{{"fact-dark", view.AlwaysDark, 1440, 900}, {"fact-light", view.AlwaysLight, 1440, 900}, {"fact-small", view.AlwaysLight, 1100, 700}} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t, stored(t), c.look, c.w, c.h, fourCPUs)
			h.page.hover(time.Date(2026, 11, 23, 9, 56, 0, 0, time.UTC).UnixMicro(), true)
			h.shot(c.name)
			if got := h.side.count.value; got != "4 of 20 series selected" {
				t.Errorf("the sidebar counts %q", got)
			}
			if !h.page.chart.drawn || len(h.page.cards.Objects) != 4 {
				t.Errorf("drawn %v, %d cards, want a chart and 4 cards", h.page.chart.drawn, len(h.page.cards.Objects))
			}
		})
	}
}

func TestOtherLooks(t *testing.T) {
	t.Run("stacked", func(t *testing.T) {
		h := newHarness(t, stored(t), view.AlwaysLight, 1440, 900, func(st *view.State) {
			for _, m := range []string{"cpu", "memory_bytes", "latency"} {
				st.Selection.Add(metric.Key{VM: "db-01", Metric: m})
			}
			st.Expand("db-01", true)
			st.Compare.Kind = view.PreviousWeek
			at := func(h, m int) int64 { return time.Date(2026, 11, 23, h, m, 0, 0, time.UTC).UnixMicro() }
			st.Span = view.TimeChoice{Preset: view.Custom, Custom: metric.Range{From: at(7, 30), To: at(13, 30)}}
		})
		h.do(view.UseCursors)
		h.q.settle()
		h.shot("stacked")
		if len(h.page.chart.layout.Panels) != 3 || h.page.lower.tab != tabSummary {
			t.Errorf("%d panels and tab %d, want 3 and the summary", len(h.page.chart.layout.Panels), h.page.lower.tab)
		}
	})
	t.Run("first start", func(t *testing.T) {
		h := newHarness(t, memory.New("metrics"), view.AlwaysLight, 1440, 900, nil)
		h.shot("first")
		if !h.empty() {
			t.Error("an empty database must show the first start")
		}
	})
	for name, open := range map[string]func(h *harness){
		"keys": func(h *harness) { h.do(view.ShowKeys) }, "palette": func(h *harness) { h.do(view.OpenPalette) },
		"thresholds": func(h *harness) { h.do(view.EditLimits) }, "annotate": func(h *harness) { h.do(view.Annotate) },
		"export": func(h *harness) { h.do(view.ExportSeen) }, "import": func(h *harness) { h.do(view.OpenFile) },
		"more": func(h *harness) { h.showMore() }, "shift": func(h *harness) { h.askShift() }, "forecast": func(h *harness) { h.do(view.GoForecast) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, stored(t), view.AlwaysDark, 1440, 900, fourCPUs)
			open(h)
			h.q.settle()
			h.shot("dialog-" + name)
			if name != "more" && name != "forecast" {
				h.leave()
				if h.sheet != nil {
					t.Error("Escape must close the dialog")
				}
			}
		})
	}
}
