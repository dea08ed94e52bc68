//go:build bench

package bench

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"aiops/forecast/prophet"
)

// prophetScript fits and predicts a CSV with the Python package and prints the
// processor seconds of each run, Stan's process included, without the import
// of the package, and the last forecast.
const prophetScript = `
import json, logging, resource, sys
logging.disable(logging.CRITICAL)
import pandas as pd, prophet
assert prophet.__version__ == "1.1.5", "this is prophet " + prophet.__version__ + ", want 1.1.5"
df, future = pd.read_csv(sys.argv[1], parse_dates=["ds"]), pd.read_csv(sys.argv[2], parse_dates=["ds"])
def used():
    a, b = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return a.ru_utime + a.ru_stime + b.ru_utime + b.ru_stime
out = []
for _ in range(4):
    before = used()
    forecast = prophet.Prophet().fit(df).predict(future)
    out.append(used() - before)
print(json.dumps({"cpu": out[1:], "yhat": float(forecast.yhat.iloc[-1])}))
`

// BenchmarkProphet fits and predicts the same made-up series with this program's
// package and with Prophet 1.1.5. "ratio" is our CPU seconds over theirs. It
// needs a Python: python -m venv V && V/bin/pip install prophet==1.1.5
// cmdstanpy==1.2.4 'numpy<2' 'pandas<3', then AIOPS_BENCH_PYTHON=V/bin/python.
func BenchmarkProphet(b *testing.B) {
	python := os.Getenv("AIOPS_BENCH_PYTHON")
	if python == "" {
		b.Skip("set AIOPS_BENCH_PYTHON to a Python that has prophet==1.1.5")
	}
	for _, c := range []struct {
		name  string
		rows  int
		step  time.Duration
		ahead int
		days  []float64
	}{
		{"daily=2905", 2905, 24 * time.Hour, 365, []float64{365.25, 7}},
		{"5min=22119", 22119, 5 * time.Minute, 288, []float64{7, 1}},
	} {
		b.Run(c.name, func(b *testing.B) {
			history, future := seasonal(c.rows, c.ahead, c.step, c.days)
			theirs, yhat := runProphet(b, python, history, future)
			var ours time.Duration
			var last float64
			for b.Loop() {
				before := processTime(b)
				last = fitAndPredict(b, history, future)
				ours += processTime(b) - before
			}
			mine := ours.Seconds() / float64(b.N)
			if math.Abs(last-yhat) > 2 {
				b.Errorf("the last forecast is %v, Prophet's %v", last, yhat)
			}
			b.ReportMetric(mine*1e3, "aiops-cpu-ms")
			b.ReportMetric(theirs*1e3, "prophet-cpu-ms")
			b.ReportMetric(mine/theirs, "ratio")
		})
	}
}

// seasonal is a bent line with seasons of the given days and a fixed noise,
// and the times of the history and of what comes after.
func seasonal(rows, ahead int, step time.Duration, days []float64) (prophet.History, prophet.Future) {
	var h prophet.History
	var f prophet.Future
	start := time.Date(2015, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows + ahead {
		at := start.Add(time.Duration(i) * step)
		f.Times = append(f.Times, at.UnixMicro())
		if i >= rows {
			continue
		}
		part := float64(i) / float64(rows)
		v := 50 + 20*part - 35*max(0, part-0.4) + float64(i*7919%1000)/250
		for _, d := range days {
			v += 5 * math.Sin(2*math.Pi*at.Sub(start).Hours()/24/d)
		}
		h.Times, h.Values = append(h.Times, at.UnixMicro()), append(h.Values, v)
	}
	return h, f
}

func fitAndPredict(b *testing.B, h prophet.History, f prophet.Future) float64 {
	m, err := prophet.Fit(h, prophet.Default())
	if err != nil {
		b.Fatal(err)
	}
	p, err := m.Predict(f, nil, 1)
	if err != nil {
		b.Fatal(err)
	}
	return p.Yhat[len(p.Yhat)-1]
}

// runProphet returns the mean CPU seconds of Prophet's warm runs and the last yhat.
func runProphet(b *testing.B, python string, h prophet.History, f prophet.Future) (cpu, yhat float64) {
	b.Helper()
	dir := b.TempDir()
	script := filepath.Join(dir, "run.py")
	if err := os.WriteFile(script, []byte(prophetScript), 0o600); err != nil {
		b.Fatal(err)
	}
	history, future := filepath.Join(dir, "history.csv"), filepath.Join(dir, "future.csv")
	writeColumns(b, history, h.Times, h.Values)
	writeColumns(b, future, f.Times, nil)
	cmd := exec.Command(python, script, history, future)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%s could not run Prophet: %v", python, err)
	}
	var result struct {
		CPU  []float64
		Yhat float64
	}
	if err := json.Unmarshal(out, &result); err != nil {
		b.Fatalf("%s printed %q: %v", python, out, err)
	}
	for _, s := range result.CPU {
		cpu += s / float64(len(result.CPU))
	}
	return cpu, result.Yhat
}

func writeColumns(b *testing.B, path string, times []int64, values []float64) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := csv.NewWriter(f)
	w.Write([]string{"ds", "y"}[:1+min(1, len(values))])
	for i, at := range times {
		line := []string{time.UnixMicro(at).UTC().Format(time.DateTime)}
		if values != nil {
			line = append(line, strconv.FormatFloat(values[i], 'g', -1, 64))
		}
		w.Write(line)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

func processTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
