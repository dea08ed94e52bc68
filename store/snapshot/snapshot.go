// Package snapshot takes a piece of a database home in one SQLite file.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/sqlite"
)

// Options say what a snapshot holds.
type Options struct {
	Keys     []metric.Key // none: every series
	Range    metric.Range // of the points; the zero Range: all times
	View     []byte       // the window's state, as JSON
	Force    bool         // replace a file that is there
	Writable bool         // a database like any other instead of a snapshot
	Now      func() time.Time
	Progress func(done, total int64) // of points, from any goroutine
	// Models are trained models to take along, the most important first; nil: none.
	Models func(ctx context.Context, yield func(sqlite.Model) error) error
}

// Report says what became of it.
type Report struct {
	Path                 string
	Series               int
	Points, Bytes        int64
	Predictions          int   // series that have one
	Annotations, Changes int   // of alerts' states
	Models, ModelsLeft   int   // taken along; left out, as they would need too much room
	ModelBytes           int64 // of the models in the file
	Took                 time.Duration

	last metric.Key // whose points came last
}

// noteView is the name under which the window's state is noted.
const noteView = "view"

// Write takes a snapshot of the database into a file, which is there whole or not at all.
func Write(ctx context.Context, from store.Store, path string, o Options) (Report, error) {
	began := time.Now()
	path, err := filepath.Abs(path)
	if err != nil {
		return Report{}, fmt.Errorf("write the snapshot: %w", err)
	}
	if err := vacant(path, o.Force); err != nil {
		return Report{}, err
	}
	part, err := partFile(path)
	if err != nil {
		return Report{}, fmt.Errorf("write the snapshot: %w", err)
	}
	defer remove(part) // does nothing after the rename
	rep, err := fill(ctx, from, part, o)
	if err == nil {
		err = place(part, path, o.Force)
	}
	if err != nil {
		return Report{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Report{}, fmt.Errorf("look at the snapshot: %w", err)
	}
	rep.Path, rep.Bytes, rep.Took = path, info.Size(), time.Since(began)
	return rep, nil
}

// View is the window's state that a snapshot holds; nil where there is none.
func View(ctx context.Context, s store.Store) ([]byte, error) {
	if db, ok := s.(*sqlite.Store); ok {
		return db.Note(ctx, noteView)
	}
	return nil, nil
}

func vacant(path string, force bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("write the snapshot: %w", err)
	case info.IsDir():
		return fmt.Errorf("write the snapshot: %s is a folder; name a file in it", path)
	case !force:
		return fmt.Errorf("write the snapshot: %s is there already. Choose another name, or replace it with --force: %w", path, store.ErrConflict)
	}
	return nil
}

// partFile makes the file beside the final one, and removes those that killed
// programs left.
func partFile(path string) (string, error) {
	dir, name := filepath.Split(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	left, err := filepath.Glob(filepath.Join(dir, "."+name+".*.part*"))
	if err != nil {
		return "", err
	}
	for _, p := range left {
		if info, err := os.Stat(p); err == nil && time.Since(info.ModTime()) > time.Hour {
			remove(p)
		}
	}
	f, err := os.CreateTemp(dir, "."+name+".*.part")
	if err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

func remove(part string) {
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(part + end) // most of them are not there
	}
}

// place brings the file to the disk and then to its name.
func place(part, path string, force bool) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Chmod(0o644), f.Sync(), f.Close())
	}
	if err == nil {
		err = vacant(path, force)
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync() // some systems cannot; the file itself is on the disk
		_ = dir.Close()
	}
	return nil
}

// chosen are the series of the catalog that the options ask for, with points
// in the range.
func chosen(catalog []store.SeriesInfo, o Options) (out []store.SeriesInfo) {
	wanted := map[metric.Key]bool{}
	for _, k := range o.Keys {
		wanted[k] = true
	}
	for _, s := range catalog {
		if len(o.Keys) == 0 || wanted[s.Key] {
			out = append(out, s)
		}
	}
	return slices.Clip(out)
}
