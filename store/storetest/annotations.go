package storetest

import (
	"errors"
	"slices"
	"testing"

	"aiops/metric"
	"aiops/store"
)

func testAnnotations(t *testing.T, s store.Store) {
	put := func(a metric.Annotation) metric.Annotation {
		t.Helper()
		id, err := s.PutAnnotation(ctx, a)
		if err != nil || id == 0 {
			t.Fatal(id, err)
		}
		a.ID = id
		return a
	}
	late := put(metric.Annotation{From: base + 50, To: base + 50, Kind: metric.Note, Text: "moment"})
	span := put(metric.Annotation{VM: "db-01", Metric: "memory", From: base, To: base + 20, Kind: metric.Incident, Text: "out of memory; \"restart\""})
	long := put(metric.Annotation{From: base - 1000, To: base + 1000, Kind: metric.Maintained, Text: ""})
	check := func(r metric.Range, want ...metric.Annotation) {
		t.Helper()
		got, err := s.Annotations(ctx, r)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("in %v: %v, %v, want %v", r, got, err, want)
		}
	}
	check(metric.Range{}, long, span, late)
	check(metric.Range{From: base + 20, To: base + 50}, long)
	check(metric.Range{From: base + 19, To: base + 51}, long, span, late)
	check(metric.Range{From: base + 50, To: base + 51}, long, late)
	check(metric.Range{From: base + 51, To: base + 52}, long)
	check(metric.Range{From: base + 1000, To: base + 2000})

	late.Text, late.From, late.To = "moved", base+60, base+61
	if got := put(late); got != late {
		t.Errorf("replaced as %v", got)
	}
	check(metric.Range{From: base + 50, To: base + 61}, long, late)
	if _, err := s.PutAnnotation(ctx, metric.Annotation{ID: 999, Text: "x"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("replacing an unknown one: %v", err)
	}
	if err := s.DeleteAnnotation(ctx, span.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteAnnotation(ctx, span.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("deleting again: %v", err)
	}
	check(metric.Range{}, long, late)
	if again := put(metric.Annotation{Text: "new"}); again.ID == span.ID {
		t.Error("an ID was used twice")
	}
}

func testAnnotate(t *testing.T, s store.Store) {
	a := metric.Annotation{VM: "web-01", From: base, To: base + 5, Kind: metric.Deployment, Text: "v2"}
	for range 2 { // the same file twice
		tx := begin(t, s)
		for range 2 {
			if err := tx.Annotate(ctx, a); err != nil {
				t.Fatal(err)
			}
		}
		if all, _ := s.Annotations(ctx, metric.Range{}); len(all) > 1 {
			t.Errorf("a reader sees %v", all)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Annotations(ctx, metric.Range{})
	if err != nil || len(all) != 1 || all[0].Text != "v2" || all[0].ID == 0 {
		t.Errorf("annotations %v, %v", all, err)
	}
}
