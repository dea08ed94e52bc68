package ingest

import (
	"context"
	"io"
)

// rowSource gives the rows of a table one after the other, with their lines;
// io.EOF behind the last. The fields are valid until the next call.
type rowSource func() (fields [][]byte, line int64, err error)

// batchRows is how many rows of a table are handed on together.
const batchRows = 16 << 10

// parseRows reads a table that is no text. number tells its series from those
// of other tables of the same file.
func (r *reading) parseRows(ctx context.Context, l *layout, number int, next rowSource, take func(*batch) error) error {
	p := newParser(l, number)
	var b batch
	p.begin(&b)
	for n := 0; ; n++ {
		if n == batchRows {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := take(&b); err != nil {
				return err
			}
			p.begin(&b)
			n = 0
		}
		fields, line, err := next()
		if err == io.EOF {
			return take(&b)
		}
		if err != nil {
			return err
		}
		if !blank(fields) {
			p.row(fields, line, nil)
		}
	}
}
