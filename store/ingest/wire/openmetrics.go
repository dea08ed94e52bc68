package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"aiops/metric"
)

// openMetrics reads the text line by line. Comments, among them # TYPE and
// # EOF, hold no values.
type openMetrics struct {
	o      Options
	lines  *bufio.Scanner
	line   int
	now    int64
	known  map[string]metric.Key // by the text in front of the value
	labels []label
}

// maxKnown bounds how many series are remembered by their text.
const maxKnown = 1 << 16

// NewOpenMetrics reads OpenMetrics text. Times below 1e11, or with a fraction,
// are seconds, as OpenMetrics writes them; others are Prometheus' milliseconds.
func NewOpenMetrics(r io.Reader, o Options) Rows {
	o = o.complete("instance")
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	return &openMetrics{o: o, lines: lines, now: o.Now().UnixMicro(), known: map[string]metric.Key{}}
}

// Next reads the next line with a value.
func (m *openMetrics) Next() (Row, error) {
	for m.lines.Scan() {
		m.line++
		text := bytes.TrimSpace(m.lines.Bytes())
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		row := Row{Line: m.line, Text: text, Time: m.now}
		if err := m.parse(text, &row); err != nil {
			row.Reason = err.Error()
		}
		return row, nil
	}
	if err := m.lines.Err(); err != nil {
		return Row{}, readError(m.line, err)
	}
	return Row{}, io.EOF
}

func (m *openMetrics) parse(text []byte, row *Row) error {
	name, n, err := m.series(text)
	if err != nil {
		return err
	}
	key, ok := m.known[string(text[:n])]
	if !ok {
		var reason string
		if key, reason = m.o.key(name, m.labels); reason != "" {
			row.Key = key
			return errors.New(reason)
		}
		if len(m.known) == maxKnown {
			clear(m.known)
		}
		m.known[string(text[:n])] = key
	}
	row.Key = key
	value, rest := token(text[n:])
	if row.Value, err = parseValue(value); err != nil {
		return err
	}
	at, rest := token(rest)
	if len(at) > 0 && at[0] != '#' {
		row.Timed = true
		if row.Time, err = parseTime(at); err != nil {
			return err
		}
		at, _ = token(rest)
	}
	if len(at) > 0 && at[0] != '#' { // an exemplar may follow
		return fmt.Errorf("there is more behind the time: %q", shorten(at))
	}
	return nil
}

// series reads the name and the labels in front of a value, and how long they are.
func (m *openMetrics) series(text []byte) (name []byte, n int, err error) {
	m.labels = m.labels[:0]
	for n < len(text) && isName(text[n], n == 0) {
		n++
	}
	name = text[:n]
	for n < len(text) && isBlank(text[n]) {
		n++
	}
	if n == len(text) {
		return nil, 0, errors.New("there is no value")
	}
	if text[n] != '{' {
		if len(name) == 0 || !isBlank(text[n-1]) {
			return nil, 0, fmt.Errorf("a metric's name is expected at %q", shorten(text))
		}
		return name, n, nil
	}
	quotedName, size, err := m.braces(text[n:])
	if len(name) == 0 {
		name = quotedName
	}
	return name, n + size, err
}

var errLabels = errors.New(`the labels are not written as {name="value",...}`)

// braces reads the labels; a quoted text without a value is the metric's name.
func (m *openMetrics) braces(b []byte) (name []byte, n int, err error) {
	n = 1
	for {
		for n < len(b) && (isBlank(b[n]) || b[n] == ',') {
			n++
		}
		if n == len(b) {
			return nil, 0, errLabels
		}
		if b[n] == '}' {
			return name, n + 1, nil
		}
		l, size, hasValue := readLabel(b[n:])
		if size == 0 {
			return nil, 0, errLabels
		}
		n += size
		if hasValue {
			m.labels = append(m.labels, l)
		} else {
			name = l.name
		}
		for n < len(b) && isBlank(b[n]) {
			n++
		}
		if n == len(b) || b[n] != ',' && b[n] != '}' {
			return nil, 0, errLabels
		}
	}
}

// readLabel reads name="value", "name"="value" or "name"; size 0: it is none of them.
func readLabel(b []byte) (l label, size int, hasValue bool) {
	n := 0
	quoted := b[0] == '"'
	if quoted {
		if l.name, n = readQuoted(b); n == 0 {
			return l, 0, false
		}
	} else {
		for n < len(b) && isName(b[n], n == 0) && b[n] != ':' {
			n++
		}
		l.name = b[:n]
	}
	at := n
	for at < len(b) && isBlank(b[at]) {
		at++
	}
	if at == len(b) || b[at] != '=' {
		if quoted {
			return l, n, false
		}
		return l, 0, false
	}
	for at++; at < len(b) && isBlank(b[at]); at++ {
	}
	value, size := readQuoted(b[at:])
	if size == 0 || len(l.name) == 0 {
		return l, 0, false
	}
	l.value = value
	return l, at + size, true
}

// readQuoted reads a quoted text and its length with the quotes; 0: it is none.
func readQuoted(b []byte) ([]byte, int) {
	if len(b) == 0 || b[0] != '"' {
		return nil, 0
	}
	var out []byte // only when something is escaped
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			if out == nil {
				return b[1:i], i + 1
			}
			return out, i + 1
		case '\\':
			if out == nil {
				out = append([]byte{}, b[1:i]...)
			}
			if i++; i == len(b) {
				return nil, 0
			}
			switch b[i] {
			case 'n':
				out = append(out, '\n')
			case '"', '\\':
				out = append(out, b[i])
			default:
				out = append(out, '\\', b[i])
			}
		default:
			if out != nil {
				out = append(out, b[i])
			}
		}
	}
	return nil, 0
}

func isName(c byte, first bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || !first && c >= '0' && c <= '9'
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// token cuts off the next word.
func token(b []byte) (word, rest []byte) {
	b = bytes.TrimLeft(b, " \t")
	if i := bytes.IndexAny(b, " \t"); i >= 0 {
		return b[:i], b[i:]
	}
	return b, nil
}

func parseValue(b []byte) (float64, error) {
	if len(b) == 0 {
		return 0, errors.New("there is no value")
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil && !math.IsInf(v, 0) || bytes.ContainsAny(b, "_xX") {
		return 0, fmt.Errorf("the value is not a number: %q", shorten(b))
	}
	return v, nil
}

// milliseconds begin here; below, a time is in seconds: until the year 5138, and from 1973 on.
const milliseconds = 1e11

func parseTime(b []byte) (int64, error) {
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil || math.IsNaN(v) || bytes.ContainsAny(b, "_xX") {
		return 0, fmt.Errorf("the time is not a number: %q", shorten(b))
	}
	if bytes.IndexByte(b, '.') >= 0 || math.Abs(v) < milliseconds {
		return toMicros(v, 1e6)
	}
	return toMicros(v, 1e3)
}
