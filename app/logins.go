package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"aiops/app/auth"
	"aiops/store"
	"aiops/store/postgres"
)

// Logins hands out short-lived logins to a Postgres database, so that nobody needs its password.
type Logins struct {
	store   *postgres.Store
	address string
	hold    time.Duration
	teams   map[string][]string
}

// LoginOptions say what is handed out.
type LoginOptions struct {
	Address string              // of the database as people reach it: postgres://HOST:PORT/NAME?sslmode=verify-full
	Hold    time.Duration       // how long a login holds; 0: 15 min
	Teams   map[string][]string // team -> patterns of the VMs that it may see; nil: everybody sees everything
}

// NewLogins prepares the database for it.
func NewLogins(ctx context.Context, st store.Store, o LoginOptions) (*Logins, error) {
	p, ok := st.(*postgres.Store)
	if !ok {
		return nil, fmt.Errorf("logins are for Postgres databases; this one is %s", st.Info().Kind)
	}
	u, err := url.Parse(o.Address)
	if err != nil || !IsPostgres(o.Address) || u.Host == "" || u.Path == "" {
		return nil, errors.New("name the database as people reach it: postgres://HOST:PORT/DATABASE")
	}
	if u.User != nil {
		return nil, errors.New("the database's address for people must have no user and no password in it")
	}
	if o.Hold == 0 {
		o.Hold = 15 * time.Minute
	}
	if o.Hold < 10*time.Second || o.Hold > 24*time.Hour {
		return nil, fmt.Errorf("a login holds between 10s and 24h, not %v", o.Hold)
	}
	return &Logins{p, o.Address, o.Hold, o.Teams}, p.PrepareLogins(ctx, o.Teams != nil)
}

// ErrNoRole says that somebody has no role, and so no login.
var ErrNoRole = errors.New("this account has none of the roles viewer, analyst and admin; ask an administrator for one")

// Make makes a login for who asks, on a device.
func (l *Logins) Make(ctx context.Context, who auth.Identity, device, from string) (auth.DatabaseLogin, error) {
	role := who.Role()
	if role == "" {
		return auth.DatabaseLogin{}, ErrNoRole
	}
	made, err := l.store.MakeLogin(ctx, postgres.LoginRequest{Subject: who.Subject, Person: who.Name, Device: device, Role: string(role),
		Teams: who.Teams, VMs: l.sees(who), Address: from, Hold: l.hold})
	if err != nil {
		return auth.DatabaseLogin{}, err
	}
	return auth.DatabaseLogin{Database: l.address, User: made.User, Password: made.Password, Role: role, Expires: made.Expires, Seconds: int(l.hold.Seconds())}, nil
}

// sees are the patterns of the VMs of somebody's teams; an admin sees everything.
func (l *Logins) sees(who auth.Identity) []string {
	if l.teams == nil || who.Role() == auth.Admin {
		return nil
	}
	all := []string{}
	for _, team := range who.Teams {
		all = append(all, l.teams[team]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// End ends all logins of a person.
func (l *Logins) End(ctx context.Context, subject string) error {
	return l.store.EndLogins(ctx, subject)
}

// Keep drops logins that have expired, until the context ends.
func (l *Logins) Keep(ctx context.Context, log *slog.Logger) {
	every := time.NewTicker(min(l.hold/4, time.Minute))
	defer every.Stop()
	for {
		dropped, err := l.store.DropLogins(ctx)
		if err != nil && ctx.Err() == nil {
			log.Error("drop expired database logins", "error.message", err.Error())
		}
		for _, d := range dropped {
			log.Warn("audit", "event.kind", "event", "event.category", "database", "event.action", "database-login-ended", "event.outcome", "success",
				"user.id", d.Subject, "user.name", d.Person, "client.address", d.Address)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// ParseTeams reads "platform=web-*;db-*,payments=pay-*": which VMs a team sees.
func ParseTeams(text string) (map[string][]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	out := map[string][]string{}
	for part := range strings.SplitSeq(text, ",") {
		team, patterns, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || team == "" || patterns == "" {
			return nil, fmt.Errorf("%q: write TEAM=PATTERN;PATTERN, with commas between teams", part)
		}
		out[team] = append(out[team], strings.Split(patterns, ";")...)
	}
	for _, team := range slices.Sorted(maps.Keys(out)) {
		if slices.Contains(out[team], "") {
			return nil, fmt.Errorf("team %s has an empty pattern; * is every VM", team)
		}
	}
	return out, nil
}
