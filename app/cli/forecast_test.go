package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// history is a file of metrics: two series in turn, then odd ones.
func history(odd bool) string {
	var b strings.Builder
	b.WriteString("vm,timestamp,metric,value\n")
	start := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	row := func(vm, name string, i int, v string) {
		fmt.Fprintf(&b, "%s,%s,%s,%s\n", vm, start.Add(time.Duration(i)*5*time.Minute).Format(time.RFC3339), name, v)
	}
	for i := range 900 {
		row("web-02", "cpu", i, fmt.Sprintf("%.2f", 40+10*math.Sin(2*math.Pi*float64(i)/288)))
		row("db-01", "memory", i, fmt.Sprint(70+i%3))
	}
	if !odd {
		return b.String()
	}
	for i := range 300 {
		row("constant", "cpu", i, "7")
		row("zero", "errors", i, "0")
		row("huge", "bytes", i, fmt.Sprintf("%d.5e15", i%7))
		if i%40 < 25 {
			row("gappy", "cpu", i, fmt.Sprint(i%11))
		}
		v := fmt.Sprint(i % 5)
		if i%4 == 1 {
			v = []string{"NaN", "", "null", "inf"}[i%16/4]
		}
		row("nan", "cpu", i, v)
	}
	for i := range 3 {
		row("three", "cpu", i, fmt.Sprint(i))
	}
	row("two", "cpu", 0, "5")
	row("two", "cpu", 1, "6")
	row(`"a ""b"", c"`, "cpu", 0, "1")
	row(`"a ""b"", c"`, "cpu", 1, "1")
	row(`"a ""b"", c"`, "cpu", 2, "2")
	return b.String()
}

// rows reads a CSV and gives the rows of each series, and the series' order.
func rows(t *testing.T, text, header string) (map[string][][]string, []string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(all) == 0 || strings.Join(all[0], ",") != header {
		t.Fatalf("not the expected CSV (%v):\n%.300s", err, text)
	}
	series := map[string][][]string{}
	var order []string
	for _, r := range all[1:] {
		k := r[0] + " " + r[1]
		if len(series[k]) == 0 {
			order = append(order, k)
		} else if order[len(order)-1] != k {
			t.Fatalf("the rows of %s are not together", k)
		}
		series[k] = append(series[k], r)
	}
	return series, order
}

const forecastHeader = "vm,metric,timestamp,value_predicted,lower_bound,upper_bound"

func TestForecastOfAFile(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	t.Setenv("AIOPS_HOME", home)
	out, errs, code := aiops(t, "forecast", "--input", file(t, "m.csv", history(false)), "--horizon", "24h", "--output", "-")
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	series, order := rows(t, out, forecastHeader)
	if fmt.Sprint(order) != "[web-02 cpu db-01 memory]" {
		t.Errorf("the series come as %v, not in the file's order", order)
	}
	for k, all := range series {
		if len(all) != 288 {
			t.Errorf("%s has %d rows", k, len(all))
		}
		at := time.Date(2026, 10, 4, 3, 0, 0, 0, time.UTC) // the step after the last of 900 points
		for _, r := range all {
			if r[2] != at.Format(time.RFC3339) {
				t.Fatalf("%s: %s instead of %v", k, r[2], at)
			}
			at = at.Add(5 * time.Minute)
			v, lo, hi := number(t, r[3]), number(t, r[4]), number(t, r[5])
			if lo > v || v > hi {
				t.Fatalf("%s: %v is not inside %v..%v", k, v, lo, hi)
			}
		}
	}
	if first := series["web-02 cpu"][0]; math.Abs(number(t, first[3])-40-10*math.Sin(2*math.Pi*900/288)) > 3 {
		t.Errorf("the sine goes on with %v", first)
	}
	if _, err := os.Stat(home); err == nil {
		t.Error("a forecast of a file left something in the data directory")
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		t.Fatalf("%q is not a number", s)
	}
	return v
}

