package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"aiops/metric"
)

// A table holds at most maxRows rows, and fewer when so many series of
// different times meet in it that the indexes would grow beyond maxCells.
const (
	maxRows  = 1_000_000
	maxCells = 16_000_000
)

// Table is the visible points. It sorts: make it off the window's goroutine.
func (s Scene) Table() *Table {
	t := &Table{scene: s, notes: s.Visible(), Columns: []Column{{ID: TimeColumn, Title: "Time", Slot: -1, Sortable: true}}}
	var all [][]int64
	var step int64
	for _, d := range s.Series {
		c := column{limit: math.Inf(1)}
		u := metric.UnitOf(d.Metric)
		if v, ok := s.Thresholds.Of(d.Key); ok {
			c.limit = v
		}
		var times []int64
		if d.Data != nil {
			i, j := visible(d.Data.Envelope, s.Range)
			times, c.values = d.Data.Times[i:j], d.Data.Mean[i:j]
			step = max(step, d.Data.Step)
			t.Points += slice(d.Data.Envelope, s.Range).Points()
			if j > i {
				c.scale = ScaleFor(u, largest(d.Data.Extremes(i, j)))
			}
		}
		if c.values == nil {
			c.scale = ScaleFor(u, 0)
		}
		all = append(all, times)
		t.cols = append(t.cols, c)
		t.Columns = append(t.Columns, Column{ID: d.Key.String(), Title: d.Key.String() + unitSuffix(c.scale.Unit), Key: d.Key, Slot: d.Slot, Number: true, Sortable: true})
	}
	t.Columns = append(t.Columns, Column{Title: "Notes", Slot: -1})
	t.merge(all)
	t.say(step)
	t.sort(s.Sort)
	return t
}

// merge makes a row of every time that any of the columns has.
func (t *Table) merge(all [][]int64) {
	if len(all) == 0 {
		return
	}
	same := !slices.ContainsFunc(all, func(times []int64) bool { return !slices.Equal(times, all[0]) })
	if same {
		t.total = len(all[0])
		t.times = all[0][:min(t.total, maxRows)]
		return
	}
	limit := min(maxRows, maxCells/len(all))
	next := make([]int, len(all))
	for {
		at, some := int64(0), false
		for c, times := range all {
			if n := next[c]; n < len(times) && (!some || times[n] < at) {
				at, some = times[n], true
			}
		}
		if !some {
			return
		}
		keep := t.total < limit
		t.total++
		if keep {
			t.times = append(t.times, at)
		}
		for c, times := range all {
			i := int32(-1)
			if n := next[c]; n < len(times) && times[n] == at {
				i = int32(n)
				next[c]++
			}
			if keep {
				t.cols[c].index = append(t.cols[c].index, i)
			}
		}
	}
}

// say fills in what is left out.
func (t *Table) say(step int64) {
	var notes []string
	if t.total > len(t.times) {
		notes = append(notes, fmt.Sprintf("First %s of %s rows; zoom in for the others", metric.Grouped(int64(len(t.times))), metric.Grouped(int64(t.total))))
	}
	if step > 0 {
		notes = append(notes, "Means of "+Duration(step)+"; zoom in for the stored points")
	}
	t.Note = strings.Join(notes, ". ")
}

// value is the value of a series' column at row r of the times' order, NaN for none.
func (c column) value(r int) float64 {
	if c.index != nil {
		r = int(c.index[r])
	}
	if r < 0 || r >= len(c.values) {
		return math.NaN()
	}
	return c.values[r]
}

// sort orders the rows; equal ones stay in the order of time, missing values
// come last in both directions.
func (t *Table) sort(by Sort) {
	col := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Sortable && c.ID == by.Column })
	if col <= 0 {
		t.Sorted = "Sorted by time, oldest first"
		if by.Column == TimeColumn && by.Descending {
			t.Sorted, t.reversed = "Sorted by time, newest first", true
		}
		return
	}
	type entry struct {
		value float64
		row   int32
	}
	entries := make([]entry, len(t.times))
	for r := range entries {
		entries[r] = entry{t.cols[col-1].value(r), int32(r)}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		an, bn := math.IsNaN(a.value), math.IsNaN(b.value)
		switch {
		case an || bn:
			if an != bn && an {
				return 1
			} else if an != bn {
				return -1
			}
		case a.value != b.value && (a.value < b.value) != by.Descending:
			return -1
		case a.value != b.value:
			return 1
		}
		return cmp.Compare(a.row, b.row)
	})
	t.order = make([]int32, len(entries))
	for i, e := range entries {
		t.order[i] = e.row
	}
	way := "lowest first"
	if by.Descending {
		way = "highest first"
	}
	t.Sorted = "Sorted by " + by.Column + ", " + way
}

// Cell is the text of a cell. Numbers stand without their unit, which is in the head.
func (t *Table) Cell(row, col int) string {
	switch {
	case row < 0 || row >= t.Len() || col < 0 || col >= len(t.Columns):
		return ""
	case col == 0:
		return t.scene.Clock.Seconds(t.Time(row))
	case col <= len(t.cols):
		c := t.cols[col-1]
		return c.scale.Number(c.value(t.at(row)))
	}
	return t.note(t.at(row))
}

// Over reports whether a cell's value lies above its threshold.
func (t *Table) Over(row, col int) bool {
	if col < 1 || col > len(t.cols) || row < 0 || row >= t.Len() {
		return false
	}
	c := t.cols[col-1]
	return c.value(t.at(row)) > c.limit
}

// note tells what is remarkable in row r of the times' order.
func (t *Table) note(r int) string {
	var out []string
	end := t.scene.Range.To
	if r+1 < len(t.times) {
		end = t.times[r+1]
	}
	for _, a := range t.notes {
		if a.From < end && a.To >= t.times[r] {
			out = append(out, a.Text)
		}
	}
	for i, c := range t.cols {
		if c.value(r) > c.limit {
			out = append(out, t.Columns[i+1].ID+" above threshold")
		}
	}
	return strings.Join(out, ", ")
}

// Find is the row whose time is nearest to t, -1 in an empty table.
func (t *Table) Find(at int64) int {
	if len(t.times) == 0 {
		return -1
	}
	r, _ := slices.BinarySearch(t.times, closest(t.times, at))
	switch {
	case t.reversed:
		return len(t.times) - 1 - r
	case t.order != nil:
		return slices.Index(t.order, int32(r))
	}
	return r
}
