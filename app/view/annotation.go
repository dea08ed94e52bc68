package view

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aiops/charts"
	"aiops/metric"
	"aiops/store"
)

// remarks turns the annotations that concern the scene into spans and flags.
func (s Scene) remarks() (spans []charts.Span, flags []charts.Flag) {
	for _, a := range s.Visible() {
		if a.To > a.From {
			span := charts.Span{Range: a.Span()}
			if a.Kind == metric.Incident {
				span.Kind, span.Label = charts.SpanIncident, s.flagText(a)
				spans = append(spans, span)
				continue
			}
			spans = append(spans, span)
		}
		flags = append(flags, charts.Flag{Time: a.From, Text: s.flagText(a)})
	}
	return spans, flags
}

// queued reports whether an annotation, or a change of it, waits to be sent: its
// number is given by the database, and below zero until then.
func (s Scene) queued(a metric.Annotation) bool { return a.ID < 0 || s.Queued[a.ID] }

// flagText is an annotation's text with the sign of one that is queued.
func (s Scene) flagText(a metric.Annotation) string {
	if s.queued(a) {
		return a.Text + " (queued)"
	}
	return a.Text
}

// Visible lists the annotations of the visible range that concern a shown series, by time.
func (s Scene) Visible() []metric.Annotation {
	var out []metric.Annotation
	for _, a := range s.Annotations {
		r := a.Span()
		if r.From >= s.Range.To || r.To <= s.Range.From {
			continue
		}
		if slices.ContainsFunc(s.Series, func(d Drawn) bool { return a.Concerns(d.Key) }) {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b metric.Annotation) int {
		if a.From != b.From {
			return int(min(1, max(-1, a.From-b.From)))
		}
		return int(min(1, max(-1, a.ID-b.ID)))
	})
	return out
}

// AnnotationRow is an annotation as the list shows it.
type AnnotationRow struct {
	metric.Annotation
	When, Length, Where string
}

// AnnotationRows lists the visible annotations.
func (s Scene) AnnotationRows() []AnnotationRow {
	var out []AnnotationRow
	for _, a := range s.Visible() {
		row := AnnotationRow{Annotation: a, When: s.Clock.Exact(a.From), Length: "–", Where: "all VMs"}
		if a.To > a.From {
			row.Length = Duration(a.To - a.From)
		}
		if a.VM != "" {
			row.Where = a.VM
		}
		if a.Metric != "" {
			row.Where += " " + a.Metric
		}
		if s.queued(a) {
			row.Where += ", queued"
		}
		out = append(out, row)
	}
	return out
}

// CheckAnnotation says what is wrong with an annotation that is to be stored.
func CheckAnnotation(a metric.Annotation) error {
	switch {
	case strings.TrimSpace(a.Text) == "":
		return fmt.Errorf("an annotation needs a text")
	case a.To < a.From:
		return fmt.Errorf("the end lies before the start")
	}
	return nil
}

// PutAnnotation stores an annotation (ID 0: a new one) and returns all of them
// for SetAnnotations. It may block.
func PutAnnotation(ctx context.Context, s store.Store, a metric.Annotation) ([]metric.Annotation, error) {
	if err := CheckAnnotation(a); err != nil {
		return nil, err
	}
	a.Text = strings.TrimSpace(a.Text)
	if _, err := s.PutAnnotation(ctx, a); err != nil {
		return nil, fmt.Errorf("save annotation: %w", err)
	}
	return readAnnotations(ctx, s)
}

// DeleteAnnotation removes an annotation and returns the rest. It may block.
func DeleteAnnotation(ctx context.Context, s store.Store, id int64) ([]metric.Annotation, error) {
	if err := s.DeleteAnnotation(ctx, id); err != nil {
		return nil, fmt.Errorf("remove annotation: %w", err)
	}
	return readAnnotations(ctx, s)
}

func readAnnotations(ctx context.Context, s store.Store) ([]metric.Annotation, error) {
	all, err := s.Annotations(ctx, metric.All)
	if err != nil {
		return nil, fmt.Errorf("read annotations: %w", err)
	}
	return all, nil
}