// Odd series are forecast where that is possible, told where not, and stop nothing.
func TestForecastOfOddSeries(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	dir := t.TempDir()
	csv, details := filepath.Join(dir, "f.csv"), filepath.Join(dir, "d.json")
	in := file(t, "odd.csv", history(true)+"alone,2026-10-01T00:00:00Z,cpu,5\nlate,2027-01-01T00:00:00Z,cpu,5\n")
	out, errs, code := aiops(t, "forecast", "--input", in, "--horizon", "10", "--output", csv, "--details", details)
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{"alone cpu: ", "1 of 11 series could not be forecast", "rows are set aside", "not finite"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %q in:\n%s", want, errs)
		}
	}
	if !strings.Contains(out, "10 series, 100 rows") {
		t.Errorf("said: %s", out)
	}
	text, err := os.ReadFile(csv)
	if err != nil {
		t.Fatal(err)
	}
	series, order := rows(t, string(text), forecastHeader)
	want := "[web-02 cpu db-01 memory constant cpu zero errors huge bytes gappy cpu nan cpu three cpu two cpu a \"b\", c cpu]"
	if got := fmt.Sprint(order); got != want {
		t.Errorf("series %s", got)
	}
	for k, all := range series {
		for _, r := range all {
			for _, v := range r[3:] {
				number(t, v)
			}
		}
		if len(all) != 10 {
			t.Errorf("%s has %d rows", k, len(all))
		}
	}
	for _, k := range []string{"constant cpu", "zero errors"} {
		if v := number(t, series[k][9][3]); math.Abs(v-map[string]float64{"constant cpu": 7, "zero errors": 0}[k]) > 1e-9 {
			t.Errorf("%s goes on with %v", k, v)
		}
	}
	checkDetails(t, details, 11)
}

func checkDetails(t *testing.T, path string, n int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	if err := json.Unmarshal(text, &all); err != nil || len(all) != n {
		t.Fatalf("%d details (%v):\n%.300s", len(all), err, text)
	}
	failed := 0
	for _, d := range all {
		if d["error"] != nil {
			failed++
			continue
		}
		if d["vm"] == "" || d["model"] != "auto" || d["step"] != "5m" || d["warnings"] == nil || d["backtest"] == nil || d["horizon"] != 10.0 {
			t.Errorf("details of a series: %v", d)
		}
	}
	if failed != 1 {
		t.Errorf("%d details of failures", failed)
	}
}

func TestForecastOfTheDatabase(t *testing.T) {
	home := t.TempDir()
	t.Setenv("AIOPS_HOME", home)
	if _, errs, code := aiops(t, "import", file(t, "m.csv", history(false))); code != 0 {
		t.Fatal(errs)
	}
	out, errs, code := aiops(t, "--time-zone", "UTC", "forecast", "--metric", "cpu")
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, want := range []string{"web-02", "2026-10-04 06:55", "80 % BETWEEN", "1 series are stored in " + filepath.Join(home, "metrics.db")} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "db-01") {
		t.Errorf("a metric that was not asked for:\n%s", out)
	}
	models, _ := filepath.Glob(filepath.Join(home, "models", "*", "*.json"))
	if len(models) != 1 {
		t.Fatalf("models %v", models)
	}
	// The second time the stored model is used; damaged, it is trained anew.
	again, errs, code := aiops(t, "forecast", "--output", "-", "--vm", "web-02")
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if series, _ := rows(t, again, forecastHeader); len(series["web-02 cpu"]) != 48 {
		t.Errorf("rows:\n%.300s", again)
	}
	if err := os.WriteFile(models[0], []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	healed, errs, code := aiops(t, "forecast", "--output", "-", "--vm", "web-02")
	if code != 0 || !strings.Contains(errs, "the stored model is damaged") || healed != again {
		t.Errorf("exit code %d, another forecast %t: %s", code, healed != again, errs)
	}
}

func TestForecastHorizons(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	in := file(t, "m.csv", history(false))
	for _, c := range []struct {
		args []string
		rows int
	}{
		{nil, 48}, {[]string{"--horizon", "1"}, 1}, {[]string{"--horizon", "2h"}, 24}, {[]string{"--horizon", "1d"}, 288}, {[]string{"--horizon", "1w"}, 2016},
		{[]string{"--horizon", "48h", "--step", "1h"}, 48}, {[]string{"--horizon", "3", "--step", "1d"}, 3}, {[]string{"--horizon", "7m"}, 2},
	} {
		out, errs, code := aiops(t, append([]string{"forecast", "--input", in, "--vm", "web-02", "--output", "-"}, c.args...)...)
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s", c.args, code, errs)
		}
		if series, _ := rows(t, out, forecastHeader); len(series["web-02 cpu"]) != c.rows {
			t.Errorf("%v: %d rows", c.args, len(series["web-02 cpu"]))
		}
	}
}

