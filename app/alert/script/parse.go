package script

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"aiops/app/alert"
	"aiops/metric"
)

// statement is one step of a script.
type statement struct {
	line int
	do   func(r *runner) error
}

// Script is a script that was read.
type Script struct {
	Name       string
	statements []statement
}

// parser goes through a script's lines.
type parser struct {
	name   string
	lines  []string
	at     int // index of the line that is next
	open   func(path string) ([]byte, error)
	start  int64
	errs   []error
	script Script
}

// standardStart is a Monday, 2026-01-05T00:00:00Z: offsets count from it.
var standardStart = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC).UnixMicro()

// Parse reads a script. open reads a file that it names, such as its rules.
// The error names every line that is wrong and what to write.
func Parse(name, text string, open func(path string) ([]byte, error)) (Script, error) {
	p := &parser{name: name, lines: strings.Split(text, "\n"), open: open, start: standardStart, script: Script{Name: name}}
	for p.at < len(p.lines) {
		line := p.lines[p.at]
		p.at++
		fields, err := words(line)
		switch {
		case err != nil:
			p.fail(p.at, err)
		case len(fields) == 0:
		case indented(line):
			p.fail(p.at, errors.New("the line is indented but belongs to no load, predict or rules; begin it at the margin"))
		default:
			p.statement(fields)
		}
	}
	return p.script, errors.Join(p.errs...)
}

func (p *parser) fail(line int, err error) {
	const most = 20
	if len(p.errs) < most {
		p.errs = append(p.errs, fmt.Errorf("%s:%d: %w", p.name, line, err))
	}
}

// words are a line's words without its comment; a word in quotes may hold spaces.
func words(line string) ([]string, error) {
	var out []string
	rest := strings.TrimSpace(line)
	for rest != "" && rest[0] != '#' {
		var w string
		if rest[0] == '"' {
			end := strings.IndexByte(rest[1:], '"')
			if end < 0 {
				return nil, errors.New("a quote is not closed; add \"")
			}
			w, rest = rest[1:1+end], rest[end+2:]
		} else {
			end := strings.IndexAny(rest, " \t\r")
			if end < 0 {
				end = len(rest)
			}
			w, rest = rest[:end], rest[end:]
		}
		out = append(out, w)
		rest = strings.TrimSpace(rest)
	}
	return out, nil
}

func indented(line string) bool { return line != "" && (line[0] == ' ' || line[0] == '\t') }

func (p *parser) statement(fields []string) {
	line := p.at
	var do func(*runner) error
	var err error
	args := fields[1:]
	switch fields[0] {
	case "start":
		err = p.setStart(args)
	case "load":
		do, err = p.load(args)
	case "predict":
		do, err = p.predict(args)
	case "rules":
		do, err = p.rules(args)
	case "maintenance":
		do, err = p.maintenance(args)
	case "silence":
		do, err = p.silence(args)
	case "eval":
		do, err = p.eval(args)
	case "expect":
		do, err = p.expect(args)
	case "clear", "restart":
		if len(args) > 0 {
			err = fmt.Errorf("%s stands alone", fields[0])
		} else if do = (*runner).clear; fields[0] == "restart" {
			do = (*runner).restart
		}
	default:
		err = fmt.Errorf("%q is not known; write start, load, predict, rules, maintenance, silence, eval, expect, restart or clear", fields[0])
	}
	if err != nil {
		p.fail(line, err)
	} else if do != nil {
		p.script.statements = append(p.script.statements, statement{line, do})
	}
}

// block takes the indented lines that follow, with the number of the first.
func (p *parser) block() (lines []string, first int) {
	first = p.at + 1
	for p.at < len(p.lines) && (indented(p.lines[p.at]) || strings.TrimSpace(p.lines[p.at]) == "") {
		lines = append(lines, p.lines[p.at])
		p.at++
	}
	return lines, first
}

func (p *parser) setStart(args []string) error {
	text := strings.Join(args, " ")
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 1900 && t.Year() < 2200 {
			p.start = t.UnixMicro()
			return nil
		}
	}
	return fmt.Errorf("%q is not a time; write start 2026-01-05 00:00 (UTC)", text)
}

// offset reads a time of the script: so long after its start.
func (p *parser) offset(text string) (int64, error) {
	if text == "0" {
		return p.start, nil
	}
	d, err := alert.ParseSpan(text)
	return p.start + d, err
}

// load STEP [from OFFSET] and a line for each series
func (p *parser) load(args []string) (func(*runner) error, error) {
	lines, first := p.block()
	if len(args) != 1 && (len(args) != 3 || args[1] != "from") {
		return nil, errors.New("write load 5m, or load 5m from 2h, and a line for each series below")
	}
	step, err := alert.ParseSpan(args[0])
	if err != nil {
		return nil, err
	}
	from := p.start
	if len(args) == 3 {
		if from, err = p.offset(args[2]); err != nil {
			return nil, err
		}
	}
	var all []metric.Series
	err = p.series(lines, first, func(k metric.Key, args []string) error {
		v, err := values(args)
		if err == nil {
			all = append(all, points(k, from, step, v))
		}
		return err
	})
	return func(r *runner) error { return r.load(all) }, err
}

// series calls f for each line of a block.
func (p *parser) series(lines []string, first int, f func(k metric.Key, args []string) error) error {
	n := 0
	for i, line := range lines {
		fields, err := words(line)
		if err == nil && len(fields) == 0 {
			continue
		}
		if err == nil && len(fields) < 3 {
			err = errors.New("write a VM, a metric and values, such as web-01 cpu 10x20 95x6")
		}
		if err == nil {
			err = f(metric.Key{VM: fields[0], Metric: fields[1]}, fields[2:])
		}
		if err != nil {
			p.fail(first+i, err)
		}
		n++
	}
	if n == 0 {
		return errors.New("no series follow; write them below, indented, such as web-01 cpu 10x20 95x6")
	}
	return nil
}

// points are the values that are there.
func points(k metric.Key, from, step int64, v []float64) metric.Series {
	s := metric.Series{Key: k}
	for i, x := range v {
		if x == x {
			s.Times, s.Values = append(s.Times, from+int64(i)*step), append(s.Values, x)
		}
	}
	return s
}
