package app

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store/ingest"
)

const minutes5 = 5 * 60e6

// began is a Monday.
var began = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).UnixMicro()

// busy is a metric with a rhythm and an incident of 30 points at `at`.
func busy(vm, name string, n, at int) metric.Series {
	r := rand.New(rand.NewPCG(uint64(len(name)), uint64(at)))
	s := metric.Series{Key: metric.Key{VM: vm, Metric: name}}
	for i := range n {
		v := 50 + 15*math.Sin(2*math.Pi*float64(i)/288) + r.NormFloat64()
		if i >= at && i < at+30 {
			v += 60
		}
		s.Times, s.Values = append(s.Times, began+int64(i)*minutes5), append(s.Values, v)
	}
	return s
}

// A run that is cut at random points and taken up through files is the unbroken one.
func TestDetectorsGoOn(t *testing.T) {
	all := []metric.Series{busy("a", "cpu", 3000, 2000), busy("a", "disk", 3000, 2003), busy("b", "cpu", 3000, 900)}
	unbroken := &Detectors{}
	dir := t.TempDir()
	cut := &Detectors{Dir: dir}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 3000 {
		if r.IntN(400) == 0 {
			if err := cut.Save(); err != nil {
				t.Fatal(err)
			}
			cut = &Detectors{Dir: dir, Warn: func(err error) { t.Error(err) }}
		}
		for _, s := range all {
			want, err := unbroken.Next(s.Key, s.Times[i], s.Values[i])
			got, err2 := cut.Next(s.Key, s.Times[i], s.Values[i])
			if err != nil || err2 != nil || VerdictOf(got) != VerdictOf(want) && i > 0 {
				t.Fatalf("%v point %d: %+v, want %+v (%v, %v)", s.Key, i, VerdictOf(got), VerdictOf(want), err, err2)
			}
		}
	}
}

// The same for files of rows, by metric and by VM.
func TestDetectFilesGoOn(t *testing.T) {
	file := wide(busy("a", "cpu", 2000, 1500), busy("a", "disk", 2000, 1502))
	want, err := DetectServers(t.Context(), file, &Detectors{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var got []ServerVerdict
	for _, part := range [][2]int{{0, 1}, {1, 700}, {700, 1510}, {1510, 2000}} {
		s := file.Series
		half := wide(cutOut(s[0], part), cutOut(s[1], part))
		out, err := DetectServers(t.Context(), half, &Detectors{Dir: dir}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, out...)
	}
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	best := 0.0
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("row %d: %+v, want %+v", i, got[i], want[i])
		}
		best = max(best, got[i].Score)
	}
	if best < anomaly.Threshold {
		t.Errorf("the incident has score %.2f", best)
	}
}

func cutOut(s metric.Series, part [2]int) metric.Series {
	return metric.Series{Key: s.Key, Times: s.Times[part[0]:part[1]], Values: s.Values[part[0]:part[1]]}
}

// wide is a file whose rows hold all series.
func wide(all ...metric.Series) ingest.Ordered {
	o := ingest.Ordered{Series: all, Rows: all[0].Len(), Whole: true}
	for i := range all[0].Times {
		for k := range all {
			o.Of, o.Row = append(o.Of, int32(k)), append(o.Row, int32(i))
		}
	}
	return o
}

// What is damaged is learnt anew, with a warning that names the file; another
// version too.
func TestDamagedDetector(t *testing.T) {
	s := busy("a", "cpu", 200, 150)
	for name, damage := range map[string]func(b []byte) []byte{
		"cut":     func(b []byte) []byte { return b[:len(b)/2] },
		"changed": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"empty":   func([]byte) []byte { return nil },
		"other":   func([]byte) []byte { return sealed([]byte("something else")) },
	} {
		dir := t.TempDir()
		if _, err := DetectMetrics(t.Context(), []metric.Series{s}, &Detectors{Dir: dir}, nil); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, detectorFile(s.Key))
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, damage(b), 0o600); err != nil {
			t.Fatal(err)
		}
		var warned []error
		d := &Detectors{Dir: dir, Warn: func(err error) { warned = append(warned, err) }}
		p, err := d.Next(s.Key, s.Times[0], s.Values[0])
		if err != nil || p.Score != 0 || len(warned) != 1 || !errors.Is(warned[0], anomaly.ErrState) {
			t.Errorf("%s: %+v, %v, warned of %v", name, p, err, warned)
		}
		if err := d.Save(); err != nil {
			t.Error(err)
		}
		d = &Detectors{Dir: dir, Warn: func(err error) { t.Error(err) }}
		if _, err := d.Next(s.Key, s.Times[1], s.Values[1]); err != nil {
			t.Error(err)
		}
	}
}

// Options are those of today, whatever they were when the detector was kept.
func TestKeptDetectorTakesNewOptions(t *testing.T) {
	s := busy("a", "cpu", 2000, 1999)
	dir := t.TempDir()
	if _, err := DetectMetrics(t.Context(), []metric.Series{cutOut(s, [2]int{0, 1999})}, &Detectors{Dir: dir}, nil); err != nil {
		t.Fatal(err)
	}
	for down, found := range map[anomaly.Direction]bool{anomaly.Both: true, anomaly.Down: false} {
		d := &Detectors{Dir: dir, Known: Knowledge{Options: func(metric.Key) anomaly.Options { return anomaly.Options{Direction: down} }}}
		if p, err := d.Next(s.Key, s.Times[1999], s.Values[1999]); err != nil || p.Anomalous() != found {
			t.Errorf("direction %q: score %.2f, %v", down, p.Score, err)
		}
	}
}