// A forecast that fails or is stopped leaves the earlier file alone.
func TestForecastOutputIsWholeOrNot(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	path := file(t, "f.csv", "before")
	if _, _, code := aiops(t, "forecast", "--input", file(t, "m.csv", history(false)), "--vm", "nobody", "--output", path); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if text, _ := os.ReadFile(path); string(text) != "before" {
		t.Errorf("the file is %q now", text)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
	for _, bad := range []string{filepath.Dir(path), filepath.Join(path, "x", "y.csv")} {
		if _, errs, code := aiops(t, "forecast", "--input", file(t, "m.csv", history(false)), "--output", bad); code != exitFailed || !strings.Contains(errs, bad) {
			t.Errorf("%s: exit code %d: %s", bad, code, errs)
		}
	}
	if _, errs, code := aiops(t, "forecast", "--input", file(t, "m.csv", history(false)), "--output", os.DevNull); code != 0 {
		t.Errorf("a device: exit code %d: %s", code, errs)
	}
}

func TestForecastMisuse(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	in := file(t, "m.csv", history(false))
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--model", "propet"}, exitUsage, "prophet"},
		{[]string{"--interval", "80"}, exitUsage, "0.8 for 80 %"},
		{[]string{"--interval", "NaN"}, exitUsage, "0.8 for 80 %"},
		{[]string{"--horizon", "0"}, exitUsage, "48h"},
		{[]string{"--horizon=-3h"}, exitUsage, "48h"},
		{[]string{"--horizon", "soon"}, exitUsage, "48h"},
		{[]string{"--horizon", "99999999d"}, exitUsage, "48h"},
		{[]string{"--horizon", "5000000"}, exitFailed, "too long"},
		{[]string{"--step", "5x"}, exitUsage, "5m"},
		{[]string{"--model-config", "none.json"}, exitUsage, "none.json"},
		{[]string{"--model-config", in}, exitUsage, "JSON object"},
		{[]string{"--input", "none.csv"}, exitUsage, "none.csv"},
		{[]string{"--vm", "web-2"}, exitFailed, "web-02"},
		{[]string{"--vm", "web-02", "--metric", "memory"}, exitFailed, "has no metric"},
	} {
		args := append([]string{"forecast", "--input", in}, c.args...)
		if c.args[0] == "--input" {
			args = append([]string{"forecast"}, c.args...)
		}
		if out, errs, code := aiops(t, args...); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v: exit code %d, want %d and %q in:\n%s%s", c.args, code, c.code, c.says, out, errs)
		}
	}
	future := file(t, "future.csv", "vm,timestamp,metric,value\na,2036-01-01T00:00:00Z,cpu,1\n")
	if _, errs, code := aiops(t, "forecast", "--input", future); code != exitFailed || !strings.Contains(errs, "in the future") || !strings.Contains(errs, "no row") {
		t.Errorf("only future times: exit code %d: %s", code, errs)
	}
	if _, errs, code := aiops(t, "forecast"); code != exitFailed || !strings.Contains(errs, "aiops import") {
		t.Errorf("an empty database: exit code %d: %s", code, errs)
	}
	if _, errs, code := aiops(t, "forcast"); code != exitUsage || !strings.Contains(errs, `did you mean the command "forecast"`) {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

func TestHorizonText(t *testing.T) {
	for text, want := range map[string]time.Duration{"24h": 24 * time.Hour, "7d": 168 * time.Hour, "6w": 42 * 24 * time.Hour, "90m": 90 * time.Minute, "-7d": 168 * time.Hour} {
		if d, ok := span(text); !ok || d != want {
			t.Errorf("%s is %v, %t", text, d, ok)
		}
	}
	for _, text := range []string{"", "d", "0d", "-0h", "1.5d", "9999999999999w", "tomorrow"} {
		if d, ok := span(text); ok {
			t.Errorf("%q is %v", text, d)
		}
	}
}
