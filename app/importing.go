package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aiops/app/config"
	"aiops/metric"
	"aiops/store"
	"aiops/store/ingest"
)

// ImportFiles imports each file on its own: one that cannot be read does not
// keep the others out. The reports are those of the files that were imported;
// the error joins what went wrong with the others.
func ImportFiles(ctx context.Context, st store.Store, files []string, o ingest.Options, p Progress) ([]ingest.Report, error) {
	sizes, total := fileSizes(files)
	var before int64
	var reports []ingest.Report
	var failed []error
	for i, f := range files {
		fo := o
		fo.Progress = func(done, _ int64) { p(before+done, total) }
		read := ingest.Import
		if IsSQLite(f) {
			read = ingest.Database
		}
		r, err := read(ctx, st, f, fo)
		if ctx.Err() != nil {
			return reports, context.Cause(ctx)
		}
		if err != nil {
			failed = append(failed, err)
		} else {
			reports = append(reports, r)
		}
		before += sizes[i]
		p(before, total)
	}
	return reports, errors.Join(failed...)
}

// QuarantineFile is where rows that are not valid go when no file is named:
// beside the database, or in the data directory for one on a server.
func QuarantineFile(st store.Store) string {
	path := st.Info().Path
	if IsPostgres(path) {
		dir, err := config.DataDir()
		if err != nil {
			dir = "."
		}
		path = filepath.Join(dir, filepath.Base(st.Info().Name)+".db")
	}
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".quarantine.csv"
}

func fileSizes(files []string) (sizes []int64, total int64) {
	sizes = make([]int64, len(files))
	for i, f := range files {
		if info, err := os.Stat(f); err == nil {
			sizes[i] = info.Size()
		}
		total += sizes[i]
	}
	return sizes, total
}

// Summary says in one sentence what became of the rows of all files.
func Summary(reports []ingest.Report) string {
	var rows, stored, dup, replaced, bad int64
	for _, r := range reports {
		rows += r.Rows
		stored += r.Stored
		dup += r.Duplicates
		replaced += r.Replaced
		bad += r.Quarantined
	}
	parts := []string{metric.Grouped(stored) + " stored"}
	if dup > 0 {
		s := metric.Grouped(dup) + " duplicates"
		if replaced > 0 {
			s += fmt.Sprintf(" (%s with another value, replaced)", metric.Grouped(replaced))
		}
		parts = append(parts, s)
	}
	if bad > 0 {
		parts = append(parts, metric.Grouped(bad)+" quarantined")
	}
	return metric.Grouped(rows) + " rows: " + strings.Join(parts, ", ")
}

// InterruptedText tells about writes that a killed program left behind.
func InterruptedText(origins []store.Origin) string {
	var lines []string
	for _, o := range origins {
		lines = append(lines, fmt.Sprintf("The import of %s, begun %s, was interrupted: nothing of it is stored. Import it again.",
			o.Source, o.Began.Format("2 Jan 2006 15:04:05")))
	}
	return strings.Join(lines, "\n")
}
