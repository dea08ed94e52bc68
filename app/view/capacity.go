package view

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"aiops/charts"
	"aiops/forecast"
	"aiops/metric"
)

// Capacity is the list of series ranked by when they pass their limit. It
// fills with what is forecast: the shown series, and all of a job.
type Capacity struct {
	page  *Forecast
	known map[metric.Key]*capacityEntry
}

// capacityEntry is what the list keeps of a forecast.
type capacityEntry struct {
	span    time.Duration
	model   string
	last    float64
	origin  int64
	history *metric.Pyramid // thin
	next    forecast.Forecast
	limit   Threshold // that reach was worked out for
	reach   Reach
}

// Later is what the list says of a limit that is not reached within the horizon.
const Later = "later"

// CapacityRow is a line of the list.
type CapacityRow struct {
	Key     metric.Key
	Slot    int // −1: not selected
	Now     string
	Limit   string
	By      [3]string // 30 %, 50 %, 90 %
	Reached bool
	Shown   bool // the page shows this series
	entry   *capacityEntry
	order   [3]float64
}

func (c *Capacity) clear() { c.known = nil }

// learn takes a forecast in.
func (c *Capacity) learn(m *Foreseen) {
	if m.History == nil || len(m.Forecast.Times) == 0 {
		return
	}
	c.put(m.Plan.Key, newCapacityEntry(m, c.page.state.Thresholds))
}

func (c *Capacity) put(k metric.Key, e *capacityEntry) {
	if c.known == nil {
		c.known = map[metric.Key]*capacityEntry{}
	}
	c.known[k] = e
}

func newCapacityEntry(m *Foreseen, limits Thresholds) *capacityEntry {
	e := &capacityEntry{span: m.Plan.Options.Span, model: m.Plan.Options.Model, last: m.lastValue(), origin: m.last(), next: thin(m.Forecast)}
	from := m.last() - metric.Micros(e.span)
	recent := slice(m.History.Envelope, metric.Range{From: from, To: m.last() + 1})
	var s metric.Series
	for _, i := range extremes(recent.Mean, thinTimes/4) {
		s.Times, s.Values = append(s.Times, recent.Times[i]), append(s.Values, recent.Mean[i])
	}
	e.history = pyramid(s)
	if t, ok := limits.Watched(m.Plan.Key); ok {
		e.limit, e.reach = t, reachOf(m.Forecast, t, e.last)
	}
	return e
}

// CapacityOrder is the column that the list is ordered by.
type CapacityOrder struct {
	Column     int // of CapacityHead
	Descending bool
}

// CapacityHead are the list's columns; the fourth is a sparkline.
func CapacityHead() []string {
	return []string{"Series", "Now", "Limit", "Outlook", "30\u00a0% by", "50\u00a0% by", "90\u00a0% by"}
}

// Rows are the series whose limit is watched and that were forecast as far as
// the page looks, ranked.
func (c *Capacity) Rows(by CapacityOrder) []CapacityRow {
	var out []CapacityRow
	o := c.page.state.Outlook
	shown, _ := c.page.Focus()
	for k, e := range c.known {
		limit, ok := c.page.state.Thresholds.Watched(k)
		if _, there := c.page.fact.infos[k]; !ok || !there || e.span != o.Span() || e.model != o.Model {
			continue
		}
		if e.limit != limit {
			e.limit, e.reach = limit, reachOf(e.next, limit, e.last)
		}
		r := e.row(k, c.page.clock)
		r.Slot, r.Shown = c.page.state.Selection.Slot(k), k == shown
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b CapacityRow) int {
		d := by.compare(a, b)
		if by.Descending {
			d = -d
		}
		return cmp.Or(d, a.Key.Compare(b.Key))
	})
	return out
}

