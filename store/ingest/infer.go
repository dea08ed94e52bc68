package ingest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"aiops/metric"
)

// table is the beginning of a table, as text.
type table struct {
	rows   [][]string
	names  []string      // when the format itself names the columns; the rows are all data then
	clocks map[int]clock // columns that the format itself says are times
}

// inference finds out which column of a table plays which part.
type inference struct {
	o       Options
	t       table
	names   []string
	header  bool
	body    [][]string
	point   byte
	taken   map[int]bool
	kinds   []columnKind
	notes   []string
	asked   *clock // what --time-format says
	nowUnix int64
}

type columnKind uint8

const (
	emptyColumn columnKind = iota
	numberColumn
	textColumn
)

// errNoTime is the error of a table without a column of times.
type errNoTime struct{ columns []string }

func (e errNoTime) Error() string {
	return fmt.Sprintf("no column of times among %s: name one \"timestamp\", or say how its times are written with --time-format",
		strings.Join(e.columns, ", "))
}

var errNoRows = errors.New("there are no rows in it")

// infer finds the layout of a table. vm names the VM when no column does.
func infer(t table, d dialect, o Options, vm string) (*layout, error) {
	f := &inference{o: o, t: t, point: d.point, taken: map[int]bool{}, nowUnix: o.Now().Unix()}
	if o.TimeFormat != "" {
		c, err := clockNamed(o.TimeFormat, o.Zone)
		if err != nil {
			return nil, err
		}
		f.asked = &c
	}
	if len(t.rows) == 0 {
		return nil, errNoRows
	}
	width := modalWidth(t.rows)
	if t.names != nil {
		width = len(t.names)
	}
	l := &layout{dialect: d, date: -1, vm: -1, metric: -1, vmName: vm}
	if err := f.findTime(l, width); err != nil {
		return nil, err
	}
	l.names = f.names
	f.classify()
	f.findVM(l)
	if err := f.findValues(l); err != nil {
		return nil, err
	}
	l.header = f.header && t.names == nil
	l.notes = f.notes
	l.future = o.Now().Add(metric.ClockSkew).UnixMicro()
	l.keep = o.OnConflict != 0
	return l, l.finish()
}

// finish computes how many fields a row needs.
func (l *layout) finish() error {
	need := max(l.time, l.date, l.vm)
	if !l.wide {
		need = max(need, l.metric, l.values[0].column)
	}
	l.columns = need + 1
	return nil
}

// modalWidth is the number of fields that most rows have.
func modalWidth(rows [][]string) int {
	count := map[int]int{}
	best := len(rows[0])
	for _, r := range rows {
		count[len(r)]++
	}
	for w, n := range count {
		if n > count[best] || (n == count[best] && w > best) {
			best = w
		}
	}
	return best
}

func padded(row []string, width int) []string {
	out := make([]string, max(width, 0))
	copy(out, row)
	return out
}

// columnName names a column for people.
func columnName(names []string, i int) string {
	if i >= 0 && i < len(names) && names[i] != "" {
		return names[i]
	}
	return "column " + strconv.Itoa(i+1)
}

func (f *inference) note(format string, a ...any) {
	f.notes = append(f.notes, fmt.Sprintf(format, a...))
}
