package ingest

import "bytes"

// block is a part of a text file that ends where a record ends.
type block struct {
	data  []byte
	first bool // the file's first, which the header may start
	out   batch
	done  chan struct{}
}

// parseBlock takes the block's records one after the other. Blank lines and
// comments are no rows.
func (p *parser) parseBlock(b *block, fields [][]byte) [][]byte {
	p.begin(&b.out)
	data, line := b.data, int64(1)
	skip := b.first && p.header
	quotes := bytes.IndexByte(data, '"') >= 0
	for len(data) > 0 {
		raw, n := p.dialect.line(data)
		lines := 1
		var err error
		switch {
		case len(raw) == 0 || raw[0] == '#' || (raw[0] <= ' ' && len(trim(raw)) == 0):
			data = data[n:]
			line++
			continue
		case !quotes:
			fields = p.split(raw, fields[:0])
		default:
			fields, n, lines, err = p.record(data, fields[:0])
			if err == nil {
				raw = bytes.TrimRight(data[:n], "\r\n")
			}
		}
		switch {
		case skip:
			skip = false
		case err != nil:
			p.reject(line, "", err.Error(), raw, nil)
		case p.all || !blank(fields):
			p.row(fields, line, raw)
		}
		data = data[n:]
		line += int64(lines)
	}
	b.out.length, b.out.bytes = line-1, len(b.data)
	return fields
}
