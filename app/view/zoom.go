package view

import "aiops/metric"

// Base is the chosen range, all of which is visible after a reset.
func (f *Fact) Base() metric.Range { return f.base }

// RangeNote says where a relative range ends when that is not now; empty otherwise.
func (f *Fact) RangeNote() string { return f.baseNote }

// rebase works out the chosen range afresh.
func (f *Fact) rebase() { f.base, f.baseNote = f.state.Span.Resolve(f.extent(), f.clock) }

// SetPreset chooses a preset and ends the zoom.
func (f *Fact) SetPreset(p Preset) {
	f.moved(single)
	f.state.Span.Preset = p
	if p == Custom && f.state.Span.Custom.Empty() {
		f.state.Span.Custom = f.base
	}
	*f.zoom = Zoom{}
	f.rebase()
}

// SetCustom chooses a range of the user's own and ends the zoom.
func (f *Fact) SetCustom(r metric.Range) {
	if r.Empty() {
		return
	}
	f.moved(single)
	f.state.Span = TimeChoice{Preset: Custom, Custom: r}
	*f.zoom = Zoom{}
	f.rebase()
}

// panelID names a panel of the page.
func (f *Fact) panelID(i int) string {
	groups := f.Scene().Groups()
	if i < 0 || i >= len(groups) {
		return ""
	}
	return groups[i].ID
}

// shortest is the length below which there is nothing to see.
func (f *Fact) shortest() int64 { return max(1000, 4*f.step()) }
