package cli

import (
	"errors"
	"fmt"

	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

type modelsCmd struct {
	List   modelsListCmd   `cmd:"" default:"withargs" help:"List the stored models of the database."`
	Delete modelsDeleteCmd `cmd:"" help:"Delete stored models; they are trained again when they are needed."`
}

// modelChoice says which stored models.
type modelChoice struct {
	choice
	Model string `name:"model" placeholder:"NAME" help:"Only models of this kind: ${models}."`
}

type modelsListCmd struct{ modelChoice }

func (c *modelsListCmd) Run(r *run) error {
	st, err := r.open(true)
	if err != nil {
		return err
	}
	defer st.Close()
	_, all, damaged, err := c.stored(r, st)
	if err != nil {
		return err
	}
	if len(all) == 0 && damaged == nil {
		fmt.Fprintln(r.Out, "There are no such models: `aiops train` and `aiops forecast` make them.")
		return nil
	}
	w := newTable(r.Out)
	fmt.Fprintln(w, "VM\tMETRIC\tMODEL\tSTEP\tPOINTS\tUP TO\tMEAN ERROR")
	for _, m := range all {
		if m.Version != forecast.ModelVersion {
			fmt.Fprintf(w, "%s\t%s\t%s\t\t\t\tof another version, will be trained again\n", m.VM, m.Metric, m.Kind)
			continue
		}
		printModel(r, w, m)
	}
	return errors.Join(w.Flush(), damaged)
}

type modelsDeleteCmd struct {
	modelChoice
	All bool `name:"all" help:"Delete every model of the database."`
}

func (c *modelsDeleteCmd) Run(r *run) error {
	if !c.All && len(c.VM)+len(c.Metric) == 0 && c.Model == "" {
		return usageError{errNothing}
	}
	st, err := r.open(true)
	if err != nil {
		return err
	}
	defer st.Close()
	storage, all, damaged, err := c.stored(r, st)
	if err != nil {
		return err
	}
	var gone int64
	for _, m := range all {
		switch err := storage.Delete(r.ctx, m.Key, m.Kind); {
		case err == nil:
			gone++
		case !errors.Is(err, forecast.ErrNoModel):
			return err
		}
	}
	fmt.Fprintf(r.Out, "%s models are deleted.\n", metric.Grouped(gone))
	return damaged
}

var errNothing = errors.New("nothing is named: say what to delete with --vm, --metric or --model, or everything with --all")

// stored lists the chosen models of the database, and which are damaged.
func (c modelChoice) stored(r *run, st store.Store) (storage forecast.Storage, chosen []forecast.Model, damaged, err error) {
	if storage, err = r.models(st); err != nil {
		return nil, nil, nil, err
	}
	all, err := storage.List(r.ctx)
	if err != nil && !errors.Is(err, forecast.ErrDamagedModel) {
		return nil, nil, nil, err
	}
	damaged = err
	for _, m := range all {
		if c.has(m.Key) && (c.Model == "" || c.Model == m.Kind) {
			chosen = append(chosen, m)
		}
	}
	return storage, chosen, damaged, nil
}
