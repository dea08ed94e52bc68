package forecast

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/forecast/auto"
	"aiops/metric"
)

var ctx = context.Background()

func trained(k metric.Key, kind string) Model {
	return Model{Version: ModelVersion, Key: k, Kind: kind, Step: metric.Step{N: 5, Unit: metric.StepMinute}, Config: `{"growth":"flat"}`,
		Trained: 1_800_000_000_000_000, First: -5, Last: 1_700_000_000_000_000, Points: 2000, Horizon: 48,
		Scores: Scores{N: 7, MAE: 1.0 / 3}, Auto: shape}
}

// shape is what training makes of some values.
var shape, _ = auto.Train(ctx, []float64{1, 2, 1, 2.5, 1, 2, 1, 2, 1.5, 2}, auto.Options{Horizon: 2})

func asJSON(t *testing.T, m Model) string {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Names that file systems do not take, do not tell apart, or would follow.
var awkward = []metric.Key{{VM: "a", Metric: "cpu"}, {VM: "A", Metric: "cpu"}, {VM: "a", Metric: "CPU"}, {VM: "a.cpu", Metric: "x"}, {VM: "a", Metric: "cpu.x"},
	{VM: "../../etc/passwd", Metric: "/"}, {VM: "CON", Metric: "nul"}, {VM: "Größe\x00\n", Metric: `\:*?"<>|`}, {VM: "日本", Metric: "語"}, {VM: "日本語", Metric: "_"},
	{VM: strings.Repeat("long", 200), Metric: strings.Repeat("name", 200)}, {VM: strings.Repeat("long", 200), Metric: strings.Repeat("name", 201)}, {VM: " ", Metric: "."}}

func TestFilesKeepModels(t *testing.T) {
	f := Files{Dir: filepath.Join(t.TempDir(), "data", "models")}
	if all, err := f.List(ctx); err != nil || len(all) != 0 {
		t.Errorf("a directory that is not there lists %v, %v", all, err)
	}
	if _, err := f.Load(ctx, awkward[0], "auto"); !errors.Is(err, ErrNoModel) {
		t.Errorf("loaded from nothing: %v", err)
	}
	for _, k := range awkward {
		for _, kind := range []string{"auto", "prophet"} {
			if err := f.Save(ctx, trained(k, kind)); err != nil {
				t.Fatalf("%q: %v", k, err)
			}
		}
	}
	for _, k := range awkward {
		got, err := f.Load(ctx, k, "prophet")
		if err != nil || asJSON(t, got) != asJSON(t, trained(k, "prophet")) {
			t.Errorf("%q came back as %+v, %v", k, got, err)
		}
	}
	all, err := f.List(ctx)
	if err != nil || len(all) != 2*len(awkward) {
		t.Fatalf("%d models are listed: %v", len(all), err)
	}
	for i := 1; i < len(all); i++ {
		if c := all[i-1].Compare(all[i].Key); c > 0 || c == 0 && all[i-1].Kind >= all[i].Kind {
			t.Errorf("%v %s is listed before %v %s", all[i-1].Key, all[i-1].Kind, all[i].Key, all[i].Kind)
		}
	}
	entries, err := os.ReadDir(f.Dir)
	if err != nil || len(entries) != 2*len(awkward) {
		t.Errorf("%d files (%v)", len(entries), err)
	}
	for _, e := range entries {
		if strings.Trim(strings.ToLower(e.Name()), "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" || len(e.Name()) > 160 {
			t.Errorf("a file is called %q", e.Name())
		}
	}
}

func TestFilesDelete(t *testing.T) {
	f := Files{Dir: t.TempDir()}
	k := awkward[0]
	if err := errors.Join(f.Save(ctx, trained(k, "auto")), f.Save(ctx, trained(k, "theta"))); err != nil {
		t.Fatal(err)
	}
	if err := f.Delete(ctx, k, "auto"); err != nil {
		t.Fatal(err)
	}
	if err := f.Delete(ctx, k, "auto"); !errors.Is(err, ErrNoModel) {
		t.Errorf("deleting again: %v", err)
	}
	if all, err := f.List(ctx); err != nil || len(all) != 1 || all[0].Kind != "theta" {
		t.Errorf("left are %v, %v", all, err)
	}
}

// Every file that is not as it was written is damaged, and the error names it.
func TestFilesDamage(t *testing.T) {
	f := Files{Dir: t.TempDir()}
	k := awkward[0]
	if err := errors.Join(f.Save(ctx, trained(k, "auto")), f.Save(ctx, trained(awkward[1], "auto"))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.Dir, ModelName(k, "auto"))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(filepath.Join(f.Dir, ModelName(awkward[1], "auto")))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty":           "",
		"half":            string(good[:len(good)/2]),
		"noise":           "\x00\x01{",
		"null":            "null",
		"empty object":    "{}",
		"another number":  strings.Replace(string(good), `"points":2000`, `"points":2001`, 1),
		"another's model": string(other),
		"another name":    strings.Replace(string(good), `"vm":"a"`, `"vm":"b"`, 1),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Load(ctx, k, "auto"); !errors.Is(err, ErrDamagedModel) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	all, err := f.List(ctx)
	if !errors.Is(err, ErrDamagedModel) || len(all) != 1 || all[0].Key != awkward[1] {
		t.Errorf("listed are %v, %v", all, err)
	}
}

// A model of another version is no model, but it is listed and can be deleted.
func TestFilesOfAnotherVersion(t *testing.T) {
	f := Files{Dir: t.TempDir()}
	m := trained(awkward[0], "auto")
	m.Version = ModelVersion + 1
	if err := f.Save(ctx, m); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Load(ctx, m.Key, "auto"); !errors.Is(err, ErrNoModel) {
		t.Errorf("loaded: %v", err)
	}
	all, err := f.List(ctx)
	if err != nil || len(all) != 1 || all[0].Version != m.Version || all[0].Key != m.Key || all[0].Auto != nil {
		t.Errorf("listed are %+v, %v", all, err)
	}
}

// Whoever reads while others write sees a whole model.
func TestFilesTogether(t *testing.T) {
	f := Files{Dir: t.TempDir()}
	k := awkward[0]
	if err := f.Save(ctx, trained(k, "auto")); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 25 {
				m := trained(k, "auto")
				m.Points = 100*i + j
				if err := f.Save(ctx, m); err != nil {
					t.Error(err)
				}
				if _, err := f.Load(ctx, k, "auto"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if entries, _ := os.ReadDir(f.Dir); len(entries) != 1 {
		t.Errorf("%d files are left", len(entries))
	}
}

func TestDamagedModelIsTrainedAnew(t *testing.T) {
	files := Files{Dir: t.TempDir()}
	f := Forecaster{Storage: files, Now: clock}
	s := series(600, 5*time.Minute, func(i int) float64 { return float64(i % 7) })
	out, err := f.Forecast(ctx, s, Options{})
	if err != nil || len(out.Warnings) != 0 {
		t.Fatal(out.Warnings, err)
	}
	path := filepath.Join(files.Dir, ModelName(s.Key, "auto"))
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := f.Forecast(ctx, s, Options{})
	if err != nil || len(again.Warnings) != 1 || !strings.Contains(again.Warnings[0], path) || !strings.Contains(again.Warnings[0], "trained anew") {
		t.Errorf("warnings %q, %v", again.Warnings, err)
	}
	if fmt.Sprint(again.Value) != fmt.Sprint(out.Value) {
		t.Error("the forecast is another one")
	}
	if _, err := files.Load(ctx, s.Key, "auto"); err != nil {
		t.Errorf("the model was not saved again: %v", err)
	}
}

func TestModelThatCannotBeSavedIsAWarning(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := Forecaster{Storage: Files{Dir: filepath.Join(blocked, "models")}, Now: clock}
	out, err := f.Forecast(ctx, series(600, 5*time.Minute, func(i int) float64 { return float64(i % 7) }), Options{})
	if err != nil || len(out.Value) == 0 || len(out.Warnings) == 0 || !strings.Contains(strings.Join(out.Warnings, "\n"), "not saved") {
		t.Errorf("%d values, warnings %q, %v", len(out.Value), out.Warnings, err)
	}
}
