package ingest

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"aiops/metric"
)

// batch is what a parser made of a block of rows: points in columns, bad rows,
// counts. Its lines count from the block's first.
type batch struct {
	parser   int      // whose ids these are
	ids      []uint32 // nil: every point is of series 0
	times    []int64
	values   []float64
	lines    []int64 // only when the layout keeps them
	keys     []metric.Key
	rejected []Rejected
	empty    int64
	length   int64 // lines of the block
	bytes    int   // of text that it was
}

func (b *batch) reset() {
	b.ids, b.times, b.values, b.lines = b.ids[:0], b.times[:0], b.values[:0], b.lines[:0]
	b.keys, b.rejected = b.keys[:0], b.rejected[:0]
	b.empty, b.length = 0, 0
}

// parser turns rows into points. Each goroutine has its own.
type parser struct {
	layout
	number int
	out    *batch
	series map[string]uint32
	keys   []metric.Key
	next   []uint32 // the series that followed last time
	last   uint32
	name   []byte

	wideVM  []byte             // the VM of wideIDs
	wideIDs []int32            // a series for each value column, -1: not seen yet
	wideVMs map[string][]int32 // by VM
	joined  []byte             // day and time of day of two columns
	at      int64              // the row's time, as soon as it is known
}

func newParser(l *layout, number int) *parser {
	p := &parser{layout: *l, number: number, at: NoTime, series: map[string]uint32{}, wideVMs: map[string][]int32{}}
	if l.vm < 0 && l.metric < 0 && !l.wide {
		p.keys = []metric.Key{{VM: l.vmName, Metric: l.values[0].metric}}
	}
	return p
}

// begin makes the parser write to b.
func (p *parser) begin(b *batch) {
	b.reset()
	b.parser = p.number
	p.out = b
	if len(p.keys) == 1 && p.single() && p.last == 0 {
		p.last = 1 // told once
		b.keys = append(b.keys, p.keys[0])
	}
}

// single reports whether all points belong to one series.
func (p *parser) single() bool { return p.vm < 0 && p.metric < 0 && !p.wide }

// row takes one record.
func (p *parser) row(fields [][]byte, line int64, raw []byte) {
	p.takeRow(fields, line, raw)
	p.at = NoTime
}

func (p *parser) takeRow(fields [][]byte, line int64, raw []byte) {
	if len(fields) > len(p.names) && !blank(fields[len(p.names):]) {
		p.reject(line, "", fmt.Sprintf("%d fields instead of %d", len(fields), len(p.names)), raw, fields)
		return
	}
	if len(fields) < p.columns {
		p.reject(line, "", fmt.Sprintf("%d fields instead of %d", len(fields), len(p.names)), raw, fields)
		return
	}
	text := fields[p.time]
	if p.date >= 0 {
		p.joined = append(append(append(p.joined[:0], fields[p.date]...), ' '), text...)
		text = p.joined
	}
	t, ok := p.clock.parse(text)
	if !ok {
		p.reject(line, p.column(p.time), p.timeReason(text), raw, fields)
		return
	}
	p.at = t
	if t >= p.future {
		p.reject(line, p.column(p.time), "the time is in the future", raw, fields)
		return
	}
	if p.wide {
		p.wideRow(fields, t, line, raw)
		return
	}
	p.longRow(fields, t, line, raw)
}

func (p *parser) longRow(fields [][]byte, t, line int64, raw []byte) {
	text := fields[p.values[0].column]
	v, state := parseNumber(text, p.point)
	if state != isNumber {
		p.reject(line, p.column(p.values[0].column), valueReason(text, state), raw, fields)
		return
	}
	if p.single() {
		p.out.times = append(p.out.times, t)
		p.out.values = append(p.out.values, v)
		if p.keep {
			p.out.lines = append(p.out.lines, line)
		}
		return
	}
	vm, name, field, reason := p.names2(fields)
	if reason != "" {
		p.reject(line, p.column(field), reason, raw, fields)
		return
	}
	p.add(p.id(vm, name), t, v, line)
}

