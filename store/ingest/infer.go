package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	l.future = o.Now().Add(skew).UnixMicro()
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

// findTime finds the column of times, and with it whether there is a header.
func (f *inference) findTime(l *layout, width int) error {
	head := f.t.names
	f.body = f.t.rows
	if head == nil {
		head, f.body = f.t.rows[0], f.t.rows[1:]
	}
	f.names = padded(head, width)
	var problem error
	for i, c := range f.timeCandidates() {
		ck, ok, err := f.clockOf(c, true)
		if ok {
			f.header, l.time, l.clock = true, c, ck
			f.taken[c] = true
			return nil
		}
		if day, joined, found := f.dayBeside(c); found {
			f.header, l.time, l.date, l.clock = true, c, day, joined
			f.taken[c], f.taken[day] = true, true
			return nil
		}
		if err == nil && len(f.samples(c)) > 0 {
			err = fmt.Errorf("the times of column %s, such as %q, were not understood: say how they are written with --time-format",
				f.names[c], f.samples(c)[0])
		}
		if i == 0 {
			problem = err
		}
	}
	if len(f.body) == 0 && len(f.timeCandidates()) > 0 {
		return errNoRows
	}
	return f.findTimeByContent(l, width, problem)
}

// timeCandidates lists the columns with a time's name, best first.
func (f *inference) timeCandidates() []int {
	var out []int
	for {
		i := byAlias(f.names, timeAliases, func(i int) bool { return slices.Contains(out, i) })
		if i < 0 {
			break
		}
		out = append(out, i)
	}
	for i := range f.names {
		if _, ok := f.t.clocks[i]; ok && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// dayBeside joins a column of times of day with one of days.
func (f *inference) dayBeside(c int) (day int, joined clock, ok bool) {
	clockTimes := f.samples(c)
	if len(clockTimes) == 0 || parses("15:04:05", clockTimes)+parses("15:04", clockTimes) < len(clockTimes)/2+1 {
		return 0, clock{}, false
	}
	day = byAlias(f.names, []string{"date", "day", "datum"}, func(i int) bool { return i == c })
	if day < 0 {
		return 0, clock{}, false
	}
	var both []string
	for _, r := range f.body {
		if max(day, c) < len(r) && len(both) < maxSamples {
			both = append(both, r[day]+" "+r[c])
		}
	}
	joined, ok, err := f.clockFor(both, true)
	return day, joined, ok && err == nil
}

func (f *inference) findTimeByContent(l *layout, width int, problem error) error {
	if len(f.body) == 0 {
		f.body = f.t.rows
	}
	for _, text := range []bool{true, false} {
		for c := range width {
			if text == (f.kindOf(c) == numberColumn) {
				continue
			}
			ck, ok, err := f.clockOf(c, false)
			if err != nil && problem == nil {
				problem = err
			}
			if !ok {
				continue
			}
			l.time, l.clock = c, ck
			f.taken[c] = true
			f.decideHeader(c, ck, width)
			return nil
		}
	}
	if problem != nil {
		return problem
	}
	columns := make([]string, 0, width)
	for i := range min(width, 12) {
		columns = append(columns, columnName(f.names, i))
	}
	if width > len(columns) {
		columns = append(columns, fmt.Sprintf("%d more", width-len(columns)))
	}
	return errNoTime{columns}
}

// decideHeader says whether the first row is a header: it is none if its time
// is a time, or if it has a number where the rows below have numbers.
func (f *inference) decideHeader(c int, ck clock, width int) {
	if f.t.names != nil {
		f.header = true
		return
	}
	first := padded(f.t.rows[0], width)
	_, isTime := ck.parse([]byte(first[c]))
	f.header = !isTime
	for i, cell := range first {
		if i == c || f.kindOf(i) != numberColumn {
			continue
		}
		if _, state := parseNumber([]byte(cell), f.point); state == isNumber {
			f.header = false
		}
	}
	if !f.header {
		f.body = f.t.rows
		f.names = make([]string, width)
	}
}

// maxSamples is how many values of a column are looked at.
const maxSamples = 20000

// samples lists the column's values that are not empty.
func (f *inference) samples(c int) []string {
	var out []string
	for _, r := range f.body {
		if c < len(r) && r[c] != "" && len(out) < maxSamples {
			out = append(out, r[c])
		}
	}
	return out
}

// clockOf finds how the column's times are written, if they are times. A
// column that is named as one may hold any numbers.
func (f *inference) clockOf(c int, named bool) (clock, bool, error) {
	if ck, ok := f.t.clocks[c]; ok {
		return ck, true, nil
	}
	return f.clockFor(f.samples(c), named)
}

func (f *inference) clockFor(samples []string, named bool) (clock, bool, error) {
	if len(samples) == 0 {
		return clock{}, false, nil
	}
	if f.asked != nil {
		c := *f.asked
		return c, readable(&c, samples) > len(samples)/2, nil
	}
	iso := clock{zone: f.o.Zone}
	if readable(&iso, samples) > len(samples)/2 {
		for _, s := range samples {
			if _, ok := iso.parse([]byte(s)); ok {
				iso.name = isoName(s)
				break
			}
		}
		return iso, true, nil
	}
	if c, ok := f.unixFor(samples, named); ok {
		return c, true, nil
	}
	return guessLayout(samples, f.o.Zone)
}

func readable(c *clock, samples []string) int {
	n := 0
	for _, s := range samples {
		if _, ok := c.parse([]byte(s)); ok {
			n++
		}
	}
	return n
}

// unixFor tells the unit of Unix times from the years that they would lie in:
// 1990 up to a year from now.
func (f *inference) unixFor(samples []string, named bool) (clock, bool) {
	var numbers []float64
	whole := true
	for _, s := range samples {
		if v, state := parseNumber([]byte(s), f.point); state == isNumber {
			numbers = append(numbers, v)
			whole = whole && v == float64(int64(v))
		}
	}
	if len(numbers) <= len(samples)/2 {
		return clock{}, false
	}
	slices.Sort(numbers)
	middle := numbers[len(numbers)/2]
	if parses("20060102", samples) == len(samples) || parses("20060102150405", samples) == len(samples) {
		return clock{}, false
	}
	constant := len(numbers) > 1 && numbers[0] == numbers[len(numbers)-1]
	for _, unit := range []float64{1, 1e3, 1e6, 1e9} {
		if middle >= 631152000*unit && middle <= float64(f.nowUnix+366*86400)*unit && (named || (whole && !constant)) {
			return unixClock(int64(unit), f.o.Zone), true
		}
	}
	return unixClock(1, f.o.Zone), named
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
