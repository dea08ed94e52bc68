package s3models

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"
	"golang.org/x/sync/errgroup"

	"aiops/forecast"
)

// together is how many objects are read at the same time.
const together = 8

// List reads all models, ordered by series and kind. Damaged ones are left out and told in the error.
func (s *Storage) List(ctx context.Context) ([]forecast.Model, error) {
	objects, err := s.objects(ctx)
	if err != nil {
		return nil, err
	}
	models, damaged := make([]forecast.Model, len(objects)), make([]error, len(objects))
	g, inside := errgroup.WithContext(ctx)
	g.SetLimit(together)
	for i, object := range objects {
		g.Go(func() error {
			m, _, err := s.fetch(inside, object, "")
			if errors.Is(err, forecast.ErrDamagedModel) {
				damaged[i], err = err, nil
			}
			if errors.Is(err, forecast.ErrNoModel) { // deleted since
				err = nil
			}
			models[i] = m
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	models = slices.DeleteFunc(models, func(m forecast.Model) bool { return m.Version == 0 })
	slices.SortFunc(models, func(a, b forecast.Model) int {
		if c := a.Compare(b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.Kind, b.Kind)
	})
	return models, errors.Join(damaged...)
}

// objects lists the models' names in the storage.
func (s *Storage) objects(ctx context.Context) ([]string, error) {
	soon, cancel := context.WithTimeout(ctx, 6*s.timeout) // many pages
	defer cancel()
	var out []string
	for info := range s.core.Client.ListObjects(soon, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix}) {
		if info.Err != nil {
			return nil, s.convert(ctx, "list models", info.Err)
		}
		if strings.HasSuffix(info.Key, ".json") {
			out = append(out, info.Key)
		}
	}
	return out, ctx.Err()
}
