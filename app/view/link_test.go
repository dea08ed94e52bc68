package view

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"aiops/store"
)

func TestLinkInWords(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 40, 0, 0, time.UTC)
	k := Clock{Now: func() time.Time { return now }, Zone: time.UTC}
	copied := time.Date(2026, 11, 23, 14, 35, 2, 0, time.UTC)
	refused := fmt.Errorf("open database: %w", errors.New("no Postgres answers at 127.0.0.1:5432. Check the address that --db names"))
	for name, c := range map[string]struct {
		link store.Link
		want LinkWords
	}{
		"online":  {store.Link{Online: true, Latency: 18400 * time.Microsecond}, LinkWords{Header: "Postgres · 18 ms"}},
		"sending": {store.Link{Online: true, Queued: 2}, LinkWords{Header: "Postgres", Footer: "Sending 2 queued changes"}},
		"away": {store.Link{Cause: refused, NextTry: now.Add(19500 * time.Millisecond), CopiedAt: copied, Queued: 1}, LinkWords{Header: "cached copy",
			Footer: "Cached copy of 14:35:02, 1 change queued", Details: refused.Error(),
			Bar: "Cannot reach fleet (no Postgres answers at 127.0.0.1:5432). Working with the copy of 14:35; 1 change queued; retrying in 20 s."}},
		"old copy": {store.Link{Cause: context.DeadlineExceeded, CopiedAt: copied.AddDate(0, 0, -2)}, LinkWords{Header: "cached copy",
			Footer: "Cached copy of Sat 21 Nov 14:35", Details: "context deadline exceeded",
			Bar: "Cannot reach fleet (no answer in time). Working with the copy of Sat 21 Nov 14:35; trying again now."}},
		"nothing kept": {store.Link{NextTry: now.Add(time.Minute)}, LinkWords{Header: "not reachable", Footer: "No cached copy",
			Bar: "Cannot reach fleet. There is no cached copy; retrying in 1 min."}},
		"clash": {store.Link{Online: true, Queued: 1, Clashes: 1}, LinkWords{Header: "Postgres", Footer: "1 change to decide",
			Clashes: "1 change made here met another one in fleet. Nothing is overwritten until you decide."}},
	} {
		if got := DescribeLink(c.link, "Postgres", "fleet", k); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
	}
}

func TestCauses(t *testing.T) {
	for text, want := range map[string]string{
		"look for changes: no safe connection to h:5432 (read tcp 1.2.3.4:5->h:5432: connection reset by peer). Check sslmode": "connection reset by peer",
		"open database: no connection to h:5432 (context deadline exceeded). Check the address":                                "no answer in time",
		"open database: no Postgres answers at h:5432. Check the address":                                                      "no Postgres answers at h:5432",
		"read points: dial tcp 1.2.3.4:5: i/o timeout":                                                                         "no answer in time",
		"h has no connection left (60 of 60). Try again later":                                                                 "h has no connection left (60 of 60)",
	} {
		if got := Cause(errors.New(text)); got != want {
			t.Errorf("%q is told as %q, want %q", text, got, want)
		}
	}
}

func TestLatency(t *testing.T) {
	for d, want := range map[time.Duration]string{20 * time.Microsecond: "0.1 ms", 3240 * time.Microsecond: "3.2 ms", 18 * time.Millisecond: "18 ms", 1240 * time.Millisecond: "1.2 s"} {
		if got := Latency(d); got != want {
			t.Errorf("%v is told as %q, want %q", d, got, want)
		}
	}
}
