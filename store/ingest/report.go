package ingest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"aiops/store/ingest/wire"
)

// Found is what was found out about a file.
type Found struct {
	Format      string // "CSV", "Excel", "Parquet", "OpenMetrics text", "Influx line protocol"
	Compression string // "", "gzip", "zstd"
	Encoding    string // "" for UTF-8, "UTF-16"
	Delimiter   string // "comma", "semicolon", "tab", "pipe"; only CSV
	Decimal     string // "point" or "comma"
	Header      bool
	Columns     []string // their names, in the order of the file; empty where it has none
	Form        string   // "long", "wide", "two columns"
	VM          string   // the column that names the VM, or "" when VMName holds for all rows
	VMName      string
	Time        string // the column of times
	Metric      string // the column that names the metric, or ""
	Values      []string
	Layout      string // of times: "2006-01-02 15:04:05", "RFC 3339", "Unix seconds" ...
	Zone        string // of times without one
	Sheets      []string
	Notes       []string // what was left out, and why
}

// String tells in one line what was found.
func (f Found) String() string {
	if f.Form == "" && f.Layout == "" { // a database
		return f.Format
	}
	parts := []string{f.Format}
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(f.Compression)
	add(f.Encoding)
	if f.Delimiter != "" {
		add(f.Delimiter + "s")
	}
	if f.Decimal == "comma" {
		add("decimal comma")
	}
	switch {
	case f.Format == "Parquet", f.Format == wire.FormatOpenMetrics, f.Format == wire.FormatInflux:
	case f.Header:
		add("header")
	default:
		add("no header")
	}
	switch len(f.Sheets) {
	case 0:
	case 1:
		add("sheet " + f.Sheets[0])
	default:
		add(strconv.Itoa(len(f.Sheets)) + " sheets")
	}
	add(f.form())
	add("times " + f.Layout + " in " + f.Zone)
	return strings.Join(parts, ", ")
}

// form tells which columns play which part.
func (f Found) form() string {
	role := func(part, column string) string {
		if column == "" || strings.EqualFold(part, column) {
			return part
		}
		return part + "=" + column
	}
	var roles []string
	if f.VM != "" {
		roles = append(roles, role("vm", f.VM))
	} else {
		roles = append(roles, "vm "+f.VMName)
	}
	roles = append(roles, role("timestamp", f.Time))
	switch {
	case f.Form == "wide":
		roles = append(roles, strconv.Itoa(len(f.Values))+" metrics")
	case f.Metric != "":
		roles = append(roles, role("metric", f.Metric), role("value", f.Values[0]))
	case len(f.Values) > 0:
		roles = append(roles, "metric "+f.Values[0])
	}
	name := f.Form
	if name != "two columns" {
		name += " form"
	}
	return name + " (" + strings.Join(roles, ", ") + ")"
}

// Rejected is a row, or a cell of a wide file, that was set aside.
type Rejected struct {
	File, Sheet string
	Line        int64 // counted from 1, the header included
	Field       string
	Reason      string
	Row         string
	count       int64 // values that are set aside with it
}

func (r Rejected) String() string {
	s := r.File
	if r.Sheet != "" {
		s += ", sheet " + r.Sheet
	}
	return s + ", " + r.InFile()
}

// InFile tells the row to people who know the file.
func (r Rejected) InFile() string {
	s := "line " + strconv.FormatInt(r.Line, 10)
	if r.Field != "" {
		s += ", " + r.Field
	}
	return s + ": " + r.Reason
}

// BadRow is the error of a strict import: the first bad row.
type BadRow struct{ Rejected }

func (b BadRow) Error() string {
	return b.String() + "; nothing of the file was stored, as --strict asks"
}

// Report says what became of a file's rows. Every value counts as a row: in
// wide files that is each cell with something in it.
// Rows = Stored + Duplicates + Quarantined.
type Report struct {
	File        string
	Found       Found
	Rows        int64
	Stored      int64 // new points
	Duplicates  int64 // points whose time was there already, Replaced included
	Replaced    int64 // duplicates whose value was another one and stands now
	Quarantined int64
	Empty       int64 // cells of wide files without a value: no row
	Series      int
	First       []Rejected // the first few that were set aside
	Quarantine  string     // the file that holds them all, if there is one
	Took        time.Duration
}

// String sums the report up in a line.
func (r Report) String() string {
	s := fmt.Sprintf("%s: %d rows, %d stored, %d duplicates", r.File, r.Rows, r.Stored, r.Duplicates)
	if r.Replaced > 0 {
		s += fmt.Sprintf(" (%d replaced)", r.Replaced)
	}
	return s + fmt.Sprintf(", %d quarantined, %d series, %s", r.Quarantined, r.Series, r.Took.Round(time.Millisecond))
}

// firstRejected is how many rows a Report keeps; the quarantine file has all.
const firstRejected = 20

// reject counts a bad row and keeps the first few.
func (r *Report) reject(bad Rejected) {
	r.Rows += bad.count
	r.Quarantined += bad.count
	if len(r.First) < firstRejected {
		r.First = append(r.First, bad)
	}
}
