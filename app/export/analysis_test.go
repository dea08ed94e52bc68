package export

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func withAnalysis(formats ...string) Options {
	o := options(formats...)
	o.Search.On = true
	return o
}

func TestReportAnomalies(t *testing.T) {
	dir, _ := export(t, fleet(), withAnalysis("html"))
	all, text := parsePage(t, dir)
	ids := map[string]bool{}
	links := 0
	for _, e := range all {
		ids[e.attrs["id"]] = true
	}
	for _, e := range all {
		if to, ok := strings.CutPrefix(e.attrs["href"], "#"); ok && strings.HasPrefix(to, "incident-") {
			links++
			if !ids[to] {
				t.Errorf("the table links to %s, which is not there", to)
			}
		}
	}
	flat := strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "\u00a0", " ")
	if !ids["anomalies"] || !strings.Contains(flat, "Anomaly score") || !strings.Contains(flat, "An anomaly is a point whose score is 0.5 or more") {
		t.Errorf("the section is not there:\n%.400s", flat)
	}
	if links == 0 && !strings.Contains(flat, "No anomalies were found") {
		t.Error("neither incidents nor a word that there are none")
	}
}

func TestReportWithoutAnalysis(t *testing.T) {
	dir, _ := export(t, fleet(), options("html", "csv"))
	_, text := parsePage(t, dir)
	if strings.Contains(text, "Anomaly score") || slices.Contains(entries(t, dir), "incidents.csv") {
		t.Error("a report that was not asked to search must not")
	}
}

func TestAnalysisTables(t *testing.T) {
	dir, r := export(t, fleet(), withAnalysis("csv", "xlsx", "svg", "pdf"))
	lines := strings.Split(strings.TrimSpace(string(must(os.ReadFile(filepath.Join(dir, "incidents.csv"))))), "\n")
	if lines[0] != "incident,severity,vm,metric,kind,from,to,points,score,value,expected" || len(lines) < 2 {
		t.Fatalf("%d lines: %q", len(lines), lines[0])
	}
	if cells := strings.Split(lines[1], ","); len(cells) != 11 || cells[0] != "1" || !strings.HasSuffix(cells[5], "Z") {
		t.Errorf("the first anomaly: %q", lines[1])
	}
	f := must(excelize.OpenFile(filepath.Join(dir, "data.xlsx")))
	defer f.Close()
	if rows := must(f.GetRows("Incidents")); len(rows) != len(lines) {
		t.Errorf("%d rows in the sheet, %d lines in the CSV", len(rows), len(lines))
	}
	for _, want := range []string{"charts/Anomaly score.svg", "charts/Anomaly score.pdf"} {
		if !slices.Contains(r.Files, want) {
			t.Errorf("%s is not among %v", want, r.Files)
		}
	}
	if !slices.ContainsFunc(r.Files, func(s string) bool { return strings.HasPrefix(s, "charts/Incident ") }) {
		t.Errorf("no figure of an incident among %v", r.Files)
	}
}
