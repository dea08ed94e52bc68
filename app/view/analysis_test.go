package view

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// troubled is a store with an incident on db-01: cpu and latency rise at 10:40 of
// the pictures' day, for 40 minutes, ten minutes after a deployment. web-03
// stops sending at 13:00.
func troubled(t testing.TB) *fake {
	t.Helper()
	s := &fake{}
	from := at(t, "2026-11-13 14:35")
	const n = 10*288 + 1
	for i, k := range []metric.Key{apiCPU, dbCPU, dbLat, web} {
		times, values := grid(from, 5*time.Minute, n), wave(20+5*float64(i), 50+5*float64(i), 288, n)
		rnd := uint64(i + 7)
		for j := range values {
			rnd = rnd*6364136223846793005 + 1442695040888963407
			values[j] += float64(rnd>>40) / (1 << 24) * 3
			if k.VM == "db-01" && times[j] >= at(t, "2026-11-23 10:40") && times[j] < at(t, "2026-11-23 11:20") {
				values[j] += 35
			}
		}
		if k == web {
			j, _ := slices.BinarySearch(times, at(t, "2026-11-23 13:00"))
			times, values = times[:j], values[:j]
		}
		s.put(k, times, values)
	}
	s.notes = []metric.Annotation{{From: at(t, "2026-11-23 10:30"), To: at(t, "2026-11-23 10:30"), Kind: metric.Deployment, Text: "Deploy api 4.12.0"}}
	return s
}

// reviewed is a page on a store with everything searched.
func reviewed(t testing.TB, s *fake) *Analysis {
	t.Helper()
	clock, _ := newClock(t)
	st := DefaultState()
	fact := NewFact(st, clock)
	fact.SetCatalog(s.catalog())
	fact.SetAnnotations(s.notes)
	a := NewAnalysis(fact)
	search(t, a, s)
	return a
}