// names2 returns the VM and the metric of a long row; nil is the layout's own.
func (p *parser) names2(fields [][]byte) (vm, name []byte, field int, reason string) {
	if p.vm >= 0 {
		vm = fields[p.vm]
		if reason := nameReason("vm", vm); reason != "" {
			return nil, nil, p.vm, reason
		}
	}
	if p.metric >= 0 {
		name = fields[p.metric]
		if reason := nameReason("metric", name); reason != "" {
			return nil, nil, p.metric, reason
		}
	}
	return vm, name, 0, ""
}

func (p *parser) wideRow(fields [][]byte, t, line int64, raw []byte) {
	var vm []byte
	if p.vm >= 0 {
		vm = fields[p.vm]
		if reason := nameReason("vm", vm); reason != "" {
			p.reject(line, p.column(p.vm), reason, raw, fields)
			return
		}
	}
	ids := p.wideSeries(vm)
	for i, val := range p.values {
		if val.column >= len(fields) {
			p.empty(ids, i, vm, line)
			continue
		}
		text := fields[val.column]
		v, state := parseNumber(text, p.point)
		switch state {
		case isAbsent:
			p.empty(ids, i, vm, line)
		case isNumber:
			if ids[i] < 0 {
				ids[i] = int32(p.newSeries(vm, []byte(val.metric)))
			}
			p.add(uint32(ids[i]), t, v, line)
		default:
			p.rejectCell(line, val.metric, valueReason(text, state), raw)
			if p.all {
				p.absent(ids, i, vm, line)
			}
		}
	}
}

// empty counts a cell without a value.
func (p *parser) empty(ids []int32, i int, vm []byte, line int64) {
	p.out.empty++
	if p.all {
		p.absent(ids, i, vm, line)
	}
}

// wideSeries returns the series of a VM, a value column each.
func (p *parser) wideSeries(vm []byte) []int32 {
	if p.wideIDs != nil && bytes.Equal(vm, p.wideVM) {
		return p.wideIDs
	}
	ids, ok := p.wideVMs[string(vm)]
	if !ok {
		ids = make([]int32, len(p.values))
		for i := range ids {
			ids[i] = -1
		}
		p.wideVMs[string(vm)] = ids
	}
	p.wideVM, p.wideIDs = append(p.wideVM[:0], vm...), ids
	return ids
}

func (p *parser) add(id uint32, t int64, v float64, line int64) {
	p.out.ids = append(p.out.ids, id)
	p.out.times = append(p.out.times, t)
	p.out.values = append(p.out.values, v)
	if p.keep {
		p.out.lines = append(p.out.lines, line)
	}
}

// id finds the series of a long row. Files repeat the same series or the same
// order of series, so the one that came next last time is tried first.
func (p *parser) id(vm, name []byte) uint32 {
	if len(p.keys) > 0 {
		guess := p.next[p.last]
		if p.is(guess, vm, name) {
			p.last = guess
			return guess
		}
		if p.is(p.last, vm, name) {
			return p.last
		}
	}
	p.name = append(append(append(p.name[:0], vm...), 0), name...)
	id, ok := p.series[string(p.name)]
	if !ok {
		id = p.newSeries(vm, name)
		p.series[string(p.name)] = id
	}
	p.next[p.last] = id
	p.last = id
	return id
}

func (p *parser) is(id uint32, vm, name []byte) bool {
	k := &p.keys[id]
	return (vm == nil || string(vm) == k.VM) && (name == nil || string(name) == k.Metric)
}

func (p *parser) newSeries(vm, name []byte) uint32 {
	k := metric.Key{VM: p.vmName, Metric: p.values[0].metric}
	if vm != nil {
		k.VM = validName(vm)
	}
	if name != nil {
		k.Metric = validName(name)
	}
	id := uint32(len(p.keys))
	p.keys = append(p.keys, k)
	p.next = append(p.next, id)
	p.out.keys = append(p.out.keys, k)
	return id
}

// validName reads a name as UTF-8, or as Windows-1252 when it is not.
func validName(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(s)
}
