package ingest

import (
	"cmp"
	"slices"

	"aiops/metric"
)

// column is a series that grows, with the lines of its points if they are kept.
type column struct {
	metric.Series
	lines []int64
}

// collector gathers the points of batches by series.
type collector struct {
	keep    bool
	expect  func(points int) int // how many points a column of so many will have in the end
	even    bool                 // the file holds all series from its start to its end
	index   map[metric.Key]int
	columns []column
	ids     [][]int // by parser: its series here
	points  int
}

func newCollector(keep bool) *collector {
	return &collector{keep: keep, index: map[metric.Key]int{}}
}

// add takes over a batch's points.
func (c *collector) add(b *batch) {
	for len(c.ids) <= b.parser {
		c.ids = append(c.ids, nil)
	}
	for _, k := range b.keys {
		i, ok := c.index[k]
		if !ok {
			i = len(c.columns)
			c.index[k] = i
			c.columns = append(c.columns, column{Series: metric.Series{Key: k}})
		}
		c.ids[b.parser] = append(c.ids[b.parser], i)
	}
	c.points += len(b.times)
	ids := c.ids[b.parser]
	if len(b.ids) == 0 && len(b.times) > 0 {
		c.addRun(&c.columns[ids[0]], b, 0, len(b.times))
		return
	}
	for i := 0; i < len(b.ids); {
		j := i + 1
		for j < len(b.ids) && b.ids[j] == b.ids[i] {
			j++
		}
		c.addRun(&c.columns[ids[b.ids[i]]], b, i, j)
		i = j
	}
}

// addRun appends the points i..j-1 of the batch to a column.
func (c *collector) addRun(col *column, b *batch, i, j int) {
	if need := len(col.Times) + j - i; need > cap(col.Times) {
		c.grow(col, need)
	}
	col.Times = append(col.Times, b.times[i:j]...)
	col.Values = append(col.Values, b.values[i:j]...)
	if c.keep {
		col.lines = append(col.lines, b.lines[i:j]...)
	}
}

// grow makes room for as much as the rest of the file will need if it goes on
// like this. A file that holds its series one after the other does not, so
// there the guess is bounded.
func (c *collector) grow(col *column, need int) {
	want := max(need+need/2, 16)
	if c.expect != nil {
		want = max(c.expect(need), need+need/8)
		if !c.even {
			want = min(want, 4*need)
		}
	}
	col.Times = slices.Grow(col.Times, want-len(col.Times))
	col.Values = slices.Grow(col.Values, want-len(col.Values))
	if c.keep {
		col.lines = slices.Grow(col.lines, want-len(col.lines))
	}
}

// reset forgets the points and keeps the series and their memory.
func (c *collector) reset() {
	for i := range c.columns {
		col := &c.columns[i]
		col.Times, col.Values, col.lines = col.Times[:0], col.Values[:0], col.lines[:0]
	}
	c.points = 0
}

// filled returns the columns with points, in the order of the file.
func (c *collector) filled() []*column {
	var out []*column
	for i := range c.columns {
		if len(c.columns[i].Times) > 0 {
			out = append(out, &c.columns[i])
		}
	}
	return out
}

// sorted returns the columns with points, ordered by key.
func (c *collector) sorted() []*column {
	out := c.filled()
	slices.SortFunc(out, func(a, b *column) int { return a.Key.Compare(b.Key) })
	return out
}

// sort orders the points by time; points of the same time keep their order.
// It merges the ascending runs that are there, so that sorted points cost a look.
func (c *column) sort() {
	if slices.IsSorted(c.Times) {
		return
	}
	if c.descending() {
		slices.Reverse(c.Times)
		slices.Reverse(c.Values)
		slices.Reverse(c.lines)
		return
	}
	from, to := *c, column{Series: metric.Series{Key: c.Key, Times: make([]int64, c.Len()), Values: make([]float64, c.Len())}}
	to.lines = make([]int64, len(c.lines))
	for runs := from.runs(); len(runs) > 1; {
		var merged []int
		for i := 0; i < len(runs); i += 2 {
			start, middle, end := 0, runs[i], runs[i]
			if i > 0 {
				start = runs[i-1]
			}
			if i+1 < len(runs) {
				end = runs[i+1]
			}
			to.merge(&from, start, middle, end)
			merged = append(merged, end)
		}
		runs = merged
		from, to = to, from
	}
	*c = from
}

// descending reports whether each time is before the one in front of it.
func (c *column) descending() bool {
	for i := 1; i < len(c.Times); i++ {
		if cmp.Compare(c.Times[i], c.Times[i-1]) >= 0 {
			return false
		}
	}
	return true
}

// runs lists where the ascending runs end.
func (c *column) runs() []int {
	var ends []int
	for i := 1; i < len(c.Times); i++ {
		if c.Times[i] < c.Times[i-1] {
			ends = append(ends, i)
		}
	}
	return append(ends, len(c.Times))
}

// merge merges two runs of from into c, at the same place.
func (c *column) merge(from *column, start, middle, end int) {
	i, j := start, middle
	for k := start; k < end; k++ {
		pick := i
		if i == middle || (j < end && from.Times[j] < from.Times[i]) {
			pick = j
			j++
		} else {
			i++
		}
		c.Times[k], c.Values[k] = from.Times[pick], from.Values[pick]
		if len(c.lines) > 0 {
			c.lines[k] = from.lines[pick]
		}
	}
}
