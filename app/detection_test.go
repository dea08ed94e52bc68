package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/app/config"
	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store/memory"
)

func settings(t *testing.T, text string) config.Detection {
	t.Helper()
	path := filepath.Join(t.TempDir(), "detect.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := config.ReadDetection(path, true)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func best(a Analysis, k metric.Key) (score float64) {
	for _, s := range a.Series {
		for _, p := range s.Points {
			if s.Key == k {
				score = max(score, p.Score, p.Alert)
			}
		}
	}
	return score
}

// What was marked as normal is not told again, is kept, and can be taken back.
func TestMarkNormal(t *testing.T) {
	st := memory.New("test")
	s := busy("a", "cpu", 3000, 2000)
	st.Put(s)
	path := filepath.Join(t.TempDir(), "normal.json")
	d, err := NewDetection(config.Detection{}, path)
	if err != nil {
		t.Fatal(err)
	}
	analyse := func() float64 {
		req, err := d.Request(t.Context(), st, AnalyseRequest{})
		if err != nil {
			t.Fatal(err)
		}
		a, err := Analyse(t.Context(), st, req, nil)
		if err != nil {
			t.Fatal(err)
		}
		return best(a, s.Key)
	}
	first := analyse()
	marks := 0
	for score := first; score >= anomaly.Threshold && marks < 5; marks++ {
		if _, err := d.MarkNormal(s.Key, score, time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
		score = analyse()
	}
	if first < anomaly.Threshold || analyse() >= anomaly.Threshold {
		t.Errorf("score %.2f, after %d marks %.2f", first, marks, analyse())
	}
	if d, err = NewDetection(config.Detection{}, path); err != nil || len(d.Marks()) != 1 || d.Marks()[0].Times != marks || analyse() >= anomaly.Threshold {
		t.Errorf("read back: %+v, %v", d.Marks(), err)
	}
	if err := d.Unmark(s.Key); err != nil || len(d.Marks()) != 0 || analyse() != first {
		t.Errorf("taken back: %v, score %.2f instead of %.2f", err, analyse(), first)
	}
}

// Marks have a bound and multiply with the settings; what cannot be kept is not said.
func TestMarks(t *testing.T) {
	k := metric.Key{VM: "a", Metric: "cpu"}
	d, err := NewDetection(settings(t, "[[detect]]\nsensitivity = 2\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.MarkNormal(k, 0.99, time.Now())
	if err != nil || m.Factor != 0.5 || d.Options(k).Sensitivity != 1 {
		t.Errorf("%+v, %v, %+v", m, err, d.Options(k))
	}
	for range 20 {
		if m, err = d.MarkNormal(k, 0.99, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if m.Factor != leastFactor || d.Options(metric.Key{VM: "b"}).Sensitivity != 2 {
		t.Errorf("%+v", m)
	}
	d, err = NewDetection(config.Detection{}, filepath.Join(t.TempDir(), "no", "such", "dir", "normal.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.MarkNormal(k, 0.6, time.Now()); err == nil || len(d.Marks()) != 0 {
		t.Errorf("%v, %v", err, d.Marks())
	}
}

// A file of marks that cannot be read is an error that says what to do.
func TestDamagedMarks(t *testing.T) {
	for text, want := range map[string]string{"{": "repair the file", `[{"vm":"a","metric":"b","factor":7}]`: "the factor 7"} {
		path := filepath.Join(t.TempDir(), "normal.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := NewDetection(config.Detection{}, path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Quiet times come from the settings and from annotations of maintenance.
func TestQuietIsNotTold(t *testing.T) {
	s := busy("a", "cpu", 3000, 2000)
	from, to := metric.Time(began+2000*minutes5), metric.Time(began+2040*minutes5)
	noted := metric.Annotation{VM: "a", From: from.UnixMicro(), To: to.UnixMicro(), Kind: metric.Maintained, Text: "upgrade"}
	window := "from = \"" + from.Format(time.RFC3339) + "\"\nto = \"" + to.Format(time.RFC3339) + "\"\n"
	other := noted
	other.VM = "b"
	for name, c := range map[string]struct {
		settings string
		noted    *metric.Annotation
		told     bool
	}{
		"nothing":             {"", nil, true},
		"a window":            {"[[quiet]]\n" + window, nil, false},
		"a holiday":           {"[[quiet]]\nlearn = false\n" + window, nil, false},
		"a window of another": {"[[quiet]]\nvm = \"b\"\n" + window, nil, true},
		"an annotation":       {"", &noted, false},
		"one of another":      {"", &other, true},
	} {
		st := memory.New("test")
		st.Put(s)
		if c.noted != nil {
			if _, err := st.PutAnnotation(t.Context(), *c.noted); err != nil {
				t.Fatal(err)
			}
		}
		d, err := NewDetection(settings(t, c.settings), "")
		if err != nil {
			t.Fatal(err)
		}
		req, err := d.Request(t.Context(), st, AnalyseRequest{Range: metric.NewRange(from.Add(-time.Hour), to)})
		if err != nil {
			t.Fatal(err)
		}
		a, err := Analyse(t.Context(), st, req, nil)
		if err != nil || (len(a.Incidents) > 0) != c.told {
			t.Errorf("%s: %d incidents, %v", name, len(a.Incidents), err)
		}
	}
}

// A machine that is switched off for maintenance has no gap then.
func TestMaintenanceExcusesAGap(t *testing.T) {
	s := busy("a", "cpu", 3000, 5000)
	hole := metric.Series{Key: s.Key, Times: append(append([]int64{}, s.Times[:2000]...), s.Times[2050:]...),
		Values: append(append([]float64{}, s.Values[:2000]...), s.Values[2050:]...)}
	for _, quiet := range []bool{false, true} {
		st := memory.New("test")
		st.Put(hole)
		req := AnalyseRequest{}
		if quiet {
			req.Quiet = func(_ metric.Key, t int64) bool { return t >= s.Times[2010] && t < s.Times[2045] }
		}
		a, err := Analyse(t.Context(), st, req, nil)
		if err != nil {
			t.Fatal(err)
		}
		if p := a.Series[0].Points[2000]; (p.Kind == anomaly.Gap) == quiet {
			t.Errorf("quiet %v: %q, score %.2f", quiet, p.Kind, p.Score)
		}
	}
}

// A preview tells the alerts as they are and as they would be.
func TestPreview(t *testing.T) {
	st := memory.New("test")
	st.Put(busy("a", "cpu", 3000, 2000))
	st.Put(busy("b", "cpu", 3000, 2000))
	with := func(k metric.Key) anomaly.Options {
		if k.VM == "b" {
			return anomaly.Options{}
		}
		return anomaly.Options{Direction: anomaly.Down}
	}
	day := metric.Range{From: began + 1900*minutes5, To: began + 1900*minutes5 + 7*24*3600e6}
	out, err := PreviewOptions(t.Context(), st, AnalyseRequest{Range: day}, with, nil)
	if err != nil || len(out) != 2 {
		t.Fatal(out, err)
	}
	in := func(at []int64) (n int) {
		for _, x := range at {
			if x >= began+2000*minutes5 && x < began+2030*minutes5 {
				n++
			}
		}
		return n
	}
	if p := out[0]; in(p.Before) == 0 || in(p.After) != 0 || p.Weeks < 0.5 || p.Weeks > 1 {
		t.Errorf("%v, %v in %v weeks", p.Before, p.After, p.Weeks)
	}
	if p := out[1]; in(p.Before) == 0 || len(p.Before) != len(p.After) {
		t.Errorf("%+v", p)
	}
}
