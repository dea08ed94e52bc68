package ingest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

// Database imports points and annotations of a snapshot, or of another database
// of this program that is one file, wholly or not at all.
func Database(ctx context.Context, st store.Store, path string, o Options) (Report, error) {
	r := &reading{o: o.complete(), began: time.Now(), report: Report{File: path}, src: &source{path: path}}
	r.quarantine.path = o.Quarantine
	defer r.quarantine.discard()
	if same(path, st.Info().Path) {
		return r.report, explain(path, fmt.Errorf("it is the database that it would be imported into; name another one with --db"))
	}
	from, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: true, Now: r.o.Now})
	if err != nil {
		return r.report, err
	}
	defer from.Close()
	r.report.Found = foundIn(from.Info())
	if info, err := os.Stat(path); err == nil {
		r.src.size = info.Size()
	}
	tx, err := st.Begin(ctx, store.Origin{Source: path, Began: r.began})
	if err != nil {
		return r.report, err
	}
	if err = r.copy(ctx, from, tx); err == nil {
		err = r.quarantine.prepare()
	}
	if err != nil {
		return r.report, undo(tx, explain(path, err))
	}
	if err := tx.Commit(); err != nil {
		return r.report, explain(path, err)
	}
	return r.report, explain(path, r.finish())
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// foundIn says what is imported: a snapshot tells where it is from.
func foundIn(i store.Info) Found {
	if i.TakenAt.IsZero() {
		return Found{Format: "database of this program"}
	}
	return Found{Format: "snapshot of " + filepath.Base(i.From), Notes: []string{"taken " + i.TakenAt.UTC().Format("2006-01-02 15:04:05 MST") + " from " + i.From}}
}

// copy writes all points of a database, and then its annotations.
func (r *reading) copy(ctx context.Context, from *sqlite.Store, tx store.Tx) error {
	catalog, err := from.Catalog(ctx)
	if err != nil {
		return err
	}
	var total int64
	for _, s := range catalog {
		total += s.Count
	}
	if total == 0 {
		return errNoRows
	}
	if err := r.copyPoints(ctx, from, tx, total); err != nil {
		return err
	}
	notes, err := from.Annotations(ctx, metric.Range{})
	if err != nil {
		return err
	}
	for _, a := range notes {
		a.ID = 0
		if err := tx.Annotate(ctx, a); err != nil {
			return fmt.Errorf("write an annotation: %w", err)
		}
	}
	return nil
}

// copied is how many points of a series are written at once.
const copied = 1 << 18

func (r *reading) copyPoints(ctx context.Context, from *sqlite.Store, tx store.Tx, total int64) error {
	var part column
	flush := func() error {
		if part.Len() == 0 {
			return nil
		}
		r.report.Rows += int64(part.Len())
		err := r.write(ctx, tx, &part)
		part.Times, part.Values = part.Times[:0], part.Values[:0]
		if r.o.Progress != nil {
			r.o.Progress(int64(float64(r.src.size)*float64(r.report.Rows)/float64(max(total, r.report.Rows))), r.src.size)
		}
		return err
	}
	var last metric.Key
	err := from.Read(ctx, store.Query{}, func(e metric.Envelope) error {
		if e.Key != last {
			r.report.Series, last = r.report.Series+1, e.Key
		}
		if part.Key != e.Key || part.Len() >= copied {
			if err := flush(); err != nil {
				return err
			}
			part.Key = e.Key
		}
		part.Times, part.Values = append(part.Times, e.Times...), append(part.Values, e.Mean...)
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}
