package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"aiops/store"
	"aiops/store/ingest/wire"
)

// Options say how a file is read. The zero Options find everything out.
type Options struct {
	VM         string         // the VM of all rows; "": a column or the file's name says
	Metric     string         // the metric of all rows; "": columns say
	TimeFormat string         // "": found out; Go's layout, strftime, or unix, unixms, unixus, unixns, rfc3339
	Zone       *time.Location // of times without one; nil: UTC
	OnConflict store.OnConflict
	Strict     bool                    // stop at the first bad row and store nothing of the file
	Quarantine string                  // the file that bad rows are added to; "": none
	Now        func() time.Time        // tells which times are in the future; nil: time.Now
	Progress   func(done, total int64) // bytes of the file; called from another goroutine
}

func (o Options) complete() Options {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// reading is a file that is being read, and its report.
type reading struct {
	o          Options
	src        *source
	report     Report
	began      time.Time
	quarantine quarantine
	taken      int64 // bytes of text whose points were taken
}

// begin opens a file.
func begin(ctx context.Context, path string, o Options) (*reading, error) {
	r := &reading{o: o.complete(), began: time.Now(), report: Report{File: path}}
	r.quarantine.path = o.Quarantine
	var err error
	r.src, err = openSource(ctx, path, r.o)
	return r, err
}

// close gives everything back; what was not finished is gone.
func (r *reading) close() {
	r.quarantine.discard()
	r.src.close()
}

// parse reads the whole file, whatever its format.
func (r *reading) parse(ctx context.Context, ready func(*layout) error, take func(*batch) error) error {
	checked := func(b *batch) error {
		for _, bad := range b.rejected {
			if err := r.reject(bad); err != nil {
				return err
			}
		}
		r.report.Rows += int64(len(b.times))
		r.report.Empty += b.empty
		return take(b)
	}
	var err error
	switch r.src.format {
	case "Excel":
		err = r.parseExcel(ctx, ready, checked)
	case "Parquet":
		err = r.parseParquet(ctx, ready, checked)
	case wire.FormatOpenMetrics, wire.FormatInflux:
		err = r.parseWire(ctx, ready, checked)
	default:
		err = r.parseCSV(ctx, ready, checked)
	}
	return explain(r.src.path, err)
}

// reject counts a bad row; in strict mode it is an error.
func (r *reading) reject(bad Rejected) error {
	bad.File = r.src.path
	r.report.reject(bad)
	if r.o.Strict {
		return BadRow{bad}
	}
	if r.quarantine.path == "" {
		return nil
	}
	return r.quarantine.add(bad)
}

func (r *reading) parseCSV(ctx context.Context, ready func(*layout) error, take func(*batch) error) error {
	l, _, err := r.sniffCSV()
	if err != nil {
		return err
	}
	if err := ready(l); err != nil {
		return err
	}
	return r.src.parseText(ctx, l, take)
}

// vmName is the VM when no column names it.
func (r *reading) vmName() string {
	if r.o.VM != "" {
		return r.o.VM
	}
	return r.src.name()
}

// found puts what was found out into the report.
func (r *reading) found(f Found) {
	f.Compression, f.Encoding = r.src.compression, r.src.encoding
	r.report.Found = f
}

// sniffCSV finds out the layout of a text file.
func (r *reading) sniffCSV() (*layout, table, error) {
	text, closeText, err := r.src.textReader()
	if err != nil {
		return nil, table{}, err
	}
	defer func() { _ = closeText() }() // it was only read
	sample := make([]byte, sampleSize)
	n, err := io.ReadFull(text, sample)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, table{}, r.src.readError(err)
	}
	l, t, err := sniff(sample[:n], n == sampleSize, r.o, r.vmName())
	if err != nil {
		return nil, t, err
	}
	f := l.found()
	f.Format = "CSV"
	r.found(f)
	return l, t, nil
}

// Import reads one file into the store, wholly or not at all.
func Import(ctx context.Context, st store.Store, path string, o Options) (Report, error) {
	r, err := begin(ctx, path, o)
	if err != nil {
		return r.report, err
	}
	defer r.close()
	tx, err := r.into(ctx, st)
	if err != nil {
		return r.report, undo(tx, err)
	}
	if tx == nil {
		return r.report, explain(path, errNoRows)
	}
	if err := r.quarantine.prepare(); err != nil {
		return r.report, undo(tx, explain(path, err))
	}
	if err := tx.Commit(); err != nil {
		return r.report, explain(path, err)
	}
	return r.report, explain(path, r.finish())
}

// undo rolls back what was begun and keeps the error plain when that works.
func undo(tx store.Tx, err error) error {
	if tx == nil {
		return err
	}
	if failed := tx.Rollback(); failed != nil {
		return errors.Join(err, fmt.Errorf("undo the import: %w", failed))
	}
	return err
}

// finish puts the quarantine file in its place and completes the report.
func (r *reading) finish() error {
	if r.quarantine.file != nil {
		r.report.Quarantine = r.quarantine.path
	}
	r.report.Took = time.Since(r.began)
	return r.quarantine.finish()
}

// Preview finds out a file's form and reads its first rows, as text and
// without the header: what an import dialog shows.
func Preview(ctx context.Context, path string, o Options) (Found, [][]string, error) {
	r, err := begin(ctx, path, o)
	if err != nil {
		return Found{}, nil, err
	}
	defer r.close()
	t, err := r.sniff()
	rows := t.rows
	if r.report.Found.Header && t.names == nil && len(rows) > 0 {
		rows = rows[1:]
	}
	return r.report.Found, rows[:min(len(rows), previewRows)], explain(path, err)
}

const previewRows = 50

// sniff finds out the form of the file, or of its first sheet with metrics.
func (r *reading) sniff() (table, error) {
	switch r.src.format {
	case "Parquet":
		_, _, t, err := r.sniffParquet()
		return t, err
	case "Excel":
		f, err := r.src.openExcel()
		if err != nil {
			return table{}, err
		}
		defer func() { _ = f.Close() }() // it was only read
		sheets, _, err := r.sniffExcel(f)
		if err != nil {
			return table{}, err
		}
		return sheets[0].t, nil
	case wire.FormatOpenMetrics, wire.FormatInflux:
		return r.sniffWire()
	}
	_, t, err := r.sniffCSV()
	return t, err
}
