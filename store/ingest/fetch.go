package ingest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
)

// spool copies r into a temporary file and makes it the source's file.
func (s *source) spool(ctx context.Context, r io.Reader, total int64) error {
	f, err := os.CreateTemp("", "aiops-import-*")
	if err != nil {
		return fmt.Errorf("make a temporary file: %w", err)
	}
	s.file, s.temporary = f, true
	var done int64
	buf := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		if _, werr := f.Write(buf[:n]); werr != nil {
			return fmt.Errorf("write a temporary file: %w", werr)
		}
		done += int64(n)
		if s.progress != nil && total > 0 {
			s.progress(done, total)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// download fetches a URL into a temporary file.
func (s *source) download(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("it is not a valid address: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if u, ok := err.(*url.Error); ok {
			err = u.Err
		}
		return fmt.Errorf("download: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("download: the server answered %s", resp.Status)
	}
	if err := s.spool(ctx, resp.Body, resp.ContentLength); err != nil {
		return fmt.Errorf("download: %w", err)
	}
	return nil
}
