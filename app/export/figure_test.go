package export

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiops/charts"
	"aiops/metric"
)

func TestWriteFigure(t *testing.T) {
	s := wave("db-01", "cpu", 50, 30, 1e12)
	f := charts.Figure{Theme: charts.Dark, Range: s.Range(), Panels: []charts.Panel{{
		Unit: metric.Percent, Lines: []charts.Line{{Name: "db-01 cpu", Data: metric.NewPyramid(s.Envelope())}}}}}
	dir := t.TempDir()
	for name, magic := range map[string]string{"a.png": "\x89PNG", "B.SVG": "<svg", "c.pdf": "%PDF"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := WriteFigure(path, f, charts.Size{W: 400, H: 200}); err != nil {
			t.Error(err)
			continue
		}
		if b := must(os.ReadFile(path)); !bytes.Contains(b[:min(len(b), 500)], []byte(magic)) {
			t.Errorf("%s begins %.40q", name, b)
		}
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "d.doc"):          "name the file .png, .svg or .pdf",
		filepath.Join(dir, "none"):           "name the file .png, .svg or .pdf",
		filepath.Join(dir, "a.png", "x.png"): "is a file and not a folder",
	} {
		if err := WriteFigure(path, f, charts.Size{W: 400, H: 200}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if left := entries(t, dir); len(left) != 3 {
		t.Errorf("left %v", left)
	}
}

// A VM whose metrics have many units gets several pictures, each of a legible height.
func TestPicturesAreDivided(t *testing.T) {
	st := &fake{}
	for _, m := range strings.Fields("cpu heap_bytes network_in latency requests a b c") {
		st.series = append(st.series, wave("omi-1", m, 1, 1, 1e12))
	}
	_, r := export(t, st, options("svg", "png"))
	var got []string
	for _, f := range r.Files {
		got = append(got, filepath.ToSlash(f))
	}
	want := []string{"charts/omi-1.png", "charts/omi-1.svg", "charts/omi-1-2.png", "charts/omi-1-2.svg"}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%v, want %v", got, want)
	}
}
