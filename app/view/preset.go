package view

import (
	"time"

	"aiops/metric"
)

// Preset is a choice of time range.
type Preset string

// The presets; Custom stands for a range of the user's own.
const (
	Last15Minutes Preset = "15m"
	LastHour      Preset = "1h"
	Last6Hours    Preset = "6h"
	Last24Hours   Preset = "24h"
	Last7Days     Preset = "7d"
	Last30Days    Preset = "30d"
	Last90Days    Preset = "90d"
	LastYear      Preset = "1y"
	AllTimes      Preset = "all"
	Custom        Preset = "custom"
)

// TimeChoice is the chosen time range.
type TimeChoice struct {
	Preset Preset       `json:"preset"`
	Custom metric.Range `json:"custom"`
}

// PresetItem is a preset as the list shows it.
type PresetItem struct {
	ID     Preset
	Name   string
	length time.Duration
}

const day = 24 * time.Hour

// Presets lists the presets in the order of the list.
func Presets() []PresetItem {
	return []PresetItem{
		{Last15Minutes, "Last 15 minutes", 15 * time.Minute},
		{LastHour, "Last hour", time.Hour},
		{Last6Hours, "Last 6 hours", 6 * time.Hour},
		{Last24Hours, "Last 24 hours", day},
		{Last7Days, "Last 7 days", 7 * day},
		{Last30Days, "Last 30 days", 30 * day},
		{Last90Days, "Last 90 days", 90 * day},
		{LastYear, "Last year", 365 * day},
		{AllTimes, "All", 0},
		{Custom, "Custom", 0},
	}
}

// Name is the preset as the list shows it.
func (p Preset) Name() string { return p.item().Name }

func (p Preset) item() PresetItem {
	for _, it := range Presets() {
		if it.ID == p {
			return it
		}
	}
	return PresetItem{ID: p, Name: string(p)}
}

// Resolve turns the choice into a range. A relative preset ends now, or at the
// newest point when the data are old (or from a clock that runs ahead): then
// note says so. data is the range that the points cover.
func (tc TimeChoice) Resolve(data metric.Range, clock Clock) (r metric.Range, note string) {
	length := metric.Micros(tc.Preset.item().length)
	switch {
	case tc.Preset == Custom && !tc.Custom.Empty():
		return tc.Custom, ""
	case length == 0 && !data.Empty():
		return data, ""
	case length == 0:
		length = metric.Micros(day)
	}
	end := clock.Micros()
	newest := data.To - 1
	lag := end - newest
	if !data.Empty() && (lag < 0 || lag > max(length/10, metric.Micros(5*time.Minute))) {
		end, note = data.To, "to the newest point, "+clock.Time(newest)
	}
	return metric.Range{From: end - length, To: end}, note
}

func (tc *TimeChoice) repair() {
	ids := []Preset{Last24Hours}
	for _, it := range Presets() {
		ids = append(ids, it.ID)
	}
	tc.Preset = known(tc.Preset, ids...)
	tc.Custom = sane(tc.Custom)
	if tc.Preset == Custom && tc.Custom.Empty() {
		tc.Preset = AllTimes
	}
}

// sane is the range if it lies within some ten thousand years, so that sums of
// its ends do not overflow; otherwise an empty one.
func sane(r metric.Range) metric.Range {
	const limit = 4e17
	if r.Empty() || r.From < -limit || r.To > limit {
		return metric.Range{}
	}
	return r
}

// RefreshItem is a refresh interval as the list shows it.
type RefreshItem struct {
	Seconds int
	Name    string
}

// Refreshes lists the refresh intervals.
func Refreshes() []RefreshItem {
	return []RefreshItem{{0, "Off"}, {5, "Every 5 s"}, {10, "Every 10 s"}, {30, "Every 30 s"}, {60, "Every minute"}, {300, "Every 5 min"}}
}
