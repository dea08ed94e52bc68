// Package auth knows who somebody is and what they may do.
package auth

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Role is what a person or a machine is allowed as.
type Role string

// Roles, each with what the one before may do.
const (
	Viewer  Role = "viewer"
	Analyst Role = "analyst"
	Admin   Role = "admin"
)

// Action is something that a role allows.
type Action string

// Actions of the window, the service and the command line.
const (
	Read      Action = "read"
	Forecast  Action = "forecast"
	Annotate  Action = "annotate"
	Silence   Action = "silence"
	Import    Action = "import"
	Rules     Action = "rules"
	Retention Action = "retention"
	Sessions  Action = "sessions"
)

// policy is the one table of who may do what.
var policy = map[Action]Role{
	Read:     Viewer,
	Forecast: Analyst, Annotate: Analyst, Silence: Analyst, Import: Analyst,
	Rules: Admin, Retention: Admin, Sessions: Admin,
}

// Actions lists them all, by name.
func Actions() []Action { return slices.Sorted(maps.Keys(policy)) }

// Identity is who asks.
type Identity struct {
	Subject, Name, Email string
	Client               string // the program or service account
	Roles                []Role
	Teams                []string
	Expires              time.Time // zero: never
}

// Can reports whether the identity may do it.
func (i Identity) Can(a Action) bool {
	needs, known := policy[a]
	return known && slices.ContainsFunc(i.Roles, func(has Role) bool { return has.rank() >= needs.rank() })
}

// Role is the highest one; "" is none.
func (i Identity) Role() Role {
	var best Role
	for _, r := range i.Roles {
		if r.rank() > best.rank() {
			best = r
		}
	}
	return best
}

// Needs is the least role that may do it.
func Needs(a Action) Role { return policy[a] }

func (r Role) rank() int { return slices.Index([]Role{Viewer, Analyst, Admin}, r) + 1 }

// Local is the person at this computer, whose own files may be changed without signing in.
var Local = Identity{Subject: "local", Name: "local", Roles: []Role{Admin}}

type identityKey struct{}

// With returns a context that carries who asks.
func With(ctx context.Context, i Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, i)
}

// From is who asks; ok is false if nobody was named.
func From(ctx context.Context) (i Identity, ok bool) {
	i, ok = ctx.Value(identityKey{}).(Identity)
	return i, ok
}