// search searches for what is wanted; it must come to rest at once.
func search(t testing.TB, a *Analysis, s *fake) {
	t.Helper()
	p, ok := a.Plan()
	if !ok {
		t.Fatal("nothing is to be searched")
	}
	if _, again := a.Plan(); again {
		t.Fatal("the same search is wanted twice")
	}
	f, err := Examine(context.Background(), s, p, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Apply(f) {
		t.Fatal("the newest findings were thrown away")
	}
	if p, ok := a.Plan(); ok {
		t.Fatalf("a satisfied view still wants %+v", p.basis)
	}
}

func TestIncidentRows(t *testing.T) {
	a := reviewed(t, troubled(t))
	rows := a.Incidents()
	i := slices.IndexFunc(rows, func(r IncidentRow) bool { return r.From == at(t, "2026-11-23 10:40") })
	if i != 0 {
		t.Fatalf("the incident is not the first of %d rows: %+v", len(rows), rows)
	}
	r := rows[0]
	if !strings.HasPrefix(r.Title, "db-01") || r.What != "2 metrics" || r.Brief() != "2 metrics" || !strings.HasPrefix(r.When, "10:40 – 11:") {
		t.Errorf("the row says %q, %q, %q", r.Title, r.When, r.What)
	}
	i = slices.IndexFunc(rows, func(r IncidentRow) bool { return r.Silent })
	if i < 0 || rows[i].Title != "web-03 cpu, gap" || rows[i].When != "12:55 – now" || rows[i].ScoreNow != "–" {
		t.Errorf("web-03 sends no more, and the rows are %+v", rows)
	}
	if focus, ok := a.Focus(); !ok || focus.ID != r.ID {
		t.Error("the first row must be looked at")
	}
	if got := CopyIncidents(rows); !strings.Contains(got, "web-03 cpu, gap\t12:55 – now\t1 metric\t–") {
		t.Errorf("copied:\n%s", got)
	}
}

func TestIncidentFilters(t *testing.T) {
	a := reviewed(t, troubled(t))
	all := len(a.Incidents())
	a.Review().VM = "db-01"
	for _, r := range a.Incidents() {
		if !slices.ContainsFunc(r.Spans, func(s anomaly.Span) bool { return s.VM == "db-01" }) {
			t.Errorf("%s is listed", r.Title)
		}
	}
	a.Review().VM, a.Review().Least = "", anomaly.Critical
	for _, r := range a.Incidents() {
		if r.Severity != anomaly.Critical {
			t.Errorf("%s is listed", r.Title)
		}
	}
	a.Review().Least = ""
	a.Review().Order = ByTime
	rows := a.Incidents()
	if len(rows) != all || !slices.IsSortedFunc(rows, func(x, y IncidentRow) int { return int(min(1, max(-1, y.From-x.From))) }) {
		t.Error("the newest must come first")
	}
	a.fact.ShowRange(metric.Range{From: at(t, "2026-11-23 01:00"), To: at(t, "2026-11-23 02:00")})
	if len(a.Incidents()) == all {
		t.Error("the list must follow the zoom of the lanes")
	}
	if got := a.IncidentsAbout(0); got != "0 in 1 h" {
		t.Errorf("the list says %q", got)
	}
}

func TestSearchFollowsPoints(t *testing.T) {
	s := troubled(t)
	whole := slices.Clone(s.series)
	for i := range s.series {
		n := s.series[i].Len() - 30
		s.series[i].Times, s.series[i].Values = s.series[i].Times[:n], s.series[i].Values[:n]
	}
	a := reviewed(t, s)
	focus, _ := a.Focus()
	s.series = whole
	a.fact.SetCatalog(s.catalog())
	if !a.OnlyNewPoints() {
		t.Error("only points are new")
	}
	search(t, a, s)
	if now, ok := a.Focus(); !ok || now.ID != focus.ID {
		t.Error("what is looked at must stay")
	}
	a.Review().Sensitivity = HigherSensitivity
	if a.OnlyNewPoints() {
		t.Error("another sensitivity is a search anew")
	}
	old, ok := a.Plan()
	if !ok {
		t.Fatal("another sensitivity is not searched for")
	}
	a.Review().Sensitivity = LowerSensitivity
	search(t, a, s)
	f, err := Examine(context.Background(), s, old, nil, nil)
	if err != nil || a.Apply(f) {
		t.Errorf("a search that was overtaken is shown (%v)", err)
	}
}

func TestSearchFails(t *testing.T) {
	s := troubled(t)
	clock, _ := newClock(t)
	fact := NewFact(DefaultState(), clock)
	fact.SetCatalog(s.catalog())
	a := NewAnalysis(fact)
	p, _ := a.Plan()
	a.Fail(p, errors.New("gone"))
	if _, ok := a.Plan(); ok || a.Err() == nil {
		t.Error("what failed must wait for Retry")
	}
	a.Retry()
	if _, ok := a.Plan(); !ok {
		t.Error("Retry must search again")
	}
}

func TestLanes(t *testing.T) {
	a := reviewed(t, troubled(t))
	a.SetWidth(700)
	s := a.LanesScene(20)
	if s.Rows() != 3 || s.Cell != 15*60e6 {
		t.Fatalf("%d lanes with cells of %s", s.Rows(), Duration(s.Cell))
	}
	r, ok := s.Reading(1, at(t, "2026-11-23 10:47"))
	if !ok || r.Head != "db-01" || !strings.HasPrefix(r.Text, "score 0.") || r.When != "Mon 23 Nov 10:45 – 11:00" || len(r.Tops) == 0 {
		t.Errorf("the cell of the incident says %+v", r)
	}
	if id, ok := a.IncidentAt(r.Lane, r.Cell); !ok || id != a.Incidents()[0].ID {
		t.Error("the cell does not lead to the incident")
	}
	if r, ok := s.Reading(2, at(t, "2026-11-23 13:50")); !ok || r.Text != "no data" {
		t.Errorf("where web-03 is silent the cell says %+v", r)
	}
	f := s.Figure(charts.Light)
	rows := f.Panels[0].Cells.Rows
	last := rows[2].Cells[len(rows[2].Cells)-1]
	if !math.IsNaN(last.Value) || !rows[1].Selected || rows[0].Selected {
		t.Errorf("the last cell of web-03 is %+v, db-01 selected: %v", last, rows[1].Selected)
	}
	a.Review().Lanes = SeriesLanes
	if got := a.LanesScene(2); got.Rows() != 2 || !strings.Contains(got.Title(), "2 of 4 lanes") {
		t.Errorf("%d lanes of series, %q", got.Rows(), got.Title())
	}
	a.ScrollLanes(5)
	a.LanesScene(2)
	if first, all := a.FirstLane(); first != 2 || all != 4 {
		t.Errorf("scrolled to lane %d of %d", first, all)
	}
}

func TestLanesComing(t *testing.T) {
	s := troubled(t)
	clock, _ := newClock(t)
	fact := NewFact(DefaultState(), clock)
	fact.SetCatalog(s.catalog())
	a := NewAnalysis(fact)
	p, _ := a.Plan()
	var vms []string
	if _, err := Examine(context.Background(), s, p, nil, func(vm string, lanes []Lane) {
		vms = append(vms, vm)
		a.Coming(p, vm, lanes)
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(vms, []string{"api-01", "db-01", "web-03"}) {
		t.Errorf("lanes came of %v", vms)
	}
	if l := a.Lanes(); len(l) != 3 || len(l[0].times) == 0 {
		t.Error("lanes must be seen as they come")
	}
}

func TestDetail(t *testing.T) {
	s := troubled(t)
	a := reviewed(t, s)
	d := a.Detail()
	sc, ok := d.Scene()
	if !ok || !sc.Own || sc.Range.From >= sc.Incident.From || sc.Range.To <= sc.Incident.End {
		t.Fatalf("the scene is %+v", sc)
	}
	f := sc.Figure(charts.Light)
	p := f.Panels[0]
	styles := map[charts.LineStyle]int{}
	for _, l := range p.Lines {
		styles[l.Style]++
	}
	if styles[charts.Expected] != 1 || styles[charts.Solid] != 1 || styles[charts.Alarming] == 0 || len(p.Bands) != 1 || len(p.Marks) == 0 || !p.Marks[0].Ring || len(f.Flags) != 1 {
		t.Errorf("lines %v, %d bands, %d marks, %d flags", styles, len(p.Bands), len(p.Marks), len(f.Flags))
	}
	lead, rest := sc.Words()
	if !strings.Contains(lead, "starting 10 min after “Deploy api 4.12.0”.") || rest != " First mover of 2 metrics." {
		t.Errorf("the words are %q%q", lead, rest)
	}
	score, reasons := sc.Reasons()
	if score == "" || len(reasons) == 0 || reasons[0].Share <= 0 {
		t.Errorf("the score %s has the reasons %+v", score, reasons)
	}
	r := sc.Reading(sc.Span.At)
	if r.Rows[0].Missing || len(r.Remarks) != 2 || !r.Remarks[1].Alarm {
		t.Errorf("the crosshair says %+v", r)
	}
	if n := sc.Annotation(); n.Kind != metric.Incident || n.VM != "db-01" || n.Text != sc.Incident.Title {
		t.Errorf("annotated as %+v", n)
	}
	before := d.Visible()
	d.ZoomTime(sc.Span.At, 0.5)
	if d.Visible().Len() >= before.Len() || a.fact.Zoomed() {
		t.Error("the detail has a zoom of its own")
	}
}

func TestInquiry(t *testing.T) {
	s := troubled(t)
	a := reviewed(t, s)
	d := a.Detail()
	p, ok := d.Plan()
	if !ok {
		t.Fatal("nothing is asked about the incident")
	}
	if _, again := d.Plan(); again {
		t.Error("the same is asked twice")
	}
	q, err := Inquire(context.Background(), s, p)
	if err != nil || !d.Apply(q) {
		t.Fatal(err)
	}
	if len(q.Moved) == 0 || q.Moved[0].Key == dbCPU || !q.Moved[0].SameVM || q.Moved[0].Lag != "at once" || q.Of != 3 {
		t.Errorf("of %d metrics there moved %+v", q.Of, q.Moved)
	}
	if len(q.Earlier) != 1 || q.Earlier[0].Name != "Mon 16 Nov" {
		t.Errorf("earlier weeks: %+v", q.Earlier)
	}
	sc, _ := d.Scene()
	if f := sc.EarlierFigure(q, charts.Dark); len(f.Panels[0].Lines) != 2 {
		t.Errorf("%d lines, want this week and the one before", len(f.Panels[0].Lines))
	}
	d.SetKey(apiCPU)
	if _, ok := d.Plan(); !ok || d.Answer() != nil {
		t.Error("another metric is another question")
	}
	if sc, _ := d.Scene(); sc.Own || sc.Key != apiCPU {
		t.Errorf("shows %v", sc.Key)
	}
	if d.Apply(q) {
		t.Error("an answer to an older question is shown")
	}
}
