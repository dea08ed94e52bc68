package view

import (
	"testing"
	"time"

	"aiops/metric"
)

func TestOverviewTicks(t *testing.T) {
	c := Clock{Now: time.Now, Zone: time.FixedZone("CET", 3600)}
	at := func(y int, m time.Month, d, h int) time.Time { return time.Date(y, m, d, h, 30, 0, 0, c.Zone) }
	for _, k := range []struct {
		from, to    time.Time
		first, last string
		n           int
	}{
		{at(2026, 11, 9, 14), at(2026, 11, 23, 14), "10 Nov", "22 Nov", 7},
		{at(2026, 11, 23, 8), at(2026, 11, 23, 14), "09:00", "14:00", 6},
		{at(2024, 3, 1, 0), at(2026, 11, 1, 0), "Jan 2025", "Jan 2026", 0},
		{at(1970, 1, 1, 0), at(2026, 11, 1, 0), "1975", "2025", 0},
	} {
		r := metric.NewRange(k.from, k.to)
		got := c.OverviewTicks(r, 12)
		if len(got) == 0 || len(got) > 13 || k.n > 0 && len(got) != k.n {
			t.Errorf("%v: %d labels, want %d", c.Range(r), len(got), k.n)
			continue
		}
		if k.n > 0 && (got[0].Text != k.first || got[len(got)-1].Text != k.last) {
			t.Errorf("%v: %q to %q, want %q to %q", c.Range(r), got[0].Text, got[len(got)-1].Text, k.first, k.last)
		}
		for _, tick := range got {
			if !r.Contains(tick.Time) {
				t.Errorf("%v: %q lies outside", c.Range(r), tick.Text)
			}
		}
	}
	if got := c.OverviewTicks(metric.All, 5); len(got) > 6 {
		t.Errorf("all times: %d labels", len(got))
	}
	if got := c.OverviewTicks(metric.Range{}, 5); got != nil {
		t.Errorf("nothing: %v", got)
	}
}
