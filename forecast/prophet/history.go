package prophet

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// History is what a model is fitted to, in columns. Rows may stand in any order
// and share times; rows whose value is NaN are left out.
type History struct {
	Times      []int64   // Unix microseconds
	Values     []float64 // in the series' unit
	Cap, Floor []float64 // for logistic growth; nil: the options cap and floor
	// Regressors holds the columns of the options regressors, and those named by
	// a condition_name, which are 0 or 1.
	Regressors map[string][]float64
}

// Future is what Predict answers for: times in ascending order with the columns
// that the fit had. Times inside the history are as welcome as later ones.
type Future struct {
	Times      []int64
	Cap, Floor []float64
	Regressors map[string][]float64
}

// ErrTooFew says that a history has no two rows with a value at different times.
var ErrTooFew = errors.New("prophet: fewer than two rows with a value at different times; give a longer history")

// rowsWithValue checks the columns and returns the history's rows that have a
// value, sorted by time.
func (h History) rowsWithValue(c Config) (History, error) {
	if len(h.Values) != len(h.Times) {
		return h, fmt.Errorf("prophet: %d values for %d times; give one each", len(h.Values), len(h.Times))
	}
	if err := h.columns(c).check(len(h.Times)); err != nil {
		return h, err
	}
	keep := make([]int, 0, len(h.Times))
	for i, v := range h.Values {
		if math.IsInf(v, 0) {
			return h, fmt.Errorf("prophet: value %d is infinite; leave the row out or make it NaN", i)
		}
		if !math.IsNaN(v) {
			keep = append(keep, i)
		}
	}
	slices.SortStableFunc(keep, func(a, b int) int { return cmp.Compare(h.Times[a], h.Times[b]) })
	if len(keep) < 2 || h.Times[keep[0]] == h.Times[keep[len(keep)-1]] {
		return h, ErrTooFew
	}
	return h.pick(keep), nil
}

// pick returns the rows at the places, in that order; the columns are shared
// when that is all of them as they stand.
func (h History) pick(places []int) History {
	if len(places) == len(h.Times) && slices.IsSorted(places) {
		return h
	}
	n := len(h.Times)
	out := History{Times: make([]int64, len(places)), Values: pick(h.Values, n, places), Cap: pick(h.Cap, n, places), Floor: pick(h.Floor, n, places)}
	for i, p := range places {
		out.Times[i] = h.Times[p]
	}
	out.Regressors = make(map[string][]float64, len(h.Regressors))
	for name, col := range h.Regressors {
		out.Regressors[name] = pick(col, n, places)
	}
	return out
}

// pick returns nil for a column of another length than n: one that the options
// do not use, so that nobody checked it.
func pick(col []float64, n int, places []int) []float64 {
	if len(col) != n {
		return nil
	}
	out := make([]float64, len(places))
	for i, p := range places {
		out[i] = col[p]
	}
	return out
}

// columns are a history's or future's columns beside the values.
type columns struct {
	config     Config
	cap, floor []float64
	regressors map[string][]float64
}

func (h History) columns(c Config) columns { return columns{c, h.Cap, h.Floor, h.Regressors} }
func (f Future) columns(c Config) columns  { return columns{c, f.Cap, f.Floor, f.Regressors} }

// check reports the first column that is missing, of the wrong length or holds
// what it must not.
func (k columns) check(n int) error {
	if k.config.Growth == Logistic {
		if k.cap == nil && k.config.Cap == nil {
			return errors.New(`prophet: logistic growth needs the option "cap" or a column of caps`)
		}
		if err := firstError(checkColumn("cap", k.cap, n, k.cap == nil), checkColumn("floor", k.floor, n, k.floor == nil)); err != nil {
			return err
		}
	}
	for _, r := range k.config.Regressors {
		if err := checkColumn("regressor "+r.Name, k.regressors[r.Name], n, false); err != nil {
			return err
		}
	}
	for _, s := range k.config.Seasonalities {
		col := k.regressors[s.ConditionName]
		if s.ConditionName == "" {
			continue
		}
		if err := checkColumn("condition "+s.ConditionName, col, n, false); err != nil {
			return err
		}
		if i := slices.IndexFunc(col, func(v float64) bool { return v != 0 && v != 1 }); i >= 0 {
			return fmt.Errorf("prophet: condition %s is %v in row %d; it must be 0 or 1", s.ConditionName, col[i], i)
		}
	}
	return nil
}

func checkColumn(name string, col []float64, n int, optional bool) error {
	switch {
	case optional:
		return nil
	case col == nil:
		return fmt.Errorf("prophet: the column of %s is missing; give a number for each time", name)
	case len(col) != n:
		return fmt.Errorf("prophet: the column of %s has %d rows, the times have %d", name, len(col), n)
	}
	if i := slices.IndexFunc(col, func(v float64) bool { return !finite(v) }); i >= 0 {
		return fmt.Errorf("prophet: %s is %v in row %d; fill the gap", name, col[i], i)
	}
	return nil
}

// capAt is the cap of a row, floorAt its floor.
func (k columns) capAt(i int) float64 { return cell(k.cap, k.config.Cap, i) }
func (k columns) floorAt(i int) float64 {
	return cell(k.floor, k.config.Floor, i)
}

func cell(col []float64, constant *float64, i int) float64 {
	switch {
	case col != nil:
		return col[i]
	case constant != nil:
		return *constant
	}
	return 0
}

// hasFloor reports whether the rows have floors of their own, which only
// logistic growth looks at.
func (k columns) hasFloor() bool {
	return k.config.Growth == Logistic && (k.floor != nil || k.config.Floor != nil)
}
