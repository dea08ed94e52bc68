package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"aiops/app/alert"
)

// RuleBook is where alert rules are kept: a file of this computer, or a service.
type RuleBook interface {
	// Place is the file or the service's address.
	Place() string
	// Shared reports whether they are a team's.
	Shared() bool
	// Read reads them. Where a service cannot tell them, they are the last ones
	// that it told this computer, and the error says why.
	Read(ctx context.Context) (RuleList, error)
	// Put writes a rule in the place of the one that was called name in the list,
	// or with an empty name at its end. What somebody else made of the same rule
	// meanwhile is a RuleClash.
	Put(ctx context.Context, was RuleList, name string, r alert.Rule) error
	// Remove takes the rule called name out.
	Remove(ctx context.Context, was RuleList, name string) error
}

// RuleList is what a rule book held when it was read.
type RuleList struct {
	alert.File
	Text string    // the list as it is written, with its comments; empty of a file
	Tag  string    // the list's version; empty of a file
	At   time.Time // when it was read; zero: never
}

// named is the rule of a name.
func (l RuleList) named(name string) (alert.Rule, bool) {
	for _, r := range l.Rules {
		if r.Name == name {
			return r, true
		}
	}
	return alert.Rule{}, false
}

// RuleClash says that somebody changed the same rule meanwhile.
type RuleClash struct {
	Name string
	Now  RuleList    // what there is now
	Rule *alert.Rule // theirs; nil: they removed it
}

// Error says what happened.
func (c *RuleClash) Error() string {
	what := "changed"
	if c.Rule == nil {
		what = "removed"
	}
	return fmt.Sprintf("Somebody %s the rule %s meanwhile, so nothing is saved yet", what, c.Name)
}

// Unwrap is the kind of error.
func (c *RuleClash) Unwrap() error { return alert.ErrChanged }

// LocalRules are those of a file of this computer.
func LocalRules(path string, now func() time.Time) RuleBook { return localRules{path, now} }

type localRules struct {
	path string
	now  func() time.Time
}

func (l localRules) Place() string { return l.path }
func (l localRules) Shared() bool  { return false }

// Read takes a file that is not there as one without rules.
func (l localRules) Read(context.Context) (RuleList, error) {
	f, err := alert.Load(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	f.Path = l.path
	return RuleList{File: f, At: l.now()}, err
}

func (l localRules) Put(_ context.Context, was RuleList, name string, r alert.Rule) error {
	if clash := l.clash(was, name); clash != nil {
		return clash
	}
	return alert.Put(l.path, name, r)
}

func (l localRules) Remove(_ context.Context, was RuleList, name string) error {
	if clash := l.clash(was, name); clash != nil {
		return clash
	}
	return alert.Remove(l.path, name)
}

// clash is what an editor or another window made of the rule meanwhile. What is
// wrong with the file is told when it is changed.
func (l localRules) clash(was RuleList, name string) error {
	f, err := alert.Load(l.path)
	if err != nil {
		return nil
	}
	return clashOf(was, RuleList{File: f, At: l.now()}, name)
}

// clashOf is what became of a rule that is to be changed; nil: nothing.
func clashOf(was, now RuleList, name string) error {
	old, _ := was.named(name)
	theirs, there := now.named(name)
	switch {
	case name == "", there && theirs.Hash() == old.Hash():
		return nil
	case !there:
		return &RuleClash{Name: name, Now: now}
	}
	return &RuleClash{Name: name, Now: now, Rule: &theirs}
}
