package view

import (
	"testing"
	"time"

	"aiops/metric"
)

func TestTimes(t *testing.T) {
	c, _ := newClock(t)
	noon := at(t, "2026-11-23 10:56")
	for _, tc := range []struct{ got, want string }{
		{c.Date(noon), "Mon 23 Nov"},
		{c.Date(at(t, "2025-12-31 23:59")), "Wed 31 Dec 2025"},
		{c.Time(noon), "Mon 23 Nov 10:56"},
		{c.Hour(noon), "10:56"},
		{c.Seconds(noon), "Mon 23 Nov 10:56:00"},
		{c.Seconds(noon + 1500), "Mon 23 Nov 10:56:00.0015"},
		{c.Exact(noon), "Mon 23 Nov 10:56"},
		{c.Exact(noon + 7e6), "Mon 23 Nov 10:56:07"},
		{c.Range(metric.Range{From: noon, To: noon + 34*60e6}), "Mon 23 Nov 10:56 – 11:30"},
		{c.Range(metric.Range{From: noon - 24*3600e6, To: noon}), "Sun 22 Nov 10:56 – Mon 23 Nov 10:56"},
		{c.ZoneName(noon), "CET (UTC+1)"},
		{c.ZoneName(at(t, "2026-07-01 12:00")), "CEST (UTC+2)"},
		{Clock{Now: c.Now, Zone: time.UTC}.ZoneName(noon), "UTC"},
		{Clock{Now: c.Now, Zone: time.FixedZone("", -(9*3600 + 1800))}.ZoneName(noon), "UTC−9:30"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestDuration(t *testing.T) {
	const d = 24 * time.Hour
	for _, tc := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0 µs"},
		{250 * time.Microsecond, "250 µs"},
		{1500 * time.Microsecond, "1.5 ms"},
		{2500 * time.Millisecond, "2.5 s"},
		{30 * time.Second, "30 s"},
		{time.Minute, "1 min"},
		{9*time.Minute + 42*time.Second, "9 min 42 s"},
		{52 * time.Minute, "52 min"},
		{59*time.Minute + 59*time.Second + 900*time.Millisecond, "60 min"},
		{5*time.Hour + 5*time.Minute, "5 h 5 min"},
		{d, "24 h"},
		{3*d + 4*time.Hour, "3 days 4 h"},
		{7 * d, "7 days"},
		{42 * d, "6 weeks"},
		{30 * d, "30 days"},
		{400 * d, "400 days"},
		{-35 * time.Minute, "−35 min"},
	} {
		if got := Duration(metric.Micros(tc.d)); got != tc.want {
			t.Errorf("Duration(%v) = %q, want %q", tc.d, got, tc.want)
		}
	}
}
