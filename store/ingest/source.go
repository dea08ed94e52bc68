package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"aiops/store/ingest/wire"
)

// source is a file that is being read.
type source struct {
	path        string // as the user named it
	file        *os.File
	size        int64
	temporary   bool
	compression string
	format      string // "CSV", "Excel", "Parquet", wire.FormatOpenMetrics, wire.FormatInflux
	encoding    string
	done        atomic.Int64 // bytes of the file that were read
	text        atomic.Int64 // bytes of unpacked text that they held
	progress    func(done, total int64)
}

// openSource opens a file, a URL or standard input and finds out what it is.
func openSource(ctx context.Context, name string, o Options) (*source, error) {
	s := &source{path: name, progress: o.Progress}
	var err error
	switch {
	case name == "-":
		err = s.spool(ctx, os.Stdin, 0)
	case strings.HasPrefix(name, "http://"), strings.HasPrefix(name, "https://"):
		err = s.download(ctx, name)
	default:
		s.file, err = os.Open(name)
	}
	if err == nil {
		err = s.examine(ctx)
	}
	if err != nil {
		s.close()
		return nil, explain(name, plain(err))
	}
	return s, nil
}

// plain takes the path out of a file error, as the sentence has it already.
func plain(err error) error {
	var pathErr *os.PathError
	switch {
	case !errors.As(err, &pathErr):
		return err
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no such file (%w)", pathErr.Err)
	}
	return pathErr.Err
}

func (s *source) close() {
	if s.file == nil {
		return
	}
	_ = s.file.Close() // it was only read
	if s.temporary {
		_ = os.Remove(s.file.Name())
	}
}

// name is what a VM is called that only the file's name names.
func (s *source) name() string {
	base := filepath.Base(s.path)
	if strings.Contains(s.path, "://") {
		p, _, _ := strings.Cut(s.path, "?")
		base = path.Base(p)
	}
	if s.path == "-" {
		return "stdin"
	}
	for {
		switch ext := strings.ToLower(filepath.Ext(base)); ext {
		case ".csv", ".tsv", ".txt", ".gz", ".zst", ".zstd", ".xlsx", ".xlsm", ".parquet", ".dat", ".gzip", ".prom", ".om", ".lp":
			if len(ext) == len(base) {
				return base
			}
			base = base[:len(base)-len(ext)]
			continue
		}
		return base
	}
}

// Read reads the file itself and tells the progress.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	done := s.done.Add(int64(n))
	if s.progress != nil {
		s.progress(done, s.size)
	}
	return n, err
}

// examine finds out format and compression by the first bytes.
func (s *source) examine(ctx context.Context) error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errors.New("it is a folder: name the files in it")
	}
	if !info.Mode().IsRegular() && !s.temporary { // a pipe
		pipe := s.file
		defer func() { _ = pipe.Close() }() // it was only read
		if err := s.spool(ctx, pipe, 0); err != nil {
			return err
		}
		return s.examine(ctx)
	}
	s.size = info.Size()
	if s.size == 0 {
		return errors.New("the file is empty")
	}
	head := make([]byte, headSize)
	n, err := s.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		s.compression = "gzip"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		s.compression = "zstd"
	default:
		s.format, err = formatOf(head)
		return err
	}
	return s.examineInside(ctx)
}

// examineInside looks at what was compressed. Excel and Parquet must be read
// at any place, so they are unpacked into a temporary file.
func (s *source) examineInside(ctx context.Context) error {
	r, err := s.unpacked()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was only read
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return fmt.Errorf("unpack %s: %w", s.compression, err)
	}
	if n == 0 {
		return errors.New("the file is empty")
	}
	if s.format, err = formatOf(head[:n]); err != nil || s.format != "Excel" && s.format != "Parquet" {
		return err
	}
	packed := s.file
	defer func() { _ = packed.Close() }() // it was only read
	if err := s.spool(ctx, io.MultiReader(bytes.NewReader(head[:n]), r), 0); err != nil {
		return fmt.Errorf("unpack %s: %w", s.compression, err)
	}
	info, err := s.file.Stat()
	if err == nil {
		s.size = info.Size()
	}
	return err
}

// formatOf tells a file's format by its first bytes.
func formatOf(head []byte) (string, error) {
	for magic, what := range map[string]string{
		"SQLite format 3\x00": "it is an SQLite database: open it with --db sqlite:PATH",
		"\xd0\xcf\x11\xe0":    "it is an old Excel workbook (.xls): save it as .xlsx or CSV",
		"BZh":                 "it is packed with bzip2: unpack it, or pack it with gzip or zstd",
		"\xfd7zXZ":            "it is packed with xz: unpack it, or pack it with gzip or zstd",
		"%PDF":                "it is a PDF",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return "", errors.New(what)
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "Excel", nil
	case bytes.HasPrefix(head, []byte("PAR1")):
		return "Parquet", nil
	}
	if format := wire.Sniff(head); format != "" {
		return format, nil
	}
	return "CSV", nil
}

// headSize is how much of a file tells its format.
const headSize = 4096

// unpacked reads the file from its start without its compression.
func (s *source) unpacked() (io.ReadCloser, error) {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	s.done.Store(0)
	s.text.Store(0)
	switch s.compression {
	case "gzip":
		r, err := gzip.NewReader(bufio.NewReaderSize(s, 256<<10))
		if err != nil {
			return nil, fmt.Errorf("unpack gzip: %w", err)
		}
		return r, nil
	case "zstd":
		r, err := zstd.NewReader(s, zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			return nil, fmt.Errorf("unpack zstd: %w", err)
		}
		return r.IOReadCloser(), nil
	}
	return io.NopCloser(s), nil
}
