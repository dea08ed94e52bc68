package view

import (
	"math"

	"aiops/metric"
)

// Table is the visible points. It sorts: make it off the window's goroutine.
func (s Scene) Table() *Table {
	t := &Table{scene: s, Columns: []Column{{Title: "Time", Slot: -1}}}
	for _, d := range s.Series {
		c := column{limit: math.Inf(1), scale: ScaleFor(metric.UnitOf(d.Metric), 0)}
		t.Columns = append(t.Columns, Column{ID: d.Key.String(), Title: d.Key.String() + unitSuffix(c.scale.Unit), Key: d.Key, Slot: d.Slot, Number: true})
		t.cols = append(t.cols, c)
	}
	t.Columns = append(t.Columns, Column{ID: "", Title: "Notes", Slot: -1})
	return t
}

// Cell is the text of a cell.
func (t *Table) Cell(row, col int) string {
	if col == 0 {
		return t.scene.Clock.Seconds(t.Time(row))
	}
	return ""
}

// Over reports whether a cell's value lies above its threshold.
func (t *Table) Over(row, col int) bool {
	return false
}
