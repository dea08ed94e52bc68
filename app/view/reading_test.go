package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

// gappy is three series of one-minute points from 10:00 to 11:59: db-01 rises,
// api-01 is level, web-03 misses 10:31 to 11:24.
func gappy(t testing.TB) *fake {
	s := &fake{}
	from := at(t, "2026-11-23 10:00")
	times := grid(from, time.Minute, 120)
	s.put(dbCPU, times, ramp(0, 120))
	level := make([]float64, 120)
	for i := range level {
		level[i] = 62.4
	}
	s.put(apiCPU, times, level)
	s.put(web, append(grid(from, time.Minute, 31), grid(from+85*60e6, time.Minute, 35)...), append(ramp(20, 31), ramp(30, 35)...))
	return s
}

func readingText(r Reading) string {
	out := []string{r.Head}
	for _, row := range r.Rows {
		out = append(out, fmt.Sprintf("%d %s %s", row.Panel, row.Name, row.Text))
	}
	for _, m := range r.Remarks {
		out = append(out, fmt.Sprintf("%s %v", m.Text, m.Alarm))
	}
	return strings.ReplaceAll(strings.Join(out, "; "), "\u00a0", " ")
}

func TestReading(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, gappy(t), clock, AllTimes)
	f.State().Thresholds.Set(Threshold{Metric: "cpu", Value: 85})
	f.SetAnnotations([]metric.Annotation{
		{ID: 1, VM: "db-01", From: at(t, "2026-11-23 11:25"), To: at(t, "2026-11-23 11:40"), Kind: metric.Incident, Text: "db-01: level shift"},
		{ID: 2, VM: "batch-07", From: at(t, "2026-11-23 11:25"), To: at(t, "2026-11-23 11:40"), Kind: metric.Incident, Text: "elsewhere"},
		{ID: 3, From: at(t, "2026-11-23 10:20"), To: at(t, "2026-11-23 10:20"), Kind: metric.Deployment, Text: "Deploy api 4.12.0"},
	})
	for when, want := range map[string]string{
		"2026-11-23 10:10":    "Mon 23 Nov, 10:10; 0 api-01 cpu 62.4 %; 0 web-03 cpu 30.0 %; 0 db-01 cpu 10.0 %",
		"2026-11-23 10:20":    "Mon 23 Nov, 10:20; 0 api-01 cpu 62.4 %; 0 web-03 cpu 40.0 %; 0 db-01 cpu 20.0 %; Deploy api 4.12.0 false",
		"2026-11-23 10:10:29": "Mon 23 Nov, 10:10; 0 api-01 cpu 62.4 %; 0 web-03 cpu 30.0 %; 0 db-01 cpu 10.0 %",
		"2026-11-23 10:10:31": "Mon 23 Nov, 10:10; 0 api-01 cpu 62.4 %; 0 web-03 cpu 31.0 %; 0 db-01 cpu 11.0 %",
		"2026-11-23 10:30:40": "Mon 23 Nov, 10:30; 0 api-01 cpu 62.4 %; 0 web-03 cpu 50.0 %; 0 db-01 cpu 31.0 %", // still near the last point
		"2026-11-23 11:00":    "Mon 23 Nov, 11:00; 0 api-01 cpu 62.4 %; 0 db-01 cpu 60.0 %; 0 web-03 cpu no data",
		"2026-11-23 11:30":    "Mon 23 Nov, 11:30; 0 db-01 cpu 90.0 %; 0 api-01 cpu 62.4 %; 0 web-03 cpu 35.0 %; db-01: above 85 % true; db-01: level shift true",
		"2026-11-23 12:03":    "Mon 23 Nov, 12:03; 0 api-01 cpu no data; 0 db-01 cpu no data; 0 web-03 cpu no data",
		"2026-11-23 09:30":    "Mon 23 Nov, 09:30; 0 api-01 cpu no data; 0 db-01 cpu no data; 0 web-03 cpu no data",
	} {
		if got := readingText(f.Reading(at(t, when), 0)); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", when, got, want)
		}
	}
}

func TestReadingOfPanels(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, small(t), clock, Last24Hours)
	at := at(t, "2026-11-23 08:00")
	all := f.Reading(at, -1)
	if len(all.Rows) != 3 || all.Rows[0].Panel != 0 || all.Rows[2].Panel != 2 {
		t.Errorf("all panels: %+v", all.Rows)
	}
	if one := f.Reading(at, 1); len(one.Rows) != 1 || one.Rows[0].Panel != 1 {
		t.Errorf("one panel: %+v", one.Rows)
	}
	f.SetCompare(Compare{Kind: PreviousDay})
	for _, row := range f.Reading(at, -1).Rows {
		if row.Earlier != row.Text { // the waves repeat every day
			t.Errorf("%s: %s, a day before %s", row.Name, row.Text, row.Earlier)
		}
	}
	f.SetCompare(Compare{Kind: ShiftedBy, Shift: 400 * day})
	if got := f.Reading(at, 0).Rows[0].Earlier; got != "no data" {
		t.Errorf("before the first point: %q", got)
	}
	if got := f.Clock().Zone.String(); got != "Europe/Berlin" {
		t.Error(got)
	}
}

func TestReadingTag(t *testing.T) {
	clock, _ := newClock(t)
	when := at(t, "2026-11-23 10:56") + 7250e3
	for length, want := range map[time.Duration]string{day: "10:56", 5 * time.Minute: "10:56:07", time.Second: "10:56:07.250"} {
		s := Scene{Clock: clock, Range: metric.Range{From: when, To: when + metric.Micros(length)}}
		if got := s.Reading(when, -1).Tag; got != want {
			t.Errorf("%v: %q, want %q", length, got, want)
		}
	}
}
