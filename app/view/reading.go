package view

import (
	"math"
	"slices"
	"sort"

	"aiops/metric"
)

// Reading is what the crosshair says.
type Reading struct {
	Time    int64
	Head    string // Mon 23 Nov, 10:56
	Tag     string // 10:56
	Rows    []ReadingRow
	Remarks []Remark
}

// ReadingRow is one line's value.
type ReadingRow struct {
	metric.Key
	Panel   int
	Slot    int
	Name    string // db-01 cpu
	Time    int64  // of the point that was taken
	Value   float64
	Missing bool
	Text    string // 87.0 %, or "no data"
	Earlier string // the compared period's value; empty: none
	Over    bool   // above its threshold
}

// Remark is a line below the values.
type Remark struct {
	Text  string
	Alarm bool
}

// Reading is what the crosshair at a time says of a panel, values from high to
// low; panel < 0 is every panel, in the panels' order.
func (s Scene) Reading(t int64, panel int) Reading {
	r := Reading{Time: t, Tag: s.Clock.Hour(t)}
	if s.Range.Len() < 10*60e6 {
		r.Tag = s.Clock.In(t).Format("15:04:05")
	}
	if s.Range.Len() < 5e6 {
		r.Tag = s.Clock.In(t).Format("15:04:05.000")
	}
	r.Head = s.Clock.Date(t) + ", " + r.Tag
	for i, g := range s.Groups() {
		if panel >= 0 && panel != i {
			continue
		}
		rows := make([]ReadingRow, 0, len(g.Series))
		for _, d := range g.Series {
			rows = append(rows, s.read(d, i, t))
		}
		slices.SortStableFunc(rows, highToLow)
		r.Rows = append(r.Rows, rows...)
	}
	r.Remarks = s.remarksAt(t, r.Rows)
	return r
}

func highToLow(a, b ReadingRow) int {
	switch {
	case a.Missing != b.Missing:
		if b.Missing {
			return -1
		}
		return 1
	case a.Value > b.Value:
		return -1
	case a.Value < b.Value:
		return 1
	}
	return 0
}

func (s Scene) read(d Drawn, panel int, t int64) ReadingRow {
	u := metric.UnitOf(d.Metric)
	row := ReadingRow{Key: d.Key, Panel: panel, Slot: d.Slot, Name: d.Key.String(), Value: math.NaN(), Missing: true}
	if i, ok := nearest(d.Data, t); ok {
		row.Time, row.Value, row.Missing = d.Data.Times[i], d.Data.Mean[i], false
		limit, limited := s.Thresholds.Of(d.Key)
		row.Over = limited && row.Value > limit
	}
	row.Text = u.Format(row.Value)
	if v, ok := d.earlierAt(t); ok {
		row.Earlier = u.Format(v)
	}
	return row
}

// earlierAt is the compared period's value at a visible time.
func (d Drawn) earlierAt(t int64) (float64, bool) {
	for _, e := range d.Earlier {
		if !e.Range.Contains(t) {
			continue
		}
		if i, ok := nearest(e.Data, t-e.Shift); ok {
			return e.Data.Mean[i], true
		}
		return math.NaN(), true
	}
	return 0, false
}

// nearest is the index of the point nearest to a time; false inside a gap and
// away from both ends.
func nearest(p *metric.Pyramid, t int64) (int, bool) {
	if p == nil || p.Len() == 0 {
		return 0, false
	}
	n := p.Len()
	j := sort.Search(n, func(i int) bool { return p.Times[i] >= t })
	i := j
	if j == n || j > 0 && t-p.Times[j-1] <= p.Times[j]-t {
		i = j - 1
	}
	dist := max(p.Times[i]-t, t-p.Times[i])
	reach := p.Gap / 3
	inGap := j == 0 || j == n || p.Gap > 0 && p.Times[j]-p.Times[j-1] > p.Gap
	if inGap && dist > reach {
		return 0, false
	}
	return i, true
}

// remarksAt tells thresholds that are exceeded and annotations that lie there.
func (s Scene) remarksAt(t int64, rows []ReadingRow) []Remark {
	var out []Remark
	for _, row := range rows {
		if row.Over {
			limit, _ := s.Thresholds.Of(row.Key)
			out = append(out, Remark{row.VM + ": above " + shortValue(metric.UnitOf(row.Metric), limit), true})
		}
	}
	out = append(out, s.sightingsAt(t, rows)...)
	near := s.Range.Len() / 200
	for _, a := range s.Visible() {
		if t >= a.From-near && t <= a.To+near {
			out = append(out, Remark{a.Text, a.Kind == metric.Incident})
		}
	}
	return out
}
