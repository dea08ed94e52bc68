package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"aiops/store"
)

// failure is a whole sentence for the user that still is one of package
// store's sentinels.
type failure struct {
	text string
	kind error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.kind }

// Refusals name the file and what can be done about it.
func damaged(path, detail string) error {
	return &failure{fmt.Sprintf("%s cannot be read: it is damaged, or no database (%s). Nothing was changed in it; put a copy back, or choose another file with --db", path, detail), store.ErrDamaged}
}

func foreign(path string) error {
	return &failure{path + " is the database of another program. Nothing was changed in it; choose another file with --db", store.ErrForeign}
}

func newer(path string, has, knows int) error {
	return &failure{fmt.Sprintf("%s was written by a newer version of this program (format %d, this one knows %d). Install the newer version, or choose another file with --db", path, has, knows), store.ErrNewer}
}

func missing(path string) error {
	return &failure{fmt.Sprintf("there is no database %s. Check the path that --db names", path), store.ErrNotFound}
}

func readOnly(path string) error {
	return &failure{path + " is open for reading only, so nothing can be written to it. Copy it and open the copy, or give yourself write permission", store.ErrReadOnly}
}

func locked(path string) error {
	return &failure{path + " is being written by another program. Try again when that has finished", store.ErrLocked}
}

// errMangled is told of points that this program cannot have written.
var errMangled = errors.New("its points are not in order, or no numbers")

// convert turns the engine's errors into those of package store.
func convert(ctx context.Context, path, doing string, err error) error {
	if err == nil {
		return nil
	}
	if c := ctx.Err(); c != nil {
		return c
	}
	if errors.Is(err, errMangled) {
		return damaged(path, err.Error())
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		var told *failure
		if errors.As(err, &told) || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s: %w", doing, err)
		}
		return fmt.Errorf("%s: %s: %w", doing, path, err)
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return damaged(path, e.Error())
	case lib.SQLITE_ERROR:
		if mangled(e.Error()) {
			return damaged(path, e.Error())
		}
	case lib.SQLITE_READONLY:
		return readOnly(path)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return locked(path)
	case lib.SQLITE_FULL:
		return fmt.Errorf("%s: the disk that holds %s is full; free some space and try again: %w", doing, path, err)
	case lib.SQLITE_CANTOPEN, lib.SQLITE_IOERR, lib.SQLITE_PERM:
		return fmt.Errorf("%s: %s cannot be read or written; check its folder's permissions: %w", doing, path, err)
	}
	return fmt.Errorf("%s: %s: %w", doing, path, err)
}

// mangled reports what the engine says of tables that are not as this program
// makes them, although the file says that it did.
func mangled(text string) bool {
	for _, sign := range []string{"no such table", "no such column", "unsupported file format", "malformed", "has no column", "columns but"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// busy reports whether somebody else holds the lock.
func busy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_BUSY
}

// ended reports that there is no transaction any more: the engine undoes it by
// itself on some errors.
func ended(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_ERROR
}
