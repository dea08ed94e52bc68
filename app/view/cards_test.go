package view

import (
	"strings"
	"testing"
	"time"

	"aiops/charts"
	"aiops/metric"
)

// days is db-01 cpu: 1, 2, ... 10 in the first hour, 11, 12, ... 20 in the second.
func hours(t testing.TB) *fake {
	s := &fake{}
	s.put(dbCPU, grid(at(t, "2026-11-23 10:00"), 6*time.Minute, 20), ramp(1, 20))
	s.put(dbLat, grid(at(t, "2026-11-23 10:00"), 6*time.Minute, 20), ramp(1, 20))
	return s
}

func TestCards(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, hours(t), clock, AllTimes)
	f.SetCustom(metric.Range{From: at(t, "2026-11-23 11:00"), To: at(t, "2026-11-23 12:00")})
	f.State().Thresholds.Set(Threshold{Metric: "cpu", Value: 19})
	// By hand: 11..20 has the mean 15.5, and 20 is the nearest rank of its 95th percentile; 1..10 has 5.5.
	want := Card{Slot: 0, VM: "db-01", Metric: "cpu", Against: "against the 60 min before", Last: "20.0 %", Min: "11.0 %", Mean: "15.5 %",
		P95: "20.0 %", Max: "20.0 %", Change: "mean +10.0 points", Over: true}
	want.Against = "against the 1 h before"
	got := f.Cards()
	for i := range got {
		for _, s := range []*string{&got[i].Last, &got[i].Min, &got[i].Mean, &got[i].P95, &got[i].Max} {
			*s = plain(*s)
		}
	}
	if got[0] != want {
		t.Errorf("got  %+v\nwant %+v", got[0], want)
	}
	if got[1].Change != "mean ×2.8" || got[1].Over {
		t.Errorf("latency: %+v", got[1])
	}
	f.ShowRange(metric.Range{From: at(t, "2026-11-23 10:00"), To: at(t, "2026-11-23 11:00")})
	if got := f.Cards()[0]; got.Change != "mean –" { // nothing before
		t.Errorf("change %q", got.Change)
	}
	f.SetCompare(Compare{Kind: ShiftedBy, Shift: -time.Hour})
	if got := f.Cards()[0]; got.Change != "mean −10.0 points" || got.Against != "against Mon 23 Nov" {
		t.Errorf("against the compared period: %q %q", got.Change, got.Against)
	}
}

func TestUseCards(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, gappy(t), clock, AllTimes)
	if !f.UseCards() {
		t.Error("three series of one unit have no cards")
	}
	f.Select(dbLat)
	if f.UseCards() {
		t.Error("different units have cards")
	}
	f.Deselect(dbLat)
	for _, vm := range []string{"a", "b"} {
		f.Select(metric.Key{VM: vm, Metric: "cpu"})
	}
	if f.UseCards() {
		t.Error("five series have cards")
	}
}

func TestSummaryTable(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, hours(t), clock, AllTimes)
	f.SetCustom(metric.Range{From: at(t, "2026-11-23 11:00"), To: at(t, "2026-11-23 12:00")})
	want := `Series | Last | Min | Mean | p95 | Max | Mean, 1 h before | Mean change | p95 change
db-01 cpu | 20.0 % | 11.0 % | 15.5 % | 20.0 % | 20.0 % | 5.5 % | +10.0 points | +10.0 points
db-01 latency | 20.0 ms | 11.0 ms | 15.5 ms | 20.0 ms | 20.0 ms | 5.50 ms | ×2.8 | ×2.0
`
	table := f.SummaryTable()
	if got := plain(table.Copy()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if table.Columns[MaxColumn] != "Max" || table.Title != "Mon 23 Nov 11:00 – 12:00" {
		t.Errorf("%+v", table)
	}
	spark := table.Rows[1].Shape(charts.Light)
	if !spark.Bare || len(spark.Panels) != 1 || spark.Panels[0].Lines[0].Slot != 1 || spark.Theme.Name != "light" {
		t.Errorf("sparkline %+v", spark)
	}
	f.SetCustom(metric.Range{From: 5, To: 9})
	for _, row := range f.SummaryTable().Rows {
		if !strings.HasPrefix(strings.Join(row.Cells, " "), "no data no data no data") || row.Over {
			t.Errorf("nothing there: %q", row.Cells)
		}
	}
}
