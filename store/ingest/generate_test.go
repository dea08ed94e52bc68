package ingest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"aiops/metric"
)

func TestGenerateIsDeterministic(t *testing.T) {
	o := GenerateOptions{VMs: 9, Days: 20, Step: 10 * time.Minute, Seed: 7, End: time.Date(2026, 3, 2, 11, 44, 3, 0, time.UTC)}
	a, b := newFake(), newFake()
	r, err := Generate(t.Context(), a, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Generate(t.Context(), b, o); err != nil {
		t.Fatal(err)
	}
	for k, points := range a.points {
		if !maps.Equal(points, b.points[k]) {
			t.Errorf("%s differs between two runs with one seed", k)
		}
	}
	if !slices.Equal(a.notes, b.notes) {
		t.Error("annotations differ")
	}
	if want := int64(9 * 8 * 20 * 144); r.Rows > want || r.Rows < want*97/100 || r.Rows != a.count() {
		t.Errorf("%d points instead of a little under %d", r.Rows, want)
	}
	again, err := Generate(t.Context(), a, o)
	if err != nil || again.Stored != 0 || again.Replaced != 0 || again.Duplicates != r.Rows {
		t.Errorf("a second run stored something: %v %v", again, err)
	}
}

func TestGenerateLooksLikeServers(t *testing.T) {
	st := newFake()
	end := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	if _, err := Generate(t.Context(), st, GenerateOptions{Days: 28, End: end}); err != nil {
		t.Fatal(err)
	}
	for k, points := range st.points {
		if _, ok := points[end.UnixMicro()]; !ok {
			t.Errorf("%s does not end at %v", k, end)
		}
		unit := metric.UnitOf(k.Metric)
		for at, v := range points {
			if v < 0 || (unit == metric.Percent && v > 100) || unit == metric.None {
				t.Fatalf("%s is %v %s at %v", k, v, unit, metric.Time(at))
			}
		}
	}
	kinds := map[metric.Kind]int{}
	for _, a := range st.notes {
		kinds[a.Kind]++
	}
	if kinds[metric.Incident] < 4 || kinds[metric.Deployment] < 4 {
		t.Errorf("annotations: %v", kinds)
	}
	requests := st.points[metric.Key{VM: "web-01", Metric: "requests"}]
	night, noon := 0.0, 0.0
	for at, v := range requests {
		switch metric.Time(at).Hour() {
		case 3:
			night += v
		case 11:
			noon += v
		}
	}
	if noon < 2*night {
		t.Errorf("no daily rhythm: %.0f at night, %.0f at noon", night, noon)
	}
}

func TestGenerateRefusesNonsense(t *testing.T) {
	for _, o := range []GenerateOptions{{VMs: -1}, {Days: -3}, {Step: time.Microsecond}} {
		if _, err := Generate(t.Context(), newFake(), o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}
