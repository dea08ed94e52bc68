package export

import (
	"encoding/xml"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aiops/metric"
)

// element is a start tag of the report.
type element struct {
	name  string
	attrs map[string]string
}

// parsePage reads a report as XML, which it is written as, and returns its
// elements and its text. Anything not well-formed fails the test.
func parsePage(t *testing.T, dir string) (all []element, text string) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := xml.NewDecoder(f)
	var words strings.Builder
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return all, words.String()
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := element{tok.Name.Local, map[string]string{}}
			for _, a := range tok.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			all = append(all, e)
		case xml.CharData:
			words.Write(tok)
			words.WriteByte(' ')
		}
	}
}

func TestPageStructure(t *testing.T) {
	dir, r := export(t, fleet(), options())
	all, text := parsePage(t, dir)
	ids := map[string]int{}
	var sections, charts int
	for _, e := range all {
		if id := e.attrs["id"]; id != "" {
			ids[id]++
		}
		switch {
		case e.name == "section" && strings.HasPrefix(e.attrs["id"], "vm-"):
			sections++
		case e.attrs["class"] == "chart":
			charts++
			if e.attrs["role"] != "img" || !strings.Contains(e.attrs["aria-label"], "Line chart of ") {
				t.Errorf("a chart without a description: %v", e.attrs)
			}
		case e.name == "script", e.name == "link", e.name == "img", e.name == "iframe":
			t.Errorf("the page has a %s", e.name)
		case e.name == "th" && e.attrs["scope"] == "":
			t.Error("a table head without its scope")
		}
	}
	if sections != 4 || charts != 10 || r.Series != 10 || r.Points != 10*1441-23 {
		t.Errorf("%d sections, %d charts; %+v", sections, charts, r)
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("id %q %d times", id, n)
		}
	}
	checkLinks(t, all, ids)
	for _, want := range []string{
		"Server metrics, 22 – 23 November 2026",
		"Sun 22 Nov 15:00 – Mon 23 Nov 15:00 CET (UTC+1). Source: fleet (Test). 4 VMs, 10 series, 14,387 points, step 1 min. Made Mon 23 Nov 2026 15:00 by AIOps Dashboard 1.0.0.",
		"cache-01 memory is above 90\u00a0%", "92.0\u00a0%, since 14:21",
		"edge-01 has sent no data for 23 min", "Last point 14:37",
		"db-01 incident, 11:38 – 12:30, over", "Disk queue full",
		"cpu, 24 h", "cpu last", "1 incident, 1 note", "no data",
		"db-01, latency_ms",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// checkLinks follows every reference: inside the page, nothing else.
func checkLinks(t *testing.T, all []element, ids map[string]int) {
	t.Helper()
	for _, e := range all {
		for name, v := range e.attrs {
			if name == "href" || name == "src" {
				target, err := url.PathUnescape(strings.TrimPrefix(v, "#"))
				if !strings.HasPrefix(v, "#") || err != nil || ids[target] != 1 {
					t.Errorf("<%s %s=%q> leads nowhere", e.name, name, v)
				}
			}
			for _, m := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(v, -1) {
				if ids[strings.Trim(m[1], `#"'`)] != 1 {
					t.Errorf("<%s %s=%q> leads nowhere", e.name, name, v)
				}
			}
		}
	}
}

func TestNastyNamesAreEscaped(t *testing.T) {
	st := fleet()
	nasty := []string{`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `a&b <c> 'd'`, "..", "../..", "CON", "zwei Wörter", "数据库", "\u202eevil", "javascript:alert(1)", "}*{color:red", strings.Repeat("long_", 60), "WEB", "web"}
	for _, n := range nasty {
		st.series = append(st.series, wave(n, "m"+n, 1, 1, 1<<40))
	}
	st.notes = append(st.notes, metric.Annotation{VM: nasty[0], From: dayStart.UnixMicro(), To: dayEnd.UnixMicro(), Kind: metric.Incident, Text: `<b onmouseover="x">`})
	dir, r := export(t, st, options("html", "svg", "csv"))
	all, text := parsePage(t, dir)
	ids := map[string]int{}
	for _, e := range all {
		if e.name == "script" || e.name == "img" || e.name == "b" && len(e.attrs) > 0 {
			t.Errorf("a name became an element: %v", e)
		}
		for a := range e.attrs {
			if strings.HasPrefix(a, "on") {
				t.Errorf("a name became the attribute %s", a)
			}
		}
		if id := e.attrs["id"]; id != "" {
			ids[id]++
		}
	}
	checkLinks(t, all, ids)
	for _, n := range nasty {
		if !strings.Contains(text, n+", m"+n) && n != "\u202eevil" {
			t.Errorf("%q has no heading", n)
		}
	}
	if slices.ContainsFunc(r.Files, func(f string) bool { return !filepath.IsLocal(f) }) {
		t.Errorf("a file outside: %q", r.Files)
	}
	for _, f := range r.Files {
		if strings.HasSuffix(f, ".svg") {
			wellFormed(t, filepath.Join(dir, f))
		}
	}
}

func wellFormed(t *testing.T, path string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(must(os.ReadFile(path)))))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
	}
}

// The page takes everything from itself: the only addresses in it are XML namespaces.
func TestNoNetwork(t *testing.T) {
	dir, _ := export(t, fleet(), options())
	page := string(must(os.ReadFile(filepath.Join(dir, "index.html"))))
	for _, m := range regexp.MustCompile(`[a-z]+://[^"' <]*`).FindAllString(page, -1) {
		if !strings.HasPrefix(m, "http://www.w3.org/") {
			t.Errorf("the page names %s", m)
		}
	}
	if strings.Contains(page, "@import") {
		t.Error("the style sheet imports another")
	}
}

// Any data: no cpu, no shared metric, one VM with two points, one point.
func TestOtherShapes(t *testing.T) {
	mixed := &fake{series: []metric.Series{wave("a", "visits", 1e6, 1e5, 1e12), wave("b", "size_bytes", 5e9, 1e9, 1e12), wave("c", "errors", 0.01, 0.01, 1e12)}}
	one := &fake{series: []metric.Series{{Key: metric.Key{VM: "solo", Metric: "value"}, Times: []int64{1e15}, Values: []float64{7}}}}
	flat := &fake{series: []metric.Series{{Key: metric.Key{VM: "flat", Metric: "value"}, Times: []int64{1e15, 1e15 + 1}, Values: []float64{0, 0}}}}
	for name, c := range map[string]struct {
		st   *fake
		want []string
	}{
		"mixed": {mixed, []string{"Metric", "visits", "Last"}},
		"one":   {one, []string{"1 VM, 1 series, 1 point.", "Nothing: no series", "value last", "solo, value"}},
		"flat":  {flat, []string{"1 VM, 1 series, 2 points"}},
	} {
		dir, _ := export(t, c.st, options(everything...))
		_, text := parsePage(t, dir)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the page does not say %q", name, want)
			}
		}
		if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%s: the page has figures of nothing", name)
		}
	}
}
