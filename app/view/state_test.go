package view

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

func TestStateRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "state.json")
	st := DefaultState()
	st.Selection.Add(dbCPU, apiCPU)
	st.Selection.Remove(dbCPU)
	st.Span = TimeChoice{Preset: Custom, Custom: metric.Range{From: 5, To: 9}}
	st.Zoom = Zoom{Range: metric.Range{From: 6, To: 8}, Values: map[string]Interval{"unit:%": {0.5, 60}}}
	st.Compare = Compare{ShiftedBy, 3 * time.Hour}
	st.Thresholds.Set(Threshold{Metric: "cpu", Value: 85})
	st.Tool, st.Arrange, st.Theme = CursorsTool, PerVM, AlwaysDark
	st.Expanded = []string{"db-01"}
	st.Sidebar, st.Window = Sidebar{300, true}, Window{1200, 800}
	st.Sort = Sort{"db-01 cpu", true}
	for range 2 { // the second one replaces the first
		if err := st.Save(path); err != nil {
			t.Fatal(err)
		}
	}
	got, warning := LoadState(path)
	if warning != "" || !reflect.DeepEqual(got, st) {
		t.Errorf("came back as %+v (%s), want %+v", got, warning, st)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind beside the state: %v", left)
	}
}

func TestStateMissing(t *testing.T) {
	st, warning := LoadState(filepath.Join(t.TempDir(), "none.json"))
	if warning != "" || !reflect.DeepEqual(st, DefaultState()) {
		t.Errorf("got %+v, %q", st, warning)
	}
}

func TestStateDamaged(t *testing.T) {
	for name, text := range map[string]string{
		"cut off":    `{"version": 1, "selection": [{"vm": "db-`,
		"empty":      ``,
		"wrong type": `{"selection": 7}`,
		"binary":     "\x00\x01\x02",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.json")
			write(t, path, text)
			st, warning := LoadState(path)
			if !reflect.DeepEqual(st, DefaultState()) {
				t.Errorf("state %+v", st)
			}
			if !strings.Contains(warning, "damaged") || !strings.Contains(warning, path+".damaged") {
				t.Errorf("warning %q", warning)
			}
			if kept, err := os.ReadFile(path + ".damaged"); err != nil || string(kept) != text {
				t.Errorf("the old file was not kept: %q, %v", kept, err)
			}
		})
	}
}

// A file of a newer program, one edited by hand, one of an older program.
func TestStateTolerant(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	write(t, path, `{"version": 9, "page": "moon", "tool": "", "theme": "sepia", "arrange": "spiral", "compare": {"kind": "eon"},
		"new field": {"a": [1]}, "span": {"preset": "custom", "custom": {"from": -9000000000000000000, "to": 9000000000000000000}},
		"zoom": {"range": {"from": 7, "to": 3}}, "refresh": -4, "sidebar": {"width": 9000}, "window": {"w": 1, "h": 1},
		"selection": [{"vm": "a", "metric": "cpu", "slot": 3}, {"vm": "a", "metric": "cpu", "slot": 4}, {"vm": "b", "metric": "cpu", "slot": 3},
			{"vm": "", "metric": "cpu"}, {"vm": "c", "metric": "cpu", "slot": -2}]}`)
	st, warning := LoadState(path)
	if warning != "" {
		t.Fatal(warning)
	}
	want := DefaultState()
	want.Version = 9
	want.Span.Preset = AllTimes
	want.Refresh = 0
	want.Selection = Selection{{metric.Key{VM: "a", Metric: "cpu"}, 3}, {metric.Key{VM: "b", Metric: "cpu"}, 0}, {metric.Key{VM: "c", Metric: "cpu"}, 1}}
	if !reflect.DeepEqual(st, want) {
		t.Errorf("got %+v\nwant %+v", st, want)
	}
}

func TestStateUnwritable(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	write(t, blocked, "")
	if err := DefaultState().Save(filepath.Join(blocked, "state.json")); err == nil {
		t.Error("saving below a file went well")
	}
}

func FuzzLoadState(f *testing.F) {
	f.Add([]byte(`{"version":1,"selection":[{"vm":"a","metric":"m","slot":1}],"zoom":{"range":{"from":1,"to":2}}}`))
	f.Add([]byte(`{"compare":{"shift":9223372036854775807}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "state.json")
		write(t, path, string(data))
		st, _ := LoadState(path)
		if err := st.Save(path); err != nil {
			t.Fatal(err)
		}
		again, warning := LoadState(path)
		if warning != "" || again.Version != StateVersion {
			t.Errorf("a saved state does not come back: %s", warning)
		}
	})
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
