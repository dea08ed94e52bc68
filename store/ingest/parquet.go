package ingest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// parquetTable reads the flat columns of a Parquet file as text.
type parquetTable struct {
	file    *parquet.File
	columns []parquetColumn // by the file's leaf columns
	names   []string        // of the fields
	clocks  map[int]clock
}

// parquetColumn turns the values of a leaf column into a field.
type parquetColumn struct {
	field int // -1: a list or map, which is not used
	write func(dst []byte, v parquet.Value) []byte
}

func (s *source) openParquet(zone *time.Location) (t *parquetTable, err error) {
	defer rescue(&err)
	f, err := parquet.OpenFile(s.file, s.size)
	if err != nil {
		return nil, fmt.Errorf("open the Parquet file: %w", err)
	}
	t = &parquetTable{file: f, clocks: map[int]clock{}}
	for _, path := range f.Schema().Columns() {
		leaf, ok := f.Schema().Lookup(path...)
		c := parquetColumn{field: -1}
		if ok && leaf.MaxRepetitionLevel == 0 {
			c.field = len(t.names)
			t.names = append(t.names, strings.Join(path, "."))
			var ck *clock
			if c.write, ck = parquetText(leaf.Node.Type()); ck != nil {
				ck.zone = zone
				t.clocks[c.field] = *ck
			}
		}
		t.columns = append(t.columns, c)
	}
	return t, nil
}

// rescue turns a panic over a damaged file into an error.
func rescue(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the file is damaged: %v", p)
	}
}

// parquetText chooses how values of a type are written as text, and the clock
// that reads them when they are times: Unix microseconds then.
func parquetText(t parquet.Type) (func([]byte, parquet.Value) []byte, *clock) {
	utc := &clock{form: unixTime, unit: second, name: "Parquet timestamps"}
	wall := &clock{form: wallTime, name: "Parquet timestamps without zone"}
	if logical := t.LogicalType(); logical != nil {
		switch l := logical.Value.(type) {
		case *format.TimestampType:
			ck := wall
			if l.IsAdjustedToUTC {
				ck = utc
			}
			unit := int64(time.Microsecond)
			if l.Unit.Value != nil {
				unit = int64(l.Unit.Value.Duration())
			}
			return integer(unit, int64(time.Microsecond)), ck
		case *format.DateType:
			return integer(dayLength, 1), wall
		case *format.DecimalType:
			return decimal(int(l.Scale)), nil
		}
	}
	if old := t.ConvertedType(); old != nil {
		switch *old {
		case deprecated.TimestampMillis:
			return integer(1000, 1), utc
		case deprecated.TimestampMicros:
			return integer(1, 1), utc
		case deprecated.Date:
			return integer(dayLength, 1), wall
		}
	}
	if t.Kind() == parquet.Int96 {
		return int96, wall
	}
	return plainText, nil
}

// integer writes value*mul/div.
func integer(mul, div int64) func([]byte, parquet.Value) []byte {
	return func(dst []byte, v parquet.Value) []byte {
		n := v.Int64()
		if v.Kind() == parquet.Int32 {
			n = int64(v.Int32())
		}
		if div > mul {
			return strconv.AppendInt(dst, n/(div/mul), 10)
		}
		return strconv.AppendInt(dst, n*(mul/div), 10)
	}
}

// int96 writes the timestamps of old Spark and Impala files: nanoseconds of a
// day and its Julian number.
func int96(dst []byte, v parquet.Value) []byte {
	b := v.Bytes()
	if len(b) != 12 {
		return dst
	}
	nanos, day := int64(binary.LittleEndian.Uint64(b)), int64(binary.LittleEndian.Uint32(b[8:]))
	return strconv.AppendInt(dst, (day-2440588)*dayLength+nanos/1000, 10)
}

