package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"aiops/app/alert"
	"aiops/app/alert/notify"
	"aiops/app/auth"
)

// rewriteEvery is how often the time of rules that did not change is written down.
const rewriteEvery = 10 * time.Minute

// keep remembers what the service told, for when it is away.
func (t *TeamRules) keep(l RuleList) {
	t.mu.Lock()
	defer t.mu.Unlock()
	same := t.last.Tag == l.Tag && len(t.last.Channels) == len(l.Channels) && l.At.Sub(t.stored) < rewriteEvery
	t.last = l
	if same {
		return
	}
	b := told{Text: l.Text, Tag: l.Tag, At: l.At}
	for _, c := range l.Channels {
		b.Channels = append(b.Channels, c.Name)
	}
	text, err := json.Marshal(b)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(t.kept), 0o777)
	}
	if err == nil {
		err = replaceFile(t.kept, text)
	}
	if err != nil { // only the next window without the service lacks them
		slog.Warn("keep the rules for when the service is away", "error.message", err.Error())
		return
	}
	t.stored = l.At
}

// known are the rules that were told last, also to a window that is closed
// since; none if there never were any.
func (t *TeamRules) known() RuleList {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.last.At.IsZero() {
		return t.last
	}
	none := RuleList{}
	none.Path = t.service
	text, err := os.ReadFile(t.kept)
	if err != nil {
		return none
	}
	var b told
	if json.Unmarshal(text, &b) != nil {
		return none // damaged: as good as not there
	}
	l, err := t.list(b)
	if err != nil {
		return none
	}
	t.last = l
	return l
}

// told is what a service answers, and what is kept of it.
type told struct {
	Text     string    `json:"text"`
	Channels []string  `json:"channels"`
	Tag      string    `json:"tag,omitempty"`
	At       time.Time `json:"at"`
}

func (t *TeamRules) read(a auth.Answer) (RuleList, error) {
	var b told
	if err := json.Unmarshal(a.Body, &b); err != nil || a.Header.Get("ETag") == "" {
		return RuleList{}, fmt.Errorf("what %s answers are no alert rules; check the service's address", t.service)
	}
	b.Tag, b.At = a.Header.Get("ETag"), t.now()
	return t.list(b)
}

func (t *TeamRules) list(b told) (RuleList, error) {
	l := RuleList{File: alert.File{Path: t.service}, Text: b.Text, Tag: b.Tag, At: b.At}
	for _, name := range b.Channels {
		l.Channels = append(l.Channels, notify.Config{Name: name})
	}
	rules, err := alert.ParseSection(b.Text, l.Channels)
	if err != nil {
		return RuleList{}, fmt.Errorf("the rules of %s cannot be read by this version of the program: %w", t.service, err)
	}
	l.Rules = rules
	return l, nil
}

// mistakes are what a service found wrong with rules.
func mistakes(a auth.Answer) error {
	var p struct {
		Errors []struct{ Message string }
	}
	all := []error{}
	if json.Unmarshal(a.Body, &p) == nil {
		for _, e := range p.Errors {
			all = append(all, errors.New(e.Message))
		}
	}
	if len(all) == 0 {
		all = append(all, errors.New(a.Says()))
	}
	return errors.Join(all...)
}
