package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"

	"aiops/metric"
)

// ErrReplaced tells that a file is no longer the one that was read.
var ErrReplaced = errors.New("the file was replaced or cut short since it was read")

// Tail reads the rows that are added to a CSV file after it was loaded.
type Tail struct {
	path   string
	o      Options
	file   fs.FileInfo // as it was when it was loaded
	size   int64       // that was looked at
	end    int64       // what lies before was read
	parser *parser     // nil: nothing was added yet
	points *collector
	fixed  bool // such a file does not grow
}

// mostAdded bounds what is read of a file at once.
const mostAdded = 16 << 20

// NewTail notes how long a file is; call it before the file is loaded. It is nil
// where rows cannot be added: a URL, standard input.
func NewTail(path string, o Options) *Tail {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return &Tail{path: path, o: o.complete(), file: info, size: info.Size(), end: info.Size(), points: newCollector(false)}
}

// More reads the whole rows that were added since it was last asked, and tells
// how many rows were not valid. The last row from before comes once more: it may
// not have been whole. A file that is not there may come back.
func (t *Tail) More(ctx context.Context) (series []metric.Series, bad int, err error) {
	info, err := os.Stat(t.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && os.SameFile(info, t.file) && info.Size() == t.size || t.fixed:
		return nil, 0, nil
	case err != nil:
		return nil, 0, explain(t.path, plain(err))
	case !os.SameFile(info, t.file) || info.Size() < t.end:
		return nil, 0, explain(t.path, ErrReplaced)
	}
	f, err := os.Open(t.path)
	if err != nil {
		return nil, 0, explain(t.path, plain(err))
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := t.begin(ctx, f); err != nil || t.fixed {
		return nil, 0, err
	}
	t.points.reset()
	for read := true; read && err == nil; {
		read, err = t.block(ctx, f, info.Size(), &bad)
	}
	if err != nil {
		return nil, bad, explain(t.path, plain(err))
	}
	t.size = info.Size()
	for _, c := range t.points.filled() {
		c.sort()
		series = append(series, metric.Series{Key: c.Key, Times: slices.Clone(c.Times), Values: slices.Clone(c.Values)})
	}
	return series, bad, nil
}

// begin finds out the file's form, and where its last row began when it was loaded.
func (t *Tail) begin(ctx context.Context, f *os.File) error {
	if t.parser != nil {
		return nil
	}
	o := t.o
	o.Progress = nil
	r, err := begin(ctx, t.path, o)
	if err != nil {
		return err
	}
	defer r.close()
	if r.src.format != "CSV" || r.src.compression != "" {
		t.fixed = true
		return nil
	}
	l, _, err := r.sniffCSV()
	if err != nil {
		return explain(t.path, err)
	}
	if r.src.encoding != "" {
		t.fixed = true
		return nil
	}
	before := make([]byte, min(t.end, 1<<20))
	if _, err := f.ReadAt(before, t.end-int64(len(before))); err != nil && err != io.EOF {
		return explain(t.path, plain(err))
	}
	t.end += int64(bytes.LastIndexByte(before, l.dialect.eol)+1) - int64(len(before))
	t.parser = newParser(l, 0)
	return nil
}

// block reads some of the rows that were added, and whether there were any.
func (t *Tail) block(ctx context.Context, f *os.File, size int64, bad *int) (read bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	data := make([]byte, min(size-t.end, mostAdded))
	n, err := f.ReadAt(data, t.end)
	if err != nil && err != io.EOF {
		return false, err
	}
	n = t.parser.dialect.whole(data[:n])
	if n == 0 {
		return false, nil
	}
	b := block{data: data[:n], first: t.end == 0}
	t.parser.parseBlock(&b, nil)
	t.points.add(&b.out)
	*bad += len(b.out.rejected)
	t.end += int64(n)
	return true, nil
}
