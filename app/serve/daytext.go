package serve

import (
	"time"
)

// dayText reads times; most have the day of the one before.
type dayText struct {
	text  [10]byte
	start int64
	known bool
}

// parse reads RFC 3339 and times without a zone, which are UTC.
func (d *dayText) parse(text []byte) (micros int64, reason string) {
	if t, ok := d.quick(text); ok {
		return t, ""
	}
	var m Moment
	if err := m.UnmarshalText(text); err != nil {
		return 0, err.Error()
	}
	if t := m.UnixMicro(); m.Year() > 1697 && m.Year() < 2242 && t > earliest && t < latest {
		return t, ""
	}
	return 0, "it is outside of the years 1698 to 2241"
}

// quick reads 2026-11-22T14:00:00Z with up to six digits of a fraction.
func (d *dayText) quick(b []byte) (int64, bool) {
	if len(b) < 20 || b[10] != 'T' || b[13] != ':' || b[16] != ':' || b[len(b)-1] != 'Z' {
		return 0, false
	}
	if !d.known || string(d.text[:]) != string(b[:10]) {
		t, err := time.Parse(time.DateOnly, string(b[:10]))
		if err != nil || t.Year() < 1700 || t.Year() > 2240 {
			return 0, false
		}
		copy(d.text[:], b)
		d.start, d.known = t.UnixMicro(), true
	}
	h, ok1 := two(b[11:13])
	m, ok2 := two(b[14:16])
	s, ok3 := two(b[17:19])
	if !ok1 || !ok2 || !ok3 || h > 23 || m > 59 || s > 59 {
		return 0, false
	}
	micros := d.start + ((h*60+m)*60+s)*1_000_000
	if len(b) == 20 {
		return micros, true
	}
	if b[19] != '.' || len(b) == 21 || len(b) > 27 {
		return 0, false
	}
	scale := int64(100_000)
	for _, c := range b[20 : len(b)-1] {
		if c < '0' || c > '9' {
			return 0, false
		}
		micros += int64(c-'0') * scale
		scale /= 10
	}
	return micros, true
}

func two(b []byte) (int64, bool) {
	return int64(b[0]-'0')*10 + int64(b[1]-'0'), b[0] >= '0' && b[0] <= '9' && b[1] >= '0' && b[1] <= '9'
}
