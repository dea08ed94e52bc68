package view

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"time"

	"aiops/store"
)

// LinkWords say how a database can be reached.
type LinkWords struct {
	Header  string // beside the name: "Postgres · 18 ms", "cached copy"
	Footer  string // empty while the link is well
	Bar     string // empty while the link is well
	Details string // the whole error
	Clashes string // empty when nothing is to be decided
}

// DescribeLink puts a link's state into words.
func DescribeLink(l store.Link, kind, name string, k Clock) LinkWords {
	w := LinkWords{Header: kind}
	if l.Clashes > 0 {
		w.Clashes = fmt.Sprintf("%s made here met another one in %s. Nothing is overwritten until you decide.", counted(int64(l.Clashes), "change"), name)
	}
	if l.Online {
		if l.Latency > 0 {
			w.Header += " · " + Latency(l.Latency)
		}
		switch left := l.Queued - l.Clashes; {
		case left > 0:
			w.Footer = "Sending " + counted(int64(left), "queued change")
		case l.Clashes > 0:
			w.Footer = counted(int64(l.Clashes), "change") + " to decide"
		}
		return w
	}
	w.Header, w.Footer = "not reachable", "No cached copy"
	what := "There is no cached copy"
	if !l.CopiedAt.IsZero() {
		w.Header, w.Footer = "cached copy", "Cached copy of "+k.lately(l.CopiedAt, "15:04:05")
		what = "Working with the copy of " + k.lately(l.CopiedAt, "15:04")
	}
	if l.Queued > 0 {
		queued := counted(int64(l.Queued), "change") + " queued"
		w.Footer += ", " + queued
		what += "; " + queued
	}
	w.Bar = fmt.Sprintf("Cannot reach %s%s. %s; %s.", name, inBrackets(Cause(l.Cause)), what, retry(l.NextTry, k.Now()))
	if l.Cause != nil {
		w.Details = l.Cause.Error()
	}
	return w
}

// Latency tells how long an answer took.
func Latency(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	}
	return fmt.Sprintf("%.1f ms", max(0.1, float64(d.Microseconds())/1000))
}

// lately is the time of day, with the date where that is not today's.
func (c Clock) lately(t time.Time, layout string) string {
	at := t.In(c.Zone)
	if c.SameDay(t.UnixMicro(), c.Micros()) {
		return at.Format(layout)
	}
	return c.Date(t.UnixMicro()) + " " + at.Format("15:04")
}

func retry(next, now time.Time) string {
	left := next.Sub(now)
	if next.IsZero() || left <= 0 {
		return "trying again now"
	}
	seconds := int64((left + time.Second - 1) / time.Second)
	return "retrying in " + Duration(seconds*1e6)
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// Cause is an error's shortest reason: what happened, without where and what to do.
func Cause(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time"
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	text, _, _ = strings.Cut(text, ". ")
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	text = strings.TrimSuffix(text, ".")
	if strings.Count(text, ")") > strings.Count(text, "(") {
		text = strings.TrimSuffix(text, ")")
	}
	if strings.Contains(text, "deadline exceeded") || strings.Contains(text, "i/o timeout") {
		return "no answer in time"
	}
	return text
}

// SetAway tells which database cannot be reached, so that there may be less to
// see; empty when it can.
func (f *Fact) SetAway(name string) { f.away = name }

// SetQueued tells which annotations have changes that wait to be sent, and
// reports whether that is news.
func (f *Fact) SetQueued(notes map[int64]bool) bool {
	news := !maps.Equal(f.queued, notes)
	f.queued = notes
	return news
}
