package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

var delimiterNames = map[byte]string{',': "comma", ';': "semicolon", '\t': "tab", '|': "pipe"}

// sampleSize is how much of a file is looked at to find out its form.
const sampleSize = 256 << 10

// sniff finds out the layout of a text file from its beginning. rest says
// that the file goes on behind it.
func sniff(sample []byte, rest bool, o Options, vm string) (*layout, table, error) {
	if bytes.IndexByte(sample, 0) >= 0 {
		return nil, table{}, errors.New("it is neither text nor Excel nor Parquet: CSV, .xlsx, .parquet, gzip and zstd of them are read")
	}
	eol := byte('\n')
	if bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample, '\r') >= 0 {
		eol = '\r'
	}
	var best *layout
	var bestTable table
	var firstErr error
	score := 0.0
	for _, delimiter := range []byte{';', '\t', '|', ','} {
		d := dialect{delimiter: delimiter, eol: eol, point: '.'}
		t := table{rows: d.rows(sample, rest)}
		s := regular(t.rows)
		if s <= score {
			continue
		}
		d.point = decimalPoint(t.rows, delimiter)
		l, err := infer(t, d, o, vm)
		if err != nil {
			if firstErr == nil {
				firstErr = err
			}
			continue
		}
		best, bestTable, score = l, t, s
	}
	switch {
	case best != nil:
	case firstErr != nil:
		return nil, table{}, firstErr
	case len(trim(sample)) == 0:
		return nil, table{}, errNoRows
	default:
		return nil, table{}, errors.New("there is only one column: at least a time and a value are needed, separated by commas, semicolons, tabs or pipes")
	}
	return best, bestTable, nil
}

// rows reads the sample's records, without blank lines and comments.
func (d dialect) rows(sample []byte, rest bool) [][]string {
	if rest {
		sample = sample[:d.whole(sample)]
	}
	var out [][]string
	var fields [][]byte
	for len(sample) > 0 {
		line, n := d.line(sample)
		if trimmed := trim(line); len(trimmed) == 0 || trimmed[0] == '#' {
			sample = sample[n:]
			continue
		}
		var err error
		fields, n, _, err = d.record(sample, fields[:0])
		sample = sample[n:]
		if err != nil || blank(fields) {
			continue
		}
		row := make([]string, len(fields))
		for i, f := range fields {
			row[i] = strings.ToValidUTF8(validName(f), "")
		}
		out = append(out, row)
	}
	return out
}

// regular scores how well a delimiter fits: the share of rows with the same
// number of fields as the first and the most usual one; nothing for a single field.
func regular(rows [][]string) float64 {
	if len(rows) == 0 {
		return 0
	}
	w := modalWidth(rows)
	if w < 2 {
		return 0
	}
	same := 0
	for _, r := range rows {
		if len(r) == w {
			same++
		}
	}
	s := float64(same) / float64(len(rows))
	if len(rows[0]) != w {
		s /= 2
	}
	return s
}

// decimalPoint finds out whether numbers are written with a comma. Between
// commas only a fraction that is no group of three digits says so.
func decimalPoint(rows [][]string, delimiter byte) byte {
	commas := 0
	for _, r := range rows {
		for _, cell := range r {
			whole, fraction, found := strings.Cut(strings.TrimLeft(cell, "+-"), ",")
			if found && digits(whole) && digits(fraction) {
				if delimiter != ',' || len(fraction) != 3 {
					commas++
				}
				continue
			}
			whole, fraction, found = strings.Cut(strings.TrimLeft(cell, "+-"), ".")
			if found && digits(whole) && digits(fraction) {
				return '.'
			}
		}
	}
	if commas > 0 {
		return ','
	}
	return '.'
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}

// explain adds the file's name to what went wrong with it; a bad row has it.
func explain(name string, err error) error {
	var bad BadRow
	switch {
	case err == nil:
		return nil
	case errors.As(err, &bad):
		return bad
	}
	return fmt.Errorf("%s: %w", name, err)
}
