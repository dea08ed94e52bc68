package view

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

// mixed is two series whose times differ: db-01 every minute with the values
// 3 1 2 1 9, web-03 with points at the 2nd, 4th and at a time of its own.
func mixed(t testing.TB) *fake {
	s := &fake{}
	from := at(t, "2026-11-23 10:00")
	s.put(dbCPU, grid(from, time.Minute, 5), []float64{3, 1, 2, 1, 90.5})
	s.put(web, []int64{from + 60e6, from + 90e6 + 500, from + 180e6}, []float64{7, 8.25, 7})
	return s
}

func plain(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\u00a0", " "), "\t", " | ")
}

func TestTable(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, mixed(t), clock, AllTimes)
	f.State().Thresholds.Set(Threshold{Metric: "cpu", Value: 85})
	f.SetAnnotations([]metric.Annotation{
		{ID: 1, VM: "db-01", From: at(t, "2026-11-23 10:02:10"), To: at(t, "2026-11-23 10:02:10"), Text: "Restart"},
		{ID: 2, From: at(t, "2026-11-23 10:03"), To: at(t, "2026-11-23 10:05"), Kind: metric.Incident, Text: "Level shift"},
	})
	rows := map[string]string{
		"00": "Mon 23 Nov 10:00:00 | 3.0 | no data | ",
		"01": "Mon 23 Nov 10:01:00 | 1.0 | 7.0 | ",
		"+":  "Mon 23 Nov 10:01:30.0005 | no data | 8.2 | ",
		"02": "Mon 23 Nov 10:02:00 | 2.0 | no data | Restart",
		"03": "Mon 23 Nov 10:03:00 | 1.0 | 7.0 | Level shift",
		"04": "Mon 23 Nov 10:04:00 | 90.5 | no data | Level shift, db-01 cpu above threshold",
	}
	for _, tc := range []struct {
		column string
		order  string
		sorted string
	}{
		{TimeColumn, "00 01 + 02 03 04", "Sorted by time, oldest first"},
		{TimeColumn, "04 03 02 + 01 00", "Sorted by time, newest first"},
		{"db-01 cpu", "04 00 02 01 03 +", "Sorted by db-01 cpu, highest first"}, // missing ones last, equal ones by time
		{"db-01 cpu", "01 03 02 00 04 +", "Sorted by db-01 cpu, lowest first"},
		{"web-03 cpu", "+ 01 03 00 02 04", "Sorted by web-03 cpu, highest first"},
	} {
		if tc.sorted != "Sorted by time, oldest first" {
			f.SortBy(tc.column)
		}
		table := f.Table()
		want := "Time | db-01 cpu, % | web-03 cpu, % | Notes\n"
		for _, id := range strings.Fields(tc.order) {
			want += rows[id] + "\n"
		}
		if got := plain(table.Copy(nil)); got != want || table.Sorted != tc.sorted {
			t.Errorf("%s\n%s\nwant %s\n%s", table.Sorted, got, tc.sorted, want)
		}
	}
	table := f.Table()
	if got := plain(table.Copy([]int{1, 0})); got != "Time | db-01 cpu, % | web-03 cpu, % | Notes\n"+rows["01"]+"\n"+rows["+"]+"\n" {
		t.Errorf("two rows copied as\n%s", got)
	}
	if table.Len() != 6 || table.Points != 8 || table.Note != "" {
		t.Errorf("%d rows, %d points, note %q", table.Len(), table.Points, table.Note)
	}
	last := table.Find(at(t, "2026-11-23 10:07"))
	if !table.Over(last, 1) || table.Over(last, 2) || table.Over(0, 1) || table.Over(last, 0) || table.Over(99, 1) {
		t.Error("wrong cells are above the threshold")
	}
	if table.Cell(99, 0) != "" || table.Cell(0, 9) != "" || table.Cell(-1, 1) != "" {
		t.Error("cells outside of the table have text")
	}
}

func TestTableFind(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, mixed(t), clock, AllTimes)
	when := at(t, "2026-11-23 10:02")
	for _, by := range []Sort{{}, {Descending: true}, {Column: "db-01 cpu"}, {Column: "gone cpu"}} {
		f.State().Sort = by
		table := f.Table()
		if row := table.Find(when + 3e6); table.Time(row) != when {
			t.Errorf("%+v: row %d is %s", by, row, clock.Seconds(table.Time(row)))
		}
	}
	f.Clear()
	if table := f.Table(); table.Find(when) != -1 || table.Len() != 0 || len(table.Columns) != 2 {
		t.Errorf("an empty table has %d rows", table.Len())
	}
}

// Only what is visible is listed, also when equal times need no merging.
func TestTableFollowsTheView(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, small(t), clock, AllTimes)
	r := metric.Range{From: at(t, "2026-11-23 08:00"), To: at(t, "2026-11-23 09:00")}
	f.ShowRange(r)
	table := f.Table()
	if table.Len() != 12 || table.Time(0) != r.From || table.Points != 36 {
		t.Errorf("%d rows from %s, %d points", table.Len(), clock.Time(table.Time(0)), table.Points)
	}
	var titles []string
	for _, c := range table.Columns {
		titles = append(titles, c.Title)
	}
	if got := strings.Join(titles, "; "); got != "Time; db-01 cpu, %; db-01 latency, ms; db-01 memory_bytes, GiB; Notes" {
		t.Error(got)
	}
}

func TestTableOfRolledUpPoints(t *testing.T) {
	clock, _ := newClock(t)
	f := open(t, big(t), clock, AllTimes)
	table := f.Table()
	if table.Points != 10*24*3600 || table.Len() > 20_000 || table.Note != "Means of 1 min 4 s; zoom in for the stored points" {
		t.Errorf("%d points in %d rows, %q", table.Points, table.Len(), table.Note)
	}
}

// A million visible points in two series: quick enough, and what is left out is said.
func TestTableOfManyPoints(t *testing.T) {
	clock, _ := newClock(t)
	from := at(t, "2026-11-01 00:00")
	n := maxRows + 1000
	scene := Scene{Clock: clock, Range: metric.All, Sort: Sort{Column: dbCPU.String(), Descending: true}}
	for i, k := range []metric.Key{dbCPU, apiCPU} {
		e := metric.Series{Key: k, Times: grid(from+int64(i), time.Second, n), Values: wave(0, 100, 997, n)}.Envelope()
		scene.Series = append(scene.Series, Drawn{Key: k, Slot: i, Data: metric.NewPyramid(e)})
	}
	began := time.Now()
	table := scene.Table()
	took := time.Since(began)
	if table.Len() != maxRows || table.Note != "First 1,000,000 of 2,002,000 rows; zoom in for the others" {
		t.Errorf("%d rows, %q", table.Len(), table.Note)
	}
	if !slices.IsSortedFunc(table.order[:maxRows/2], func(a, b int32) int {
		va, vb := table.cols[0].value(int(a)), table.cols[0].value(int(b))
		if va > vb {
			return -1
		} else if va < vb {
			return 1
		}
		return int(a - b)
	}) {
		t.Error("not sorted")
	}
	if took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	t.Log("made in", took)
}

func TestSortBy(t *testing.T) {
	clock, _ := newClock(t)
	f := NewFact(DefaultState(), clock)
	var got []string
	for _, id := range []string{TimeColumn, TimeColumn, "a cpu", "a cpu", "b cpu", TimeColumn} {
		f.SortBy(id)
		got = append(got, fmt.Sprint(f.State().Sort))
	}
	if text := strings.Join(got, " "); text != "{ true} { false} {a cpu true} {a cpu false} {b cpu true} { false}" {
		t.Error(text)
	}
}
