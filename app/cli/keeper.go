package cli

import (
	"errors"
	"fmt"

	"aiops/metric"
	"aiops/store"
)

// keeper stores predictions many at a time; without a store it does nothing.
type keeper struct {
	r      *run
	st     store.Store
	all    []metric.Prediction
	rows   int
	stored int64
}

// keptRows is how many rows are stored at once.
const keptRows = 20_000

func (k *keeper) add(p metric.Prediction) error {
	if k.st == nil {
		return nil
	}
	k.all, k.rows = append(k.all, p), k.rows+len(p.Times)
	if k.rows < keptRows {
		return nil
	}
	return k.flush()
}

// flush stores what was collected. A database that cannot be written to keeps
// nobody from forecasting: it is told once.
func (k *keeper) flush() error {
	if len(k.all) == 0 {
		return nil
	}
	err := k.st.PutPredictions(k.r.ctx, k.all)
	switch {
	case err == nil:
		k.stored += int64(len(k.all))
	case errors.Is(err, store.ErrReadOnly):
		k.r.bar.clear()
		fmt.Fprintf(k.r.Err, "warning: the forecasts are not stored: %v\n", err)
		k.st, err = nil, nil
	}
	k.all, k.rows = nil, 0
	return err
}
