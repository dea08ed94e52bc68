package s3models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aiops/forecast"
	"aiops/metric"
)

// copied is the local copy of a model and the mark (ETag) that it had in the storage.
func (s *Storage) copied(ctx context.Context, k metric.Key, kind string) (m forecast.Model, etag string, ok bool) {
	m, err := s.copies.Load(ctx, k, kind)
	if err != nil {
		return m, "", false
	}
	text, err := os.ReadFile(s.markPath(k, kind))
	if err != nil {
		return m, "", false
	}
	etag, sum, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	own, err := forecast.EncodeModel(m)
	return m, etag, err == nil && sum == sumOf(own)
}

// keep makes a copy. A copy that cannot be kept costs time later and nothing else.
func (s *Storage) keep(ctx context.Context, m forecast.Model, text []byte, etag string) error {
	if err := s.copies.Save(ctx, m); err != nil {
		return err
	}
	return os.WriteFile(s.markPath(m.Key, m.Kind), []byte(etag+" "+sumOf(text)+"\n"), 0o644)
}

func (s *Storage) markPath(k metric.Key, kind string) string {
	return filepath.Join(s.copies.Dir, forecast.ModelName(k, kind)+".etag")
}

// forget removes a copy.
func (s *Storage) forget(ctx context.Context, k metric.Key, kind string) {
	_ = s.copies.Delete(ctx, k, kind) // there may be none
	_ = os.Remove(s.markPath(k, kind))
}

// inPlace is the copy of a model whose storage is away, with a warning.
func (s *Storage) inPlace(ctx context.Context, k metric.Key, kind string, away error) (forecast.Model, error) {
	m, _, ok := s.copied(ctx, k, kind)
	if !ok {
		return forecast.Model{}, away
	}
	m.Warnings = append(m.Warnings, fmt.Sprintf("%v; the local copy of the model that was trained at %s is used", away,
		metric.Time(m.Trained).Format(time.RFC3339)))
	return m, nil
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
