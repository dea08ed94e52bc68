package view

import (
	"slices"

	"aiops/metric"
	"aiops/store"
)

// id names the forecast that the present view asks for.
func (f *Forecast) id(info store.SeriesInfo) forecastID {
	o := f.state.Outlook
	return forecastID{Key: info.Key, span: o.Horizon, model: o.Model, config: f.configs[configID(o.Model, info.Key)], count: info.Count, last: info.Last}
}

// find is the forecast of that name, nil if it is not made yet.
func (f *Forecast) find(id forecastID) *Foreseen {
	for _, m := range f.made {
		if m.Plan.id == id {
			return m
		}
	}
	return nil
}

// Plan says what has to be forecast for the present view; false if nothing, or
// if it is under way already.
func (f *Forecast) Plan() (ForecastPlan, bool) {
	info, ok := f.info()
	if !ok || info.Count == 0 {
		return ForecastPlan{}, false
	}
	id := f.id(info)
	if f.find(id) != nil || f.pending != nil && f.pending.id == id {
		return ForecastPlan{}, false
	}
	f.generation++
	p := ForecastPlan{Generation: f.generation, Key: info.Key, Options: f.Options(info.Key), id: id}
	f.pending = &p
	return p, true
}

// Apply takes a forecast in; false if a newer one was asked for meanwhile.
func (f *Forecast) Apply(s *Foreseen) bool {
	if s.Plan.Generation <= f.applied || s.Plan.Generation < f.generation {
		return false
	}
	f.applied = s.Plan.Generation
	f.pending, f.err = nil, nil
	f.keep(s)
	return true
}

// keep remembers a forecast, and of older points' forecasts none.
func (f *Forecast) keep(s *Foreseen) {
	f.made = slices.DeleteFunc(f.made, func(m *Foreseen) bool {
		return m.Plan.Key == s.Plan.Key && (m.Plan.id.count != s.Plan.id.count || m.Plan.id.last != s.Plan.id.last) || m.Plan.id == s.Plan.id
	})
	f.made = append(f.made, s)
	if len(f.made) > mostMade {
		f.made = f.made[1:]
	}
	f.Capacity.learn(s)
}

// Fail takes note that a forecast could not be made, so that it is tried again.
func (f *Forecast) Fail(p ForecastPlan, err error) {
	if f.pending != nil && f.pending.Generation == p.Generation {
		f.pending, f.err = nil, err
	}
}

// Forget drops what was made of some series (none: all), so that it is made anew.
func (f *Forecast) Forget(keys ...metric.Key) {
	gone := func(k metric.Key) bool { return len(keys) == 0 || slices.Contains(keys, k) }
	f.made = slices.DeleteFunc(f.made, func(m *Foreseen) bool { return gone(m.Plan.Key) })
	f.tests.forget(gone)
	f.pending = nil
}

// current is the forecast to be shown: the one asked for, or as long as that is
// being made the last one of the series; nil if there is none.
func (f *Forecast) current() *Foreseen {
	info, ok := f.info()
	if !ok {
		return nil
	}
	if m := f.find(f.id(info)); m != nil {
		f.shown = m
		return m
	}
	if f.shown != nil && f.shown.Plan.Key == info.Key {
		return f.shown
	}
	for i := len(f.made) - 1; i >= 0; i-- {
		if f.made[i].Plan.Key == info.Key {
			return f.made[i]
		}
	}
	return nil
}

// Ready reports whether what is shown is what was asked for.
func (f *Forecast) Ready() bool {
	info, ok := f.info()
	return ok && f.find(f.id(info)) != nil
}

// Err is the error of the last forecast, nil if it went well.
func (f *Forecast) Err() error { return f.err }

// Empty is what stands in the chart's place when there is nothing to draw.
func (f *Forecast) Empty() (Room, bool) {
	info, ok := f.info()
	switch s := f.current(); {
	case !ok:
		return Room{Text: "Choose VMs and metrics on the left", Button: "Find a VM or metric", Do: OpenPalette}, true
	case info.Count == 0:
		return Room{Text: info.Key.String() + " has no points", Button: "Find a VM or metric", Do: OpenPalette}, true
	case s != nil && s.Lack != "":
		return Room{Text: s.Lack, Button: "Refresh", Do: RefreshNow}, true
	}
	return Room{}, false
}