func (e *capacityEntry) row(k metric.Key, c Clock) CapacityRow {
	u := metric.UnitOf(k.Metric)
	r := CapacityRow{Key: k, Now: u.Format(e.last), Limit: shortValue(u, e.limit.Value), Reached: e.reach.Already, entry: e}
	if e.limit.Below {
		r.Limit = "below " + r.Limit
	}
	for i, t := range []int64{e.reach.P30, e.reach.P50, e.reach.P90} {
		r.By[i], r.order[i] = Later, 1e300-e.reach.Chance*1e299
		switch {
		case r.Reached:
			r.By[i], r.order[i] = "reached", -1e300
		case t != 0:
			r.By[i], r.order[i] = c.brief(t, e.origin, e.span), float64(t)
		}
	}
	return r
}

func (by CapacityOrder) compare(a, b CapacityRow) int {
	switch by.Column {
	case 0:
		return a.Key.Compare(b.Key)
	case 1:
		return cmp.Compare(a.entry.last, b.entry.last)
	case 2:
		return cmp.Compare(a.entry.limit.Value, b.entry.limit.Value)
	case 4, 6:
		i := (by.Column - 4)
		return cmp.Compare(a.order[i], b.order[i])
	}
	return cmp.Or(cmp.Compare(a.order[1], b.order[1]), cmp.Compare(a.order[0], b.order[0]), cmp.Compare(a.order[2], b.order[2]))
}

// Shape is the row's sparkline: history and prediction with the limit.
func (r CapacityRow) Shape(theme charts.Theme) charts.Figure {
	e := r.entry
	n := len(e.next.Times)
	f := charts.Figure{Theme: theme, Bare: true, Range: metric.Range{From: e.history.Times[0], To: e.next.Times[n-1] + 1}}
	next := metric.Series{Times: append([]int64{e.origin}, e.next.Times...), Values: append([]float64{e.last}, e.next.Value...)}
	slot := max(0, r.Slot)
	f.Panels = []charts.Panel{{Unit: metric.UnitOf(r.Key.Metric), NoLegend: true,
		Lines:      []charts.Line{{Data: e.history, Slot: slot}, {Data: pyramid(next), Slot: slot, Style: charts.Predicted}},
		Thresholds: []charts.Threshold{{Value: e.limit.Value}}}}
	return f
}

// ShapeID names what the sparkline depends on.
func (r CapacityRow) ShapeID() string {
	return fmt.Sprintf("%p %d %v", r.entry, r.Slot, r.entry.limit)
}

// About tells what the list covers, and what is missing.
func (c *Capacity) About(rows []CapacityRow) string {
	if len(rows) == 0 {
		return ""
	}
	watched := 0
	for k, info := range c.page.fact.infos {
		if _, ok := c.page.state.Thresholds.Watched(k); ok && info.Count > 0 {
			watched++
		}
	}
	if watched > len(rows) {
		return fmt.Sprintf("%s of %s series, ranked by date", metric.Grouped(int64(len(rows))), metric.Grouped(int64(watched)))
	}
	return metric.Grouped(int64(len(rows))) + " series, ranked by date"
}

// Foot explains the columns, on two lines.
func (c *Capacity) Foot(rows []CapacityRow) (lines [2]string) {
	if len(rows) == 0 {
		return lines
	}
	end := rows[0].entry.next.Times[len(rows[0].entry.next.Times)-1]
	lines[0] = "30\u00a0% by = the time by which the limit is reached with 30\u00a0% probability."
	lines[1] = "Later = not within the horizon, " + c.page.clock.brief(end, rows[0].entry.origin, rows[0].entry.span) + "."
	return lines
}

// Why says what to do about an empty list.
func (c *Capacity) Why() string {
	if k, ok := c.page.Focus(); ok {
		if _, watched := c.page.state.Thresholds.Watched(k); !watched && c.page.Ready() {
			return k.Metric + " has no threshold. Set one above, or forecast all series to see when those with a threshold reach it."
		}
	}
	return "Forecast all series to see which reaches its limit first."
}

// CopyCapacity is the list as tab-separated text.
func CopyCapacity(rows []CapacityRow) string {
	out := [][]string{{"VM", "Metric", "Now", "Limit", "30 % by", "50 % by", "90 % by"}}
	for _, r := range rows {
		out = append(out, []string{r.Key.VM, r.Key.Metric, r.Now, r.Limit, r.By[0], r.By[1], r.By[2]})
	}
	return tabbed(out)
}
