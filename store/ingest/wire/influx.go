package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"
)

// influx reads line protocol; each field of a line is a row. A text over
// several lines is no value here, so every line stands for itself.
type influx struct {
	o         Options
	lines     *bufio.Scanner
	line      int
	precision lineprotocol.Precision
	now       time.Time
	rows      []Row // of the last line, those that are still to be given
	tags      []label
	bytes     []byte // holds what tags point to
}

// NewInflux reads Influx line protocol; precision is ns, us, ms, s, or "" for ns.
func NewInflux(r io.Reader, precision string, o Options) (Rows, error) {
	p, err := precisionOf(precision)
	if err != nil {
		return nil, err
	}
	o = o.complete("host")
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	return &influx{o: o, lines: lines, precision: p, now: o.Now()}, nil
}

func precisionOf(name string) (lineprotocol.Precision, error) {
	switch name {
	case "", "ns", "n":
		return lineprotocol.Nanosecond, nil
	case "us", "u":
		return lineprotocol.Microsecond, nil
	case "ms":
		return lineprotocol.Millisecond, nil
	case "s":
		return lineprotocol.Second, nil
	}
	return 0, fmt.Errorf("%w: precision %q; use ns, us, ms or s", ErrUnsupported, name)
}

// Next gives the next field.
func (f *influx) Next() (Row, error) {
	for len(f.rows) == 0 {
		if !f.lines.Scan() {
			if err := f.lines.Err(); err != nil {
				return Row{}, readError(f.line, err)
			}
			return Row{}, io.EOF
		}
		f.line++
		text := bytes.TrimSpace(f.lines.Bytes())
		if len(text) > 0 && text[0] != '#' {
			f.parse(text)
		}
	}
	row := f.rows[0]
	f.rows = f.rows[1:]
	return row, nil
}

// parse reads a line; one that cannot be read is one refused row.
func (f *influx) parse(text []byte) {
	f.rows = f.rows[:0]
	at, timed, err := f.points(lineprotocol.NewDecoderWithBytes(text))
	if err != nil {
		f.rows = append(f.rows[:0], Row{Line: f.line, Text: text, Reason: reasonOf(err)})
		return
	}
	for i := range f.rows {
		f.rows[i].Line, f.rows[i].Text, f.rows[i].Time, f.rows[i].Timed = f.line, text, at, timed
	}
}

// reasonOf leaves the library's line number away, which counts from here.
func reasonOf(err error) string {
	var syntax *lineprotocol.DecodeError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("at byte %d: %v", syntax.Column, syntax.Err)
	}
	return err.Error()
}

func (f *influx) points(dec *lineprotocol.Decoder) (at int64, timed bool, err error) {
	if !dec.Next() {
		return 0, false, errors.New("the line is empty")
	}
	name, err := dec.Measurement()
	if err != nil {
		return 0, false, err
	}
	f.bytes = append(f.bytes[:0], name...)
	name = f.bytes[:len(name):len(name)]
	if err := f.readTags(dec); err != nil {
		return 0, false, err
	}
	for {
		field, value, err := dec.NextField()
		if err != nil {
			return 0, false, err
		}
		if field == nil {
			break
		}
		f.rows = append(f.rows, f.row(name, field, value))
	}
	text, err := dec.TimeBytes()
	if err != nil || text == nil {
		return f.now.UnixMicro(), false, err
	}
	at, err = f.micros(text)
	return at, true, err
}

// micros reads a time in the precision that was asked for.
func (f *influx) micros(text []byte) (int64, error) {
	v, err := lineprotocol.NewValueFromBytes(lineprotocol.Int, text)
	if err != nil {
		return 0, fmt.Errorf("the time is not a whole number: %q", shorten(text))
	}
	unit := float64(f.precision.Duration()) / float64(time.Microsecond)
	if unit < 1 { // nanoseconds do not fit into the digits of a float64
		return floorDiv(v.IntV(), 1000), nil
	}
	return toMicros(float64(v.IntV()), unit)
}

func floorDiv(a, b int64) int64 {
	if a < 0 && a%b != 0 {
		return a/b - 1
	}
	return a / b
}

// readTags copies the tags, as the decoder keeps only the last one.
func (f *influx) readTags(dec *lineprotocol.Decoder) error {
	f.tags = f.tags[:0]
	for {
		k, v, err := dec.NextTag()
		if err != nil || k == nil {
			return err
		}
		f.tags = append(f.tags, label{bytes.Clone(k), bytes.Clone(v)})
	}
}

// row is one field: measurement_field with the tags, or the measurement alone
// where the field is called value.
func (f *influx) row(measurement, field []byte, v lineprotocol.Value) Row {
	name := measurement
	if string(field) != "value" {
		name = bytes.Join([][]byte{measurement, field}, []byte{'_'})
	}
	var r Row
	r.Key, r.Reason = f.o.key(name, f.tags)
	switch v.Kind() {
	case lineprotocol.Float:
		r.Value = v.FloatV()
	case lineprotocol.Int:
		r.Value = float64(v.IntV())
	case lineprotocol.Uint:
		r.Value = float64(v.UintV())
	case lineprotocol.Bool:
		if v.BoolV() {
			r.Value = 1
		}
	default:
		r.Reason = "the value is a text, not a number"
	}
	return r
}
