package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"aiops/metric"
	"aiops/store"
)

// vault takes predictions, or refuses them.
type vault struct {
	store.Store
	refuse error
	calls  []int
}

func (v *vault) PutPredictions(_ context.Context, all []metric.Prediction) error {
	v.calls = append(v.calls, len(all))
	return v.refuse
}

func TestKeeper(t *testing.T) {
	p := metric.Prediction{Times: make([]int64, keptRows/4)}
	fill := func(v *vault) (stored int64, errs string, err error) {
		var e bytes.Buffer
		k := keeper{r: &run{Env: Env{Err: &e}, ctx: t.Context(), bar: newBar(&e)}, st: v}
		for range 10 {
			err = errors.Join(err, k.add(p))
		}
		return k.stored, e.String(), errors.Join(err, k.flush())
	}
	v := &vault{}
	if n, _, err := fill(v); n != 10 || err != nil || len(v.calls) != 3 || v.calls[0] != 4 || v.calls[2] != 2 {
		t.Error(n, err, v.calls)
	}
	v = &vault{refuse: store.ErrReadOnly}
	if n, errs, err := fill(v); n != 0 || err != nil || len(v.calls) != 1 || strings.Count(errs, "not stored") != 1 {
		t.Error(n, errs, err, v.calls)
	}
	v = &vault{refuse: store.ErrLocked}
	if n, _, err := fill(v); n != 0 || !errors.Is(err, store.ErrLocked) {
		t.Error(n, err)
	}
	k := keeper{}
	if err := errors.Join(k.add(p), k.flush()); err != nil || k.stored != 0 {
		t.Error(k.stored, err)
	}
}
