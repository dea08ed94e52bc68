package s3models

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"aiops/forecast"
	"aiops/metric"
)

// Storage is a forecast.Storage: one object a model.
type Storage struct {
	core    *minio.Core
	bucket  string
	prefix  string
	host    string
	timeout time.Duration
	copies  forecast.Files
}

// sumHeader is where an object's SHA-256 stands.
const sumHeader = "Sha256"

// maxModel bounds what is read of one object.
const maxModel = 64 << 20

func (s *Storage) object(k metric.Key, kind string) string {
	return s.prefix + forecast.ModelName(k, kind)
}

// Load reads the series' model of a kind: the local copy where the storage has
// nothing newer, and with a warning where it is away.
func (s *Storage) Load(ctx context.Context, k metric.Key, kind string) (forecast.Model, error) {
	copied, etag, ok := s.copied(ctx, k, kind)
	if !ok {
		etag = ""
	}
	m, _, err := s.fetch(ctx, s.object(k, kind), etag)
	switch {
	case errors.Is(err, errSame) && ok:
		return copied, nil
	case errors.Is(err, ErrAway):
		return s.inPlace(ctx, k, kind, err)
	case err != nil:
		return forecast.Model{}, err
	}
	return m, m.Readable(s.object(k, kind))
}

// fetch reads an object, unless it still has the mark, and keeps a copy.
func (s *Storage) fetch(ctx context.Context, object, etag string) (m forecast.Model, mark string, err error) {
	soon, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var o minio.GetObjectOptions
	if etag != "" {
		if err := o.SetMatchETagExcept(etag); err != nil {
			return m, "", fmt.Errorf("ask for a model: %w", err)
		}
	}
	r, info, header, err := s.core.GetObject(soon, s.bucket, object, o)
	if err != nil {
		return m, "", s.convert(ctx, "read "+object, err)
	}
	defer func() { _ = r.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(r, maxModel+1))
	switch {
	case err != nil:
		return m, "", s.convert(ctx, "read "+object, err)
	case len(text) > maxModel:
		return m, "", fmt.Errorf("%w: %s is larger than %d MB", forecast.ErrDamagedModel, object, maxModel>>20)
	}
	if err := whole(object, text, header); err != nil {
		return m, "", err
	}
	if m, err = forecast.DecodeModel(text, object); err != nil {
		return m, "", err
	}
	if m.Version == forecast.ModelVersion {
		_ = s.keep(ctx, m, text, info.ETag) // without a copy it is read again
	}
	return m, info.ETag, nil
}

// whole compares the content with the SHA-256 that was written with it.
func whole(object string, text []byte, header http.Header) error {
	want := header.Get("X-Amz-Meta-" + sumHeader)
	if want == "" {
		return fmt.Errorf("%w: %s has no SHA-256: another program wrote it", forecast.ErrDamagedModel, object)
	}
	if want != sumOf(text) {
		return fmt.Errorf("%w: the SHA-256 of %s is not that of its content", forecast.ErrDamagedModel, object)
	}
	return nil
}

// writeTries is how often a write is tried that others get ahead of.
const writeTries = 5

// Save replaces the series' model. Where another instance wrote one meanwhile,
// the one that was trained later stays.
func (s *Storage) Save(ctx context.Context, m forecast.Model) error {
	text, err := forecast.EncodeModel(m)
	if err != nil {
		return err
	}
	_, etag, ok := s.copied(ctx, m.Key, m.Kind)
	if !ok {
		etag = "" // taken for new; if it is there, it is looked at
	}
	for range writeTries {
		mark, err := s.put(ctx, s.object(m.Key, m.Kind), text, etag)
		if err == nil {
			_ = s.keep(ctx, m, text, mark) // without a copy it is read again
			return nil
		}
		if !errors.Is(err, errChanged) && !errors.Is(err, forecast.ErrNoModel) {
			return err
		}
		var later bool
		if later, etag, err = s.other(ctx, m); err != nil || later {
			return err
		}
	}
	return fmt.Errorf("write %s: others write it again and again: try later", s.object(m.Key, m.Kind))
}

// other looks at what is stored where a write met it: is it as new as ours, and its mark.
func (s *Storage) other(ctx context.Context, m forecast.Model) (later bool, etag string, err error) {
	there, etag, err := s.fetch(ctx, s.object(m.Key, m.Kind), "")
	switch {
	case errors.Is(err, forecast.ErrNoModel):
		return false, "", nil
	case errors.Is(err, forecast.ErrDamagedModel):
		etag, err = s.mark(ctx, s.object(m.Key, m.Kind))
		return false, etag, err
	case err != nil:
		return false, "", err
	}
	return there.Version == m.Version && there.Trained >= m.Trained, etag, nil
}

// put writes an object if it still has the mark, or with no mark, if it is not there.
func (s *Storage) put(ctx context.Context, object string, text []byte, etag string) (mark string, err error) {
	soon, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	o := minio.PutObjectOptions{ContentType: "application/json", UserMetadata: map[string]string{sumHeader: sumOf(text)}, DisableMultipart: true}
	if etag == "" {
		o.SetMatchETagExcept("*")
	} else {
		o.SetMatchETag(etag)
	}
	info, err := s.core.Client.PutObject(soon, s.bucket, object, bytes.NewReader(text), int64(len(text)), o)
	return info.ETag, s.convert(ctx, "write "+object, err)
}

// mark asks for an object's mark; ErrNoModel if it is not there.
func (s *Storage) mark(ctx context.Context, object string) (string, error) {
	soon, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	info, err := s.core.StatObject(soon, s.bucket, object, minio.StatObjectOptions{})
	return info.ETag, s.convert(ctx, "look at "+object, err)
}

// Delete removes a model, also a damaged one.
func (s *Storage) Delete(ctx context.Context, k metric.Key, kind string) error {
	object := s.object(k, kind)
	if _, err := s.mark(ctx, object); err != nil {
		return err
	}
	soon, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := s.core.RemoveObject(soon, s.bucket, object, minio.RemoveObjectOptions{}); err != nil {
		return s.convert(ctx, "delete "+object, err)
	}
	s.forget(ctx, k, kind)
	return nil
}
