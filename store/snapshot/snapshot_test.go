package snapshot

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
	"aiops/store/sqlite"
)

var (
	ctx   = context.Background()
	cpu   = metric.Key{VM: "web-01", Metric: "cpu"}
	mem   = metric.Key{VM: "web-01", Metric: "memory"}
	taken = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

const second, base = int64(1_000_000), int64(1_748_736_000_000_000) // 2025-06-01T00:00:00Z

func line(k metric.Key, n int) metric.Series {
	s := metric.Series{Key: k}
	for i := range n {
		s.Times, s.Values = append(s.Times, base+int64(i)*60*second), append(s.Values, float64(i%97)/4)
	}
	return s
}

// filled puts some of everything into a database.
func filled(t testing.TB, s store.Store) {
	t.Helper()
	tx, err := s.Begin(ctx, store.Origin{Source: "a.csv"})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []metric.Series{line(cpu, 50_000), line(mem, 1000), line(metric.Key{VM: "db-01", Metric: "cpu"}, 100)} {
		if _, err := tx.Write(ctx, one, store.Replace); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	p := metric.Prediction{Key: cpu, Made: base, Model: "auto", Level: 0.8, Times: []int64{base, base + second}, Value: []float64{1, 2}, Lower: []float64{0, math.NaN()}, Upper: []float64{2, 3}}
	later := p
	later.Made, later.Model = base+second, "prophet"
	id, err := s.PutSilence(ctx, metric.Silence{VM: "web-*", From: base})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.PutAnnotation(ctx, metric.Annotation{VM: "web-01", From: base, To: base + second, Kind: metric.Incident, Text: "down"})
	err = errors.Join(err, s.PutPredictions(ctx, []metric.Prediction{p}), s.PutPredictions(ctx, []metric.Prediction{later}),
		s.PutTransitions(ctx, []metric.Transition{{Key: cpu, Rule: "high", Time: base, From: metric.Inactive, To: metric.Firing, Silence: id}}))
	if err != nil {
		t.Fatal(err)
	}
}

func file(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "fleet.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func same(t *testing.T, from, to store.Store) {
	t.Helper()
	want, err := store.Envelopes(ctx, from, store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.Envelopes(ctx, to, store.Query{})
	if err != nil || len(got) != len(want) {
		t.Fatal(len(got), err)
	}
	for i, w := range want {
		if got[i].Key != w.Key || got[i].Len() != w.Len() {
			t.Fatalf("%s: %d points, want %s: %d", got[i].Key, got[i].Len(), w.Key, w.Len())
		}
		for j := range w.Times {
			if got[i].Times[j] != w.Times[j] || got[i].Mean[j] != w.Mean[j] {
				t.Fatalf("%s: point %d differs", w.Key, j)
			}
		}
	}
}

// A snapshot of either database holds all of it, says where and when it is
// from, and is not changed.
func TestWrite(t *testing.T) {
	for _, c := range []struct {
		name string
		open func(t *testing.T) store.Store
	}{
		{"SQLite", func(t *testing.T) store.Store { return file(t) }},
		{"Postgres", func(t *testing.T) store.Store {
			s, err := postgres.Open(ctx, pgtest.URL(t), postgres.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			return s
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := c.open(t)
			filled(t, from)
			path := filepath.Join(t.TempDir(), "home.db")
			rep, err := Write(ctx, from, path, Options{View: []byte(`{"page":"fact"}`), Now: func() time.Time { return taken }})
			if err != nil {
				t.Fatal(err)
			}
			if rep.Points != 51_100 || rep.Series != 3 || rep.Predictions != 1 || rep.Annotations != 1 || rep.Changes != 1 || rep.Path != path {
				t.Errorf("report %+v", rep)
			}
			to := open(t, path)
			same(t, from, to)
			if i := to.Info(); i.From != from.Info().Path || !i.TakenAt.Equal(taken) {
				t.Errorf("info %+v", i)
			}
			if v, err := View(ctx, to); err != nil || string(v) != `{"page":"fact"}` {
				t.Errorf("view %s, %v", v, err)
			}
			past, err := to.PastPredictions(ctx, cpu, metric.Range{})
			if err != nil || len(past) != 2 || past[0].Model != "prophet" || past[1].Model != "auto" || !math.IsNaN(past[1].Lower[1]) {
				t.Errorf("predictions %+v, %v", past, err)
			}
			current, err := to.Predictions(ctx, nil, metric.Range{})
			if err != nil || len(current) != 1 || current[0].Model != "prophet" {
				t.Errorf("predictions %+v, %v", current, err)
			}
			silences, _ := to.Silences(ctx)
			changes, err := to.Transitions(ctx, store.TransitionQuery{})
			if err != nil || len(changes) != 1 || len(silences) != 1 || changes[0].Silence != silences[0].ID {
				t.Errorf("alerts %+v, silences %+v, %v", changes, silences, err)
			}
			_, err = to.PutAnnotation(ctx, metric.Annotation{Text: "x"})
			if !errors.Is(err, store.ErrReadOnly) || !strings.Contains(err.Error(), "--writable") || !strings.Contains(err.Error(), "taken 23 Nov 2026 12:00 UTC") {
				t.Errorf("a write: %v", err)
			}
			if _, err := to.Begin(ctx, store.Origin{}); !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("a write: %v", err)
			}
			to.Close()
			left, _ := os.ReadDir(filepath.Dir(path))
			if len(left) != 1 {
				t.Errorf("beside it lie %v", left)
			}
		})
	}
}

// A part of the series and of the time, and a copy that can be changed.
func TestWritePart(t *testing.T) {
	from := file(t)
	filled(t, from)
	path := filepath.Join(t.TempDir(), "part.db")
	r := metric.Range{From: base + 600*second, To: base + 1200*second}
	rep, err := Write(ctx, from, path, Options{Keys: []metric.Key{mem}, Range: r, Writable: true})
	if err != nil || rep.Points != 10 || rep.Series != 1 || rep.Predictions != 0 || rep.Annotations != 0 {
		t.Fatalf("%+v, %v", rep, err)
	}
	to := open(t, path)
	if all, err := to.Catalog(ctx); err != nil || len(all) != 1 || all[0].Key != mem || all[0].Count != 10 {
		t.Errorf("catalog %+v, %v", all, err)
	}
	if _, err := to.PutAnnotation(ctx, metric.Annotation{Text: "x"}); err != nil {
		t.Error(err)
	}
	if i := to.Info(); i.From != "" || !i.TakenAt.IsZero() {
		t.Errorf("info %+v", i)
	}
}

// What is there is not overwritten unasked, and a snapshot that does not come
// to its end leaves nothing.
func TestWriteWholeOrNot(t *testing.T) {
	from := file(t)
	filled(t, from)
	dir := t.TempDir()
	path := filepath.Join(dir, "mine.db")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(ctx, from, path, Options{}); !errors.Is(err, store.ErrConflict) || !strings.Contains(err.Error(), "--force") {
		t.Errorf("error %v", err)
	}
	soon, cancel := context.WithCancel(ctx)
	_, err := Write(soon, from, path, Options{Force: true, Progress: func(int64, int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "mine" {
		t.Error("the file was changed")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("beside it lie %v", left)
	}
	if _, err := Write(ctx, from, dir, Options{Force: true}); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("into a folder: %v", err)
	}
	if _, err := Write(ctx, from, path, Options{Force: true}); err != nil {
		t.Error(err)
	}
	same(t, from, open(t, path))
}

// FuzzOpen opens damaged snapshots for reading: a clear error or an answer, no
// panic, and the file stays as it is.
func FuzzOpen(f *testing.F) {
	from := file(f)
	tx, err := from.Begin(ctx, store.Origin{Source: "a.csv"})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := tx.Write(ctx, line(cpu, 2000), store.Replace); err != nil {
		f.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(f.TempDir(), "good.db")
	if _, err := Write(ctx, from, path, Options{}); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for _, at := range []int{0, 18, 28, 52, 60, 68, 100, 4096, 4100, 8192, 3 * 4096, len(good) - 5000} {
		f.Add(uint32(at), []byte{0xff, 0, 0x7f, 3}, uint32(0))
	}
	f.Add(uint32(0), []byte(nil), uint32(1))
	f.Add(uint32(0), []byte(nil), uint32(5000))
	f.Add(uint32(0), []byte("vm,timestamp"), uint32(len(good)-3))
	f.Fuzz(func(t *testing.T, at uint32, bytes []byte, short uint32) { damage(t, good, at, bytes, short) })
}

// damage writes bytes over a good file, cuts its end and looks at it.
func damage(t *testing.T, good []byte, at uint32, over []byte, short uint32) {
	bad := bytes.Clone(good)
	copy(bad[int(at)%len(bad):], over)
	bad = bad[:len(bad)-int(short)%len(bad)]
	path := filepath.Join(t.TempDir(), "bad.db")
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{true, false} {
		soon, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := look(soon, path, readOnly)
		if soon.Err() != nil {
			t.Fatal("it hangs")
		}
		cancel()
		if err != nil && !strings.Contains(err.Error(), path) && !strings.Contains(err.Error(), "web-01") {
			t.Fatalf("%q does not name the file", err)
		}
		if now, err := os.ReadFile(path); readOnly && (err != nil || !bytes.Equal(now, bad)) {
			t.Fatal("the file was changed")
		}
	}
}

func look(ctx context.Context, path string, readOnly bool) error {
	s, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: readOnly, Wait: time.Second})
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Catalog(ctx)
	if err == nil {
		err = s.Read(ctx, store.Query{}, func(e metric.Envelope) error {
			for i, v := range e.Mean {
				if math.IsNaN(v) || math.IsInf(v, 0) || i > 0 && e.Times[i] <= e.Times[i-1] {
					panic("points that no chart can draw")
				}
			}
			return nil
		})
	}
	if err == nil {
		err = s.Read(ctx, store.Query{MaxPoints: 10}, func(metric.Envelope) error { return nil })
	}
	if err == nil {
		_, err = s.Predictions(ctx, nil, metric.Range{})
	}
	if err == nil {
		_, err = s.Annotations(ctx, metric.Range{})
	}
	if err == nil {
		_, err = s.Transitions(ctx, store.TransitionQuery{})
	}
	return err
}
