package view

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

func TestSnapshotsCarryTheView(t *testing.T) {
	st := DefaultState()
	st.Selection.Add(metric.Key{VM: "web-01", Metric: "cpu"})
	st.Zoom.Range = metric.Range{From: 10, To: 20}
	st.Thresholds.Set(Threshold{Metric: "cpu", Value: 85})
	st.Places = []Place{{Database: "secret"}}
	text, err := st.Carry()
	if err != nil || strings.Contains(string(text), "secret") {
		t.Fatalf("%s, %v", text, err)
	}
	other := DefaultState()
	other.Window, other.Theme = Window{W: 1111, H: 777}, AlwaysLight
	if !other.Adopt(text) || !other.Selection.Has(metric.Key{VM: "web-01", Metric: "cpu"}) || other.Zoom.Range != st.Zoom.Range || len(other.Thresholds) != 1 {
		t.Errorf("adopted %+v", other)
	}
	if other.Window.W != 1111 || other.Theme != AlwaysLight {
		t.Error("a snapshot must not change the window")
	}
	for _, bad := range []string{"", "{", `{"selection": 3}`, "{}"} {
		if other.Adopt([]byte(bad)) {
			t.Errorf("%q was taken for a view", bad)
		}
	}
	for i := range 30 {
		st.Recall(string(rune('a' + i%20)))
	}
	if len(st.Snapshots) != mostSnapshots || st.Snapshots[0] != "j" || st.Snapshots[1] != "i" {
		t.Errorf("the last snapshots are %v", st.Snapshots)
	}
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{time.Second: "now", 50 * time.Minute: "50 min", 5 * time.Hour: "5 h", 30 * time.Hour: "1 day",
		3 * 24 * time.Hour: "3 days", 6 * 7 * 24 * time.Hour: "6 weeks", 800 * 24 * time.Hour: "2.2 years"} {
		if got := Age(d); got != want {
			t.Errorf("%v is told as %q, want %q", d, got, want)
		}
	}
}

func TestEachDatabaseHasItsPlace(t *testing.T) {
	st := DefaultState()
	st.Database = "SQLite:/a.db"
	st.Selection.Add(metric.Key{VM: "web-01", Metric: "cpu"})
	st.Span = TimeChoice{Preset: Last7Days}
	if st.Move("Postgres:fleet") {
		t.Error("a database that was never shown has no place")
	}
	if len(st.Selection) != 0 || st.Database != "" || st.Span.Preset != Last24Hours {
		t.Errorf("a new database begins with %+v", st.Place())
	}
	st.Database = "Postgres:fleet"
	st.Selection.Add(metric.Key{VM: "db-01", Metric: "disk"})
	path := filepath.Join(t.TempDir(), "window.json")
	if err := st.Save(path); err != nil {
		t.Fatal(err)
	}
	st, warning := LoadState(path)
	if warning != "" {
		t.Fatal(warning)
	}
	if !st.Move("SQLite:/a.db") || !st.Selection.Has(metric.Key{VM: "web-01", Metric: "cpu"}) || len(st.Selection) != 1 || st.Span.Preset != Last7Days {
		t.Errorf("back at the first database: %+v", st.Place())
	}
	if !st.Move("Postgres:fleet") || !st.Selection.Has(metric.Key{VM: "db-01", Metric: "disk"}) || len(st.Places) != 1 {
		t.Errorf("back at the second one: %+v, %d kept", st.Place(), len(st.Places))
	}
	for i := range 40 {
		st.Move(string(rune('a' + i)))
		st.Database = string(rune('a' + i))
	}
	if len(st.Places) != mostPlaces {
		t.Errorf("%d places are kept, want %d", len(st.Places), mostPlaces)
	}
}
