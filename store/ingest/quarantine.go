package ingest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// quarantineHeader is the first line of every quarantine file.
var quarantineHeader = []string{"file", "line", "field", "reason", "row"}

// quarantine gathers bad rows in a temporary file beside the one that they
// are for, and takes its place when the import is done. What is there already
// is kept, and a row that is there already is not added again.
type quarantine struct {
	path  string
	file  *os.File
	buf   *bufio.Writer
	seed  maphash.Seed
	known map[uint64]bool // the rows that were there
	line  bytes.Buffer
}

// add writes a bad row; the first one opens the file.
func (q *quarantine) add(bad Rejected) error {
	if q.file == nil {
		if err := q.open(); err != nil {
			return fmt.Errorf("quarantine file %s: %w", q.path, plain(err))
		}
	}
	where := bad.File
	if bad.Sheet != "" {
		where += "#" + bad.Sheet
	}
	q.line.Reset()
	w := csv.NewWriter(&q.line)
	if err := w.Write([]string{where, strconv.FormatInt(bad.Line, 10), bad.Field, bad.Reason, bad.Row}); err != nil {
		return fmt.Errorf("quarantine file %s: %w", q.path, err)
	}
	w.Flush()
	if len(q.known) > 0 && q.known[maphash.Bytes(q.seed, q.line.Bytes())] {
		return nil
	}
	if _, err := q.buf.Write(q.line.Bytes()); err != nil {
		return fmt.Errorf("quarantine file %s: %w", q.path, err)
	}
	return nil
}

// open starts the temporary file with what the quarantine holds already.
func (q *quarantine) open() error {
	old, err := os.Open(q.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if q.file, err = os.CreateTemp(filepath.Dir(q.path), "."+filepath.Base(q.path)+".*"); err != nil {
		return errors.Join(err, closeFile(old))
	}
	q.buf = bufio.NewWriterSize(q.file, 64<<10)
	if old == nil {
		w := csv.NewWriter(q.buf)
		_ = w.Write(quarantineHeader) // Flush tells
		w.Flush()
		return w.Error()
	}
	return errors.Join(q.copy(old), old.Close())
}

func closeFile(f *os.File) error {
	if f == nil {
		return nil
	}
	return f.Close()
}

// copy takes over the rows of an existing file and remembers them.
func (q *quarantine) copy(old io.Reader) error {
	q.seed, q.known = maphash.MakeSeed(), map[uint64]bool{}
	in := csv.NewReader(old)
	for n := 0; ; n++ {
		row, err := in.Read()
		if err == io.EOF && n > 0 {
			return nil
		}
		if err != nil || (n == 0 && row[0] != quarantineHeader[0]) || len(row) != len(quarantineHeader) {
			return errors.New("it is there and is no quarantine file: name another one")
		}
		q.line.Reset()
		w := csv.NewWriter(&q.line)
		_ = w.Write(row) // a buffer takes everything
		w.Flush()
		q.known[maphash.Bytes(q.seed, q.line.Bytes())] = true
		if _, err := q.buf.Write(q.line.Bytes()); err != nil {
			return err
		}
	}
}

// prepare brings everything to the disk, so that only a rename is left.
func (q *quarantine) prepare() error {
	if q.file == nil {
		return nil
	}
	if err := errors.Join(q.buf.Flush(), q.file.Chmod(0o644), q.file.Sync(), q.file.Close()); err != nil {
		return fmt.Errorf("quarantine file %s: %w", q.path, err)
	}
	return nil
}

// finish puts the file in its place.
func (q *quarantine) finish() error {
	if q.file == nil {
		return nil
	}
	if err := os.Rename(q.file.Name(), q.path); err != nil {
		return fmt.Errorf("quarantine file %s: %w", q.path, err)
	}
	q.file = nil
	return nil
}

// discard removes what was not finished.
func (q *quarantine) discard() {
	if q.file != nil {
		_ = q.file.Close() // it goes anyway
		_ = os.Remove(q.file.Name())
	}
}
