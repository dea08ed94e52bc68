package export

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/xuri/excelize/v2"

	"aiops/metric"
	"aiops/store"
)

const (
	maxRows = 1_048_576 // of a sheet, by the format
	// maxMetrics is how many metrics stand on one sheet, below the format's 16,384 columns.
	maxMetrics = 16_000
	// windowPoints is how many points are held at once while rows are put together.
	windowPoints = 200_000
)

// workbook is data.xlsx in the making.
type workbook struct {
	*job
	file        *excelize.File
	names       *sheetNames
	head        int // style of the first row
	times, fine int // styles of times, fine: with milliseconds
	rows        int // of a sheet, maxRows but in tests
}

// writeXLSX writes data.xlsx: a summary sheet and a sheet a VM in wide form,
// a row a time and a column a metric, times in UTC as Excel dates. Numbers have
// 15 digits, which is what spreadsheets keep; CSV has them all.
func (j *job) writeXLSX(ctx context.Context) error {
	wb := &workbook{job: j, names: newSheetNames(), rows: maxRows,
		file: excelize.NewFile(excelize.Options{TmpDir: j.stage.tmp})}
	defer wb.file.Close()
	if err := wb.fill(ctx); err != nil {
		return fmt.Errorf("write data.xlsx: %w", err)
	}
	f, err := j.stage.create("data.xlsx")
	if err != nil {
		return err
	}
	defer f.Close()
	if err := wb.file.Write(f); err != nil {
		return fmt.Errorf("write data.xlsx: %w", err)
	}
	return f.Close()
}

func (wb *workbook) fill(ctx context.Context) error {
	if err := wb.styles(); err != nil {
		return err
	}
	first := wb.names.unique("Summary")
	if err := wb.file.SetSheetName("Sheet1", first); err != nil {
		return err
	}
	var total int64
	for _, v := range wb.VMs {
		for keys := range slices.Chunk(v.Series, maxMetrics) {
			part := vmSelection{Name: v.Name, Series: keys}
			n, err := wb.vmSheets(ctx, part)
			if err != nil {
				return err
			}
			total += n
			wb.step(max(0, part.work()-n), "Writing data.xlsx")
		}
	}
	wb.points = total
	if err := wb.incidentSheet(ctx); err != nil {
		return err
	}
	if err := wb.forecastSheet(ctx); err != nil {
		return err
	}
	return wb.summarySheet(ctx, first)
}

func (wb *workbook) styles() (err error) {
	style := func(s excelize.Style) (id int) {
		if err == nil {
			id, err = wb.file.NewStyle(&s)
		}
		return id
	}
	seconds, millis := "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd hh:mm:ss.000"
	wb.head = style(excelize.Style{Font: &excelize.Font{Bold: true}})
	wb.times = style(excelize.Style{CustomNumFmt: &seconds})
	wb.fine = style(excelize.Style{CustomNumFmt: &millis})
	return err
}

// sheet writes rows to one sheet after the other.
type sheet struct {
	wb     *workbook
	name   string
	head   []any
	stream *excelize.StreamWriter
	row    int
}

// add appends a row and goes on to a new sheet when this one is full.
func (s *sheet) add(values []any) error {
	if s.stream == nil || s.row == s.wb.rows {
		if err := s.next(); err != nil {
			return err
		}
	}
	s.row++
	cell, err := excelize.CoordinatesToCellName(1, s.row)
	if err != nil {
		return err
	}
	return s.stream.SetRow(cell, values)
}

func (s *sheet) next() error {
	if err := s.flush(); err != nil {
		return err
	}
	name := s.wb.names.unique(s.name)
	if _, err := s.wb.file.NewSheet(name); err != nil {
		return err
	}
	return s.open(name)
}

// open starts the sheet with its head row, which stays in sight.
func (s *sheet) open(name string) (err error) {
	if s.stream, err = s.wb.file.NewStreamWriter(name); err != nil {
		return err
	}
	if err := s.stream.SetColWidth(1, len(s.head), 20); err != nil {
		return err
	}
	if err := s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(s.head))
	for i, h := range s.head {
		head[i] = excelize.Cell{StyleID: s.wb.head, Value: h}
	}
	s.row = 1
	return s.stream.SetRow("A1", head)
}

func (s *sheet) flush() error {
	if s.stream == nil {
		return nil
	}
	return s.stream.Flush()
}

// vmSheets writes one VM, reading it a window of time at a time.
func (wb *workbook) vmSheets(ctx context.Context, v vmSelection) (n int64, err error) {
	out := &sheet{wb: wb, name: v.Name, head: []any{"timestamp"}}
	style := wb.times
	for _, s := range v.Series {
		out.head = append(out.head, s.Metric)
		if s.Step%1e6 != 0 {
			style = wb.fine
		}
	}
	span := wb.Range.Intersect(v.data())
	if span.Empty() {
		return 0, nil
	}
	width := span.Len()/(v.work()/windowPoints+1) + 1
	for from := span.From; from < span.To; from += width {
		part := metric.Range{From: from, To: min(from+width, span.To)}
		all, err := store.Envelopes(ctx, wb.store, store.Query{Keys: v.keys(), Range: part})
		if err != nil {
			return n, err
		}
		if err := addRows(ctx, out, v, all, style); err != nil {
			return n, err
		}
		var read int64
		for _, e := range all {
			read += int64(e.Len())
		}
		n += read
		wb.step(read, "Writing data.xlsx")
	}
	return n, out.flush()
}

// addRows puts the series beside each other, a row for each time that any has.
func addRows(ctx context.Context, out *sheet, v vmSelection, all []metric.Envelope, style int) error {
	column := make([]int, len(all))
	at := make([]int, len(all))
	for i, e := range all {
		column[i] = 1 + slices.IndexFunc(v.Series, func(s store.SeriesInfo) bool { return s.Key == e.Key })
	}
	for ctx.Err() == nil {
		t := int64(math.MaxInt64)
		for i, e := range all {
			if at[i] < e.Len() {
				t = min(t, e.Times[at[i]])
			}
		}
		if t == math.MaxInt64 {
			return nil
		}
		row := make([]any, len(v.Series)+1)
		row[0] = excelTime(t, style)
		for i, e := range all {
			if at[i] < e.Len() && e.Times[at[i]] == t {
				row[column[i]] = e.Mean[at[i]]
				at[i]++
			}
		}
		if err := out.add(row); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// excelTime is a time as Excel counts it, in days; before March 1900, where
// Excel's calendar is wrong, it is text.
func excelTime(micros int64, style int) any {
	const day = 86_400e6
	days := 25_569 + float64(micros)/day
	if days < 61 {
		return string(appendTime(nil, micros))
	}
	return excelize.Cell{StyleID: style, Value: days}
}

// summarySheet fills the first sheet, a row a series.
func (wb *workbook) summarySheet(ctx context.Context, name string) error {
	s := &sheet{wb: wb, head: []any{"vm", "metric", "unit", "points", "first", "last", "last value", "min", "mean", "p95", "max"}}
	if err := s.open(name); err != nil {
		return err
	}
	for _, v := range wb.VMs {
		all, err := wb.summaries(ctx, v)
		if err != nil {
			return err
		}
		for _, d := range all {
			f := d.Sum
			row := []any{d.VM, d.Metric, string(d.Unit), f.Count, excelTime(d.First, wb.times), excelTime(f.LastTime, wb.times), f.Last, f.Min, f.Mean, f.P95, f.Max}
			if err := s.add(row); err != nil {
				return err
			}
		}
	}
	return s.flush()
}
