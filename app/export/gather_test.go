package export

import (
	"math"
	"testing"
	"time"

	"aiops/metric"
)

// From roll-ups, the figures of a range that begins and ends inside buckets are
// still those of its points.
func TestFiguresFromRollUps(t *testing.T) {
	s := wave("big", "cpu", 50, 30, time.Second) // 86,401 points, above readPoints
	for name, r := range map[string]metric.Range{
		"all":    {},
		"inside": metric.NewRange(dayStart.Add(17*time.Second), dayEnd.Add(-31*time.Second)),
	} {
		o := options()
		o.Range = r
		st := &fake{series: []metric.Series{s}, bucket: 60e6}
		j := &job{opt: o, selection: must(pick(t.Context(), st, o)), store: st}
		all := must(j.gather(t.Context(), j.VMs[0]))
		if len(all) != 1 || all[0].Data.Step != 60e6 {
			t.Fatalf("%s: not rolled up: %+v", name, all)
		}
		got, want := all[0].Sum, metric.Summarize(s.Slice(j.Range).Envelope())
		if got.Count != want.Count || got.Min != want.Min || got.Max != want.Max || got.Last != want.Last || got.LastTime != want.LastTime {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		if math.Abs(got.Mean-want.Mean) > 1e-9 || math.Abs(got.P95-want.P95) > 0.5 {
			t.Errorf("%s: mean %v and p95 %v, want %v and %v", name, got.Mean, got.P95, want.Mean, want.P95)
		}
	}
}

func TestSilence(t *testing.T) {
	st := fleet()
	j := &job{opt: options(), selection: must(pick(t.Context(), st, options())), store: st}
	edge := must(j.gather(t.Context(), j.VMs[3]))
	// The last of edge-01's points is at -23 min: those from -22 min on are cut off.
	if got := edge[0].Silent; got != 23*60e6 {
		t.Errorf("edge-01 silent for %v", time.Duration(got)*time.Microsecond)
	}
	if db := must(j.gather(t.Context(), j.VMs[2])); db[0].Silent != 0 {
		t.Errorf("db-01 silent for %d", db[0].Silent)
	}
}

// Recordings of different years stand side by side; the older one did not stop.
func TestOldRecordingIsNotSilent(t *testing.T) {
	old := wave("old", "cpu", 22, 8, time.Minute)
	for i := range old.Times {
		old.Times[i] -= 300 * 24 * 3600e6
	}
	st := &fake{series: []metric.Series{old, wave("new", "cpu", 22, 8, time.Minute)}}
	j := &job{opt: options(), selection: must(pick(t.Context(), st, options())), store: st}
	if all := must(j.gather(t.Context(), j.VMs[1])); all[0].VM != "old" || all[0].Silent != 0 {
		t.Errorf("%s silent for %d", all[0].VM, all[0].Silent)
	}
	if r := j.rangeOf(j.VMs[1]); r != old.Range() {
		t.Errorf("shown in %v, want its own range %v", r, old.Range())
	}
}
