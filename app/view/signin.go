package view

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"aiops/app/auth"
)

// SignInStep is how far a sign-in has come.
type SignInStep int

// Steps of a sign-in: asking for a code, waiting for the person, and its ends.
const (
	SignInAsks SignInStep = iota
	SignInWaits
	SignInDone
	SignInRefused
	SignInExpired
	SignInFailed
)

// lastMinute is when the countdown warns.
const lastMinute = time.Minute

// SignIn is the state of the sign-in dialog.
type SignIn struct {
	Step     SignInStep
	Title    string // "Sign in to fleet"
	Host     string // of the sign-in server
	Code     string
	Address  string // as it is read to be typed: without https://
	Open     string // what the browser opens and the QR code holds
	Sentence string // what is going on, or what happened and what to do
	Warning  string // after it is done

	began, ends time.Time
}

// NewSignIn asks for a code for a database.
func NewSignIn(database, host string) SignIn {
	title := "Sign in"
	if database != "" {
		title = "Sign in to " + database
	}
	return SignIn{Title: title, Host: host, Sentence: "Asking the sign-in server for a code..."}
}

// Again asks for another code.
func (s SignIn) Again() SignIn {
	fresh := NewSignIn("", s.Host)
	fresh.Title = s.Title
	return fresh
}

// Begun has a code.
func (s SignIn) Begun(c *auth.Code) SignIn {
	s.Step, s.Sentence = SignInWaits, auth.Waiting
	s.Code, s.Open, s.began, s.ends = c.User, c.Complete, c.Began, c.Expires
	s.Address = strings.TrimPrefix(strings.TrimPrefix(c.Address, "https://"), "http://")
	if s.Open == "" {
		s.Open = c.Address
	}
	return s
}

// Told has a new sentence of the wait.
func (s SignIn) Told(sentence string) SignIn {
	if s.Step == SignInWaits {
		s.Sentence = sentence
	}
	return s
}

// Ended is over, one way or the other.
func (s SignIn) Ended(st auth.Status, warning string, err error) SignIn {
	switch {
	case err == nil:
		s.Step, s.Sentence, s.Warning = SignInDone, "Signed in as "+st.Identity.Name, warning
	case errors.Is(err, context.Canceled): // by the person, who sees the dialog close
	case errors.Is(err, auth.ErrDenied):
		s.Step, s.Sentence = SignInRefused, err.Error()
	case errors.Is(err, auth.ErrExpired):
		s.Step, s.Sentence = SignInExpired, err.Error()
	default:
		s.Step, s.Sentence = SignInFailed, err.Error()
	}
	return s
}

// Primary is the text of the main button.
func (s SignIn) Primary() string {
	switch s.Step {
	case SignInAsks, SignInWaits:
		return "Open browser"
	case SignInRefused, SignInExpired:
		return "Get a new code"
	case SignInDone:
		return "Close"
	}
	return "Try again"
}

// Countdown is what is left of the code's time.
type Countdown struct {
	Left, Of string  // "9 min 42 s", "of 10 min"
	Share    float32 // of the bar that is full
	Last     bool    // the last minute
	Over     bool
}

// Countdown tells what is left at a time.
func (s SignIn) Countdown(now time.Time) Countdown {
	whole, left := s.ends.Sub(s.began), max(0, s.ends.Sub(now))
	if whole <= 0 {
		return Countdown{}
	}
	left = min(left.Round(time.Second), whole)
	return Countdown{
		Left: minutesText(left), Of: "of " + minutesText(whole), Share: float32(left.Seconds() / whole.Seconds()),
		Last: left <= lastMinute, Over: left == 0,
	}
}

func minutesText(d time.Duration) string {
	m, s := int(d/time.Minute), int(d%time.Minute/time.Second)
	switch {
	case m == 0:
		return fmt.Sprintf("%d s", s)
	case s == 0:
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("%d min %d s", m, s)
}
