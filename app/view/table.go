package view

import (
	"strings"

	"aiops/metric"
)

// Table is the visible points, a row a time, in the order of a column. It is
// not changed after it is made.
type Table struct {
	Columns  []Column
	Note     string // why this is not every stored point; empty: it is
	Sorted   string // Sorted by db-01 cpu, highest first
	Points   int64  // stored points that are visible
	scene    Scene
	notes    []metric.Annotation
	times    []int64
	total    int // rows there would be without the limit
	cols     []column
	order    []int32 // nil: by time
	reversed bool    // by time, newest first
}

// Column is a column of the table: the first is the time, the last the notes.
type Column struct {
	ID       string // for SortBy
	Title    string // db-01 cpu, %
	Key      metric.Key
	Slot     int  // palette place, -1: no series
	Number   bool // right-aligned
	Sortable bool
}

// column is a series' values: row r has the value at index[r], -1 is none; a
// nil index is that of equal times.
type column struct {
	values []float64
	index  []int32
	scale  Scale
	limit  float64
}

// TimeColumn is the ID of the time's column; those of series are "vm metric".
const TimeColumn = ""

// SortBy orders the table by a column; the same column again turns the order round.
func (f *Fact) SortBy(id string) {
	s := &f.state.Sort
	if s.Column == id {
		s.Descending = !s.Descending
		return
	}
	*s = Sort{Column: id, Descending: id != TimeColumn}
}

// Table is the visible points.
func (f *Fact) Table() *Table { return f.Scene().Table() }

// Len is the number of rows.
func (t *Table) Len() int { return len(t.times) }

// Time is a row's time.
func (t *Table) Time(row int) int64 { return t.times[t.at(row)] }

func (t *Table) at(row int) int {
	switch {
	case t.reversed:
		return len(t.times) - 1 - row
	case t.order != nil:
		return int(t.order[row])
	}
	return row
}

// Copy is the head and the rows (all if none are given) as tab-separated text.
func (t *Table) Copy(rows []int) string {
	out := [][]string{nil}
	for _, c := range t.Columns {
		out[0] = append(out[0], c.Title)
	}
	if rows == nil {
		for r := range t.Len() {
			rows = append(rows, r)
		}
	}
	for _, r := range rows {
		cells := make([]string, len(t.Columns))
		for c := range cells {
			cells[c] = t.Cell(r, c)
		}
		out = append(out, cells)
	}
	return tabbed(out)
}

func tabbed(rows [][]string) string {
	var b strings.Builder
	clean := strings.NewReplacer("\t", " ", "\n", " ", "\u00a0", " ")
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(clean.Replace(cell))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func unitSuffix(unit string) string {
	if unit == "" {
		return ""
	}
	return ", " + unit
}
