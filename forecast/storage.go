package forecast

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aiops/metric"
)

// Files keeps each model in a JSON file of its own in a directory, which is
// made when the first model is saved. Processes may share the directory.
type Files struct{ Dir string }

// Load reads the series' model of a kind. One of another version is as good as none.
func (f Files) Load(ctx context.Context, k metric.Key, kind string) (Model, error) {
	if err := ctx.Err(); err != nil {
		return Model{}, err
	}
	path := filepath.Join(f.Dir, ModelName(k, kind))
	m, err := readModel(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Model{}, ErrNoModel
	case err != nil:
		return Model{}, err
	}
	return m, m.Readable(path)
}

// Save writes the model to the disk and then puts it in its place.
func (f Files) Save(ctx context.Context, m Model) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	text, err := EncodeModel(m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.Dir, 0o777); err != nil {
		return fmt.Errorf("make the directory of models: %w", err)
	}
	return replaceFile(filepath.Join(f.Dir, ModelName(m.Key, m.Kind)), text)
}

// List reads all models, ordered by series and kind. Of a model of another
// version only version, series and kind are told.
func (f Files) List(ctx context.Context) ([]Model, error) {
	entries, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the models: %w", err)
	}
	var out []Model
	var damaged []error
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if e.IsDir() || filepath.Ext(e.Name()) != ".json" {
			continue
		}
		m, err := readModel(filepath.Join(f.Dir, e.Name()))
		switch {
		case err == nil:
			out = append(out, m)
		case !errors.Is(err, fs.ErrNotExist): // deleted since the directory was read
			damaged = append(damaged, err)
		}
	}
	slices.SortFunc(out, func(a, b Model) int {
		if c := a.Compare(b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.Kind, b.Kind)
	})
	return out, errors.Join(damaged...)
}

// Delete removes a model, also a damaged one.
func (f Files) Delete(ctx context.Context, k metric.Key, kind string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := os.Remove(filepath.Join(f.Dir, ModelName(k, kind)))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoModel
	}
	if err != nil {
		return fmt.Errorf("delete the model of %v: %w", k, err)
	}
	return nil
}

// readModel reads and checks a file.
func readModel(path string) (Model, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Model{}, fmt.Errorf("read the model: %w", err)
	}
	return DecodeModel(text, path)
}
