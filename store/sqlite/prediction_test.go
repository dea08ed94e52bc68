package sqlite

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiops/metric"
	"aiops/store"
)

func predicted(n int) metric.Prediction {
	p := metric.Prediction{Key: cpu, Made: base - second, Model: "auto", Level: 0.8}
	for i := range n {
		p.Times = append(p.Times, base+int64(i)*300*second)
		p.Value, p.Lower, p.Upper = append(p.Value, float64(i)), append(p.Lower, -1), append(p.Upper, float64(i)+0.5)
	}
	return p
}

func TestPredictionsStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fleet.db")
	s := open(t, path)
	if err := s.PutPredictions(ctx, []metric.Prediction{predicted(48)}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s, err := Open(ctx, path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, read := range map[string]func() ([]metric.Prediction, error){
		"current": func() ([]metric.Prediction, error) { return s.Predictions(ctx, nil, metric.Range{}) },
		"past":    func() ([]metric.Prediction, error) { return s.PastPredictions(ctx, cpu, metric.Range{}) },
	} {
		all, err := read()
		if err != nil || len(all) != 1 || len(all[0].Times) != 48 || all[0].Upper[47] != 47.5 || all[0].Made != base-second {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
	if err := s.PutPredictions(ctx, []metric.Prediction{predicted(1)}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("writing: %v", err)
	}
}

// What other systems read of a prediction.
func TestPredictionsView(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "fleet.db"))
	for range 2 {
		if err := s.PutPredictions(ctx, []metric.Prediction{predicted(3)}); err != nil {
			t.Fatal(err)
		}
	}
	var rows, ids int
	var vm, at, name, made string
	var value, lower, upper float64
	row := s.readers.QueryRowContext(ctx, `SELECT count(*), count(DISTINCT id), vm, max(timestamp), metric, max(value_predicted), max(lower_bound),
		max(upper_bound), max(created_at) FROM server_metrics_predictions`)
	if err := row.Scan(&rows, &ids, &vm, &at, &name, &value, &lower, &upper, &made); err != nil {
		t.Fatal(err)
	}
	if rows != 3 || ids != 3 || vm != "web-01" || at != "2025-06-01T00:10:00Z" || name != "cpu" || value != 2 || lower != -1 || upper != 2.5 || made != "2025-05-31T23:59:59Z" {
		t.Error(rows, ids, vm, at, name, value, lower, upper, made)
	}
}

// first makes a database of the first format with a series in it.
func first(t *testing.T) string {
	t.Helper()
	text, err := migrations.ReadFile("migrations/00001_initial.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "old.db")
	made(t, path, strings.TrimPrefix(string(text), "-- +goose Up")+`;
		CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
		INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1);
		INSERT INTO series (id, vm, metric, count, first, last, last_value) VALUES (1, 'web-01', 'cpu', 2, 1748736000, 1748736060, 7);
		INSERT INTO points VALUES (1, 1748736000, 5), (1, 1748736060, 7)`)
	return path
}

func TestFirstFormatIsBroughtUpToDate(t *testing.T) {
	path := first(t)
	s := open(t, path)
	if v, err := s.version(ctx); err != nil || v != latest {
		t.Fatal(v, err)
	}
	got, err := store.Points(ctx, s, cpu, metric.Range{})
	if err != nil || got.Len() != 2 || got.Values[1] != 7 {
		t.Errorf("points %v, %v", got, err)
	}
	if err := s.PutPredictions(ctx, []metric.Prediction{predicted(5)}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutTransitions(ctx, []metric.Transition{{Key: cpu, Rule: "high", Time: 1, From: metric.Inactive, To: metric.Firing}}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if all, err := open(t, path).Predictions(ctx, nil, metric.Range{}); err != nil || len(all) != 1 {
		t.Errorf("after opening again: %v, %v", all, err)
	}
}

func TestFirstFormatReadOnly(t *testing.T) {
	path := first(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(ctx, path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := store.Points(ctx, s, cpu, metric.Range{}); err != nil || got.Len() != 2 {
		t.Errorf("points %v, %v", got, err)
	}
	if all, err := s.Predictions(ctx, nil, metric.Range{}); err != nil || len(all) != 0 {
		t.Errorf("predictions %v, %v", all, err)
	}
	if all, err := s.PastPredictions(ctx, cpu, metric.Range{}); err != nil || len(all) != 0 {
		t.Errorf("past predictions %v, %v", all, err)
	}
	if all, err := s.Transitions(ctx, store.TransitionQuery{}); err != nil || len(all) != 0 {
		t.Errorf("transitions %v, %v", all, err)
	}
	if all, err := s.Silences(ctx); err != nil || len(all) != 0 {
		t.Errorf("silences %v, %v", all, err)
	}
	s.Close()
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Error("reading changed the file", err)
	}
}

// Of each series the newest are kept, and nothing is left of the others.
func TestKeptPredictionsAreFew(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "fleet.db"))
	for range store.KeptPredictions + 20 {
		if err := s.PutPredictions(ctx, []metric.Prediction{predicted(120)}); err != nil {
			t.Fatal(err)
		}
	}
	var runs, points sql.NullInt64
	if err := s.readers.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM run_points)`).Scan(&runs, &points); err != nil {
		t.Fatal(err)
	}
	if runs.Int64 != store.KeptPredictions || points.Int64 != store.KeptPredictions*120 {
		t.Errorf("%d runs with %d points are kept", runs.Int64, points.Int64)
	}
}

// BenchmarkPredictions stores a day's forecast of 1,000 series.
func BenchmarkPredictions(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "fleet.db"))
	all := make([]metric.Prediction, 1000)
	for i := range all {
		all[i] = predicted(288)
		all[i].VM = string(rune('a'+i%26)) + string(rune('a'+i/26))
	}
	for b.Loop() {
		if err := s.PutPredictions(ctx, all); err != nil {
			b.Fatal(err)
		}
	}
}
