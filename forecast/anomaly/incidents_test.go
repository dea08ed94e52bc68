package anomaly

import (
	"fmt"
	"strings"
	"testing"

	"aiops/metric"
)

func TestSpans(t *testing.T) {
	points := make([]Point, 60)
	for i := range points {
		points[i] = Point{Time: int64(i) * 10, Value: float64(i), Expected: 1}
	}
	for _, i := range []int{5, 6, 12} { // less than six steps apart: together
		points[i].Score, points[i].Kind = 0.6, Spike
	}
	points[12].Alert, points[12].Kind = 0.9, Shift
	points[30].Alert = 0.5 // the alert alone is enough
	points[40].Score = 0.49
	got := Spans(metric.Key{VM: "a", Metric: "b"}, points, 10)
	if len(got) != 2 || got[0].From != 50 || got[0].To != 120 || got[0].Points != 3 || got[0].Score != 0.9 || got[0].At != 120 ||
		got[0].Kind != Shift || got[0].Value != 12 || !got[0].Up() || got[0].VM != "a" || got[1].From != 300 || got[1].To != 300 {
		t.Errorf("%+v", got)
	}
	if Spans(metric.Key{}, nil, 1) != nil {
		t.Error("spans of nothing")
	}
}

func span(vm, name string, from, to int64, points int, score float64) Span {
	return Span{Key: metric.Key{VM: vm, Metric: name}, From: from, To: to, Points: points, Score: score}
}

// Spans of one VM belong together as long as the incident lasts, those of
// others only while it is young.
func TestGroup(t *testing.T) {
	all := []Span{
		span("b", "cpu", 112, 120, 2, 0.7), // within 15 of the beginning
		span("a", "cpu", 100, 150, 9, 0.9), // the first mover
		span("a", "disk", 150, 160, 1, 0.6),
		span("a", "net", 170, 171, 1, 0.6), // within 15 of the end
		span("b", "net", 150, 151, 1, 0.6), // b is part of it
		span("c", "cpu", 140, 141, 1, 0.55),
		span("a", "cpu", 500, 501, 1, 0.55),
	}
	got := Group(all, 15)
	var text strings.Builder
	for _, in := range got {
		fmt.Fprintf(&text, "%d-%d %s %.2f:", in.From, in.To, in.Severity, in.Score)
		for _, s := range in.Spans {
			fmt.Fprintf(&text, " %s@%d", s.Key, s.From)
		}
		text.WriteString("\n")
	}
	want := "100-171 critical 0.90: a cpu@100 b cpu@112 a disk@150 b net@150 a net@170\n" +
		"140-141 notice 0.55: c cpu@140\n500-501 notice 0.55: a cpu@500\n"
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", text.String(), want)
	}
	if all[0].VM != "b" {
		t.Error("the spans given were put in order")
	}
}

func TestSeverity(t *testing.T) {
	for _, c := range []struct {
		spans []Span
		want  Severity
	}{
		{[]Span{span("a", "x", 0, 0, 1, 0.5)}, Notice},
		{[]Span{span("a", "x", 0, 0, 1, 0.65)}, Warning},
		{[]Span{span("a", "x", 0, 0, 1, 0.95)}, Warning},
		{[]Span{span("a", "x", 0, 9, 6, 0.5)}, Warning},
		{[]Span{span("a", "x", 0, 9, 6, 0.8)}, Critical},
		{[]Span{span("a", "x", 0, 0, 1, 0.8), span("a", "y", 0, 0, 1, 0.6), span("a", "z", 0, 0, 1, 0.6)}, Critical},
		{[]Span{span("a", "x", 0, 0, 1, 0.5), span("a", "y", 0, 0, 1, 0.5), span("a", "z", 0, 0, 1, 0.5)}, Warning},
		{[]Span{span("a", "x", 0, 0, 1, 0.5), span("b", "y", 0, 0, 1, 0.5), span("c", "z", 0, 0, 1, 0.5)}, Notice},
		{[]Span{span("a", "x", 0, 9, 6, 0.7), span("a", "y", 0, 0, 1, 0.5)}, Critical},
		{[]Span{span("a", "x", 0, 9, 6, 0.7), span("b", "y", 0, 0, 1, 0.5)}, Warning},
	} {
		if got := Group(c.spans, 1)[0].Severity; got != c.want {
			t.Errorf("%+v is %s, want %s", c.spans, got, c.want)
		}
	}
}