// decimal writes a number whose last digits are behind the point.
func decimal(scale int) func([]byte, parquet.Value) []byte {
	return func(dst []byte, v parquet.Value) []byte {
		var n big.Int
		switch v.Kind() {
		case parquet.Int32:
			n.SetInt64(int64(v.Int32()))
		case parquet.Int64:
			n.SetInt64(v.Int64())
		default:
			b := v.ByteArray()
			if n.SetBytes(b); len(b) > 0 && b[0]&0x80 != 0 {
				n.Sub(&n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
			}
		}
		dst = n.Append(dst, 10)
		return append(append(dst, 'e'), strconv.Itoa(-scale)...)
	}
}

func plainText(dst []byte, v parquet.Value) []byte {
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.AppendBool(dst, v.Boolean())
	case parquet.Int32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10)
	case parquet.Int64:
		return strconv.AppendInt(dst, v.Int64(), 10)
	case parquet.Float:
		return strconv.AppendFloat(dst, float64(v.Float()), 'g', -1, 32)
	case parquet.Double:
		return strconv.AppendFloat(dst, v.Double(), 'g', -1, 64)
	}
	return append(dst, v.ByteArray()...)
}

// parseParquet reads a Parquet file row by row.
func (r *reading) parseParquet(ctx context.Context, ready func(*layout) error, take func(*batch) error) (err error) {
	defer rescue(&err)
	t, l, _, err := r.sniffParquet()
	if err != nil {
		return err
	}
	if err := ready(l); err != nil {
		return err
	}
	next, closeRows := t.rows()
	defer closeRows()
	done := int64(0)
	return r.parseRows(ctx, l, 0, next, func(b *batch) error {
		if done += batchRows; r.o.Progress != nil && t.file.NumRows() > 0 {
			r.o.Progress(min(r.src.size*done/t.file.NumRows(), r.src.size), r.src.size)
		}
		return take(b)
	})
}

// sniffParquet finds out which column plays which part.
func (r *reading) sniffParquet() (t *parquetTable, l *layout, sample table, err error) {
	defer rescue(&err)
	if t, err = r.src.openParquet(r.o.Zone); err != nil {
		return nil, nil, sample, err
	}
	sample = table{names: t.names, clocks: t.clocks}
	next, closeRows := t.rows()
	defer closeRows()
	for len(sample.rows) < sampleRows {
		fields, _, err := next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, sample, err
		}
		row := make([]string, len(fields))
		for i, f := range fields {
			row[i] = strings.ToValidUTF8(string(f), "")
		}
		sample.rows = append(sample.rows, row)
	}
	if l, err = infer(sample, dialect{point: '.'}, r.o, r.vmName()); err != nil {
		return nil, nil, sample, err
	}
	found := l.found()
	found.Delimiter, found.Decimal, found.Format = "", "", "Parquet"
	r.found(found)
	return t, l, sample, nil
}

// rows streams the file's rows as fields of text. Their lines count rows from 1.
func (t *parquetTable) rows() (next rowSource, closeRows func()) {
	groups := t.file.RowGroups()
	var rows parquet.Rows
	buf := make([]parquet.Row, 256)
	fields := make([][]byte, len(t.names))
	have, at, line := 0, 0, int64(0)
	closeRows = func() {
		if rows != nil {
			_ = rows.Close() // it was only read
			rows = nil
		}
	}
	next = func() ([][]byte, int64, error) {
		for at == have {
			if rows == nil {
				if len(groups) == 0 {
					return nil, line, io.EOF
				}
				rows, groups = groups[0].Rows(), groups[1:]
			}
			var err error
			have, err = rows.ReadRows(buf)
			at = 0
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, line, fmt.Errorf("read Parquet rows behind row %d: %w", line, err)
			}
			if err != nil {
				closeRows()
			}
		}
		t.fill(fields, buf[at])
		at++
		line++
		return fields, line, nil
	}
	return next, closeRows
}

// fill writes a row's values into fields; null is an empty field.
func (t *parquetTable) fill(fields [][]byte, row parquet.Row) {
	for i := range fields {
		fields[i] = fields[i][:0]
	}
	for _, v := range row {
		c := v.Column()
		if c < 0 || c >= len(t.columns) || t.columns[c].field < 0 || v.IsNull() {
			continue
		}
		col := t.columns[c]
		fields[col.field] = col.write(fields[col.field], v)
	}
}
