package prophet

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"aiops/metric"
)

// Switch is an option that is "auto", true, false or, for a season, the number
// of its Fourier terms.
type Switch int

// The settings that are no number.
const (
	Off  Switch = 0
	Auto Switch = -1
	On   Switch = -2
)

// MarshalJSON writes "auto", true, false or the number.
func (s Switch) MarshalJSON() ([]byte, error) {
	switch s {
	case Auto:
		return []byte(`"auto"`), nil
	case On:
		return []byte("true"), nil
	case Off:
		return []byte("false"), nil
	}
	return json.Marshal(int(s))
}

// UnmarshalJSON reads what MarshalJSON writes, and 0 for false.
func (s *Switch) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"auto"`:
		*s = Auto
	case "true":
		*s = On
	case "false":
		*s = Off
	default:
		n, err := whole(b)
		if err != nil || n < 0 {
			return fmt.Errorf(`%s is not "auto", true, false or a number of 0 or more`, brief(b))
		}
		*s = Switch(n)
	}
	return nil
}

// Date is a time in Unix microseconds, written as a date or a date and time.
type Date int64

var layouts = []string{"2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.RFC3339Nano, "2006-01-02 15:04:05Z07:00"}

// ParseDate reads a date, a date and time, or RFC 3339; without a zone it is UTC.
func ParseDate(s string) (Date, error) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return Date(t.UnixMicro()), nil
		}
	}
	return 0, fmt.Errorf("%q is not a date such as 2024-12-31 or 2024-12-31T18:00:00Z", s)
}

// MarshalJSON writes RFC 3339.
func (d Date) MarshalJSON() ([]byte, error) {
	return json.Marshal(metric.Time(int64(d)).Format(time.RFC3339Nano))
}

// UnmarshalJSON reads what ParseDate reads.
func (d *Date) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf(`%s is not a date in quotes such as "2024-12-31"`, brief(b))
	}
	t, err := ParseDate(s)
	*d = t
	return err
}

// whole reads a whole number, also one written as 3.0.
func whole(b []byte) (int, error) {
	var f float64
	if err := json.Unmarshal(b, &f); err != nil || f != math.Trunc(f) || math.Abs(f) > 1e6 {
		return 0, fmt.Errorf("%s is not a whole number", brief(b))
	}
	return int(f), nil
}

// brief is JSON cut short for a message.
func brief(b []byte) string {
	if r := []rune(string(b)); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(b)
}
