package ingest

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"

	"aiops/metric"
	"aiops/store/ingest/wire"
)

// wireNames are the columns that these texts are read as.
var wireNames = []string{"vm", "timestamp", "metric", "value"}

// parseWire reads a file of OpenMetrics text or of Influx line protocol.
func (r *reading) parseWire(ctx context.Context, ready func(*layout) error, take func(*batch) error) error {
	rows, closeText, err := r.wireRows()
	if err != nil {
		return err
	}
	defer func() { _ = closeText() }() // it was only read
	l := r.wireLayout()
	r.wireFound(l)
	if err := ready(l); err != nil {
		return err
	}
	p := newParser(l, 0)
	var b batch
	p.begin(&b)
	fields := make([][]byte, len(wireNames))
	for n := 1; ; n++ {
		row, err := rows.Next()
		switch {
		case err == io.EOF:
			return take(&b)
		case err != nil:
			return err
		case row.Reason != "":
			p.reject(int64(row.Line), "", row.Reason, row.Text, nil)
		case math.IsNaN(row.Value) && !l.all:
			b.empty++ // nothing was measured, or the series has ended
		default:
			r.wireFields(row, fields)
			p.row(fields, int64(row.Line), row.Text)
		}
		if n%batchRows == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := take(&b); err != nil {
				return err
			}
			p.begin(&b)
		}
	}
}

// wireFields writes a row as the fields of a table; --vm names the VM of all rows.
func (r *reading) wireFields(row wire.Row, fields [][]byte) {
	vm := row.VM
	if r.o.VM != "" {
		vm = r.o.VM
	}
	fields[0] = append(fields[0][:0], vm...)
	fields[1] = strconv.AppendInt(fields[1][:0], row.Time, 10)
	fields[2] = append(fields[2][:0], row.Metric...)
	fields[3] = strconv.AppendFloat(fields[3][:0], row.Value, 'g', -1, 64)
}

func (r *reading) wireRows() (wire.Rows, func() error, error) {
	if r.o.Metric != "" {
		return nil, nil, fmt.Errorf("it is %s, which names its metrics itself: leave --metric away", r.src.format)
	}
	precision, known := map[string]string{"": "ns", "unix": "s", "unixms": "ms", "unixus": "us", "unixns": "ns"}[r.o.TimeFormat]
	if !known || r.src.format == wire.FormatOpenMetrics && r.o.TimeFormat != "" {
		return nil, nil, fmt.Errorf("--time-format %s does not go with %s; with Influx line protocol it may be unix, unixms, unixus or unixns", r.o.TimeFormat, r.src.format)
	}
	text, closeText, err := r.src.textReader()
	if err != nil {
		return nil, nil, err
	}
	o := wire.Options{DefaultVM: r.vmName(), Now: r.o.Now}
	if r.src.format == wire.FormatOpenMetrics {
		return wire.NewOpenMetrics(text, o), closeText, nil
	}
	rows, err := wire.NewInflux(text, precision, o)
	return rows, closeText, err
}

func (r *reading) wireLayout() *layout {
	l := &layout{dialect: dialect{point: '.'}, names: wireNames, vm: 0, time: 1, date: -1, metric: 2, values: []value{{column: 3}},
		clock: unixClock(1e6, nil), future: r.o.Now().Add(metric.ClockSkew).UnixMicro(), keep: r.o.OnConflict != 0}
	l.columns = len(wireNames)
	return l
}

func (r *reading) wireFound(l *layout) {
	f := l.found()
	f.Delimiter, f.Decimal, f.Format = "", "", r.src.format
	f.VM, f.Layout = "instance", "Unix seconds or milliseconds"
	if r.src.format == wire.FormatInflux {
		f.VM, f.Layout = "host", "Unix nanoseconds"
		if r.o.TimeFormat != "" {
			f.Layout = r.o.TimeFormat
		}
	}
	if r.o.VM != "" {
		f.VM, f.VMName = "", r.o.VM
	}
	r.found(f)
}

// sniffWire reads the first rows for a preview.
func (r *reading) sniffWire() (table, error) {
	r.wireFound(r.wireLayout())
	t := table{names: wireNames}
	rows, closeText, err := r.wireRows()
	if err != nil {
		return t, err
	}
	defer func() { _ = closeText() }() // it was only read
	fields := make([][]byte, len(wireNames))
	for len(t.rows) < previewRows {
		row, err := rows.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return t, err
		}
		if row.Reason != "" {
			continue
		}
		r.wireFields(row, fields)
		line := make([]string, len(fields))
		for i, f := range fields {
			line[i] = string(f)
		}
		t.rows = append(t.rows, line)
	}
	if len(t.rows) == 0 {
		return t, errNoRows
	}
	return t, nil
}
