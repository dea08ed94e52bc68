package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheet is a worksheet with rows in it.
type sheet struct {
	name string
	skip int64 // rows above the table: titles and blank ones
	t    table
}

// openExcel opens the workbook that the source holds.
func (s *source) openExcel() (*excelize.File, error) {
	f, err := excelize.OpenFile(s.file.Name(), excelize.Options{RawCellValue: true})
	switch {
	case errors.Is(err, excelize.ErrWorkbookFileFormat):
		return nil, errors.New("it is a zip archive and no Excel workbook: unpack it")
	case errors.Is(err, excelize.ErrWorkbookPassword):
		return nil, errors.New("the workbook is protected with a password: save it without")
	case err != nil:
		return nil, fmt.Errorf("open the workbook: %w", err)
	}
	return f, nil
}

// parseExcel reads every sheet of a workbook that has a column of times.
func (r *reading) parseExcel(ctx context.Context, ready func(*layout) error, take func(*batch) error) error {
	f, err := r.src.openExcel()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	sheets, layouts, err := r.sniffExcel(f)
	if err != nil {
		return err
	}
	for i, s := range sheets {
		if err := ready(layouts[i]); err != nil {
			return err
		}
		next, closeRows, err := s.rows(f)
		if err != nil {
			return err
		}
		err = r.parseRows(ctx, layouts[i], i, next, take)
		closeRows()
		if err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
		if r.o.Progress != nil {
			r.o.Progress(r.src.size*int64(i+1)/int64(len(sheets)), r.src.size)
		}
	}
	return nil
}

// sniffExcel finds the sheets that hold metrics. A sheet that does not is
// noted, unless there is no other: then it is an error.
func (r *reading) sniffExcel(f *excelize.File) ([]sheet, []*layout, error) {
	filled, err := r.filledSheets(f)
	if err != nil {
		return nil, nil, err
	}
	var sheets []sheet
	var layouts []*layout
	var notes []string
	var firstErr error
	for _, s := range filled {
		vm := r.vmName()
		if len(filled) > 1 && r.o.VM == "" {
			vm = s.name
		}
		l, err := infer(s.t, dialect{point: '.'}, r.o, vm)
		if err != nil {
			err = fmt.Errorf("sheet %s: %w", s.name, err)
			notes = append(notes, err.Error())
			if firstErr == nil {
				firstErr = err
			}
			continue
		}
		l.sheet = s.name
		if l.header {
			s.skip++
		}
		sheets, layouts = append(sheets, s), append(layouts, l)
	}
	switch {
	case len(filled) == 0:
		return nil, nil, errNoRows
	case len(sheets) == 0:
		return nil, nil, firstErr
	}
	r.foundSheets(sheets, layouts[0], notes)
	return sheets, layouts, nil
}

// filledSheets samples the sheets and leaves out the empty ones.
func (r *reading) filledSheets(f *excelize.File) ([]sheet, error) {
	props, err := f.GetWorkbookProps()
	if err != nil {
		return nil, fmt.Errorf("read the workbook: %w", err)
	}
	is1904 := props.Date1904 != nil && *props.Date1904
	var filled []sheet
	for _, name := range f.GetSheetList() {
		s, err := r.sample(f, name, is1904)
		if err != nil {
			return nil, fmt.Errorf("sheet %s: %w", name, err)
		}
		if len(s.t.rows) > 0 {
			filled = append(filled, s)
		}
	}
	return filled, nil
}

func (r *reading) foundSheets(sheets []sheet, first *layout, notes []string) {
	found := first.found()
	found.Delimiter, found.Decimal, found.Format = "", "", "Excel"
	for _, s := range sheets {
		found.Sheets = append(found.Sheets, s.name)
	}
	found.Notes = append(found.Notes, notes...)
	r.found(found)
}

// sampleRows is how many rows of a sheet are looked at.
const sampleRows = 2000

// sample reads the beginning of a sheet twice: as it is stored and as Excel
// shows it, which tells dates from numbers.
func (r *reading) sample(f *excelize.File, name string, is1904 bool) (sheet, error) {
	s := sheet{name: name}
	stored, err := f.Rows(name)
	if err != nil {
		return s, err
	}
	defer func() { _ = stored.Close() }() // it was only read
	shown, err := f.Rows(name)
	if err != nil {
		return s, err
	}
	defer func() { _ = shown.Close() }() // it was only read
	dated := map[int]int{}
	for len(s.t.rows) < sampleRows && stored.Next() && shown.Next() {
		row, err := stored.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return s, err
		}
		look, err := shown.Columns(excelize.Options{RawCellValue: false})
		if err != nil {
			return s, err
		}
		if len(s.t.rows) == 0 && filledCells(row) < 2 {
			s.skip++
			continue
		}
		s.t.rows = append(s.t.rows, trimmed(row))
		for i, cell := range row {
			if i < len(look) && cell != look[i] && isNumeral(cell) && looksDated(look[i]) {
				dated[i]++
			}
		}
	}
	s.t.clocks = r.serialClocks(s.t.rows, dated, is1904)
	return s, stored.Error()
}

// serialClocks makes a clock for each column of dates: by their style, or by
// the column's name when its numbers could be days of this age.
func (r *reading) serialClocks(rows [][]string, dated map[int]int, is1904 bool) map[int]clock {
	clocks := map[int]clock{}
	c := clock{form: serialTime, zone: r.o.Zone, name: "Excel dates"}
	if is1904 {
		c.unit = 1904
	}
	for i, n := range dated {
		if n*2 > len(rows)-1 {
			clocks[i] = c
		}
	}
	if len(rows) < 2 {
		return clocks
	}
	for i, name := range rows[0] {
		if !isAlias(name, timeAliases) || i >= len(rows[1]) {
			continue
		}
		if day, err := strconv.ParseFloat(rows[1][i], 64); err == nil && day > 20000 && day < 73415 {
			clocks[i] = c
		}
	}
	return clocks
}

// rows streams the sheet's rows below its titles and its header.
func (s sheet) rows(f *excelize.File) (next rowSource, closeRows func(), err error) {
	rows, err := f.Rows(s.name)
	if err != nil {
		return nil, nil, fmt.Errorf("sheet %s: %w", s.name, err)
	}
	var fields [][]byte
	line := int64(0)
	next = func() ([][]byte, int64, error) {
		for rows.Next() {
			line++
			cells, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				return nil, line, err
			}
			if line <= s.skip {
				continue
			}
			fields = fields[:0]
			for _, c := range cells {
				fields = append(fields, trim([]byte(c)))
			}
			return fields, line, nil
		}
		if err := rows.Error(); err != nil {
			return nil, line, err
		}
		return nil, line, io.EOF
	}
	return next, func() { _ = rows.Close() }, nil // it was only read
}

func filledCells(row []string) int {
	n := 0
	for _, c := range row {
		if c != "" {
			n++
		}
	}
	return n
}

func trimmed(row []string) []string {
	out := make([]string, len(row))
	for i, c := range row {
		out[i] = strings.TrimSpace(c)
	}
	return out
}

func isNumeral(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// looksDated tells a shown date or time from a shown number.
func looksDated(s string) bool {
	return strings.Contains(s, ":") || strings.Count(s, "/") > 1 || strings.Count(s, "-") > 1 || strings.Count(s, ".") > 1
}
