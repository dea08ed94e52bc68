package ingest

import (
	"fmt"
	"strings"

	"aiops/metric"
)

// classify looks at what each column holds.
func (f *inference) classify() {
	f.kinds = make([]columnKind, len(f.names))
	for i := range f.kinds {
		f.kinds[i] = f.kindOf(i)
	}
}

// kindOf says what most cells of a column hold.
func (f *inference) kindOf(c int) columnKind {
	numbers, texts := 0, 0
	for _, r := range f.body {
		if c >= len(r) || r[c] == "" {
			continue
		}
		switch _, state := parseNumber([]byte(r[c]), f.point); state {
		case isNumber, isEndless:
			numbers++
		case isText:
			texts++
		}
	}
	switch {
	case texts > numbers:
		return textColumn
	case numbers > 0:
		return numberColumn
	}
	return emptyColumn
}

// of lists the columns of a kind that no part has taken.
func (f *inference) of(kind columnKind) []int {
	var out []int
	for i, k := range f.kinds {
		if k == kind && !f.taken[i] {
			out = append(out, i)
		}
	}
	return out
}

// findVM finds the column that names the VM by its name.
func (f *inference) findVM(l *layout) {
	if !f.header {
		return
	}
	l.vm = byAlias(f.names, vmAliases, func(i int) bool {
		weak := !isAlias(f.names[i], vmAliases[:18])
		return f.taken[i] || (weak && f.kinds[i] != textColumn)
	})
	if l.vm < 0 {
		return
	}
	f.taken[l.vm] = true
	if f.o.VM != "" {
		f.note("--vm is not used, as the column %s names the VMs", f.names[l.vm])
	}
}

// findValues finds the columns of metrics' names and of values.
func (f *inference) findValues(l *layout) error {
	f.dropCounting()
	name, val := -1, -1
	if f.header {
		name = byAlias(f.names, metricAliases, func(i int) bool { return f.taken[i] || f.kinds[i] != textColumn })
		val = byAlias(f.names, valueAliases, func(i int) bool { return f.taken[i] || f.kinds[i] == textColumn })
	}
	numbers := f.of(numberColumn)
	if val < 0 && len(numbers) == 1 {
		val = numbers[0]
	}
	switch {
	case val >= 0 && (name >= 0 || len(numbers) <= 1):
		return f.long(l, name, val)
	case len(numbers) == 0:
		return fmt.Errorf("no column of numbers beside the times in %s", columnName(f.names, l.time))
	}
	return f.wide(l, name)
}

// dropCounting leaves out columns that only number the rows.
func (f *inference) dropCounting() {
	for _, c := range f.of(numberColumn) {
		switch normal(f.names[c]) {
		case "", "id", "index", "unnamed:0", "row", "rownum":
		default:
			continue
		}
		if !f.header || len(f.body) < 2 {
			continue
		}
		if f.counts(c) {
			f.taken[c] = true
			f.note("%s only numbers the rows and is not used", columnName(f.names, c))
		}
	}
}

// counts reports whether the column goes up by one from row to row.
func (f *inference) counts(c int) bool {
	last := 0.0
	for i, r := range f.body {
		if c >= len(r) {
			return false
		}
		v, state := parseNumber([]byte(r[c]), f.point)
		if state != isNumber || (i > 0 && v != last+1) {
			return false
		}
		last = v
	}
	return true
}

// long sets up one value a row.
func (f *inference) long(l *layout, name, val int) error {
	f.taken[val] = true
	l.metric = name
	if name >= 0 {
		f.taken[name] = true
	}
	f.guessNames(l)
	metricName := f.o.Metric
	if metricName != "" && l.metric >= 0 {
		f.note("--metric is not used, as the column %s names the metrics", columnName(f.names, l.metric))
	}
	if metricName == "" {
		metricName = "value"
		if f.header && f.names[val] != "" && !isAlias(f.names[val], valueAliases) {
			metricName = f.names[val]
		}
	}
	l.values = []value{{val, metricName}}
	for _, c := range append(f.of(textColumn), f.of(numberColumn)...) {
		f.note("column %s is not used", columnName(f.names, c))
	}
	return nil
}

// guessNames takes columns of text for the VM and the metric when none is named
// so: always without a header, otherwise only where times repeat without them.
func (f *inference) guessNames(l *layout) {
	texts := f.of(textColumn)
	if len(texts) == 0 || (l.vm >= 0 && l.metric >= 0) || len(texts) > 2 {
		return
	}
	if f.header && !f.repeats(l) {
		return
	}
	needVM := l.vm < 0 && f.o.VM == ""
	needMetric := l.metric < 0 && f.o.Metric == ""
	if len(texts) == 1 && needVM && needMetric {
		needMetric = f.looksLikeMetrics(texts[0])
		needVM = !needMetric
	}
	if needVM {
		l.vm, texts = texts[0], texts[1:]
		f.taken[l.vm] = true
	}
	if needMetric && len(texts) > 0 {
		l.metric = texts[0]
		f.taken[l.metric] = true
	}
}

// repeats reports whether a time occurs twice for the same known names.
func (f *inference) repeats(l *layout) bool {
	seen := map[string]bool{}
	for _, r := range f.body {
		key := ""
		for _, c := range []int{l.date, l.time, l.vm, l.metric} {
			if c >= 0 && c < len(r) {
				key += r[c] + "\x00"
			}
		}
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// looksLikeMetrics reports whether most names in the column are of metrics
// whose unit is known.
func (f *inference) looksLikeMetrics(c int) bool {
	known, all := 0, 0
	seen := map[string]bool{}
	for _, s := range f.samples(c) {
		if !seen[s] {
			seen[s] = true
			all++
			if metric.UnitOf(s) != metric.None {
				known++
			}
		}
	}
	return known*2 > all
}

// wide sets up a metric for each column of numbers.
func (f *inference) wide(l *layout, name int) error {
	if name >= 0 && l.vm < 0 && f.o.VM == "" && normal(f.names[name]) == "name" {
		l.vm = name
		f.taken[name] = true
	}
	l.wide = true
	seen := map[string]int{}
	for i, k := range f.kinds {
		switch {
		case f.taken[i] || (k == emptyColumn && f.names[i] == ""):
		case k == textColumn:
			f.note("column %s holds text and is not used", columnName(f.names, i))
		default:
			metricName := columnName(f.names, i)
			seen[metricName]++
			if n := seen[metricName]; n > 1 {
				metricName = fmt.Sprintf("%s (%d)", metricName, n)
			}
			l.values = append(l.values, value{i, metricName})
		}
	}
	return f.chooseMetric(l)
}

// chooseMetric narrows a wide table to the metric that the user names.
func (f *inference) chooseMetric(l *layout) error {
	if f.o.Metric == "" {
		return nil
	}
	names := make([]string, len(l.values))
	for i, v := range l.values {
		names[i] = v.metric
		if strings.EqualFold(v.metric, f.o.Metric) {
			l.values = []value{{v.column, f.o.Metric}}
			f.note("only column %s is used, as --metric asks", v.metric)
			return nil
		}
	}
	return fmt.Errorf("the file has %d metrics (%s), so --metric must be one of them or be left out",
		len(names), strings.Join(names[:min(len(names), 8)], ", "))
}
