package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// textReader reads a CSV file as UTF-8 without byte order mark.
func (s *source) textReader() (io.Reader, func() error, error) {
	r, err := s.unpacked()
	if err != nil {
		return nil, nil, err
	}
	mark := make([]byte, 3)
	n, err := io.ReadFull(r, mark)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, nil, errors.Join(s.readError(err), r.Close())
	}
	mark = mark[:n]
	rest := io.MultiReader(bytes.NewReader(mark), r)
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		return r, r.Close, nil
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		s.encoding = "UTF-16"
		return transform.NewReader(rest, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()), r.Close, nil
	}
	return rest, r.Close, nil
}

func (s *source) readError(err error) error {
	if s.compression != "" {
		return fmt.Errorf("unpack %s, at byte %d of %d: %w", s.compression, s.done.Load(), s.size, err)
	}
	return fmt.Errorf("read, at byte %d of %d: %w", s.done.Load(), s.size, err)
}

const (
	blockSize = 1 << 20
	maxLine   = 64 << 20
)

// cutter cuts a text into blocks of whole records.
type cutter struct {
	src   *source
	r     io.Reader
	rest  []byte // the incomplete record behind the last block
	first bool
	end   bool
}

// next fills b with the next block; io.EOF if there is none.
func (c *cutter) next(ctx context.Context, b *block, d dialect) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.first, c.first = c.first, false
	b.data = append(b.data[:0], c.rest...)
	c.rest = c.rest[:0]
	for size := blockSize; ; size *= 2 {
		if err := c.fill(b, size); err != nil {
			return err
		}
		if c.end {
			if len(b.data) == 0 {
				return io.EOF
			}
			return nil
		}
		if n := d.whole(b.data); n > 0 {
			c.rest = append(c.rest, b.data[n:]...)
			b.data = b.data[:n]
			return nil
		}
		if size >= maxLine {
			return fmt.Errorf("a line is longer than %d MB", maxLine>>20)
		}
	}
}

// fill reads until the block holds size bytes or the text ends.
func (c *cutter) fill(b *block, size int) error {
	if cap(b.data) < size {
		b.data = append(make([]byte, 0, size), b.data...)
	}
	for !c.end && len(b.data) < size {
		n, err := c.r.Read(b.data[len(b.data):size])
		b.data = b.data[:len(b.data)+n]
		c.src.text.Add(int64(n))
		if err == io.EOF {
			c.end = true
		} else if err != nil {
			return c.src.readError(err)
		}
	}
	return nil
}
