package merge

import (
	"fmt"

	"aiops/metric"
)

// CheckTransition says what is wrong with a change of an alert's state.
func CheckTransition(t metric.Transition) error {
	switch {
	case t.Rule == "" || t.VM == "":
		return fmt.Errorf("an alert's change needs a rule and a VM, not %q and %q", t.Rule, t.VM)
	case t.From == "" || t.To == "":
		return fmt.Errorf("%s on %v: the change names no states", t.Rule, t.Key)
	case !metric.All.Contains(t.Time):
		return fmt.Errorf("%s on %v: the time is out of bounds", t.Rule, t.Key)
	}
	return nil
}

// SameTransition reports whether both are the same change, whatever they say of it.
func SameTransition(a, b metric.Transition) bool {
	return a.Time == b.Time && a.To == b.To && a.Key == b.Key && a.Rule == b.Rule && a.Hash == b.Hash
}
