package view

import (
	"fmt"
	"math"
	"sort"

	"aiops/metric"
)

// Reading is what the crosshair at a time says: the fact, or the prediction
// with its intervals and the chance to pass the limit.
func (s ForecastScene) Reading(t int64) Reading {
	r := Reading{Time: t, Tag: s.Clock.Hour(t), Head: s.Clock.Date(t) + ", " + s.Clock.Hour(t)}
	u := metric.UnitOf(s.Plan.Key.Metric)
	row := ReadingRow{Key: s.Plan.Key, Slot: s.Slot, Value: math.NaN(), Missing: true, Text: "no data"}
	r.Remarks = s.changesAt(t)
	n := len(s.Forecast.Times)
	if t <= s.last()+s.Forecast.Step.Micros()/2 || n == 0 || s.Past != nil {
		row.Name = s.Plan.Key.String()
		if i, ok := nearest(s.History, t); ok {
			row.Time, row.Value, row.Missing = s.History.Times[i], s.History.Mean[i], false
			row.Text, row.Over = u.Format(row.Value), s.Limited && s.Limit.Passed(row.Value)
		}
		r.Rows = []ReadingRow{row}
		if s.Past != nil {
			r.Rows = append(r.Rows, s.pastRows(t)...)
		}
		return r
	}
	i := nearestIndex(s.Forecast.Times, t)
	row.Name, row.Time, row.Value, row.Missing = "prediction", s.Forecast.Times[i], s.Forecast.Value[i], false
	row.Text, row.Over = u.Format(row.Value), s.Limited && s.Limit.Passed(row.Value)
	r.Rows = []ReadingRow{row}
	for _, level := range []float64{0.5, s.Level} {
		if level == 0.5 && len(r.Rows) > 1 {
			continue
		}
		lo, hi := s.Forecast.Quantile(i, (1-level)/2), s.Forecast.Quantile(i, (1+level)/2)
		r.Rows = append(r.Rows, ReadingRow{Key: s.Plan.Key, Slot: s.Slot, Name: LevelText(level) + " interval", Missing: true, Text: span(u, lo, hi)})
	}
	if s.Limited {
		p := s.Forecast.Below(i, s.Limit.Value)
		if !s.Limit.Below {
			p = 1 - p
		}
		r.Remarks = append(r.Remarks, Remark{Text: "chance to be " + s.Limit.Text() + ": " + percent(p), Alarm: p >= 0.5})
	}
	return r
}

// changesAt are the changepoints near a time, with all that is known of them.
func (s ForecastScene) changesAt(t int64) (out []Remark) {
	if s.Past != nil {
		return nil
	}
	for _, c := range s.Forecast.Changes {
		if near := s.Range.Len() / 150; c.Time-t < near && t-c.Time < near {
			out = append(out, Remark{Text: "changepoint: " + c.Text})
		}
	}
	return out
}

// percent tells a probability.
func percent(p float64) string {
	switch {
	case p > 0 && p < 0.005:
		return "below 1\u00a0%"
	case p < 1 && p > 0.995:
		return "above 99\u00a0%"
	}
	return fmt.Sprintf("%.0f\u00a0%%", 100*p)
}

// span tells two values with one unit where they share it: 84.2 – 88.1 %.
func span(u metric.Unit, lo, hi float64) string {
	s := ScaleFor(u, max(math.Abs(lo), math.Abs(hi)))
	return s.Number(lo) + " – " + s.Text(hi)
}

func nearestIndex(times []int64, t int64) int {
	j := sort.Search(len(times), func(i int) bool { return times[i] >= t })
	if j == len(times) || j > 0 && t-times[j-1] <= times[j]-t {
		return j - 1
	}
	return j
}
