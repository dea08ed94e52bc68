package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"aiops/app/alert"
	"aiops/app/auth"
)

// TeamRules are the alert rules that a service evaluates, read and changed as
// the person who is signed in. They are safe for concurrent use.
type TeamRules struct {
	service string
	now     func() time.Time
	kept    string // the file of what was told last

	mu     sync.Mutex
	client *auth.Client
	last   RuleList
	stored time.Time // when the file was written
}

// NewTeamRules are those of a service; what it tells is kept beside the copy of its database.
func NewTeamRules(service string, now func() time.Time) (*TeamRules, error) {
	info, path, err := copyOf(service)
	if err != nil {
		return nil, err
	}
	return &TeamRules{service: info.Path, now: now, kept: strings.TrimSuffix(path, ".db") + ".rules.json"}, nil
}

// Place is the service's address.
func (t *TeamRules) Place() string { return t.service }

// Shared is true.
func (t *TeamRules) Shared() bool { return true }

// patience is how long a service may take to tell its rules.
const patience = 6 * time.Second

// Read asks the service.
func (t *TeamRules) Read(ctx context.Context) (RuleList, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l, err := t.ask(ctx, auth.Request{Method: http.MethodGet, Path: rulesPath})
	if err == nil {
		t.keep(l)
		return l, nil
	}
	return t.known(), err
}

// Replace puts another list in the place of the one with a tag ("*": whatever it is).
func (t *TeamRules) Replace(ctx context.Context, tag, text string) (RuleList, error) {
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return RuleList{}, err
	}
	l, err := t.ask(ctx, auth.Request{Method: http.MethodPut, Path: rulesPath, Match: tag, Body: body})
	if err == nil {
		t.keep(l)
	}
	return l, err
}

// Put writes one rule. What somebody else did to other rules meanwhile stays.
func (t *TeamRules) Put(ctx context.Context, was RuleList, name string, r alert.Rule) error {
	return t.change(ctx, was, name, ruleChange{
		edit: func(text string) (string, error) { return alert.PutInSection(text, name, r) },
		done: func(now RuleList) bool {
			theirs, there := now.named(r.Name)
			_, old := now.named(name)
			return there && theirs.Hash() == r.Hash() && (name == r.Name || !old)
		},
	})
}

// Remove takes one rule out.
func (t *TeamRules) Remove(ctx context.Context, was RuleList, name string) error {
	return t.change(ctx, was, name, ruleChange{
		edit: func(text string) (string, error) { return alert.RemoveFromSection(text, name) },
		done: func(now RuleList) bool { _, there := now.named(name); return !there },
	})
}

// ruleChange is a change of one rule, and whether a list has it: an answer may have been lost.
type ruleChange struct {
	edit func(text string) (string, error)
	done func(RuleList) bool
}

// tries bound how often others may be faster.
const tries = 5

func (t *TeamRules) change(ctx context.Context, was RuleList, name string, c ruleChange) error {
	now := was
	for range tries {
		text, err := c.edit(now.Text)
		if err == nil {
			_, err = alert.ParseSection(text, now.Channels)
		}
		if err != nil {
			return err
		}
		if _, err = t.Replace(ctx, now.Tag, text); !errors.Is(err, alert.ErrChanged) {
			return err
		}
		if now, err = t.ask(ctx, auth.Request{Method: http.MethodGet, Path: rulesPath}); err != nil {
			return err
		}
		t.keep(now)
		if c.done(now) {
			return nil
		}
		if clash := clashOf(was, now, name); clash != nil {
			return clash
		}
	}
	return fmt.Errorf("%w, again and again; try it in a moment", alert.ErrChanged)
}

const rulesPath = "/api/v1/alert-rules"

// ask sends a request that is answered with the rules.
func (t *TeamRules) ask(ctx context.Context, r auth.Request) (RuleList, error) {
	client, err := t.signedIn(ctx)
	if err != nil {
		return RuleList{}, err
	}
	a, err := client.AskService(ctx, t.service, r)
	if NeedsSignIn(err) {
		t.forget()
	}
	if err != nil {
		return RuleList{}, err
	}
	switch a.Status {
	case http.StatusOK:
		return t.read(a)
	case http.StatusPreconditionFailed:
		return RuleList{}, alert.ErrChanged
	case http.StatusForbidden:
		if r.Method == http.MethodPut {
			return RuleList{}, fmt.Errorf("nothing is saved: changing the rules of %s needs the role %s; `aiops whoami` tells yours", t.service, auth.Needs(auth.Rules))
		}
	case http.StatusUnprocessableEntity:
		return RuleList{}, mistakes(a)
	}
	return RuleList{}, fmt.Errorf("%s: %s", t.service, a.Says())
}

// signedIn is who asks.
func (t *TeamRules) signedIn(ctx context.Context) (*auth.Client, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client == nil {
		c, err := auth.NewClient(ctx, auth.Config{}, auth.ClientOptions{Now: t.now})
		if err != nil {
			return nil, err
		}
		t.client = c
	}
	return t.client, nil
}

// forget lets the next request find out anew who is signed in, and where.
func (t *TeamRules) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.client = nil
}
