package cli

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	detectHeader = "vm,metric,timestamp,value,expected,lower,upper,anomaly_score,alert_score,is_anomaly,kind"
	vmHeader     = "vm,timestamp,anomaly_score,alert_score,is_anomaly,top_metrics"
)

// incidentFile is a wide file of two metrics, with a header, an incident at
// row 1500 and the rows that odd makes of each row.
func incidentFile(t *testing.T, n int, odd func(i int, row string) []string) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 1))
	lines := []string{"timestamp,cpu,disk"}
	for i := range n {
		cpu, disk := 50+15*math.Sin(2*math.Pi*float64(i)/288)+r.NormFloat64(), 20+r.NormFloat64()
		if i >= 1500 && i < 1520 {
			cpu += 60
			disk += 30
		}
		at := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 5 * time.Minute).Format(time.RFC3339)
		lines = append(lines, odd(i, fmt.Sprintf("%s,%.3f,%.3f", at, cpu, disk))...)
	}
	return file(t, "srv.csv", strings.Join(lines, "\n")+"\n")
}

func asItIs(_ int, row string) []string { return []string{row} }

func table(t *testing.T, text, header string) [][]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(all) == 0 || strings.Join(all[0], ",") != header {
		t.Fatalf("not the expected CSV (%v):\n%.300s", err, text)
	}
	return all[1:]
}

