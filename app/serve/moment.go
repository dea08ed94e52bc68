package serve

import (
	"bytes"
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/metric"
)

// Moment is a time of a query: RFC 3339, or a day or a time without a zone,
// which are UTC.
type Moment struct {
	time.Time
	Day bool // only the day was told
}

// before checks that the range from here to end holds something.
func (m Moment) before(end Moment, r metric.Range) error {
	switch {
	case !r.Empty():
		return nil
	case end.IsZero():
		return invalid("query.start_date", m.Time, "start_date lies in the future, and the range ends now; leave it out, or name an end_date after it")
	}
	return invalid("query.end_date", end.Time, "end_date is not after start_date")
}

var momentForms = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04"}

// UnmarshalText reads one of the forms, t and z also in small letters. A plus that
// stands in an address as it is, is read from there as a space.
func (m *Moment) UnmarshalText(text []byte) error {
	text = bytes.ToUpper(text)
	if i := len(text) - len(" 02:00"); i > 0 && text[i] == ' ' && bytes.IndexByte(text[:i], ':') > 0 {
		text[i] = '+'
	}
	if t, err := time.Parse(time.DateOnly, string(text)); err == nil {
		m.Time, m.Day = t, true
		return nil
	}
	for _, form := range momentForms {
		if t, err := time.Parse(form, string(text)); err == nil {
			m.Time, m.Day = t.UTC(), false
			return nil
		}
	}
	return errors.New("not a time; write 2026-11-22T14:00:00Z or 2026-11-22")
}

// Schema documents the forms that programs should write.
func (Moment) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, AnyOf: []*huma.Schema{
		{Type: huma.TypeString, Format: "date-time"},
		{Type: huma.TypeString, Format: "date"},
		{Type: huma.TypeString, Pattern: `^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$`},
	}, Examples: []any{"2026-11-22T14:00:00Z"}}
}
