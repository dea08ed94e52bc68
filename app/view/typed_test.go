package view

import (
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	cet := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 23, 14, 35, 2, 0, cet)
	c := Clock{Now: func() time.Time { return now }, Zone: cet}
	at := func(y int, m time.Month, d, h, min, s int) time.Time { return time.Date(y, m, d, h, min, s, 0, cet) }
	for text, want := range map[string]time.Time{
		"Sun 22 Nov 14:35":     at(2026, 11, 22, 14, 35, 0),
		"22 Nov 14:35:07":      at(2026, 11, 22, 14, 35, 7),
		"Tue 2 Dec 2025 08:00": at(2025, 12, 2, 8, 0, 0),
		"2026-11-22 14:35":     at(2026, 11, 22, 14, 35, 0),
		"2026-11-22T14:35":     at(2026, 11, 22, 14, 35, 0),
		"2026-11-22T13:35:00Z": at(2026, 11, 22, 14, 35, 0),
		"2026-11-22":           at(2026, 11, 22, 0, 0, 0),
		" 3  Nov ":             at(2026, 11, 3, 0, 0, 0),
		"08:15":                at(2026, 11, 23, 8, 15, 0),
		"now":                  now,
		"-24h":                 now.Add(-24 * time.Hour),
		"−90m":                 now.Add(-90 * time.Minute),
	} {
		got, err := c.ParseTime(text)
		if err != nil || got != want.UnixMicro() {
			t.Errorf("%q: %v %v, want %v", text, time.UnixMicro(got).In(cet), err, want)
		}
	}
	for _, text := range []string{"", "soon", "25:00", "31 Foo", "24h"} {
		if got, err := c.ParseTime(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
	// What the window writes must be read back.
	for _, v := range []int64{now.UnixMicro(), at(2025, 1, 2, 3, 4, 0).UnixMicro(), now.UnixMicro() + 123456} {
		if got, err := c.ParseTime(c.Exact(v)); err != nil || got != v {
			t.Errorf("%s: %d, %v, want %d", c.Exact(v), got, err, v)
		}
	}
	if _, err := c.ParseRange("10:00", "09:00"); err == nil {
		t.Error("a range that ends before it begins must be an error")
	}
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"Sun 22 Nov 14:35", "-24h", "2026-11-22T14:35", "now", ""} {
		f.Add(s)
	}
	c := SystemClock(time.UTC)
	f.Fuzz(func(_ *testing.T, s string) { _, _ = c.ParseTime(s) })
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"3 days": 72 * time.Hour, "90 min": 90 * time.Minute, "12 h 30 min": 12*time.Hour + 30*time.Minute,
		"1 week": 168 * time.Hour, "1.5h": 90 * time.Minute, "2D": 48 * time.Hour, "45s": 45 * time.Second,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "days", "3", "3 parsecs", "-3 h", "0 s"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}
