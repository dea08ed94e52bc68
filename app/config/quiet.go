package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiops/metric"
)

// QuietTime is a time in which nothing is judged: maintenance or a holiday,
// once or again and again.
type QuietTime struct {
	Name   string   `toml:"name"`
	VM     string   `toml:"vm"` // patterns with * and ?; empty: all
	Metric string   `toml:"metric"`
	Days   []string `toml:"days"`  // sat, sun; none: every day
	Dates  []string `toml:"dates"` // 2026-12-24, or 12-24 of each year: whole days, or from - to on them
	From   any      `toml:"from"`  // 22:00 for a time of day, 2026-11-22 10:00 for once
	To     any      `toml:"to"`
	Zone   string   `toml:"zone"`  // of all these; empty: UTC
	Learn  *bool    `toml:"learn"` // whether the detectors learn from it; by default they do

	zone     *time.Location
	once     metric.Range
	from, to int // minutes of the day; to may lie on the next day
	days     [7]bool
}

// Learns reports whether detectors learn from the time.
func (q *QuietTime) Learns() bool { return q.Learn == nil || *q.Learn }

// Concerns reports whether the time is quiet for some of the series' points.
func (q *QuietTime) Concerns(k metric.Key) bool { return matches(q.VM, q.Metric, k) }

// Contains reports whether t lies in the quiet time.
func (q *QuietTime) Contains(t int64) bool {
	if !q.once.Empty() {
		return q.once.Contains(t)
	}
	at := metric.Time(t).In(q.zone)
	minute := at.Hour()*60 + at.Minute()
	if q.from < q.to {
		return minute >= q.from && minute < q.to && q.day(at)
	}
	return minute >= q.from && q.day(at) || minute < q.to && q.day(at.AddDate(0, 0, -1)) // past midnight
}

// day reports whether the quiet time begins on the day.
func (q *QuietTime) day(at time.Time) bool {
	if len(q.Dates) > 0 {
		return slices.Contains(q.Dates, at.Format(time.DateOnly)) || slices.Contains(q.Dates, at.Format("01-02"))
	}
	return q.days[at.Weekday()]
}

func (q *QuietTime) check() error {
	var err error
	if q.zone, err = time.LoadLocation(q.Zone); err != nil {
		return fmt.Errorf("zone %q is not known; use a name such as UTC or Europe/Berlin", q.Zone)
	}
	if err := errors.Join(q.checkDays(), q.checkDates()); err != nil {
		return err
	}
	from, to := moment(q.From), moment(q.To)
	switch {
	case from == "" && to == "" && len(q.Dates)+len(q.Days) > 0:
		q.to = 24 * 60
		return nil
	case from == "" || to == "":
		return errors.New("from and to are missing; write times of day such as \"22:00\", two moments such as \"2026-11-22 10:00\", or dates")
	}
	if q.clock(from, to) {
		return nil
	}
	if len(q.Dates)+len(q.Days) > 0 {
		return fmt.Errorf("from %q and to %q must be times of day such as \"22:00\" where there are days or dates", from, to)
	}
	return q.span(from, to)
}

// clock takes two times of day.
func (q *QuietTime) clock(from, to string) bool {
	a, err := time.Parse("15:04", from)
	if err != nil {
		return false
	}
	q.from = a.Hour()*60 + a.Minute()
	if to == "24:00" {
		q.to = 24 * 60
		return true
	}
	b, err := time.Parse("15:04", to)
	q.to = b.Hour()*60 + b.Minute()
	return err == nil
}

// span takes two moments.
func (q *QuietTime) span(from, to string) error {
	var at [2]time.Time
	for i, text := range [2]string{from, to} {
		var err error
		if at[i], err = parseMoment(text, q.zone); err != nil {
			return err
		}
	}
	if q.once = metric.NewRange(at[0], at[1]); q.once.Empty() {
		return fmt.Errorf("from %q is not before to %q", from, to)
	}
	return nil
}

func parseMoment(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither a time of day nor a moment; write \"22:00\", \"2026-11-22 10:00\" or \"2026-11-22T10:00:00Z\"", text)
}

// moment is a value of the file as text: TOML knows times of its own.
func moment(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case time.Time:
		switch x.Location().String() {
		case "time-local":
			return x.Format("15:04")
		case "date-local":
			return x.Format(time.DateOnly)
		case "datetime-local":
			return x.Format("2006-01-02 15:04:05")
		}
		return x.Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}

func (q *QuietTime) checkDays() error {
	for i := range q.days {
		q.days[i] = len(q.Days) == 0
	}
	for _, name := range q.Days {
		i := slices.IndexFunc([]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, func(d string) bool {
			return len(name) >= 3 && strings.HasPrefix(strings.ToLower(name), d)
		})
		if i < 0 {
			return fmt.Errorf("day %q is not known; write mon, tue, wed, thu, fri, sat or sun", name)
		}
		q.days[i] = true
	}
	return nil
}

func (q *QuietTime) checkDates() error {
	for _, d := range q.Dates {
		_, err := time.Parse(time.DateOnly, d)
		if _, yearly := time.Parse(time.DateOnly, "2024-"+d); err != nil && yearly != nil {
			return fmt.Errorf("date %q is not known; write \"2026-12-24\", or \"12-24\" for each year", d)
		}
	}
	if len(q.Dates) > 0 && len(q.Days) > 0 {
		return errors.New("days and dates exclude each other; write two [[quiet]] sections")
	}
	return nil
}

// Quiets are the quiet times that detectors learn from, or those that they do not.
func (d Detection) Quiets(learn bool) []QuietTime {
	return slices.DeleteFunc(slices.Clone(d.Quiet), func(q QuietTime) bool { return q.Learns() != learn })
}

// AnyQuiet reports whether one of the times is quiet for the series at t.
func AnyQuiet(all []QuietTime, k metric.Key, t int64) bool {
	for i := range all {
		if all[i].Concerns(k) && all[i].Contains(t) {
			return true
		}
	}
	return false
}
