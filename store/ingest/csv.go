package ingest

import (
	"bytes"
	"errors"
)

// dialect says how a text file separates its fields and records.
type dialect struct {
	delimiter byte
	eol       byte // '\n', or '\r' in files of old Macs
	point     byte // of decimal numbers: '.' or ','
}

// maxQuoted bounds a quoted field: a quote that is not closed within so many
// bytes is taken for a mistake in its line, so that it cannot swallow the file.
const maxQuoted = 64 << 10

var (
	errOpenQuote  = errors.New("a quote is not closed")
	errAfterQuote = errors.New("text follows a closing quote")
)

// split cuts a line without quotes into its fields, trimmed of blanks.
func (d dialect) split(line []byte, fields [][]byte) [][]byte {
	for {
		i := bytes.IndexByte(line, d.delimiter)
		if i < 0 {
			return append(fields, trim(line))
		}
		fields = append(fields, trim(line[:i]))
		line = line[i+1:]
	}
}

// trim cuts blanks off both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// line returns the first physical line of b without its end, and its length
// with it.
func (d dialect) line(b []byte) (line []byte, n int) {
	i := bytes.IndexByte(b, d.eol)
	if i < 0 {
		return b, len(b)
	}
	line = b[:i]
	if i > 0 && line[i-1] == '\r' {
		line = line[:i-1]
	}
	return line, i + 1
}

// record reads the first record of b, which may hold quoted fields with line
// ends in them: its fields, its length and the physical lines it takes. On
// an error the record is the first physical line. b is not changed.
func (d dialect) record(b []byte, fields [][]byte) (out [][]byte, n, lines int, err error) {
	line, n := d.line(b)
	if bytes.IndexByte(line, '"') < 0 {
		return d.split(line, fields), n, 1, nil
	}
	pos, lines := 0, 1
	out = fields
	for {
		field, end, err := d.field(b[pos:])
		if err != nil {
			return fields, n, 1, err
		}
		lines += bytes.Count(b[pos:pos+end], []byte{d.eol})
		out = append(out, field)
		pos += end
		if pos >= len(b) {
			return out, pos, lines, nil
		}
		pos++
		if b[pos-1] == d.eol {
			return out, pos, lines, nil
		}
	}
}

// field reads the first field of b and returns where it ends: at a delimiter,
// at a line end, or at the end of b.
func (d dialect) field(b []byte) (field []byte, end int, err error) {
	start := 0
	for start < len(b) && (b[start] == ' ' || b[start] == '\t') && b[start] != d.delimiter {
		start++
	}
	if start == len(b) || b[start] != '"' {
		end = d.fieldEnd(b)
		return trim(b[:end]), end, nil
	}
	inside, n, ok := quoted(b[start+1:])
	if !ok {
		return nil, 0, errOpenQuote
	}
	after := start + 1 + n
	end = after + d.fieldEnd(b[after:])
	if len(trim(b[after:end])) > 0 {
		return nil, 0, errAfterQuote
	}
	return inside, end, nil
}

func (d dialect) fieldEnd(b []byte) int {
	for i, c := range b {
		if c == d.delimiter || c == d.eol {
			return i
		}
	}
	return len(b)
}

// quoted reads the inside of a quoted field and the length up to behind its
// closing quote; two quotes stand for one.
func quoted(b []byte) (inside []byte, n int, ok bool) {
	limit := min(len(b), maxQuoted)
	doubled := false
	for n < limit {
		i := bytes.IndexByte(b[n:limit], '"')
		if i < 0 {
			return nil, 0, false
		}
		n += i + 1
		if n < len(b) && b[n] == '"' {
			doubled = true
			n++
			continue
		}
		inside = b[:n-1]
		if doubled {
			inside = bytes.ReplaceAll(inside, []byte(`""`), []byte(`"`))
		}
		return inside, n, true
	}
	return nil, 0, false
}

// whole returns the length of the complete records at the front of b, which
// is a part of a file that goes on. Zero means that not even one is complete.
func (d dialect) whole(b []byte) int {
	last := bytes.LastIndexByte(b, d.eol) + 1
	if bytes.IndexByte(b[:last], '"') < 0 {
		return last
	}
	var fields [][]byte
	done := 0
	for done < last {
		line, n := d.line(b[done:])
		if bytes.IndexByte(line, '"') >= 0 {
			var err error
			_, n, _, err = d.record(b[done:], fields[:0])
			if err != nil && len(b)-done < 2*maxQuoted+n {
				return done // the closing quote may still come
			}
		}
		if done+n > last {
			return done
		}
		done += n
	}
	return done
}
