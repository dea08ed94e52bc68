package snapshot

import (
	"context"

	"aiops/store/sqlite"
)

// modelBytes is how many bytes of models a snapshot takes along, about. They
// only save the time of training, so they must not outweigh the points.
const modelBytes = 64 << 20

// models writes the trained models, as many as there is room for.
func (rep *Report) models(ctx context.Context, to *sqlite.Store, o Options) error {
	if o.Models == nil {
		return nil
	}
	var some []sqlite.Model
	flush := func() error {
		size, err := to.PutModels(ctx, some)
		rep.Models, rep.ModelBytes, some = rep.Models+len(some), rep.ModelBytes+size, some[:0]
		return err
	}
	err := o.Models(ctx, func(m sqlite.Model) error {
		if rep.ModelBytes >= modelBytes {
			rep.ModelsLeft++
			return nil
		}
		if some = append(some, m); len(some) < 100 {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