// A row for each value of the file, in its order, whatever is wrong with the row.
func TestDetectKeepsTheRows(t *testing.T) {
	t.Setenv("AIOPS_HOME", filepath.Join(t.TempDir(), "none"))
	n := 0
	in := incidentFile(t, 1600, func(i int, row string) []string {
		out := []string{row}
		switch i % 400 {
		case 50:
			out = append(out, row) // twice
		case 100:
			out = append(out, "someday,1,2")
		case 150:
			out = []string{row[:20] + ",,"}
		case 200:
			out = []string{row[:20] + ",high,NaN"}
		case 250:
			out = append(out, "2019-01-01T00:00:00Z,1,2") // far back
		case 300:
			out = append(out, "2099-01-01T00:00:00Z,1,2") // in the future
		}
		n += len(out)
		return out
	})
	out, errs, code := aiops(t, "detect", "--input", in, "--output", "-")
	if code != 0 || !strings.Contains(errs, "set aside") {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	all := table(t, out, detectHeader)
	if len(all) != 2*n {
		t.Fatalf("%d rows, want %d", len(all), 2*n)
	}
	found := 0
	for i, r := range all {
		if want := []string{"cpu", "disk"}[i%2]; r[0] != "srv" || r[1] != want {
			t.Fatalf("row %d is of %s %s", i, r[0], r[1])
		}
		score, err := strconv.ParseFloat(r[7], 64)
		if (r[3] == "") != (r[7] == "") || r[3] != "" && (err != nil || r[9] != strconv.FormatBool(score >= 0.5)) {
			t.Fatalf("row %d: %v", i, r)
		}
		if r[9] == "true" && r[10] == "" {
			t.Fatalf("row %d has no kind: %v", i, r)
		}
		if r[9] == "true" && strings.HasPrefix(r[2], "2026-10-06T05") {
			found++
		}
	}
	if found < 2 {
		t.Errorf("%d anomalous values in the incident", found)
	}
	byVM, _, code := aiops(t, "detect", "--input", in, "--output", "-", "--by", "vm")
	if rows := table(t, byVM, vmHeader); code != 0 || len(rows) != n {
		t.Errorf("by VM: exit code %d, %d rows, want %d", code, len(rows), n)
	}
	if _, err := os.Stat(os.Getenv("AIOPS_HOME")); err == nil {
		t.Error("a file was scored, and the data directory was made")
	}
}

// The VM's score names the metrics that make it up.
func TestDetectByVM(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	out, _, code := aiops(t, "detect", "--input", incidentFile(t, 1600, asItIs), "--by", "vm", "--output", "-")
	all := table(t, out, vmHeader)
	if code != 0 || len(all) != 1600 {
		t.Fatalf("exit code %d, %d rows", code, len(all))
	}
	found := false
	for _, r := range all[1500:1520] {
		found = found || r[4] == "true" && strings.Contains(r[5], "cpu 0.") && strings.Contains(r[5], ";")
	}
	if !found {
		t.Errorf("the incident is not told: %v", all[1500:1510])
	}
}

// A label beside the value is a metric of its own, and --metric leaves it out.
func TestDetectWithALabel(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	var b strings.Builder
	b.WriteString("TimeStamp,Value,Label\n")
	for i := range 300 {
		fmt.Fprintf(&b, "2026-01-%02d %02d:00:00,%d.5,%d\n", 1+i/24, i%24, i%24, i/290)
	}
	in := file(t, "f.csv", b.String())
	out, _, _ := aiops(t, "detect", "--input", in, "--output", "-")
	if all := table(t, out, detectHeader); len(all) != 600 || all[0][1] != "Value" || all[1][1] != "Label" {
		t.Errorf("%d rows", len(all))
	}
	out, _, _ = aiops(t, "detect", "--input", in, "--output", "-", "--metric", "Value")
	if all := table(t, out, detectHeader); len(all) != 300 || all[299][1] != "Value" || all[5][3] != "5.5" || all[5][2] != "2026-01-01T05:00:00Z" {
		t.Errorf("%d rows: %v", len(all), all[:6])
	}
}

// A file that comes in parts has the scores of the whole one when the state is kept.
func TestDetectGoesOnFromItsState(t *testing.T) {
	t.Setenv("AIOPS_HOME", t.TempDir())
	whole := incidentFile(t, 1600, asItIs)
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	first, second := file(t, "srv.csv", strings.Join(lines[:1506], "")), file(t, "srv.csv", lines[0]+strings.Join(lines[1506:], ""))
	for by, header := range map[string]string{"metric": detectHeader, "vm": vmHeader} {
		dir := t.TempDir()
		want, _, _ := aiops(t, "detect", "--input", whole, "--output", "-", "--by", by)
		a, _, code := aiops(t, "detect", "--input", first, "--output", "-", "--by", by, "--state", dir)
		b, errs, code2 := aiops(t, "detect", "--input", second, "--output", "-", "--by", by, "--state", dir)
		if code != 0 || code2 != 0 || a+strings.TrimPrefix(b, header+"\n") != want {
			t.Errorf("by %s: exit codes %d, %d: %s; the parts are not the whole", by, code, code2, errs)
		}
	}
}

// The database's incidents are told in a table, by themselves and with knobs.
func TestDetectOfTheDatabase(t *testing.T) {
	home := t.TempDir()
	t.Setenv("AIOPS_HOME", home)
	if _, errs, code := aiops(t, "import", incidentFile(t, 1600, asItIs)); code != 0 {
		t.Fatal(errs)
	}
	out, errs, code := aiops(t, "--time-zone", "UTC", "detect")
	if code != 0 || !strings.Contains(out, "START") || !strings.Contains(out, "2026-10-06 05:00") || !strings.Contains(out, "disk") {
		t.Fatalf("exit code %d: %s\n%s", code, errs, out)
	}
	out, _, _ = aiops(t, "detect", "--from", "1h", "--output", filepath.Join(home, "scores.csv"))
	text, err := os.ReadFile(filepath.Join(home, "scores.csv"))
	if err != nil || len(table(t, string(text), detectHeader)) != 2*13 || !strings.Contains(out, "26 rows") {
		t.Errorf("the last hour: %v\n%s", err, out)
	}
	out, errs, code = aiops(t, "detect", "--preview", "--direction", "down")
	if code != 0 || !strings.Contains(out, "WITH THE KNOBS") || strings.Count(out, "srv") != 2 {
		t.Errorf("exit code %d: %s\n%s", code, errs, out)
	}
	if err := os.WriteFile(filepath.Join(home, "detect.toml"), []byte("[[detect]]\nceiling = 1000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, code = aiops(t, "detect"); code != 0 || !strings.Contains(out, "No incident in 2 series.") {
		t.Errorf("below the ceiling: exit code %d: %s\n%s", code, errs, out)
	}
}

func TestDetectSaysWhatIsWrong(t *testing.T) {
	home := t.TempDir()
	t.Setenv("AIOPS_HOME", home)
	in := file(t, "m.csv", history(false))
	bad := file(t, "detect.toml", "[[detect]]\nsensitvity = 2\n")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--input", "nowhere.csv", "--output", "-"}, 2, "there is no file"},
		{[]string{"--input", in, "--output", "-", "--metric", "cpuu"}, 1, "there is no metric"},
		{[]string{"--input", in, "--output", "-", "--sensitivity=-1"}, 2, "sensitivity -1"},
		{[]string{"--input", in, "--output", "-", "--min-deviation", "much"}, 2, "min_deviation much"},
		{[]string{"--input", in, "--output", "-", "--settings", bad}, 1, "line 2: unknown setting"},
		{[]string{"--input", in, "--output", "-", "--from", "never"}, 2, "is not a time"},
		{[]string{"--input", in, "--preview"}, 2, "turn a knob"},
		{[]string{"--input", in, "--preview", "--output", "-"}, 2, "leave out --output"},
		{[]string{"--state", home}, 2, "--state goes with"},
		{[]string{"--by", "host"}, 2, "--by"},
		{nil, 1, "there is no database"},
	} {
		_, errs, code := aiops(t, append([]string{"detect"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit code %d: %s\nwant %d, %q", c.args, code, errs, c.code, c.want)
		}
	}
}
