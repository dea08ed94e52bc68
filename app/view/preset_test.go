package view

import (
	"testing"
	"time"

	"aiops/metric"
)

func TestResolve(t *testing.T) {
	clock, _ := newClock(t)
	now := clock.Micros()
	ends := func(to int64) metric.Range { return metric.Range{From: to - 60*24*3600e6, To: to + 1} }
	minutes := func(n int64) int64 { return n * 60e6 }
	for _, tc := range []struct {
		name string
		tc   TimeChoice
		data metric.Range
		want metric.Range
		note string
	}{
		{"live", TimeChoice{Preset: Last24Hours}, ends(now - minutes(1)), metric.Range{From: now - minutes(1440), To: now}, ""},
		{"a little late", TimeChoice{Preset: Last24Hours}, ends(now - minutes(120)), metric.Range{From: now - minutes(1440), To: now}, ""},
		{"old", TimeChoice{Preset: LastHour}, ends(at(t, "2026-10-12 08:00")), metric.Range{From: at(t, "2026-10-12 07:00") + 1, To: at(t, "2026-10-12 08:00") + 1}, "to the newest point, Mon 12 Oct 08:00"},
		{"short and late", TimeChoice{Preset: Last15Minutes}, ends(now - minutes(6)), metric.Range{From: now - minutes(21) + 1, To: now - minutes(6) + 1}, "to the newest point, Mon 23 Nov 14:29"},
		{"from a clock that runs ahead", TimeChoice{Preset: LastHour}, ends(now + minutes(3)), metric.Range{From: now + 1 - minutes(57), To: now + minutes(3) + 1}, "to the newest point, Mon 23 Nov 14:38"},
		{"all", TimeChoice{Preset: AllTimes}, ends(5), ends(5), ""},
		{"nothing yet", TimeChoice{Preset: Last7Days}, metric.Range{}, metric.Range{From: now - minutes(7*1440), To: now}, ""},
		{"all of nothing", TimeChoice{Preset: AllTimes}, metric.Range{}, metric.Range{From: now - minutes(1440), To: now}, ""},
		{"custom", TimeChoice{Preset: Custom, Custom: metric.Range{From: 3, To: 8}}, ends(now), metric.Range{From: 3, To: 8}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, note := tc.tc.Resolve(tc.data, clock)
			if got != tc.want || note != tc.note {
				t.Errorf("got %v %q\nwant %v %q", got, note, tc.want, tc.note)
			}
		})
	}
}

func TestPresetsHaveNames(t *testing.T) {
	longest := time.Duration(0)
	for _, p := range Presets() {
		if p.ID.Name() == "" || p.ID.Name() == string(p.ID) {
			t.Errorf("%q has no name", p.ID)
		}
		if p.length != 0 && p.length <= longest {
			t.Errorf("%q is out of order", p.ID)
		}
		longest = max(longest, p.length)
	}
}
