package view

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"aiops/charts"
	"aiops/metric"
	"aiops/store"
)

func TestAnnotationsAreKept(t *testing.T) {
	clock, _ := newClock(t)
	s := gappy(t)
	f := open(t, s, clock, AllTimes)
	ctx := context.Background()
	when := at(t, "2026-11-23 10:30")
	put := func(a metric.Annotation) {
		t.Helper()
		all, err := PutAnnotation(ctx, s, a)
		if err != nil {
			t.Fatal(err)
		}
		f.SetAnnotations(all)
	}
	put(metric.Annotation{From: when + 8*60e6, To: when + 60*60e6, VM: "db-01", Metric: "cpu", Kind: metric.Incident, Text: "Level shift"})
	put(metric.Annotation{From: when, To: when, Kind: metric.Deployment, Text: " Deploy api 4.12.0 "})
	put(metric.Annotation{From: when, To: when + 9e6, VM: "batch-01", Text: "elsewhere"})
	put(metric.Annotation{From: 5, To: 9, Text: "long ago"})
	var got []string
	for _, row := range f.Scene().AnnotationRows() {
		got = append(got, fmt.Sprint(row.ID, " ", row.When, ", ", row.Length, ", ", row.Where, ", ", row.Text))
	}
	if text := strings.Join(got, "; "); text != "2 Mon 23 Nov 10:30, –, all VMs, Deploy api 4.12.0; 1 Mon 23 Nov 10:38, 52 min, db-01 cpu, Level shift" {
		t.Error(text)
	}
	put(metric.Annotation{ID: 2, From: when, To: when + 60e6, Text: "Backup"})
	fig := f.Figure(charts.Dark)
	if len(fig.Spans) != 2 || fig.Spans[0].Kind != charts.SpanNeutral || fig.Spans[1].Kind != charts.SpanIncident || fig.Spans[1].Label != "Level shift" {
		t.Errorf("spans %+v", fig.Spans)
	}
	if len(fig.Flags) != 1 || fig.Flags[0].Text != "Backup" || fig.Flags[0].Time != when {
		t.Errorf("flags %+v", fig.Flags)
	}
	all, err := DeleteAnnotation(ctx, s, 2)
	if err != nil || len(all) != 3 {
		t.Errorf("left %+v, %v", all, err)
	}
	if _, err := DeleteAnnotation(ctx, s, 2); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := PutAnnotation(ctx, s, metric.Annotation{ID: 77, Text: "x"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("changed what is not there: %v", err)
	}
}

func TestCheckAnnotation(t *testing.T) {
	s := &fake{}
	for _, a := range []metric.Annotation{{Text: "  "}, {From: 9, To: 8, Text: "backwards"}} {
		if _, err := PutAnnotation(context.Background(), s, a); err == nil || len(s.notes) != 0 {
			t.Errorf("%+v was stored", a)
		}
	}
}

func TestAnnotationsAreReadOnce(t *testing.T) {
	clock, _ := newClock(t)
	s := gappy(t)
	s.notes = []metric.Annotation{{ID: 1, From: at(t, "2026-11-23 10:30"), To: at(t, "2026-11-23 10:30"), Text: "x"}}
	f := open(t, s, clock, AllTimes)
	if n := len(f.Scene().AnnotationRows()); n != 1 {
		t.Errorf("%d annotations", n)
	}
	s.fail = store.ErrLocked
	f.SetCatalog(s.catalog())
	p, ok := f.Plan()
	if !ok || !p.Annotations || len(p.Reads) != 0 {
		t.Fatalf("a refresh without new points wants %+v", p)
	}
	if _, err := Fetch(context.Background(), s, p); !errors.Is(err, store.ErrLocked) {
		t.Errorf("error %v", err)
	}
}

// What was made while the database was away is told apart until it is sent.
func TestQueuedAnnotationsSaySo(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, gappy(t), clock, AllTimes)
	when := at(t, "2026-11-23 10:30")
	f.SetAnnotations([]metric.Annotation{{ID: -3, From: when, To: when, Text: "Cable pulled"}, {ID: 4, From: when + 60e6, To: when + 60e6, Text: "Cable back"}})
	rows, flags := f.Scene().AnnotationRows(), f.Figure(charts.Dark).Flags
	if len(rows) != 2 || rows[0].Where != "all VMs, queued" || rows[1].Where != "all VMs" {
		t.Errorf("rows %+v", rows)
	}
	if len(flags) != 2 || flags[0].Text != "Cable pulled (queued)" || flags[1].Text != "Cable back" {
		t.Errorf("flags %+v", flags)
	}
	// One that is there already and was changed is told apart too.
	if !f.SetQueued(map[int64]bool{4: true}) || f.SetQueued(map[int64]bool{4: true}) {
		t.Error("only another set is news")
	}
	if rows := f.Scene().AnnotationRows(); rows[1].Where != "all VMs, queued" {
		t.Errorf("rows %+v", rows)
	}
}
