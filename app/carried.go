package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
	"aiops/store/snapshot"
	"aiops/store/sqlite"
)

// carried is a storage with the models that a snapshot brings: of two of the
// same series and kind the one that was trained later counts. What is trained
// on the snapshot goes into the storage, as the snapshot stays as it is.
type carried struct {
	forecast.Storage
	db *sqlite.Store
}

func withCarried(own forecast.Storage, st store.Store) forecast.Storage {
	if db, ok := st.(*sqlite.Store); ok {
		return carried{own, db}
	}
	return own
}

// Load returns the series' model of a kind.
func (c carried) Load(ctx context.Context, k metric.Key, kind string) (forecast.Model, error) {
	own, err := c.Storage.Load(ctx, k, kind)
	if err != nil && !errors.Is(err, forecast.ErrNoModel) {
		return own, err
	}
	brought, e := c.brought(ctx, forecast.ModelName(k, kind))
	switch {
	case errors.Is(e, store.ErrNotFound):
		return own, err
	case e == nil && (err != nil || brought.Trained > own.Trained):
		return brought, brought.Readable(c.db.Info().Path)
	case err != nil:
		return own, e
	}
	return own, nil
}

// brought reads a model of the snapshot; store.ErrNotFound if it has none.
func (c carried) brought(ctx context.Context, name string) (forecast.Model, error) {
	text, err := c.db.Model(ctx, name)
	if errors.Is(err, store.ErrDamaged) {
		return forecast.Model{}, fmt.Errorf("%w: %w", forecast.ErrDamagedModel, err)
	}
	if err != nil {
		return forecast.Model{}, err
	}
	return forecast.DecodeModel(text, name)
}

// List tells the models of both.
func (c carried) List(ctx context.Context) ([]forecast.Model, error) {
	all, damaged := c.Storage.List(ctx)
	if damaged != nil && !errors.Is(damaged, forecast.ErrDamagedModel) {
		return nil, damaged
	}
	at := map[string]int{}
	for i, m := range all {
		at[forecast.ModelName(m.Key, m.Kind)] = i
	}
	names, err := c.db.ModelNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		m, err := c.brought(ctx, name)
		i, own := at[name]
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			damaged = errors.Join(damaged, err)
		case !own:
			all = append(all, m)
		case m.Trained > all[i].Trained:
			all[i] = m
		}
	}
	slices.SortFunc(all, func(a, b forecast.Model) int { return cmp.Or(a.Compare(b.Key), cmp.Compare(a.Kind, b.Kind)) })
	return all, damaged
}

// Delete removes a model; one that only the snapshot has stays.
func (c carried) Delete(ctx context.Context, k metric.Key, kind string) error {
	err := c.Storage.Delete(ctx, k, kind)
	if !errors.Is(err, forecast.ErrNoModel) {
		return err
	}
	if _, e := c.db.Model(ctx, forecast.ModelName(k, kind)); errors.Is(e, store.ErrNotFound) {
		return err
	}
	return fmt.Errorf("the model of %v came with %s and stays in it. `aiops train` makes a newer one that is used in its place", k, c.db.Info().Path)
}

// modelsFor are the trained models of a storage that serve a snapshot with
// these options: those that learnt from nothing that it does not hold, the
// newest first.
func modelsFor(models forecast.Storage, o snapshot.Options) func(context.Context, func(sqlite.Model) error) error {
	wanted := map[metric.Key]bool{}
	for _, k := range o.Keys {
		wanted[k] = true
	}
	return func(ctx context.Context, yield func(sqlite.Model) error) error {
		all, err := models.List(ctx)
		if err != nil && !errors.Is(err, forecast.ErrDamagedModel) { // a damaged one is trained again anyway
			return err
		}
		slices.SortStableFunc(all, func(a, b forecast.Model) int { return cmp.Compare(b.Trained, a.Trained) })
		for _, m := range all {
			if m.Version != forecast.ModelVersion || len(wanted) > 0 && !wanted[m.Key] ||
				o.Range != (metric.Range{}) && (!o.Range.Contains(m.First) || !o.Range.Contains(m.Last)) {
				continue
			}
			text, err := forecast.EncodeModel(m)
			if err == nil {
				err = yield(sqlite.Model{Key: m.Key, Kind: m.Kind, Name: forecast.ModelName(m.Key, m.Kind), Text: text})
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}
