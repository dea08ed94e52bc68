package ingest

import (
	"fmt"
	"slices"
)

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
