package view

import (
	"slices"
	"time"

	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

// Forecast is the model of the Forecast page. It shares selection, thresholds
// and list of series with the Fact page's model. One goroutine, the window's,
// owns it; what takes long is done elsewhere: Foresee for a ForecastPlan,
// Assess for an AssessPlan.
type Forecast struct {
	viewport
	fact       *Fact
	generation int
	applied    int
	pending    *ForecastPlan
	err        error
	made       []*Foreseen // the newest last
	shown      *Foreseen
	tests      tests
	configs    map[string]string // options that tuning found, where no model is kept
	Capacity   Capacity
}

// mostMade is how many forecasts are kept, so that stepping through a few
// series or models and back does not compute anew.
const mostMade = 12

// NewForecast makes the page's model beside that of the Fact page.
func NewForecast(fact *Fact) *Forecast {
	f := &Forecast{fact: fact}
	f.viewport = viewport{state: fact.state, zoom: &fact.state.Outlook.Zoom, clock: fact.clock, page: f}
	f.Capacity.page = f
	return f
}

// Reset forgets everything that was made: another database is open.
func (f *Forecast) Reset() {
	f.made, f.shown, f.pending, f.err = nil, nil, nil, nil
	f.generation++
	f.applied = f.generation
	f.tests, f.configs = tests{}, nil
	f.Capacity.clear()
	f.past, f.future = nil, nil
}

// Outlook is the part of the state that this model keeps.
func (f *Forecast) Outlook() *Outlook { return &f.state.Outlook }

// Focus is the series that is shown: the chosen one, otherwise the first selected one.
func (f *Forecast) Focus() (metric.Key, bool) {
	if k := f.state.Outlook.Focus; k != (metric.Key{}) {
		if _, ok := f.fact.infos[k]; ok {
			return k, true
		}
	}
	for _, e := range f.state.Selection {
		if _, ok := f.fact.infos[e.Key]; ok {
			return e.Key, true
		}
	}
	return metric.Key{}, false
}

// SetFocus shows a series. The zoom of its values ends, that of the times stays.
func (f *Forecast) SetFocus(k metric.Key) {
	if now, ok := f.Focus(); ok && now == k {
		f.state.Outlook.Focus = k
		return
	}
	f.state.Outlook.Focus = k
	f.zoom.Values = nil
}

// Chosen follows the sidebar: a series that was ticked is shown, one that was
// unticked no longer.
func (f *Forecast) Chosen(keys []metric.Key, on bool) {
	switch now := f.state.Outlook.Focus; {
	case len(keys) == 0:
	case on:
		f.SetFocus(keys[0])
	case slices.Contains(keys, now):
		f.SetFocus(metric.Key{})
	}
}

// Choices are the series to choose from: the selected ones, and the shown one.
func (f *Forecast) Choices() (keys []metric.Key, at int) {
	for _, e := range f.state.Selection {
		if _, ok := f.fact.infos[e.Key]; ok {
			keys = append(keys, e.Key)
		}
	}
	k, ok := f.Focus()
	if !ok {
		return keys, -1
	}
	if at = slices.Index(keys, k); at < 0 {
		keys, at = append([]metric.Key{k}, keys...), 0
	}
	return keys, at
}

// Step shows the next (1) or previous (−1) of the selected series.
func (f *Forecast) Step(by int) {
	keys, at := f.Choices()
	if len(keys) > 1 && at >= 0 {
		f.SetFocus(keys[((at+by)%len(keys)+len(keys))%len(keys)])
	}
}

// Slot is the place in the palette of the shown series.
func (f *Forecast) Slot() int {
	k, _ := f.Focus()
	return max(0, f.state.Selection.Slot(k))
}

// info is the shown series' entry of the list, false if nothing is shown.
func (f *Forecast) info() (store.SeriesInfo, bool) {
	k, ok := f.Focus()
	if !ok {
		return store.SeriesInfo{}, false
	}
	return f.fact.infos[k], true
}

// Limit is the limit that the shown series is held against.
func (f *Forecast) Limit() (Threshold, bool) {
	k, ok := f.Focus()
	if !ok {
		return Threshold{}, false
	}
	return f.state.Thresholds.Watched(k)
}

// Options are what a series is forecast with.
func (f *Forecast) Options(k metric.Key) forecast.Options {
	o := f.state.Outlook
	out := forecast.Options{Span: o.Span(), Model: o.Model, Level: o.Level}
	if c := f.configs[configID(o.Model, k)]; c != "" {
		out.Config = []byte(c)
	}
	return out
}

// SetConfig keeps a model's options for a series until the window is closed; empty: none.
func (f *Forecast) SetConfig(model string, k metric.Key, config string) {
	if f.configs == nil {
		f.configs = map[string]string{}
	}
	f.configs[configID(model, k)] = config
}

func configID(model string, k metric.Key) string { return model + " " + k.String() }

// SetHorizon chooses how far ahead is looked; a zoom of the times ends.
func (f *Forecast) SetHorizon(span time.Duration) {
	o := &f.state.Outlook
	o.Horizon = int64(span / time.Second)
	o.repair()
	f.zoom.Range = metric.Range{}
}

// Base is the range that is visible without a zoom: the chosen history, and the horizon.
func (f *Forecast) Base() metric.Range {
	r := f.fact.Base()
	if o := f.state.Outlook; o.Past {
		if e, ok := f.Assessed(); ok && len(e.Past) > 0 {
			return pastRange(e)
		}
	}
	info, ok := f.info()
	if !ok || info.Count == 0 {
		return r
	}
	span := metric.Micros(f.state.Outlook.Span())
	end := info.Last + span
	if s := f.current(); s != nil && len(s.Forecast.Times) > 0 && s.Plan.Options.Span == f.state.Outlook.Span() {
		end = s.Forecast.Times[len(s.Forecast.Times)-1]
	}
	from := max(min(r.From, info.Last-span/2), info.First)
	return metric.Range{From: from, To: end + max(1, (end-from)/200)}
}

// extent is what can be looked at.
func (f *Forecast) extent() metric.Range {
	info, _ := f.info()
	return info.Range()
}

func (f *Forecast) shortest() int64 {
	info, _ := f.info()
	return max(1000, 4*info.Step)
}

func (f *Forecast) panelID(i int) string {
	if i != 0 {
		return ""
	}
	return "forecast"
}

func (f *Forecast) rebase() { f.fact.rebase() }
