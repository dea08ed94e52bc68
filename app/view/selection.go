package view

import (
	"slices"

	"aiops/metric"
)

// Selection is the selected series in the order of their selection.
type Selection []Selected

// Selected is a selected series and its place in the palette, which it keeps
// until it is deselected.
type Selected struct {
	metric.Key
	Slot int `json:"slot"`
}

// Has reports whether the series is selected.
func (s Selection) Has(k metric.Key) bool { return s.index(k) >= 0 }

// Slot is the series' palette place, -1 if it is not selected.
func (s Selection) Slot(k metric.Key) int {
	if i := s.index(k); i >= 0 {
		return s[i].Slot
	}
	return -1
}

// Keys are the selected series in order.
func (s Selection) Keys() []metric.Key {
	out := make([]metric.Key, len(s))
	for i, e := range s {
		out[i] = e.Key
	}
	return out
}

// Add selects series; each takes the lowest free slot.
func (s *Selection) Add(keys ...metric.Key) {
	for _, k := range keys {
		if !s.Has(k) {
			*s = append(*s, Selected{k, s.free()})
		}
	}
}

// Remove deselects series and frees their slots.
func (s *Selection) Remove(keys ...metric.Key) {
	*s = slices.DeleteFunc(*s, func(e Selected) bool { return slices.Contains(keys, e.Key) })
}

func (s Selection) index(k metric.Key) int {
	return slices.IndexFunc(s, func(e Selected) bool { return e.Key == k })
}

func (s Selection) free() int {
	for slot := 0; ; slot++ {
		if !slices.ContainsFunc(s, func(e Selected) bool { return e.Slot == slot }) {
			return slot
		}
	}
}

// repair drops what is there twice and gives colliding or negative slots new ones.
func (s *Selection) repair() {
	old := *s
	*s = nil
	for _, e := range old {
		taken := slices.ContainsFunc(*s, func(o Selected) bool { return o.Slot == e.Slot })
		switch {
		case e.VM == "" || e.Metric == "" || s.Has(e.Key):
		case taken || e.Slot < 0:
			s.Add(e.Key)
		default:
			*s = append(*s, e)
		}
	}
}
