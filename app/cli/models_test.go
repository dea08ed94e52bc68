package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/forecast"
	"aiops/metric"
)

// database imports a file into a fresh data directory.
func database(t *testing.T, text string) (home string) {
	t.Helper()
	home = t.TempDir()
	t.Setenv("AIOPS_HOME", home)
	if _, errs, code := aiops(t, "import", file(t, "m.csv", text)); code != 0 {
		t.Fatal(errs)
	}
	return home
}

// says runs the program and checks its exit code and what it prints.
func says(t *testing.T, code int, want string, args ...string) string {
	t.Helper()
	out, errs, got := aiops(t, args...)
	if got != code || !strings.Contains(out+errs, want) {
		t.Errorf("%v: exit code %d, want %d and %q in:\n%s%s", args, got, code, want, out, errs)
	}
	return out
}

func TestModels(t *testing.T) {
	home := database(t, history(false))
	says(t, 0, "There are no such models", "models")
	out := says(t, 0, "MEAN ERROR", "train")
	if !strings.Contains(out, "web-02") || !strings.Contains(out, "db-01") || !strings.Contains(out, "900") {
		t.Errorf("trained:\n%s", out)
	}
	if out := says(t, 0, "web-02", "models", "list", "--vm", "web-02"); strings.Contains(out, "db-01") {
		t.Errorf("another VM's model:\n%s", out)
	}
	says(t, exitUsage, "--all", "models", "delete")
	says(t, 0, "0 models are deleted", "models", "delete", "--model", "theta")
	says(t, 0, "1 models are deleted", "models", "delete", "--vm", "web-02")
	if out := says(t, 0, "db-01", "models"); strings.Contains(out, "web-02") {
		t.Errorf("deleted and still there:\n%s", out)
	}
	files, err := filepath.Glob(filepath.Join(home, "models", "*", "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.WriteFile(files[0], []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, exitFailed, files[0], "models")
	says(t, 0, "db-01", "train", "--vm", "db-01")
	says(t, 0, "1 models are deleted", "models", "delete", "--all")
}

// Another database may have series of the same names.
func TestModelsBelongToADatabase(t *testing.T) {
	database(t, history(false))
	says(t, 0, "web-02", "train")
	other := "sqlite:" + filepath.Join(t.TempDir(), "other.db")
	says(t, 0, "stored", "--db", other, "import", file(t, "m.csv", history(false)))
	says(t, 0, "There are no such models", "--db", other, "models")
}

func TestTrainAndTuneMisuse(t *testing.T) {
	database(t, history(false))
	says(t, exitUsage, "no such model", "train", "--model", "x")
	says(t, exitUsage, "at least 1", "tune", "--budget", "0")
	says(t, exitUsage, "at least 1", "evaluate", "--origins", "0")
	says(t, exitFailed, "web-02", "tune", "--vm", "web-2")
}

func TestTuneAndEvaluateRun(t *testing.T) {
	database(t, history(false))
	says(t, 0, "SETTINGS", "tune", "--vm", "web-02", "--metric", "cpu", "--budget", "2")
	says(t, 0, "", "evaluate", "--vm", "web-02", "--horizon", "2h", "--origins", "2")
	out := says(t, 0, "naive_wis", "evaluate", "--input", file(t, "m.csv", history(false)), "--horizon", "2h", "--origins", "2", "--output", "-")
	if !strings.HasPrefix(out, "vm,metric,model,step,from,to,n,mae,") {
		t.Errorf("CSV:\n%s", out)
	}
}

// evaluation is one with something that is not known.
func evaluation() forecast.Evaluation {
	s := forecast.Scores{N: 4, MAE: 1.5, RMSE: 2, SMAPE: 12.25, MASE: math.NaN(), Coverage: 0.75, WIS: 0.5}
	return forecast.Evaluation{Key: metric.Key{VM: "a,b", Metric: "cpu"}, Model: "auto", Step: metric.Step{N: 1, Unit: metric.StepHour}, Level: 0.8, Scores: s, Reference: s,
		ByHorizon: []forecast.HorizonScores{{From: 1, To: 6, Scores: s, Reference: s}, {From: 7, To: 24, Scores: s, Reference: s}},
		Past:      []forecast.Past{{Origin: 0, Times: []int64{1e6}, Value: []float64{1}, Lower: []float64{0}, Upper: []float64{2}, Actual: []float64{math.NaN()}}}}
}

func TestEvaluationIsWritten(t *testing.T) {
	written := func(name string) string {
		var out bytes.Buffer
		path := "-"
		if name != "" {
			path = filepath.Join(t.TempDir(), name)
		}
		w, err := (&evaluateCmd{Output: path}).writer(&run{Env: Env{Out: &out}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.add(evaluation()); err != nil {
			t.Fatal(err)
		}
		if err := w.commit(); err != nil {
			t.Fatal(err)
		}
		if name == "" {
			return out.String()
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	text := written("")
	want := `"a,b",cpu,auto,1h,1,6,4,1.5,2,12.25,,0.75,0.5,1.5,2,12.25,,0.75,0.5` + "\n" + `"a,b",cpu,auto,1h,7,24,4,`
	if !strings.Contains(text, want) || strings.Count(text, "\n") != 4 || !strings.Contains(text, "auto,1h,1,24,4") {
		t.Errorf("CSV:\n%s", text)
	}
	var all []struct {
		VM     string           `json:"vm"`
		Scores map[string]any   `json:"scores"`
		Past   []map[string]any `json:"past"`
	}
	text = written("e.json")
	if err := json.Unmarshal([]byte(text), &all); err != nil || len(all) != 1 || all[0].VM != "a,b" || all[0].Scores["mase"] != nil || all[0].Past[0]["origin"] != "1970-01-01T00:00:00Z" {
		t.Errorf("JSON (%v):\n%s", err, text)
	}
	var out bytes.Buffer
	w := &evaluationTable{w: newTable(&out)}
	if err := w.add(evaluation()); err != nil || w.commit() != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"7–24", "1–24", "seasonal naive", "75 %", "–"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

// disks is a file of disks that fill up by a point a day, and one that does not.
func disks() string {
	var b strings.Builder
	b.WriteString("vm,timestamp,metric,value\n")
	start := time.Date(2026, 9, 24, 0, 0, 0, 0, time.UTC)
	for i := range 60 * 24 {
		at := start.Add(time.Duration(i) * time.Hour).Format(time.RFC3339)
		fmt.Fprintf(&b, "steady,%s,disk_used,%d\nfull,%s,disk_used,%.2f\n", at, 30+i%2, at, 25.5+float64(i)/24)
	}
	return b.String()
}

func TestCapacity(t *testing.T) {
	t.Setenv("AIOPS_HOME", filepath.Join(t.TempDir(), "home"))
	in := file(t, "disks.csv", disks())
	out := says(t, 0, "OUTLOOK", "capacity", "--threshold", "95", "--input", in, "--horizon", "26w")
	if !strings.Contains(out, "daily mean") || !strings.Contains(out, "within 182 days") {
		t.Errorf("table:\n%s", out)
	}
	if i, j := strings.Index(out, "full"), strings.Index(out, "steady"); i < 0 || j < 0 {
		t.Errorf("table:\n%s", out)
	}
	out = says(t, 0, "", "capacity", "--threshold", "95", "--input", in, "--horizon", "6w", "--output", "-", "--vm", "steady")
	lines := strings.Split(out, "\n")
	if len(lines) != 3 || lines[0] != "vm,metric,threshold,direction,last,already,p30,p50,p90,point,probability,end,model,basis" || !strings.HasPrefix(lines[1], "steady,disk_used,95,above,31,false,,,,,0,2027-01-0") {
		t.Errorf("CSV:\n%s", out)
	}
	out = says(t, 0, "already", "capacity", "--threshold", "31", "--below", "--input", in, "--vm", "steady")
	if !strings.Contains(out, "Below 31 % already") {
		t.Errorf("table:\n%s", out)
	}
	for _, c := range [][]string{{}, {"--threshold", "NaN"}, {"--threshold", "x"}, {"--threshold", "9", "--horizon", "48"}, {"--threshold", "9", "--horizon=-7d"}} {
		if _, errs, code := aiops(t, append([]string{"capacity", "--input", in}, c...)...); code != exitUsage {
			t.Errorf("%v: exit code %d: %s", c, code, errs)
		}
	}
}

func TestForecastCancelled(t *testing.T) {
	database(t, history(false))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(t.TempDir(), "f.csv")
	for _, args := range [][]string{{"forecast", "--output", path}, {"capacity", "--threshold", "9", "--output", path}, {"train"}, {"tune"}, {"evaluate", "--output", path}} {
		var o, e bytes.Buffer
		if code := Main(ctx, Env{Args: args, Out: &o, Err: &e, Now: func() time.Time { return clock }}); code != exitInterrupted {
			t.Errorf("%v: exit code %d: %s%s", args, code, o.String(), e.String())
		}
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 0 {
		t.Errorf("left: %v", files)
	}
}
